// A bot that answers every message with its length. Run it, then write to "count-bot" from any client on the network.
import { createNode } from "feiyan";

const node = createNode({ nick: "count-bot", port: Number(process.env.FEIYAN_PORT ?? 2425) });

node.subscribe((event) => {
  if (event.kind !== "message" || event.message.direction !== "in" || event.message.autoReply) return;
  const { peerId, displayText } = event.message;
  if (peerId !== null) void node.say({ peer: peerId }, `${Array.from(displayText).length} characters`);
});

const { port } = await node.start();
console.log(`count-bot listens on UDP ${port}`);
process.once("SIGINT", () => void node.close());
