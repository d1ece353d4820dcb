// Messages, peers and deliveries to keep: usual ones, changed by what a test is about.
import type { Delivery, DeliveryState, Message, MessageId, PeerId } from "../../src/core/model.js";
import { defaultPolicy } from "../../src/core/saved.js";
import type { PeerMemory, QueuedMessage } from "../../src/core/saved.js";

let count = 0;

export function messageLike(changes: Partial<Message>): Message {
  count += 1;
  const id = `01J${String(count).padStart(23, "0")}` as MessageId;
  const peerId = "wang@pc-w" as PeerId;
  return {
    id,
    direction: "in",
    at: 1_800_000_000_000 + count,
    peerId,
    to: [],
    conversation: peerId,
    peerName: "小王",
    endpoint: { address: "10.0.0.2", port: 2425 },
    packetNo: String(1_000 + count) as Message["packetNo"],
    dialect: "ipmsg",
    text: "三点开会",
    displayText: "三点开会",
    charset: "gbk",
    charsetReason: "default",
    options: ["SENDCHECKOPT"],
    sealed: false,
    locked: false,
    openedAt: null,
    encryption: null,
    recipients: [],
    recalled: null,
    broadcast: false,
    autoReply: false,
    raw: Uint8Array.of(1, 2, 3),
    files: [],
    images: [],
    deliveries: [],
    ...changes,
  };
}

export function deliveryTo(
  messageId: MessageId,
  peerId: PeerId,
  state: DeliveryState,
  attempt: number,
): Delivery {
  const final = state === "delivered" || state === "unconfirmed";
  const rttMs = state === "delivered" ? 2.5 : null;
  return { messageId, peerId, state, attempt, rttMs, at: 77, final, cipher: null };
}

/** What waits for somebody called bob. */
export function waitingLike(messageId: MessageId): QueuedMessage {
  return {
    messageId,
    peerId: "bob@b" as PeerId,
    at: 7,
    text: "等你",
    prefix: "",
    packetNo: null,
    expiresAt: null,
    charset: null,
    lossy: false,
    retries: 3,
  };
}

export function peerLike(id: string, lastSeen: number): PeerMemory {
  const endpoint = { address: "10.0.0.9", port: 2425 };
  return {
    id: id as PeerId,
    nick: id,
    group: "",
    user: id.split("@")[0] ?? "",
    host: id.split("@")[1] ?? "",
    endpoint,
    addresses: [{ endpoint, lastSeen }],
    dialect: "ipmsg",
    version: "1",
    capabilities: ["utf8"],
    acknowledges: true,
    readsUtf8: true,
    pastCharset: null,
    lastCharset: "utf-8",
    lastReason: "utf8-flag",
    chosenCharset: null,
    firstSeen: 1,
    lastSeen,
    policy: defaultPolicy,
  };
}

/** Days of the year 2026 in UTC. */
export function readDate(text: string): number | null {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}
