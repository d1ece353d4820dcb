// A message from another program's log, and how it becomes one of ours. It gets an id made of what it is, so that importing a log twice
// gives each message once.
import type { Message, MessageId, PeerId } from "../../core/model.js";
import { everyone } from "../../core/model.js";
import type { KeptMessage } from "../../ports/history-store.js";

export interface ForeignMessage {
  readonly direction: "in" | "out";
  readonly at: number;
  readonly name: string;
  readonly user: string;
  readonly host: string;
  readonly group: string;
  /** Empty when the log does not say. */
  readonly address: string;
  readonly text: string;
  readonly isBroadcast: boolean;
}

const defaultPort = 2425;

/** Messages of a log in its order; those alike in everything are told apart by their number. */
export function importable(messages: readonly ForeignMessage[]): readonly Omit<KeptMessage, "place">[] {
  const counts = new Map<string, number>();
  return messages.map((message) => {
    const key = [message.direction, message.at, message.name, message.user, message.host, message.text].join(
      "\0",
    );
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return { group: message.group, message: messageOf(message, `${key}\0${count}`) };
  });
}

function messageOf(foreign: ForeignMessage, key: string): Message {
  const { direction, at, name, user, host, address, text, isBroadcast } = foreign;
  /* oxlint-disable typescript/no-unsafe-type-assertion -- ids are made here for what had none */
  const peerId = (user === "" && host === "" ? `log:${name}` : `${user}@${host}`) as PeerId;
  const conversation = isBroadcast ? everyone : peerId;
  return {
    id: idOf(at, key) as MessageId,
    direction,
    at,
    peerId: isBroadcast && direction === "out" ? null : peerId,
    to: direction === "out" && !isBroadcast ? [peerId] : [],
    conversation,
    peerName: name,
    endpoint: address === "" ? null : { address, port: defaultPort },
    packetNo: "" as Message["packetNo"],
    dialect: "other",
    text,
    displayText: text,
    charset: "utf-8",
    charsetReason: "declared",
    options: [],
    sealed: false,
    locked: false,
    openedAt: null,
    encryption: null,
    recipients: [],
    recalled: null,
    broadcast: isBroadcast,
    autoReply: false,
    raw: new Uint8Array(0),
    files: [],
    images: [],
    deliveries: [],
  };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** As our own ids: ten digits of time, then sixteen of what it is instead of chance. */
function idOf(at: number, key: string): string {
  let time = "";
  for (let rest = Math.max(0, Math.floor(at)), count = 0; count < 10; count++) {
    time = digits.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let out = time;
  for (let part = 0; part < 4; part++) {
    let hash = hashOf(`${part}${key}`);
    for (let count = 0; count < 4; count++, hash >>>= 5) out += digits.charAt(hash & 31);
  }
  return out;
}

/** FNV-1a with a last stirring, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
