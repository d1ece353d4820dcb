// HalfSipHash-2-4 with 64 bits (Aumasson and Bernstein; the authors' reference and vectors), over a text as 16-bit units, little-endian.
// Without the key nobody can make two texts that count as one. Used where a table keeps hashes instead of what it was asked about.
import type { Random } from "../ports/random.js";

export interface KeyedHash {
  /** Hashes a text; its two halves stand in `high` and `low` until the next one: no object for each of a thousand a second. */
  take(text: string): void;
  /** Signed 32 bits. */
  readonly high: number;
  readonly low: number;
}

/** @example const hash = createKeyedHash(random); hash.take("1:42"); table.find(hash.high, hash.low); */
export function createKeyedHash(random: Random): KeyedHash {
  const key0 = random.uint32() | 0;
  const key1 = random.uint32() | 0;
  let high = 0;
  let low = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;

  function mix(rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
    }
  }

  function takeWord(word: number): void {
    d ^= word;
    mix(2);
    a ^= word;
  }

  return {
    take(text) {
      a = key0;
      b = key1 ^ 0xee;
      c = 0x6c79_6765 ^ key0;
      d = 0x7465_6462 ^ key1;
      const even = text.length & ~1;
      for (let at = 0; at < even; at += 2) takeWord(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
      const rest = even === text.length ? 0 : text.charCodeAt(even);
      takeWord(((2 * text.length) << 24) | rest);
      c ^= 0xee;
      mix(4);
      high = b ^ d;
      b ^= 0xdd;
      mix(4);
      low = b ^ d;
    },
    get high() {
      return high;
    },
    get low() {
      return low;
    },
  };
}
