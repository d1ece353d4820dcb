import { describe, expect, it } from "vitest";
import { createFates, parseImpairment } from "../../../src/index.js";
import { lossStats } from "../../../src/lab/stats/losses.js";

// Longer, with LAB_COVERAGE_SEEDS=500.
const seeds = Number(process.env["LAB_COVERAGE_SEEDS"] ?? 150);

/** How often the interval that is shown holds the true loss. */
function coverage(spec: string, n: number, p: number): number {
  const impairment = parseImpairment(spec);
  let covered = 0;
  let told = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const fates = createFates(String(seed), 0, 0, impairment);
    const lost = Uint8Array.from({ length: n }, () => (fates.next(128).lost ? 1 : 0));
    const interval = lossStats(lost).shownCi95;
    // Too few bursts to tell: nothing is claimed, so nothing can be wrong.
    if (interval === null) continue;
    told += 1;
    if (interval[0] <= p && p <= interval[1]) covered += 1;
  }
  expect(told).toBeGreaterThan(0.95 * seeds);
  return covered / told;
}

// The band of 92 to 98 % is for 500 seeds; fewer are themselves uncertain by twice their standard error.
const doubt = seeds >= 500 ? 0 : 2 * Math.sqrt((0.05 * 0.95) / seeds);

describe("A10 the interval holds the truth as often as it says", () => {
  it.each([500, 2_000])("independent losses, n = %i", (n) => {
    const share = coverage("loss=5%", n, 0.05);
    expect(share).toBeGreaterThanOrEqual(0.92 - doubt);
    expect(share).toBeLessThanOrEqual(0.98 + doubt);
  });

  it("bursts of five, n = 2000", () => {
    expect(coverage("loss=5%,burst=5", 2_000, 0.05)).toBeGreaterThanOrEqual(0.9 - doubt);
  });

  it("says so when bursts are too few to tell", () => {
    const lost = new Uint8Array(500).fill(1, 100, 150);
    expect(lossStats(lost)).toMatchObject({ bursty: true, tooFewBursts: true, shownCi95: null });
  });
});
