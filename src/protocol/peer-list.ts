// Feiyan peers tell each other where others are (docs/protocol.md section 23): parse and build of the four packets. ASCII throughout. A
// packet that is none of them, or says anything we did not write down, is null. What is done with the addresses is core's business.
//
//   1:100:li:pc-li:8388623:FY1 peers-request NUL {"token":"0123456789abcdef"}           (vectors peers-001 to peers-004)
import { asciiText } from "./bytes.js";
import { commands } from "./commands.js";
import { parseJsonObject } from "./json-object.js";
import type { Packet } from "./message.js";
import { optionBits } from "./options.js";

export type PeerListPacket =
  /** Please tell me; without `pass` the first word, which is answered by a pass of its own size. */
  | { readonly kind: "request"; readonly token: string; readonly pass: string | null }
  /** Ask again with this: so that nobody gets a list who only pretended to be there. */
  | { readonly kind: "pass"; readonly token: string; readonly pass: string }
  /** `192.0.2.7:2425`, as heard. */
  | { readonly kind: "peers"; readonly token: string; readonly addresses: readonly string[] };

export const peerListLimits = {
  /** A list is one datagram that fits everywhere. */
  addresses: 100,
  addressCharacters: 60,
  bytes: 6 * 1024,
} as const;

const sections = { request: "FY1 peers-request", pass: "FY1 peers-pass", peers: "FY1 peers" } as const;

const tokenPattern = /^[0-9a-f]{16}$/;

/** Reads one out of a packet; null for anything else. */
export function parsePeerList(packet: Packet): PeerListPacket | null {
  if (packet.modeName !== "FEIYAN") return null;
  const [first, second] = packet.sections;
  if (first === undefined || second === undefined) return null;
  if (second.end - second.start > peerListLimits.bytes) return null;
  const name = asciiText(packet.bytes, first.start, first.end);
  const isOne = name === sections.request || name === sections.pass || name === sections.peers;
  const value = isOne ? parseJsonObject(asciiText(packet.bytes, second.start, second.end)) : null;
  const token = readToken(value?.["token"]);
  if (value === null || token === null) return null;
  if (name === sections.peers) {
    const addresses = readAddresses(value["peers"]);
    return addresses === null ? null : { kind: "peers", token, addresses };
  }
  const pass = readToken(value["pass"]);
  if (name === sections.pass) return pass === null ? null : { kind: "pass", token, pass };
  return pass === null && value["pass"] !== undefined ? null : { kind: "request", token, pass };
}

function readToken(value: unknown): string | null {
  return typeof value === "string" && tokenPattern.test(value) ? value : null;
}

function readAddresses(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length > peerListLimits.addresses) return null;
  const isShort = (one: unknown): one is string =>
    typeof one === "string" && one.length <= peerListLimits.addressCharacters;
  const addresses = value.filter(isShort);
  return addresses.length === value.length ? addresses : null;
}

/** Command word and sections of one. */
export function buildPeerList(packet: PeerListPacket): {
  readonly command: number;
  readonly sections: readonly string[];
} {
  const { kind, token } = packet;
  const value =
    packet.kind === "peers"
      ? { token, peers: packet.addresses }
      : packet.pass === null
        ? { token }
        : { token, pass: packet.pass };
  return {
    command: (commands.FEIYAN.number | optionBits.UTF8OPT) >>> 0,
    sections: [sections[kind], JSON.stringify(value)],
  };
}
