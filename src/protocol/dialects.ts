// Dialects as data: how the version item (the first field of a packet) tells who speaks, and what FeiQ packs into it.
// Knows only that one text; what a dialect changes elsewhere is asked by its name. Called for every packet, so the few
// version items of a LAN are remembered as parsed.
//
//   1   1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9   1_iptux 0.8.3   1@shiyeline   5.1.180210     (vectors feiq-001, iptux-*, syl-*)
import { asciiText, byteAt, hasAsciiAt, parseDecimal } from "./bytes.js";
import { limits } from "./limits.js";
import type { Dialect, FeiqVersion } from "./message.js";

interface DialectRow {
  readonly dialect: Dialect;
  readonly version: RegExp;
  /** True when everything this program writes is GBK, whatever the bytes look like (section 4, step 3). */
  readonly alwaysGbk: boolean;
}

/** First match wins. */
const dialectTable: readonly DialectRow[] = [
  { dialect: "ipmsg", version: /^1$/, alwaysGbk: false },
  { dialect: "feiq", version: /^1_lbt/, alwaysGbk: true },
  // The "1_" came at the end of 2018, for FeiQ's sake.
  { dialect: "iptux", version: /^(?:1_)?iptux/, alwaysGbk: false },
  { dialect: "shiyeline", version: /^1@shiyeline/, alwaysGbk: false },
  // Feige 5.1 says 5.1.<date>, 1.feige.1 (so that version-1 clients react) and, over TCP, 1.1.<date>.
  { dialect: "feige5", version: /^(?:5\.|1\.feige|1\.\d+\.\d{6}$)/, alwaysGbk: true },
];

/** What the version item says about its sender. */
export interface VersionTraits {
  readonly version: string;
  readonly dialect: Dialect;
  readonly alwaysGbk: boolean;
  readonly feiq: FeiqVersion | null;
}

/**
 * Who sends this version item.
 *
 * @example
 * versionTraits("1_iptux 0.8.3").dialect // "iptux"
 */
export function versionTraits(version: string): VersionTraits {
  const row = dialectTable.find((candidate) => candidate.version.test(version));
  return {
    version,
    dialect: row?.dialect ?? "other",
    alwaysGbk: row?.alwaysGbk ?? false,
    feiq: row?.dialect === "feiq" ? parseFeiqVersion(version) : null,
  };
}

const known = new Map<number, VersionTraits>();

/** As `versionTraits`, for the first `end` bytes of a datagram; those seen before cost a comparison. */
export function readVersionTraits(bytes: Uint8Array, end: number): VersionTraits {
  // Every other byte will do to tell them apart: the comparison decides.
  let key = end;
  for (let at = 0; at < end; at += 2) key = (Math.imul(key, 31) + byteAt(bytes, at)) | 0;
  const remembered = known.get(key);
  if (remembered?.version.length === end && hasAsciiAt(bytes, remembered.version, 0, end)) return remembered;
  const traits = versionTraits(asciiText(bytes, 0, end));
  // A memory of results only: emptying it changes nothing but time.
  if (known.size >= limits.knownVersions) known.clear();
  known.set(key, traits);
  return traits;
}

/**
 * FeiQ's version item `1_lbt<N>_<avatar>#<level>#<MAC>#<a>#<b>#<c>[#<d>#<e>]`; null when it does not begin like one.
 * The MAC is opaque text: one client writes the letter O in it (vector feiq-025), older ones leave it out (feiq-038).
 */
export function parseFeiqVersion(version: string): FeiqVersion | null {
  const [head = "", levelText = "", mac, ...rest] = version.split("#");
  const match = /^1_lbt(\d{1,9})_(\d{1,9})$/.exec(head);
  const level = parseDecimal(levelText);
  if (match === null || level === null) return null;
  return { lbt: match[1] ?? "", avatar: Number(match[2]), level, mac: mac ?? null, rest };
}

/**
 * Builds FeiQ's version item as FeiQ 2013 writes it; without a MAC twelve zeros. `avatar` is the number of a picture of its own.
 *
 * @example
 * buildFeiqVersion("F8B46AA55B28") // "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9"
 */
export function buildFeiqVersion(mac: string | null, cipherLength = 0, avatar = 0): string {
  return `1_lbt6_${avatar}#128#${mac ?? "000000000000"}#0#0#${cipherLength}#4001#9`;
}
