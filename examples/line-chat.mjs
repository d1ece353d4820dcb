// Chat by lines, for scripts and tests: "NAME TEXT" on standard input sends, "* TEXT" goes to everyone, "quit" leaves.
// Everything that happens is printed, one line each.
import { createInterface } from "node:readline";
import { createNode, peerName, safeText } from "feiyan";

const [nick = "line-chat", charset = "gbk"] = process.argv.slice(2);
const node = createNode({ nick, user: nick, charset, port: Number(process.env.FEIYAN_PORT ?? 2425) });
const print = (...words) => console.log(words.map((word) => safeText(String(word))).join(" "));

node.subscribe((event) => {
  if (event.kind === "peer")
    print(event.change, peerName(event.peer), event.peer.endpoint.address, event.peer.dialect);
  if (event.kind === "message" && event.message.direction === "in")
    print("message", event.message.peerName, event.message.charset, event.message.displayText);
  if (event.kind === "delivery" && event.delivery.final) print(event.delivery.state, event.message.text);
  if (event.kind === "notice") print("notice", event.code);
});
await node.start();
print("ready", node.network.port);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [name, ...words] = line.split(" ");
  if (name === "quit") lines.close();
  else
    node.say(name === "*" ? "everyone" : name, words.join(" ")).catch((error) => print("error", error.code));
});
lines.once("close", () => {
  process.stdin.destroy();
  void node.close().then(() => print("closed"));
});
