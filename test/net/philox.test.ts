import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeiyanError } from "../../src/ports/error.js";
import { parseSeed, philox4x32, threshold } from "../../src/net/philox.js";
import vectors from "../vectors/lab-vectors.json" with { type: "json" };

/** The same generator with big integers: slow, and short enough to be read beside the paper. */
function philoxByBigInt(key: readonly number[], counter: readonly number[]): number[] {
  const mask = 0xffff_ffffn;
  let [c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n] = counter.map(BigInt);
  let [k0 = 0n, k1 = 0n] = key.map(BigInt);
  for (let round = 0; round < 10; round += 1) {
    const product0 = 0xd251_1f53n * c0;
    const product1 = 0xcd9e_8d57n * c2;
    [c0, c1, c2, c3] = [
      (product1 >> 32n) ^ c1 ^ k0,
      product1 & mask,
      (product0 >> 32n) ^ c3 ^ k1,
      product0 & mask,
    ];
    k0 = (k0 + 0x9e37_79b9n) & mask;
    k1 = (k1 + 0xbb67_ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

function roll(key: readonly [number, number], counter: readonly number[]): number[] {
  const words = new Uint32Array(4);
  philox4x32(key, counter[0]!, counter[1]!, counter[2]!, counter[3]!, words);
  return [...words];
}

function readHex(words: readonly string[]): number[] {
  return words.map((hex) => Number.parseInt(hex, 16));
}

const word = fc.integer({ min: 0, max: 0xffff_ffff });

describe("philox4x32", () => {
  it.each(vectors.philox4x32_10)("gives the published answer for $ctr", ({ ctr, key, out }) => {
    const [low, high] = readHex(key);
    expect(roll([low!, high!], readHex(ctr))).toEqual(readHex(out));
  });

  it("equals the big integer form for any key and counter", () => {
    fc.assert(
      fc.property(fc.tuple(word, word), fc.tuple(word, word, word, word), (key, counter) => {
        expect(roll(key, counter)).toEqual(philoxByBigInt(key, counter));
      }),
    );
  });
});

describe("parseSeed", () => {
  it("splits 64 bits, low word first", () => {
    expect(parseSeed("42")).toEqual([42, 0]);
    expect(parseSeed("81985529216486895")).toEqual([0x89ab_cdef, 0x0123_4567]);
    expect(parseSeed("18446744073709551615")).toEqual([0xffff_ffff, 0xffff_ffff]);
  });

  it.each(["", "-1", "1.5", "0x10", "18446744073709551616", "123456789012345678901", "abc"])(
    "refuses %j",
    (seed) => {
      expect(() => parseSeed(seed)).toThrow(FeiyanError);
    },
  );
});

it("threshold maps 0, a half and 1", () => {
  expect([threshold(0), threshold(0.5), threshold(1)]).toEqual([0, 2 ** 31, 2 ** 32]);
});
