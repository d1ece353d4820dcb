// The 32 bytes every datagram of FYL/1 begins with, big-endian:
//   0 magic FF 4C | 2 version 1 | 3 type | 4 token (8) | 12 seq | 16 t1 (8, ns) | 24 length of all | 26 flags | 28 CRC-32
// FF begins neither UTF-8 nor GBK nor an IP Messenger packet, so a stray datagram is never taken for a chat message. A view over
// bytes; what the body means is in `messages`. Total: any bytes give a header or a reason.
import { crc32 } from "./crc32.js";

export const headerBytes = 32;
export const largestDatagram = 65_507;

/** 64 random bits in two words; zero before a session exists. */
export interface Token {
  readonly high: number;
  readonly low: number;
}

export const noToken: Token = { high: 0, low: 0 };

export interface Header {
  readonly type: number;
  readonly token: Token;
  readonly seq: number;
  /** Nanoseconds of the sender's own clock; above 2^53 the last bits are lost. */
  readonly t1: number;
  readonly flags: number;
}

export type HeaderFault = "not-ours" | "short" | "version" | "length" | "damaged";

export type ParsedHeader =
  | { readonly ok: true; readonly header: Header }
  | { readonly ok: false; readonly reason: HeaderFault };

export const flagBits = { downStream: 1, retransmission: 2 } as const;

/** The copy number in an ECHO's flags, 1 for the first copy; saturates. */
export const copyFlags = (copy: number): number => Math.min(copy, 255) << 8;

const magic0 = 0xff;
const magic1 = 0x4c;
const version = 1;
const crcAt = 28;

/** Made when a lab first sends: it takes milliseconds, and the first frame of the chat waits for this file too. */
let pattern: Uint8Array | undefined;

function patternBytes(): Uint8Array {
  pattern ??= Uint8Array.from({ length: largestDatagram + 256 }, (_unused, at) => (at * 7) & 0xff);
  return pattern;
}

/** Begins with our magic: a damaged one may still be counted as ours. */
export function hasLabMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === magic0 && bytes[1] === magic1;
}

/** Type of a datagram with our magic, without looking further; for relays, which must not mind damage. */
export function peekType(bytes: Uint8Array): number | null {
  return hasLabMagic(bytes) && bytes.length >= headerBytes ? (bytes[3] ?? null) : null;
}

/** The number of a datagram with our magic, in the same manner. */
export function peekSeq(bytes: Uint8Array): number | null {
  return hasLabMagic(bytes) && bytes.length >= headerBytes ? readU32(bytes, 12) : null;
}

export function parseHeader(bytes: Uint8Array): ParsedHeader {
  if (!hasLabMagic(bytes)) return { ok: false, reason: "not-ours" };
  if (bytes.length < headerBytes) return { ok: false, reason: "short" };
  if (bytes[2] !== version) return { ok: false, reason: "version" };
  if (readU16(bytes, 24) !== bytes.length) return { ok: false, reason: "length" };
  if (crc32(bytes, crcAt) !== readU32(bytes, crcAt)) return { ok: false, reason: "damaged" };
  return {
    ok: true,
    header: {
      type: bytes[3] ?? 0,
      token: { high: readU32(bytes, 4), low: readU32(bytes, 8) },
      seq: readU32(bytes, 12),
      t1: readU64(bytes, 16),
      flags: readU16(bytes, 26),
    },
  };
}

/** Writes the header and, last, the checksum; the body must stand already. */
export function buildHeader(bytes: Uint8Array, header: Header): Uint8Array {
  bytes[0] = magic0;
  bytes[1] = magic1;
  bytes[2] = version;
  bytes[3] = header.type;
  writeU32(bytes, 4, header.token.high);
  writeU32(bytes, 8, header.token.low);
  writeU32(bytes, 12, header.seq);
  writeU64(bytes, 16, header.t1);
  writeU16(bytes, 24, bytes.length);
  writeU16(bytes, 26, header.flags);
  writeU32(bytes, crcAt, crc32(bytes, crcAt));
  return bytes;
}

/** Fills from `from` on with a pattern of number and place: nothing foreign is ever carried. */
export function fillPattern(bytes: Uint8Array, from: number, seq: number): void {
  if (from >= bytes.length) return;
  // seq * 31 + at * 7 is (at + shift) * 7 modulo 256, since 7 * 183 is 1: a copy out of one table, which a flood needs.
  const shift = (seq * 31 * 183) & 0xff;
  bytes.set(patternBytes().subarray(from + shift, bytes.length + shift), from);
}

export function isSameToken(a: Token, b: Token): boolean {
  return a.high === b.high && a.low === b.low;
}

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((readU16(bytes, at) << 16) | readU16(bytes, at + 2)) >>> 0;
}

export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4);
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeU64(bytes: Uint8Array, at: number, value: number): void {
  writeU32(bytes, at, Math.floor(value / 0x1_0000_0000) % 0x1_0000_0000);
  writeU32(bytes, at + 4, value % 0x1_0000_0000);
}
