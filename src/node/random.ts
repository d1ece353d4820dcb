// Chance from outside, two ways: the system's for the program, and a seeded generator for tests, lessons and replays. Not for
// secrets: keys are made where the ciphers are. Knows nothing of what is drawn with it.
import type { Random } from "../ports/random.js";

/** Different in every run. */
export function createSystemRandom(): Random {
  return { uint32: () => Math.floor(Math.random() * 0x1_0000_0000) };
}

/**
 * The same numbers for the same seed, on every machine: xoshiro128** (David Blackman and Sebastiano Vigna, "Scrambled Linear
 * Pseudorandom Number Generators", 2018; public domain), its state filled by the 32-bit form of splitmix (Guy Steele, Doug
 * Lea, Christine Flood, "Fast Splittable Pseudorandom Number Generators", 2014) with MurmurHash3's mixing step.
 *
 * @example createSeededRandom(42).uint32()
 */
export function createSeededRandom(seed: number): Random {
  const state = fillState(seed);
  return {
    uint32: () => {
      const [a, b, c, d] = state;
      const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
      const mixedC = c ^ a;
      const mixedD = d ^ b;
      state[0] = a ^ mixedD;
      state[1] = b ^ mixedC;
      state[2] = mixedC ^ (b << 9);
      state[3] = rotate(mixedD, 11);
      return result;
    },
  };
}

type State = [number, number, number, number];

/** Neighbouring seeds give unrelated states, and none is all zero, which the generator could not leave. */
function fillState(seed: number): State {
  let walk = seed | 0;
  const next = (): number => {
    walk = (walk + 0x9e37_79b9) | 0;
    let mixed = walk ^ (walk >>> 16);
    mixed = Math.imul(mixed, 0x85eb_ca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2_ae35);
    return mixed ^ (mixed >>> 16);
  };
  const low: [number, number] = [next(), next()];
  // Seeds beyond 32 bits count whole: the upper part turns the walk half way.
  walk ^= Math.floor(seed / 0x1_0000_0000);
  return [...low, next(), next()];
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
