// Inputs by chance for the machine: mutated vectors and plain noise from many addresses, requests of every kind, time that passes.
// The same seed gives the same inputs, as long as the machine under test behaves the same.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Input, Receiver, Request } from "../../src/core/input.js";
import type { Machine, Step } from "../../src/core/machine.js";
import type { MessageId, PeerId } from "../../src/core/model.js";
import type { Random } from "../../src/ports/random.js";
import type { Endpoint } from "../../src/ports/transport.js";
import { codec, network } from "./conversation.js";

/** Every datagram of the vectors. */
export const seeds: readonly Uint8Array[] = readVectors();

function readVectors(): Uint8Array[] {
  const folder = join(import.meta.dirname, "..", "vectors");
  const found: Uint8Array[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const isBytes =
        (key === "hex" || key === "recv") && typeof inner === "string" && /^(?:[0-9a-f]{2})+$/u.test(inner);
      if (isBytes) found.push(Uint8Array.from(Buffer.from(inner, "hex")));
      else visit(inner);
    }
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const text = readFileSync(join(folder, name), "utf8");
    if (text !== "") visit(JSON.parse(text));
  }
  return found.filter((bytes) => bytes.length < 4_000);
}

export interface Chance {
  /** 0 … below - 1. */
  number(below: number): number;
  one<T>(list: readonly T[]): T;
}

export function chanceOf(random: Random): Chance {
  const number = (below: number): number => random.uint32() % below;
  return {
    number,
    one: (list) => {
      const found = list[number(list.length)];
      if (found === undefined) throw new Error("an empty list");
      return found;
    },
  };
}

export function mutate(bytes: Uint8Array, chance: Chance): Uint8Array {
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let change = chance.number(4); change > 0 && out.length > 0; change--) {
    const at = chance.number(out.length);
    switch (chance.number(5)) {
      case 0:
        out[at] = chance.number(256);
        break;
      case 1:
        out = out.slice(0, at);
        break;
      case 2:
        out = Uint8Array.from([...out.slice(0, at), ...out.slice(at + chance.number(8))]);
        break;
      case 3:
        out = Uint8Array.from([...out.slice(0, at), ...chance.one(seeds).slice(0, 60)]);
        break;
      default:
        out = Uint8Array.from([...out.slice(0, at), chance.one([0, 7, 10, 58, 27, 255]), ...out.slice(at)]);
    }
  }
  return out;
}

/** Packets of our own making reach the states that vectors do not: many senders, numbers that fit, acknowledgements that count. */
function packet(chance: Chance, machine: Machine, ourNumber: string): Uint8Array {
  const sender = chance.number(3) === 0 ? chance.number(20_000) : chance.number(30);
  const word = chance.one([
    0, 1, 2, 3, 4, 17, 19, 24, 32, 33, 48, 64, 65, 80, 81, 119, 121, 122, 176, 192, 209,
  ]);
  const options = chance.one([
    0, 0, 0x100, 0x100, 0x400, 0x2000, 0x80000, 0x400000, 0x800100, 0x1000000, 0x10000,
  ]);
  const version = chance.one([
    "1",
    "1",
    "1_iptux 0.8.3",
    "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9",
    "5.1.180210",
  ]);
  const text = chance.one([
    ourNumber,
    "hello",
    "你好，世界",
    "    2\x07    1\x07u\x07h\x071\x0710.0.0.9\x0730985\x07n\x07g\x07",
    "",
  ]);
  const number = chance.one([
    String(chance.number(1_000)),
    String(1_800_000_000 + chance.number(100_000)),
    ourNumber,
  ]);
  const user = chance.number(50) === 0 ? machine.self.user : `u${sender}`;
  const line = `${version}:${number}:${user}:pc:${word + options}:${text}\0group\0`;
  return codec.encode(line, chance.one(["gbk", "utf-8"] as const));
}

function address(chance: Chance): Endpoint {
  const port = chance.number(10) === 0 ? 1 + chance.number(65_535) : 2425;
  if (chance.number(4) === 0) {
    return { address: `10.${chance.number(256)}.${chance.number(256)}.${chance.number(256)}`, port };
  }
  if (chance.number(20) === 0) return { address: "fe80::1%eth0", port };
  return { address: `10.0.0.${1 + chance.number(40)}`, port };
}

function request(chance: Chance, { peers, messages }: Memory): Request {
  const peer = peers.length === 0 ? ("nobody" as PeerId) : chance.one(peers);
  const receiver = (): Receiver => (chance.number(3) === 0 ? { endpoint: address(chance) } : { peer });
  const isLong = chance.number(50) === 0;
  const text = isLong ? "x y\n".repeat(2_500) : chance.one(["", "hi", "你好", "😀", "line\nline"]);
  const options = chance.one([
    {},
    { raw: true },
    { lossy: true, split: true },
    { check: false },
    { retries: 0 },
    { charset: "utf-8" } as const,
  ]);
  switch (chance.number(14)) {
    case 0:
      return {
        kind: "resend",
        messageId: messages.length === 0 ? ("none" as MessageId) : chance.one(messages),
      };
    case 1:
      return { kind: "away", text: chance.one([null, "", "午饭", "x".repeat(5_000)]) };
    case 2:
      return { kind: "rename", nick: chance.one(["", "新", "n".repeat(300)]) };
    case 3:
      return { kind: "refresh", hostList: chance.number(2) === 0 };
    case 4:
      return { kind: "ask", peer, what: chance.one(["version", "absence"]) };
    case 5:
      return { kind: "read", conversation: chance.one([peer, "everyone" as PeerId]) };
    case 6:
      return chance.one<Request>([
        { kind: "set-charset", peer, charset: chance.one([null, "utf-8", "big5", "cp932"]) },
        { kind: "reread", conversation: peer, charset: chance.one(["utf-8", "big5", "gbk"]) },
      ]);
    case 7:
      return { kind: "forget-peer", peer };
    case 8:
      return { kind: "say", to: "everyone", text, options };
    default:
      return { kind: "say", to: Array.from({ length: chance.number(4) }, receiver), text, options };
  }
}

/** What the last steps left for the inputs to come. */
export interface Memory {
  readonly messages: MessageId[];
  readonly peers: PeerId[];
  ourNumber: string;
  lastDatagram: Uint8Array;
}

export const createMemory = (): Memory => ({
  messages: [],
  peers: [],
  ourNumber: "1",
  lastDatagram: new Uint8Array(),
});

export function noteStep({ events }: Step, memory: Memory): void {
  for (const event of events) {
    if (event.kind === "peer") memory.peers.push(event.peer.id);
    if (event.kind === "message") memory.messages.push(event.message.id);
    if (event.kind === "message" && event.message.direction === "out")
      memory.ourNumber = event.message.packetNo;
  }
  for (const list of [memory.peers, memory.messages]) list.splice(0, Math.max(0, list.length - 200));
}

export function nextInput(chance: Chance, machine: Machine, memory: Memory): Input {
  const dice = chance.number(100);
  if (dice < 80) {
    const kind = chance.number(10);
    if (kind < 3) memory.lastDatagram = mutate(chance.one(seeds), chance);
    else if (kind < 8) memory.lastDatagram = packet(chance, machine, memory.ourNumber);
    else if (kind < 9)
      memory.lastDatagram = Uint8Array.from({ length: chance.number(200) }, () => chance.number(256));
    return { kind: "datagram", bytes: memory.lastDatagram, from: address(chance) };
  }
  if (dice < 92) return { kind: "request", request: request(chance, memory) };
  if (dice < 94) return { kind: "tick" };
  const messageId = memory.messages.length === 0 ? ("none" as MessageId) : chance.one(memory.messages);
  if (dice < 96) return { kind: "stored", messageIds: [messageId] };
  if (dice < 97) return { kind: "store-failed", messageId, code: "store-failed" };
  if (dice < 98)
    return {
      kind: "problem",
      code: chance.one(["send-refused", "socket-failed"]),
      fields: {},
      to: address(chance),
    };
  if (dice < 99 && chance.number(10) === 0) return { kind: "network", network };
  return { kind: "tick" };
}
