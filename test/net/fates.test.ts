import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFates, formatFate, fragmentCount } from "../../src/net/fates.js";
import type { Impairment, LossRule } from "../../src/net/impairment.js";
import { parseImpairment } from "../../src/net/impairment-text.js";
import vectors from "../vectors/lab-vectors.json" with { type: "json" };

type FateVector = (typeof vectors.fates)[number];

function lossOf(vector: FateVector): LossRule {
  if (vector.model === "bernoulli") return { kind: "independent", probability: vector.p! };
  return {
    kind: "gilbert-elliott",
    goodToBad: vector.pGB!,
    badToGood: vector.rBG!,
    deliveredInBad: vector.h!,
    deliveredInGood: vector.k!,
  };
}

function wayOf(direction: number): 0 | 1 {
  return direction === 0 ? 0 : 1;
}

function lostNumbers(seed: string, flow: number, direction: 0 | 1, spec: Impairment, n: number): number[] {
  const fates = createFates(seed, flow, direction, spec);
  const lost: number[] = [];
  for (let i = 0; i < n; i += 1) {
    const fate = fates.next(128);
    if (fate.lost) lost.push(fate.n);
  }
  return lost;
}

/** Lengths of the runs of consecutive numbers. */
function runsOf(numbers: readonly number[]): number[] {
  const runs: number[] = [];
  let last = -2;
  for (const number of numbers) {
    if (number === last + 1) runs.push(runs.pop()! + 1);
    else runs.push(1);
    last = number;
  }
  return runs;
}

describe("losses", () => {
  it.each(vectors.fates)(
    "seed $seed flow $flow direction $dir $model loses exactly the vector's numbers",
    (vector) => {
      const lost = lostNumbers(
        vector.seed,
        vector.flow,
        wayOf(vector.dir),
        { loss: lossOf(vector) },
        vector.n,
      );
      expect(lost.length).toBe(vector.lost);
      expect(lost.slice(0, vector.first.length)).toEqual(vector.first);
      expect(createHash("sha256").update(lost.join(",")).digest("hex")).toBe(vector.sha256);
      const runs = runsOf(lost);
      expect(runs.length).toBe(vector.bursts ?? runs.length);
      expect(Math.max(...runs)).toBe(vector.maxBurst ?? Math.max(...runs));
    },
  );

  it("stay where they are when every other impairment is on", () => {
    const alone = lostNumbers("42", 0, 0, parseImpairment("loss=5%"), 5_000);
    const all = parseImpairment("loss=5%,dup=20%,reorder=10%:3,corrupt=5%,delay=20+-5,rate=1mbit");
    expect(lostNumbers("42", 0, 0, all, 5_000)).toEqual(alone);
  });

  it("at seed 42 and 5 % both ways are 24 of 500 there and 20 of 476 back", () => {
    const spec = parseImpairment("loss=5%,seed=42");
    const up = createFates("42", 0, 0, spec);
    const down = createFates("42", 0, 1, spec);
    let strip = "";
    for (let i = 0; i < 500; i += 1) {
      if (up.next(128).lost) strip += "u";
      else strip += down.next(128).lost ? "d" : ".";
    }
    expect([strip.slice(0, 50), strip.slice(50, 100), strip.slice(100, 150)]).toEqual([
      "d.............d..........................ud.......",
      "...u............................d.u.............d.",
      ".....................d..d.......d.............uu..",
    ]);
    expect([strip.split("u").length - 1, strip.split("d").length - 1]).toEqual([24, 20]);
  });

  it("with burst= come at the asked rate and mean length", () => {
    const lost = lostNumbers("7", 0, 0, parseImpairment("loss=5%,burst=5"), 200_000);
    const runs = runsOf(lost);
    expect(lost.length / 200_000).toBeGreaterThan(0.045);
    expect(lost.length / 200_000).toBeLessThan(0.055);
    expect(lost.length / runs.length).toBeGreaterThan(4.6);
    expect(lost.length / runs.length).toBeLessThan(5.4);
  });

  it.each(vectors.binomialBands.filter((band) => band.alpha === 0.001))(
    "lie within the 99.9 % band for n=$n p=$p",
    ({ n, p, lo, hi }) => {
      const lost = lostNumbers("31", 2, 0, { loss: { kind: "independent", probability: p } }, n);
      expect(lost.length).toBeGreaterThanOrEqual(lo);
      expect(lost.length).toBeLessThanOrEqual(hi);
    },
  );
});

describe("the other fates", () => {
  it.each(vectors.fateTraces)("seed $seed gives the vector's letters", (trace) => {
    const fates = createFates(trace.seed, trace.flow, wayOf(trace.dir), {
      loss: { kind: "independent", probability: trace.loss },
      corrupt: trace.corrupt,
      duplicate: trace.duplicate,
      reorder: { probability: trace.reorder, distance: 3 },
    });
    const letters = Array.from({ length: trace.n }, () => formatFate(fates.next(trace.datagramBytes)));
    expect(letters.join(" ")).toBe(trace.codes);
  });

  it("of an empty datagram hold no flipped bit", () => {
    expect(createFates("1", 0, 0, { corrupt: 1 }).next(0).flipBit).toBeNull();
  });

  it("delay within base and width, and never below nothing", () => {
    const fates = createFates("1", 0, 0, parseImpairment("delay=2ms+-5ms"));
    const delays = Array.from({ length: 2_000 }, () => fates.next(10).delayMs);
    expect(Math.min(...delays)).toBe(0);
    expect(Math.max(...delays)).toBeGreaterThan(6.9);
    expect(Math.max(...delays)).toBeLessThanOrEqual(7);
  });

  it("go on with the same numbers after a change of spec", () => {
    const before = createFates("42", 0, 0, {});
    for (let i = 0; i < 41; i += 1) before.next(10);
    before.setSpec(parseImpairment("loss=5%"));
    expect(before.next(10)).toMatchObject({ n: 41, lost: true });
  });
});

describe("fragments", () => {
  it.each([
    [1_472, 1],
    [1_473, 2],
    [8_872, 6],
    [65_507, 45],
    [0, 1],
  ])("a payload of %i bytes at 1500 travels in %i", (bytes, count) => {
    expect(fragmentCount(bytes, 1_500)).toBe(count);
  });

  it.each([
    [1_472, 0.05],
    [1_473, 0.0975],
    [8_872, 1 - 0.95 ** 6],
    [65_507, 1 - 0.95 ** 45],
  ])("lose a datagram of %i bytes with %d", (bytes, expected) => {
    const fates = createFates("5", 0, 0, parseImpairment("loss=5%,mtu=1500"));
    let lost = 0;
    for (let i = 0; i < 10_000; i += 1) if (fates.next(bytes).lost) lost += 1;
    // Four standard deviations.
    expect(Math.abs(lost / 10_000 - expected)).toBeLessThan(
      4 * Math.sqrt((expected * (1 - expected)) / 10_000),
    );
  });
});
