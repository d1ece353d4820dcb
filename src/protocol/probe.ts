// Reachability probes between feiyan peers (docs/protocol.md section 23): parse and build of the three packets. ASCII throughout, so no
// charset has a say. A packet that is none of them, or says anything we did not write down, is null.
//
//   1:100:li:pc-li:8388623:FY1 probe NUL {"token":"0123456789abcdef","tcp":2425}        (vector probe-001)
import { asciiText } from "./bytes.js";
import { commands } from "./commands.js";
import { parseJsonObject } from "./json-object.js";
import type { Packet } from "./message.js";
import { optionBits } from "./options.js";

/** What a TCP connection to the asker came to: somebody listens, nobody does (but the way is open), or nothing came back. */
export type TcpReach = "open" | "refused" | "silent";

export const tcpReaches: readonly TcpReach[] = ["open", "refused", "silent"];

export type Probe =
  /** Please send `hello` to me from another port, and connect to my TCP port. */
  | { readonly kind: "ask"; readonly token: string; readonly tcpPort: number }
  /** From the usual port: I am about to (tcp null), or what TCP came to. */
  | { readonly kind: "answer"; readonly token: string; readonly tcp: TcpReach | null }
  /** From another port: proof that a datagram nobody waited for arrives. */
  | { readonly kind: "hello"; readonly token: string };

const sections = { ask: "FY1 probe", answer: "FY1 probe-answer", hello: "FY1 probe-hello" } as const;

const tokenPattern = /^[0-9a-f]{16}$/;
const maxBytes = 200;

/** Reads a probe out of a packet; null for anything else. */
export function parseProbe(packet: Packet): Probe | null {
  if (packet.modeName !== "FEIYAN") return null;
  const [first, second] = packet.sections;
  if (first === undefined || second === undefined || second.end - second.start > maxBytes) return null;
  const name = asciiText(packet.bytes, first.start, first.end);
  const value = parseJsonObject(asciiText(packet.bytes, second.start, second.end));
  const token = value?.["token"];
  if (value === null || typeof token !== "string" || !tokenPattern.test(token)) return null;
  const tcp = value["tcp"];
  if (name === sections.hello) return { kind: "hello", token };
  if (name === sections.ask) {
    return typeof tcp === "number" && Number.isInteger(tcp) && tcp >= 1 && tcp <= 65_535
      ? { kind: "ask", token, tcpPort: tcp }
      : null;
  }
  if (name !== sections.answer) return null;
  if (tcp === null) return { kind: "answer", token, tcp };
  const reach = tcpReaches.find((one) => one === tcp);
  return reach === undefined ? null : { kind: "answer", token, tcp: reach };
}

/** Command word and sections of a probe. */
export function buildProbe(probe: Probe): { readonly command: number; readonly sections: readonly string[] } {
  const value =
    probe.kind === "hello"
      ? { token: probe.token }
      : { token: probe.token, tcp: probe.kind === "ask" ? probe.tcpPort : probe.tcp };
  return {
    command: (commands.FEIYAN.number | optionBits.UTF8OPT) >>> 0,
    sections: [sections[probe.kind], JSON.stringify(value)],
  };
}

/** Tokens are eight bytes by chance, as hex. */
export function isProbeToken(text: string): boolean {
  return tokenPattern.test(text);
}
