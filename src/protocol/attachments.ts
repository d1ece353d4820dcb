// The file list of an offer (section 1 of SENDMSG with FILEATTACH): records to bytes and back. Cut on bytes, only names and
// attribute values become text. Nothing here judges a name: files/safe-name.ts does, before anything touches the disk.
//
//   id(dec) ":" name ":" size(hex) ":" mtime(hex) ":" attr(hex) [":" ext "=" val ["," val]…] ":" BEL
//   1:a::b.txt:a:5f5e1000:1:⍾2:dir:0:5f5e1001:2:⍾                                   (vectors file-001 to file-014, build-007)
import { asciiText, byteAt, byteOf, indexOfByte, parseHexNumber, splitBytes } from "./bytes.js";
import { limits } from "./limits.js";
import type { ByteRange, FileRecord } from "./message.js";
import type { Charset, TextCodec } from "./text-codec.js";

/** Low byte of a record's attribute. */
export const fileType = {
  regular: 1,
  directory: 2,
  /** Only in directory streams: back to the parent. */
  parent: 3,
  symlink: 4,
  charDevice: 5,
  blockDevice: 6,
  fifo: 7,
  resourceFork: 0x10,
  clipboard: 0x20,
} as const;

/** Upper bits of a record's attribute. */
export const fileAttribute = {
  readOnly: 0x100,
  hidden: 0x1000,
  exHidden: 0x2000,
  archive: 0x4000,
  system: 0x8000,
} as const;

/** Printed by iptux for -1: the size is not known (vector iptux-010). */
export const unknownSize = 0xffff_ffff_ffff_ffffn;

/** Every good record of a list; bad ones are skipped (the official client stops at the first). */
export function parseFileList(
  bytes: Uint8Array,
  range: ByteRange,
  codec: TextCodec,
  charset: Charset,
): FileRecord[] {
  const records: FileRecord[] = [];
  let at = range.start;
  while (at < range.end && records.length < limits.offerRecords) {
    const end = indexOfByte(bytes, byteOf.bel, at, range.end);
    // iptux writes a colon behind the BEL too, which then begins the next record.
    const start = bytes[at] === byteOf.colon ? at + 1 : at;
    const record = parseFileRecord(bytes, start, end, codec, charset);
    if (record !== null) records.push(record);
    at = end + 1;
  }
  return records;
}

/** Position of the first colon that is not doubled; `end` when there is none. Shared with directory streams. */
export function findNameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    if (bytes[at] !== byteOf.colon) at += 1;
    else if (at + 1 < end && bytes[at + 1] === byteOf.colon) at += 2;
    else return at;
  }
  return end;
}

function parseFileRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  codec: TextCodec,
  charset: Charset,
): FileRecord | null {
  const idEnd = findIdEnd(bytes, start, end);
  const nameEnd = findNameEnd(bytes, idEnd + 1, end);
  if (idEnd === start || byteAt(bytes, idEnd) !== byteOf.colon) return null;
  if (nameEnd <= idEnd + 1 || nameEnd >= end) return null;
  const sizeEnd = indexOfByte(bytes, byteOf.colon, nameEnd + 1, end);
  const mtimeEnd = indexOfByte(bytes, byteOf.colon, sizeEnd + 1, end);
  const attrEnd = indexOfByte(bytes, byteOf.colon, mtimeEnd + 1, end);
  const sizeBytes = parseHexSize(bytes, nameEnd + 1, sizeEnd);
  const mtime = parseFileTime(bytes, sizeEnd + 1, mtimeEnd);
  // A missing attribute means a regular file.
  const attr = attrEnd > mtimeEnd + 1 ? parseHexNumber(bytes, mtimeEnd + 1, attrEnd) : fileType.regular;
  if (sizeBytes === null || mtime === null || attr === null || attr > 0xffffffff) return null;
  const id = asciiText(bytes, start, idEnd);
  const name = parseName(bytes, idEnd + 1, nameEnd, codec, charset);
  // Feige puts times where extended attributes stand: without "=" they are passed over.
  const ext = attrEnd + 1 < end ? parseExtAttributes(bytes, attrEnd + 1, end) : noAttributes;
  return { id, name, sizeBytes, mtime, type: attr & 0xff, attr, ext };
}

const noAttributes: FileRecord["ext"] = Object.freeze({});

/** End of the decimal digits that a record begins with. */
function findIdEnd(bytes: Uint8Array, start: number, end: number): number {
  const reach = Math.min(end, start + limits.packetNoDigits);
  let at = start;
  while (at < reach && byteAt(bytes, at) >= 0x30 && byteAt(bytes, at) <= 0x39) at += 1;
  return at;
}

/** A name as text, its doubled colons single. Shared with directory streams. */
export function parseName(
  bytes: Uint8Array,
  start: number,
  end: number,
  codec: TextCodec,
  charset: Charset,
): string {
  const name = codec.decode(bytes.subarray(start, end), charset);
  return name.includes("::") ? name.replaceAll("::", ":") : name;
}

/** A size of up to 64 bits; null for anything else, "-5" included (vector bad-039). */
function parseHexSize(bytes: Uint8Array, start: number, end: number): bigint | null {
  const value = parseHexNumber(bytes, start, end);
  if (value === null) return null;
  if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
  const exact = BigInt(`0x${asciiText(bytes, start, end)}`);
  return exact > unknownSize ? null : exact;
}

/** Windows file times of our days are about 1.3e17. */
const fileTimeFrom = 1e17;
const fileTimeEpochSeconds = 11_644_473_600;
/** Beyond the year 4000. */
const latestSeconds = 2 ** 36;

/**
 * Unix seconds. IpMsg.Net writes Windows file times (100 ns since 1601) and libipmsg stray pointers for folders
 * (captures): the first are converted, the second count as 0, unknown. Null when it is no number at all.
 */
export function parseFileTime(bytes: Uint8Array, start: number, end: number): number | null {
  const value = parseHexNumber(bytes, start, end);
  if (value === null) return null;
  const seconds = value >= fileTimeFrom ? Math.floor(value / 1e7) - fileTimeEpochSeconds : value;
  return seconds > latestSeconds ? 0 : seconds;
}

/** Extended attributes `key=val,val:` by lower-case hex key; fields of another form are passed over. */
export function parseExtAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
): Readonly<Record<string, readonly string[]>> {
  const ext: Record<string, readonly string[]> = {};
  for (const piece of splitBytes(bytes, { start, end }, byteOf.colon, limits.extKeys)) {
    const match = /^([0-9a-fA-F]{1,8})=(.*)$/s.exec(asciiText(bytes, piece.start, piece.end));
    if (match !== null) ext[(match[1] ?? "").toLowerCase()] = (match[2] ?? "").split(",", limits.extValues);
  }
  return ext;
}

/** What a record needs to be written; the type stands in `attr`. */
export interface OutgoingFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: bigint;
  readonly mtime: number;
  readonly attr: number;
  readonly ext?: Readonly<Record<string, readonly string[]>>;
}

/** Builds the list, records back to back as the official client writes them. */
export function buildFileList(files: readonly OutgoingFile[]): string {
  return files
    .map((file) => {
      const attributes = `${file.sizeBytes.toString(16)}:${hexSeconds(file.mtime)}:${file.attr.toString(16)}:`;
      return `${file.id}:${buildName(file.name)}:${attributes}${buildExtAttributes(file.ext ?? {})}\x07`;
    })
    .join("");
}

/** A name for the wire: colons doubled, and nothing in it that would cut a record, a section or a line. */
export function buildName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters would cut the record
  return name.replaceAll(/[\0-\x1f]/g, "_").replaceAll(":", "::");
}

/** Builds `key=val,val:` for each attribute. */
export function buildExtAttributes(ext: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(ext)
    .map(([key, values]) => `${key}=${values.join(",")}:`)
    .join("");
}

/** Unix seconds in hex; times before 1970 cannot be written. */
function hexSeconds(seconds: number): string {
  return Math.max(0, Math.floor(seconds)).toString(16);
}
