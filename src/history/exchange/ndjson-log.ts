// Our own export read back: one JSON object of type `message` a line, as docs/cli.md section 5 says. Whatever else stands in a line is
// passed over; a line that is no message is none.
import { everyone } from "../../core/model.js";
import type { Message, MessageId, PeerId } from "../../core/model.js";
import type { KeptMessage } from "../../ports/history-store.js";

export function isNdjsonLog(text: string): boolean {
  return /^\s*\{[^\n]*"type":\s*"message"/u.test(text.slice(0, 10_000));
}

export function parseNdjsonLog(text: string): readonly Omit<KeptMessage, "place">[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      const found = typeof value === "object" && value !== null ? parseMessage(value) : null;
      return found === null ? [] : [found];
    } catch {
      // A line cut short, or one of another kind.
      return [];
    }
  });
}

const idShape = /^[0-9A-HJKMNP-TV-Z]{26}$/u;

function parseMessage(value: object): Omit<KeptMessage, "place"> | null {
  const at = (key: string): unknown => (Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined);
  const time = Date.parse(textOf(at("at")));
  const id = textOf(at("id"));
  if (at("type") !== "message" || !idShape.test(id) || Number.isNaN(time)) return null;
  const openedAt = Date.parse(textOf(at("openedAt")));
  const peer = referenceOf(at("peer"));
  const to = listOf(at("to")).map((one) => referenceOf(one).id);
  const direction = at("direction") === "out" ? "out" : "in";
  const isBroadcast = at("broadcast") === true;
  const text = textOf(at("text"));
  const written = textOf(at("fullText"));
  /* oxlint-disable typescript/no-unsafe-type-assertion -- as strange as whoever wrote the file made them; texts all the same */
  const conversation = (isBroadcast ? everyone : peer.id === "" ? (to[0] ?? everyone) : peer.id) as PeerId;
  const message: Message = {
    id: id as MessageId,
    direction,
    at: time,
    peerId: peer.id === "" ? null : (peer.id as PeerId),
    to: (direction === "out" && to.length === 0 && peer.id !== "" ? [peer.id] : to) as PeerId[],
    conversation,
    peerName:
      peer.nick === ""
        ? listOf(at("to"))
            .map((one) => referenceOf(one).nick)
            .join(", ")
        : peer.nick,
    endpoint: peer.endpoint,
    packetNo: textOf(at("packetNo")) as Message["packetNo"],
    dialect: (textOf(at("dialect")) || "other") as Message["dialect"],
    text: written === "" ? text : written,
    displayText: text,
    charset: (textOf(at("charset")) || "utf-8") as Message["charset"],
    charsetReason: (textOf(at("charsetReason")) || "default") as Message["charsetReason"],
    options: listOf(at("options")).map(textOf),
    sealed: at("sealed") === true,
    locked: at("locked") === true,
    openedAt: Number.isNaN(openedAt) ? null : openedAt,
    encryption: null,
    recipients: [],
    recalled: null,
    broadcast: isBroadcast,
    autoReply: at("autoReply") === true,
    raw: bytesOf(textOf(at("raw"))),
    files: [],
    images: [],
    deliveries: [],
  };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
  return { group: peer.group, message };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

interface Reference {
  readonly id: string;
  readonly nick: string;
  readonly group: string;
  readonly endpoint: Message["endpoint"];
}

function referenceOf(value: unknown): Reference {
  const at = (key: string): string =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? textOf(Reflect.get(value, key))
      : "";
  const match = /^\[?([0-9a-fA-F.:]+(?:%[\w.-]+)?)\]?:(\d{1,5})$/u.exec(at("address"));
  const endpoint = match === null ? null : { address: match[1] ?? "", port: Number(match[2]) };
  return { id: at("id"), nick: at("nick"), group: at("group"), endpoint };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}
