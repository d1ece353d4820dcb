// What the wire saw of a message: each sending of it and each acknowledgement, with what became of them. Found among the last
// datagrams by the packet number; pure. The packet view draws it.
import type { Message } from "../index.js";
import { decode } from "../protocol.js";
import type { WireEntry } from "./wire-log.js";
import type { World } from "./world.js";

export interface Passage {
  readonly entry: WireEntry;
  readonly kind: "message" | "receipt";
  /** Which sending this is, from 1, counted for each address and kind. */
  readonly count: number;
}

/** More are a flood, and say nothing more. */
const passageLimit = 40;

/** Oldest first. */
export function passagesOf(message: Message, world: World): readonly Passage[] {
  if (message.packetNo === "") return [];
  const digits = Uint8Array.from(message.packetNo, (digit) => digit.charCodeAt(0));
  const addresses = new Set(addressesOf(message, world));
  const counts = new Map<string, number>();
  const found: Passage[] = [];
  for (let serial = world.wire.first; serial < world.wire.end && found.length < passageLimit; serial += 1) {
    const entry = world.wire.entry(serial);
    if (entry === undefined || !holds(entry.record.bytes, digits)) continue;
    const { record } = entry;
    if (!record.broadcast && !addresses.has(record.peer.address)) continue;
    const kind = kindOf(entry, message, world);
    if (kind === null) continue;
    const key = `${kind} ${record.peer.address} ${record.peer.port}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    found.push({ entry, kind, count });
  }
  return found;
}

function addressesOf(message: Message, world: World): readonly string[] {
  const peers = message.direction === "in" ? [message.peerId] : message.to;
  const known = peers.flatMap((id) => (id === null ? [] : (world.node.peer(id)?.addresses ?? [])));
  const own = message.endpoint === null ? [] : [message.endpoint.address];
  return [...own, ...known.map(({ endpoint }) => endpoint.address)];
}

function kindOf({ record }: WireEntry, message: Message, world: World): Passage["kind"] | null {
  const packet = decode(record.bytes, world.codec, { legacyCharset: message.charset });
  if (packet.kind !== "packet") return null;
  const isSameWay = record.direction === message.direction;
  if (packet.body.kind === "message" && isSameWay && packet.packetNo === message.packetNo) return "message";
  const { body } = packet;
  return body.kind === "receipt" && !isSameWay && body.of === message.packetNo ? "receipt" : null;
}

function holds(bytes: Uint8Array, digits: Uint8Array): boolean {
  const first = digits[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (digits.every((digit, offset) => bytes[at + offset] === digit)) return true;
  }
  return false;
}
