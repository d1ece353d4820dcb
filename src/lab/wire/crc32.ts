// CRC-32 (IEEE 802.3) over a datagram whose own checksum field counts as zero. A flood is bound by this: large ones go to Node's own
// function, small ones, for which the call would take longer than the sum, four bytes a step with four tables.
import { crc32 as systemCrc32 } from "node:zlib";

const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
const [
  first = new Uint32Array(),
  second = new Uint32Array(),
  third = new Uint32Array(),
  fourth = new Uint32Array(),
] = tables;
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  first[byte] = value;
}
for (let byte = 0; byte < 256; byte += 1) {
  let value = first[byte] ?? 0;
  for (const table of [second, third, fourth]) {
    value = (value >>> 8) ^ (first[value & 0xff] ?? 0);
    table[byte] = value;
  }
}

/** Words in memory are in the order the sum wants them; where they are not, bytes are put together. */
const isLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const largeBytes = 256;

/**
 * The checksum of `bytes`, with the four bytes at `zeroAt` taken as zero.
 *
 * @example crc32(new TextEncoder().encode("123456789")) // 0xcbf43926
 */
export function crc32(bytes: Uint8Array, zeroAt = bytes.length): number {
  const start = Math.min(zeroAt, bytes.length);
  let crc = step(0xffffffff, bytes, 0, start);
  for (let at = start; at < Math.min(zeroAt + 4, bytes.length); at += 1)
    crc = (first[crc & 0xff] ?? 0) ^ (crc >>> 8);
  const rest = Math.min(zeroAt + 4, bytes.length);
  if (bytes.length - rest >= largeBytes) return systemCrc32(bytes.subarray(rest), (crc ^ 0xffffffff) >>> 0);
  return (step(crc, bytes, rest, bytes.length) ^ 0xffffffff) >>> 0;
}

/**
 * The sum's inner state after `bytes` from `from` to `to`, begun in `start`: no turning round at either end. It is linear: what a state
 * becomes does not depend on the bytes that follow but for an exclusive or.
 */
export function step(start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start;
  let at = from;
  if (isLittle && ((bytes.byteOffset + from) & 3) === 0 && to - from >= 64) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, (to - from) >> 2);
    for (let index = 0; index < words.length; index += 1) {
      const mixed = crc ^ (words[index] ?? 0);
      crc =
        (fourth[mixed & 0xff] ?? 0) ^
        (third[(mixed >>> 8) & 0xff] ?? 0) ^
        (second[(mixed >>> 16) & 0xff] ?? 0) ^
        (first[mixed >>> 24] ?? 0);
    }
    at += 4 * words.length;
  }
  for (; at + 4 <= to; at += 4) {
    const mixed =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24));
    crc =
      (fourth[mixed & 0xff] ?? 0) ^
      (third[(mixed >>> 8) & 0xff] ?? 0) ^
      (second[(mixed >>> 16) & 0xff] ?? 0) ^
      (first[mixed >>> 24] ?? 0);
  }
  for (; at < to; at += 1) crc = (first[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return crc;
}

/** What a state becomes by a fixed number of zero bytes, as four look-ups: what stands behind a changed word need not be read again. */
export function createZeroStep(length: number): (state: number) => number {
  const zeros = new Uint8Array(length);
  const shifted = Uint32Array.from({ length: 32 }, (_unused, bit) =>
    step((1 << bit) >>> 0, zeros, 0, length),
  );
  const [low, second8, third8, high] = [0, 8, 16, 24].map((from) =>
    Uint32Array.from({ length: 256 }, (_unused, value) => {
      let sum = 0;
      for (let bit = 0; bit < 8; bit += 1) if ((value >> bit) & 1) sum ^= shifted[from + bit] ?? 0;
      return sum;
    }),
  );
  return (state) =>
    (low?.[state & 0xff] ?? 0) ^
    (second8?.[(state >>> 8) & 0xff] ?? 0) ^
    (third8?.[(state >>> 16) & 0xff] ?? 0) ^
    (high?.[state >>> 24] ?? 0);
}
