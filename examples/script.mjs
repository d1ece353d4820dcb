// No library at all: ten lines that send one message in FeiQ's form, in GBK, to a feiyan (or FeiQ) on this machine.
import { createSocket } from "node:dgram";
import iconv from "iconv-lite";

const [text = "你好", port = "2425"] = process.argv.slice(2);
const socket = createSocket("udp4");
socket.on("message", (bytes) => console.log(`answer: ${iconv.decode(bytes, "gbk")}`));
socket.send(iconv.encode(`1:324244:小道士:ubuntu:32:${text}`, "gbk"), Number(port), "127.0.0.1");
setTimeout(() => socket.close(), Number(process.argv[4] ?? 200));
