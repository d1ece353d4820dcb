// The host list of a resident server (ANSLIST): numbers and hosts separated by BEL. Bytes are cut first, then decoded.
// Who asks whom, and when, is the business of core; this file knows one packet.
//
//   "    0" BEL "    2" BEL user BEL host BEL status BEL address BEL port BEL nick BEL group BEL …     (vector list-004-anslist)
import { byteOf, parseDecimal, splitBytes } from "./bytes.js";
import { limits } from "./limits.js";
import type { ByteRange, HostList, HostListEntry } from "./message.js";
import type { Charset, TextCodec } from "./text-codec.js";

const fieldsPerHost = 7;
/** Stands for an empty nick or group. */
const emptyField = "\b";

/** Reads a list; null when it does not begin with its two numbers. Entries with a senseless address or port are skipped. */
export function parseHostList(
  bytes: Uint8Array,
  range: ByteRange,
  codec: TextCodec,
  charset: Charset,
): HostList | null {
  const pieces = splitBytes(bytes, range, byteOf.bel, 2 + limits.hostListEntries * fieldsPerHost + 1);
  const fields = pieces.map(({ start, end }) => codec.decode(bytes.subarray(start, end), charset));
  const next = parseDecimal((fields[0] ?? "").trim());
  const count = parseDecimal((fields[1] ?? "").trim());
  if (next === null || count === null) return null;
  const hosts: HostListEntry[] = [];
  for (let at = 2; at + fieldsPerHost <= fields.length; at += fieldsPerHost) {
    const host = parseHost(fields.slice(at, at + fieldsPerHost));
    if (host !== null) hosts.push(host);
  }
  return { next, count, hosts };
}

function parseHost(fields: readonly string[]): HostListEntry | null {
  const [user = "", host = "", statusField = "", address = "", portField = "", nick = "", group = ""] =
    fields;
  const status = parseDecimal(statusField);
  const printedPort = parseDecimal(portField);
  if (status === null || status > 0xffffffff || printedPort === null || printedPort > 0xffff) return null;
  if (!/^[0-9a-fA-F.:%]{2,64}$/.test(address)) return null;
  return {
    user,
    host,
    status,
    address,
    portField,
    port: swapPort(printedPort),
    nick: nick === emptyField ? "" : nick,
    group: group === emptyField ? "" : group,
  };
}

/** The port is the 16-bit network-order value printed as a host integer: 2425 = 0x0979 appears as 0x7909 = 30985. */
export function swapPort(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

/** What a host needs to be written into a list. */
export type OutgoingHost = Omit<HostListEntry, "portField">;

/** Builds section 0 of ANSLIST: `next` is the number to ask for next, 0 at the end. */
export function buildHostList(next: number, hosts: readonly OutgoingHost[]): string {
  const head = `${String(next).padStart(5)}\x07${String(hosts.length).padStart(5)}\x07`;
  return head + hosts.map(buildHost).join("");
}

function buildHost(entry: OutgoingHost): string {
  const fields = [
    cleanField(entry.user),
    cleanField(entry.host),
    String(entry.status),
    entry.address,
    String(swapPort(entry.port)),
    cleanField(entry.nick) || emptyField,
    cleanField(entry.group) || emptyField,
  ];
  return fields.map((field) => `${field}\x07`).join("");
}

// A BEL inside a name would shift every field behind it.
function cleanField(text: string): string {
  return text.replaceAll("\x07", " ");
}
