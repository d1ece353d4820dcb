// Calls the roll: asks everybody who is online and lists who answered within some seconds, through the running instance.
//   node examples/roll-call.mjs [SECONDS] [TEXT]
import { attach } from "./control-client.mjs";

const [seconds = "10", text = "点名：请回一句"] = process.argv.slice(2);
const answers = new Map();
const instance = await attach({
  onEvent: ({ kind, message }) => {
    if (kind === "message" && message.direction === "in" && !answers.has(message.peerId))
      answers.set(message.peerId, message.displayText);
  },
});
const { peers } = await instance.call("attach", { events: ["message"] });
const present = peers.filter((peer) => peer.state !== "offline" && peer.dialect !== "raw");
if (present.length > 0) await instance.call("say", { to: present.map(({ id }) => ({ peer: id })), text });
const end = Date.now() + Number(seconds) * 1000;
while (Date.now() < end && answers.size < present.length)
  await new Promise((resolve) => setTimeout(resolve, 50));
// Names come from the network: control characters must not reach the terminal.
const plain = (name) => name.replaceAll(/\p{C}/gu, "?");
for (const { id, nick } of present) console.log(`${answers.has(id) ? "到" : "缺"}  ${plain(nick)}`);
console.log(`${answers.size} / ${present.length}`);
instance.close();
