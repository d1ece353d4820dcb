// Entries (BR_ENTRY, BR_EXIT, ANSENTRY, BR_ABSENCE): nick and group in the legacy charset, then the UTF-8 block that repeats
// them for clients with CAPUTF8. Parse and build of the block, and which of the two names counts. Called by decode and encode.
//
//   小李 NUL 研发 NUL LF "UN:li" LF "HN:pc-li" LF "NN:小李" LF "GN:研发" [LF "VS:…"] [LF "FY:1:7"]   (vectors core-006, core-007)
import { byteOf } from "./bytes.js";
import { limits } from "./limits.js";
import type { ByteRange, Packet } from "./message.js";
import type { TextCodec } from "./text-codec.js";

/** Index of the section that is the UTF-8 block: the first of sections 1 and 2 that begins with LF; -1 when none does. */
export function blockSection(bytes: Uint8Array, sections: readonly ByteRange[]): number {
  for (const index of [1, 2]) {
    const section = sections[index];
    if (section !== undefined && section.end > section.start && bytes[section.start] === byteOf.lf)
      return index;
  }
  return -1;
}

/** Lines `KEY:value` of a decoded block. Keys are short capitals (which also keeps `__proto__` out); unknown ones are kept. */
export function parseBlock(text: string): Readonly<Record<string, string>> {
  const block: Record<string, string> = {};
  for (const line of text.split("\n", limits.blockLines + 1)) {
    const match = /^([A-Z][A-Z0-9]{0,7}):(.*?)\r?$/s.exec(line);
    if (match !== null) block[match[1] ?? ""] = match[2] ?? "";
  }
  return block;
}

/** Builds the block, line feed first, nothing at the end. A line feed or NUL in a value would make a new line or section. */
export function buildBlock(block: Readonly<Record<string, string>>): string {
  // oxlint-disable-next-line no-control-regex -- these control characters are the grammar here
  return Object.entries(block)
    .map(([key, value]) => `\n${key}:${value.replaceAll(/[\0\r\n]/g, " ")}`)
    .join("");
}

/** The names of an entry's sender. */
export interface EntryNames {
  readonly user: string;
  readonly host: string;
  readonly nick: string;
  readonly group: string;
}

/**
 * The names that count: UN and HN of the block always win, NN and GN win in BR_ENTRY and BR_ABSENCE (section 4).
 * For any packet but an entry: its user and host, no nick and no group.
 */
export function entryNames(packet: Packet): EntryNames {
  const { user, host, body } = packet;
  if (body.kind !== "entry") return { user, host, nick: "", group: "" };
  const { block, nick, group, step } = body;
  if (block === null) return { user, host, nick, group };
  const isAnnouncement = step === "entry" || step === "absence";
  return {
    user: block["UN"] || user,
    host: block["HN"] || host,
    nick: (isAnnouncement ? block["NN"] : undefined) ?? nick,
    group: (isAnnouncement ? block["GN"] : undefined) ?? group,
  };
}

/** True when section 3 of an iptux entry names UTF-8 (vector iptux-002). */
export function isUtf8Name(name: string | null): boolean {
  return name !== null && /^utf-?8$/i.test(name.trim());
}

/** Our own extension, for feiyan peers: what the line `FY:1:<hex>` announces (section 23). */
export interface FeiyanExtension {
  readonly version: number;
  readonly manifests: boolean;
  readonly recall: boolean;
  readonly peerLists: boolean;
  /** Tries on request whether it reaches the asker. */
  readonly probes: boolean;
}

const extensionBits = { manifests: 1, recall: 2, peerLists: 4, probes: 8 } as const;

/** Reads the value of an `FY` line; null for a version we do not know or for anything else. */
export function parseExtension(value: string | undefined): FeiyanExtension | null {
  const match = /^1:([0-9a-fA-F]{1,8})$/.exec(value ?? "");
  if (match === null) return null;
  const bits = Number.parseInt(match[1] ?? "", 16);
  return {
    version: 1,
    manifests: (bits & extensionBits.manifests) !== 0,
    recall: (bits & extensionBits.recall) !== 0,
    peerLists: (bits & extensionBits.peerLists) !== 0,
    probes: (bits & extensionBits.probes) !== 0,
  };
}

/** Where Feige 5 has the line that somebody wrote about himself, among the fourteen items of its entries (section 13). */
const feigeMottoSection = 12;

/** That line; null in an entry of any other program, which says nothing about it. */
export function entryMotto(packet: Packet, codec: TextCodec): string | null {
  if (packet.dialect !== "feige5") return null;
  const range = packet.sections[feigeMottoSection];
  return range === undefined
    ? null
    : codec.decode(packet.bytes.subarray(range.start, range.end), packet.charset);
}

/** Builds the value of an `FY` line. */
export function buildExtension(extension: Omit<FeiyanExtension, "version">): string {
  let bits = 0;
  if (extension.manifests) bits |= extensionBits.manifests;
  if (extension.recall) bits |= extensionBits.recall;
  if (extension.peerLists) bits |= extensionBits.peerLists;
  if (extension.probes) bits |= extensionBits.probes;
  return `1:${bits.toString(16)}`;
}
