// Runs a command for every message that holds one of your words; the message is in its environment, never in its arguments' text.
//   feiyan watch --json --type message | node examples/notify.mjs 小李,上线 notify-send 飞雁
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [words = "", command = "echo", ...args] = process.argv.slice(2);
const wanted = words.split(",").filter((word) => word !== "");
for await (const line of createInterface({ input: process.stdin })) {
  const { type, direction, text, peer } = JSON.parse(line);
  if (type !== "message" || direction !== "in" || !wanted.some((word) => text?.includes(word))) continue;
  // No shell: what somebody wrote must stay a text.
  const plain = text.replaceAll(/\p{C}/gu, " ");
  const child = spawn(command, [...args, `${peer?.nick ?? ""}: ${plain}`], { stdio: "inherit" });
  await new Promise((resolve) => child.once("close", resolve));
}
