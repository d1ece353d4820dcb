// IPDict (section 10): the dictionaries of IP Messenger 4.5 and later. Keys keep their order, lengths are byte counts in
// hexadecimal, values are bytes until somebody who knows the key asks for a number, a text, a list or a dictionary.
//
//   IP2:a:key1:3:3e8:Z                                     (vectors ipdict-001 to ipdict-009)
import {
  asciiBytes,
  asciiText,
  byteAt,
  byteOf,
  concatBytes,
  hasAsciiAt,
  indexOfByte,
  parseHex,
} from "./bytes.js";
import { limits } from "./limits.js";
import type { TextCodec } from "./text-codec.js";

/** Keys and values in their order; a key may not come twice. */
export type IpDict = ReadonlyMap<string, Uint8Array>;

const magic = "IP2:";
const footer = ":Z";

/** Reads a whole datagram as a dictionary; null for anything else, bytes behind it included. */
export function parseIpDict(bytes: Uint8Array): IpDict | null {
  if (!hasAsciiAt(bytes, magic, 0, bytes.length)) return null;
  const length = parseLength(bytes, magic.length, bytes.length);
  if (length === null || length.end + footer.length !== bytes.length) return null;
  return hasAsciiAt(bytes, footer, length.end, bytes.length)
    ? parseContent(bytes.subarray(length.start, length.end))
    : null;
}

/** Reads the inside of a dictionary: `key:length:value` joined by colons. */
export function parseContent(content: Uint8Array): IpDict | null {
  const found = new Map<string, Uint8Array>();
  let at = 0;
  while (at < content.length) {
    const keyEnd = indexOfByte(content, byteOf.colon, at, content.length);
    const key = asciiText(content, at, keyEnd);
    if (!/^[A-Za-z0-9_]{1,32}$/.test(key) || found.has(key) || found.size >= limits.dictKeys) return null;
    const value = parseLength(content, keyEnd + 1, content.length);
    if (value === null) return null;
    found.set(key, content.subarray(value.start, value.end));
    at = nextPart(content, value.end);
    if (at === -1) return null;
  }
  return found;
}

/** A list: `length:value` joined by colons; null when it is none. */
export function parseDictList(content: Uint8Array): readonly Uint8Array[] | null {
  const found: Uint8Array[] = [];
  let at = 0;
  while (at < content.length) {
    const value = parseLength(content, at, content.length);
    if (value === null || found.length >= limits.dictListItems) return null;
    found.push(content.subarray(value.start, value.end));
    at = nextPart(content, value.end);
    if (at === -1) return null;
  }
  return found;
}

/** Behind a value: a colon and more, or the end; -1 for anything else. */
function nextPart(content: Uint8Array, end: number): number {
  if (end === content.length) return end;
  return byteAt(content, end) === byteOf.colon && end + 1 < content.length ? end + 1 : -1;
}

/** `hex ":"` and so many bytes behind it. */
function parseLength(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly start: number; readonly end: number } | null {
  const colon = indexOfByte(bytes, byteOf.colon, at, Math.min(end, at + 9));
  if (at >= end || colon >= end || byteAt(bytes, colon) !== byteOf.colon) return null;
  const length = parseHex(asciiText(bytes, at, colon));
  return length === null || colon + 1 + length > end ? null : { start: colon + 1, end: colon + 1 + length };
}

/** A number: lower-case hexadecimal, `-` before negative ones; null for anything else. */
export function dictNumber(value: Uint8Array | undefined): number | null {
  if (value === undefined || value.length > 24) return null;
  const text = asciiText(value, 0, value.length);
  const digits = parseHex(text.replace(/^-/, ""));
  return digits === null ? null : text.startsWith("-") ? -digits : digits;
}

export function dictText(value: Uint8Array | undefined, codec: TextCodec): string | null {
  return value === undefined ? null : codec.decode(value, "utf-8");
}

/** What a value is built from: numbers in hexadecimal, texts in UTF-8, bytes as they are, lists and dictionaries packed. */
export type DictValue =
  | number
  | string
  | Uint8Array
  | readonly DictValue[]
  | { readonly [key: string]: DictValue };

/** Builds the inside of a dictionary, keys in the order given. */
export function buildContent(entries: Readonly<Record<string, DictValue>>, codec: TextCodec): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [key, value] of Object.entries(entries)) {
    const packed = packValue(value, codec);
    pieces.push(asciiBytes(`${pieces.length === 0 ? "" : ":"}${key}:${packed.length.toString(16)}:`), packed);
  }
  return concatBytes(pieces);
}

/** Builds a whole dictionary, as a datagram carries it. */
export function buildIpDict(entries: Readonly<Record<string, DictValue>>, codec: TextCodec): Uint8Array {
  const content = buildContent(entries, codec);
  return concatBytes([asciiBytes(`${magic}${content.length.toString(16)}:`), content, asciiBytes(footer)]);
}

/** What a signature in a dictionary is about; null without one, or where something stands behind it that nobody signed. */
export function signedPart(
  dict: IpDict,
): { readonly signed: Uint8Array; readonly signature: Uint8Array } | null {
  const entries = [...dict];
  const last = entries.pop();
  if (last === undefined || last[0] !== "SIGN") return null;
  return { signed: packDict(entries), signature: last[1] };
}

/** Packs values that are packed already. */
export function packDict(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const pieces = entries.flatMap(([key, value], at) => [
    asciiBytes(`${at === 0 ? "" : ":"}${key}:${value.length.toString(16)}:`),
    value,
  ]);
  const content = concatBytes(pieces);
  return concatBytes([asciiBytes(`${magic}${content.length.toString(16)}:`), content, asciiBytes(footer)]);
}

function packValue(value: DictValue, codec: TextCodec): Uint8Array {
  if (typeof value === "number")
    return asciiBytes(value < 0 ? `-${(-value).toString(16)}` : value.toString(16));
  if (typeof value === "string") return codec.encode(value, "utf-8");
  if (value instanceof Uint8Array) return value;
  if (!isList(value)) return buildContent(value, codec);
  const pieces: Uint8Array[] = [];
  for (const item of value) {
    const packed = packValue(item, codec);
    pieces.push(asciiBytes(`${pieces.length === 0 ? "" : ":"}${packed.length.toString(16)}:`), packed);
  }
  return concatBytes(pieces);
}

function isList(value: DictValue): value is readonly DictValue[] {
  return Array.isArray(value);
}
