// A bridge between a pipe and one peer: each line of standard input goes out, each of the peer's messages is a line of standard output.
//   tail -f build.log | node examples/bridge.mjs 小明
import { createInterface } from "node:readline";
import { attach } from "./control-client.mjs";

const [target] = process.argv.slice(2);
let peer;
const instance = await attach({
  onEvent: ({ kind, message }) => {
    if (kind === "message" && message.direction === "in" && message.peerId === peer?.id)
      console.log(message.displayText.replaceAll(/\p{C}/gu, " "));
  },
});
const { peers } = await instance.call("attach", { events: ["message"] });
peer = peers.find(({ nick, id }) => nick === target || id === target);
if (peer === undefined) {
  console.error(`nobody is called ${target}`);
  process.exit(4);
}
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  const [message] = await instance.call("say", { to: [{ peer: peer.id }], text: line });
  const [delivery] = await instance.call("settled", { id: message.id });
  if (delivery.state !== "delivered") console.error(`${delivery.state}: ${line}`);
}
instance.close();
