// A message that came in with nothing but its text: raw lines and what is said in groups. What came as a packet of its own is
// put together in received.ts.
import type { Message } from "./model.js";
import type { World } from "./world.js";

type Told = Pick<
  Message,
  | "peerId"
  | "peerName"
  | "endpoint"
  | "conversation"
  | "packetNo"
  | "dialect"
  | "text"
  | "displayText"
  | "charset"
  | "charsetReason"
  | "options"
  | "raw"
>;

export function plainMessage(world: World, told: Told): Message {
  return {
    ...told,
    id: world.newMessageId(world.now),
    direction: "in",
    at: world.now,
    to: [],
    deliveries: [],
    sealed: false,
    locked: false,
    openedAt: null,
    encryption: null,
    recipients: [],
    recalled: null,
    broadcast: false,
    autoReply: false,
    files: [],
    images: [],
  };
}
