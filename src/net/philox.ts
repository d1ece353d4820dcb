// The dice of the lab: Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As
// Easy as 1, 2, 3", 2011). The words for datagram n depend on n alone, so one fate never moves another. Knows nothing of
// datagrams; called by `fates`. Known answers: test/vectors/lab-vectors.json, `philox4x32_10`.
import { FeiyanError } from "../ports/error.js";

/** Two 32-bit words, the low one first. */
export type PhiloxKey = readonly [number, number];

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/**
 * Writes the four words for one counter into `words`.
 *
 * @example
 * const words = new Uint32Array(4);
 * philox4x32(parseSeed("42"), 0, 0, 0, 0, words);
 */
export function philox4x32(
  key: PhiloxKey,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  words: Uint32Array,
): void {
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round += 1) {
    const high0 = multiplyHigh(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The upper 32 bits of a 32 x 32 product: JavaScript keeps only 53 bits, so by 16-bit limbs; every sum stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lower = aHigh * bLow + ((aLow * bLow) >>> 16);
  const upper = aLow * bHigh + (lower & 0xffff);
  return aHigh * bHigh + (lower >>> 16) + (upper >>> 16);
}

/** An event of probability `p` happens when a word is below this. */
export function threshold(p: number): number {
  return Math.round(p * 0x1_0000_0000);
}

/**
 * The key of a seed: a decimal string 0 … 2^64 - 1, because a number in JSON loses digits above 2^53.
 *
 * @example parseSeed("42") // [42, 0]
 */
export function parseSeed(seed: string): PhiloxKey {
  const value = /^\d{1,20}$/.test(seed) ? BigInt(seed) : -1n;
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) {
    throw new FeiyanError(
      "impairment-invalid",
      `a seed is a whole number 0 to 18446744073709551615, not ${seed}`,
      {
        part: seed,
        key: "seed",
      },
    );
  }
  return [Number(value & 0xffff_ffffn), Number(value >> 32n)];
}
