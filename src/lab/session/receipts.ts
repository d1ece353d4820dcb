// What a receiver writes down about one stream: per number how many copies came, the order of first arrivals, and, for short
// runs, each of them with its time. Used by the reflector and, for a down stream, by the initiator. Also its two wire forms:
// the map (two bits a number, four to a byte from the low bits) and the list (number and microseconds since the one before).
import { readU32, writeU32 } from "../wire/header.js";
import { createOrderCounter } from "../stats/order.js";
import { listedArrivals } from "../limits.js";

export interface Receipts {
  /** Takes an arrival; gives its copy number, 1 for the first. */
  add(seq: number, atNs: number): number;
  /** Copies of a number that came, up to 255. */
  copiesOf(seq: number): number;
  readonly unique: number;
  /** Arrivals beyond the first of each number. */
  readonly extra: number;
  readonly reordered: number;
  readonly maxExtent: number;
  /** The highest number that came, and one. */
  readonly next: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly map: () => Uint8Array;
  readonly list: () => Uint8Array;
}

export function createReceipts(n: number): Receipts {
  const copies = new Uint8Array(n);
  const order = createOrderCounter();
  const isListed = n <= listedArrivals;
  const listed = isListed ? new Uint8Array(8 * n) : new Uint8Array(0);
  let unique = 0;
  let extra = 0;
  let next = 0;
  let firstNs = 0;
  let lastNs = 0;
  let lastFirstNs = 0;

  return {
    add: (seq, atNs) => {
      const before = copies[seq] ?? 0;
      if (seq < n) copies[seq] = Math.min(255, before + 1);
      if (before > 0) {
        extra += 1;
        lastNs = atNs;
        return before + 1;
      }
      if (unique === 0) {
        firstNs = atNs;
        lastFirstNs = atNs;
      }
      if (isListed) {
        writeU32(listed, 8 * unique, seq);
        writeU32(listed, 8 * unique + 4, Math.min(0xffff_ffff, Math.round((atNs - lastFirstNs) / 1_000)));
      }
      lastFirstNs = atNs;
      lastNs = atNs;
      unique += 1;
      next = Math.max(next, seq + 1);
      order.add(seq, atNs);
      return 1;
    },
    copiesOf: (seq) => copies[seq] ?? 0,
    get unique() {
      return unique;
    },
    get extra() {
      return extra;
    },
    get reordered() {
      return order.count;
    },
    get maxExtent() {
      return order.maxExtent;
    },
    get next() {
      return next;
    },
    get firstNs() {
      return firstNs;
    },
    get lastNs() {
      return lastNs;
    },
    map: () => packMap(copies),
    list: () => listed.subarray(0, 8 * unique),
  };
}

/** @example packMap(Uint8Array.of(1, 0, 2, 9)) // one byte: 1 | 0 << 2 | 2 << 4 | 3 << 6 */
export function packMap(copies: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(copies.length / 4));
  for (let seq = 0; seq < copies.length; seq += 1) {
    bytes[seq >> 2] = (bytes[seq >> 2] ?? 0) | (Math.min(3, copies[seq] ?? 0) << (2 * (seq & 3)));
  }
  return bytes;
}

export function unpackMap(bytes: Uint8Array, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_unused, seq) => ((bytes[seq >> 2] ?? 0) >> (2 * (seq & 3))) & 3);
}

export interface ListedArrival {
  readonly seq: number;
  /** Microseconds since the first arrival. */
  readonly atUs: number;
}

/** Entries whose number is not of this run are left out. */
export function unpackList(bytes: Uint8Array, n: number): ListedArrival[] {
  const list: ListedArrival[] = [];
  let atUs = 0;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const seq = readU32(bytes, at);
    atUs += readU32(bytes, at + 4);
    if (seq < n) list.push({ seq, atUs });
  }
  return list;
}
