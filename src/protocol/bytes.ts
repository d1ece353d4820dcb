// Reading and writing plain bytes: ASCII, numbers in text, hexadecimal, search. The pure layers have neither Buffer nor
// TextDecoder, so these few loops are ours. Ranges are half open and lie inside the array (the caller cut them).
import type { ByteRange } from "./message.js";

export const byteOf = {
  nul: 0x00,
  bel: 0x07,
  lf: 0x0a,
  cr: 0x0d,
  blank: 0x20,
  hash: 0x23,
  colon: 0x3a,
} as const;

/** The byte at a place; 0 outside the array. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** The number at a place of a table; 0 outside. */
export function wordAt(words: Uint16Array | Uint32Array, at: number): number {
  return words[at] ?? 0;
}

/** Bytes as text, one character each. For bytes known to be below 0x80; others come out as Latin-1. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  // Eight at a time: half the time of one by one on a FeiQ version item of 38 characters.
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(
      byteAt(bytes, at),
      byteAt(bytes, at + 1),
      byteAt(bytes, at + 2),
      byteAt(bytes, at + 3),
      byteAt(bytes, at + 4),
      byteAt(bytes, at + 5),
      byteAt(bytes, at + 6),
      byteAt(bytes, at + 7),
    );
  }
  for (; at < end; at += 1) text += String.fromCharCode(byteAt(bytes, at));
  return text;
}

/** Position of the first byte from 0x80 up in `[start, end)`, or -1. */
export function indexOfHighByte(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (byteAt(bytes, at) >= 0x80) return at;
  return -1;
}

/** Position of `byte` in `[start, end)`, or `end`. */
export function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  if (end - start > longStretch) {
    const found = bytes.indexOf(byte, start);
    return found === -1 || found > end ? end : found;
  }
  for (let at = start; at < end; at += 1) if (bytes[at] === byte) return at;
  return end;
}

/** From here on the engine's own search is faster than a loop. */
const longStretch = 96;

/** The bytes of a text that holds only characters below 0x80. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** True when the bytes from `start` spell `text` (ASCII). */
export function hasAsciiAt(bytes: Uint8Array, text: string, start: number, end: number): boolean {
  if (start + text.length > end) return false;
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

/** Cuts `range` at every `separator`; at least one piece. At most `limit` pieces: the last one keeps the rest. */
export function splitBytes(
  bytes: Uint8Array,
  range: ByteRange,
  separator: number,
  limit = Number.POSITIVE_INFINITY,
): ByteRange[] {
  const pieces: ByteRange[] = [];
  let start = range.start;
  while (pieces.length + 1 < limit) {
    const end = indexOfByte(bytes, separator, start, range.end);
    if (end === range.end) break;
    pieces.push({ start, end });
    start = end + 1;
  }
  pieces.push({ start, end: range.end });
  return pieces;
}

/** Lower-case hexadecimal of `[start, end)`. */
export function hexText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = "";
  for (let at = start; at < end; at += 1) {
    const pair = byteAt(bytes, at) * 2;
    text += hexPairs.slice(pair, pair + 2);
  }
  return text;
}

/** 00 01 … ff in one string. */
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0")).join("");

/** A decimal number of 1 to 15 digits (always exact), or null. */
export function parseDecimal(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A hexadecimal number up to 2^53 - 1, or null. Leading zeros and upper case are fine (vectors file-010, tcp-011). */
export function parseHex(text: string): number | null {
  if (!/^[0-9a-fA-F]{1,24}$/.test(text)) return null;
  const value = Number.parseInt(text, 16);
  return Number.isSafeInteger(value) ? value : null;
}

/** A hexadecimal number in `[start, end)`, rounded beyond 2^53 as numbers are; null when it is none or over 24 digits. */
export function parseHexNumber(bytes: Uint8Array, start: number, end: number): number | null {
  if (end <= start || end - start > 24) return null;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = byteAt(bytes, at);
    // Letters in lower case: a digit keeps its value.
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) value = value * 16 + letter - 0x57;
    else return null;
  }
  return value;
}

/** Joins pieces into one new array. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
