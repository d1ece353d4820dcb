import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { belowWhenNone, binomialBand, sizeFor, wilson95 } from "../../../src/lab/stats/interval.js";
import { clockOffset, histogramOf, percentile, spreadOf } from "../../../src/lab/stats/delays.js";
import { testHomogeneity } from "../../../src/lab/stats/homogeneity.js";
import { lossModel, predictEcho, predictLosses } from "../../../src/lab/stats/prediction.js";
import { traceStats } from "../../../src/lab/stats/trace.js";
import { parseImpairment } from "../../../src/index.js";

interface Vectors {
  readonly wilson95: readonly { n: number; k: number; wilson95: [number, number] }[];
  readonly binomialBands: readonly { n: number; p: number; alpha: number; lo: number; hi: number }[];
  readonly traces: readonly {
    name: string;
    sent: number;
    arrivals: readonly [number, number, number][];
    expect: Record<string, unknown>;
  }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(`${import.meta.dirname}/../../vectors/lab-vectors.json`, "utf8"),
);

/** Equal in shape, numbers within a relative error of 1e-9; integers exactly. */
function expectClose(actual: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === "number" && typeof actual === "number") {
    const error = Math.abs(actual - wanted);
    expect([path, error <= 1e-9 * Math.abs(wanted) + 1e-15, actual]).toEqual([path, true, actual]);
  } else if (typeof wanted === "object" && wanted !== null) {
    for (const [key, value] of Object.entries(wanted)) {
      expectClose(Reflect.get(Object(actual), key), value, `${path}.${key}`);
    }
    if (Array.isArray(wanted))
      expect([path, Reflect.get(Object(actual), "length")]).toEqual([path, wanted.length]);
  } else expect([path, actual]).toEqual([path, wanted]);
}

describe("A9 statistics against the vectors", () => {
  it.each(vectors.wilson95)("Wilson $k of $n", ({ n, k, wilson95: wanted }) => {
    expect(wanted).toHaveLength(2);
    expectClose(wilson95(k, n), wanted, "wilson95");
  });

  it.each(vectors.binomialBands)("band n=$n p=$p alpha=$alpha", ({ n, p, alpha, lo, hi }) => {
    expect(binomialBand(n, p, alpha)).toEqual([lo, hi]);
  });

  it.each(vectors.traces)("trace: $name", ({ sent, arrivals, expect: wanted }) => {
    const stats = traceStats(
      sent,
      arrivals.map(([seq, at, received]) => ({ seq, sent: at, received })),
    );
    const { loss } = stats;
    const found = {
      sent: stats.sent,
      arrivals: stats.arrivals,
      unique: stats.unique,
      lost: loss.lost,
      lossRate: loss.rate,
      duplicates: stats.duplicates,
      duplicatedSeqs: stats.duplicatedSeqs,
      bursts: loss.bursts,
      lossDistances: loss.distances,
      noticeable: loss.noticeable,
      gilbert: loss.gilbert,
      rho: loss.rho,
      nEff: loss.nEff,
      wilson95: loss.plainCi95,
      wilson95adj: loss.ci95,
      runs: loss.runsTest,
      reordered: stats.reordered,
      delay: stats.delay,
      ipdv: stats.ipdv,
      jitter3550: stats.jitter,
    };
    const { lostSeq, ...rest } = wanted;
    const arrived = new Set(arrivals.map(([seq]) => seq));
    expect(lostSeq).toEqual(
      Array.from({ length: sent }, (_unused, seq) => seq).filter((seq) => !arrived.has(seq)),
    );
    expectClose(found, rest, "trace");
  });
});

describe("statistics with known answers", () => {
  it("says below 3.7/n when nothing was lost", () => {
    expect(belowWhenNone(500)! * 500).toBeCloseTo(3.675, 2);
    expect(belowWhenNone(0)).toBeNull();
  });

  it("tells how many datagrams a precision needs", () => {
    expect(sizeFor(0.05, 0.01)).toBe(1825);
  });

  it("predicts the losses of the first lesson", () => {
    const spec = parseImpairment("loss=5%");
    expect(predictLosses(lossModel(spec, 128), 500)).toEqual({ lo: 16, hi: 35, level: 0.95 });
  });

  it("widens the prediction for bursts", () => {
    const spec = parseImpairment("loss=5%,burst=5");
    const band = predictLosses(lossModel(spec, 128), 20_000);
    expect(band.hi - band.lo).toBeGreaterThan(2.5 * (1061 - 940));
  });

  it("counts damage and fragments as loss", () => {
    expect(lossModel(parseImpairment("loss=5%,mtu=1500"), 1_473).p).toBeCloseTo(0.0975, 10);
    expect(lossModel(parseImpairment("corrupt=1%"), 128).p).toBeCloseTo(0.01, 10);
    expect(predictEcho({}, {}, 128, 500).downLost).toEqual({ lo: 0, hi: 0, level: 0.95 });
  });

  it("gives null, never 0, for nothing", () => {
    expect([spreadOf([]), percentile([], 0.5), wilson95(0, 0), clockOffset([])]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("finds the offset in the quickest exchange, with its bound", () => {
    const slow = { t1: 0, t2: 1_050, t3: 1_050, t4: 300 };
    const quick = { t1: 0, t2: 1_005, t3: 1_006, t4: 11 };
    expect(clockOffset([slow, quick])).toEqual({ offset: 1_000, bound: 5 });
  });

  it("bins by doubling", () => {
    expect(histogramOf([50, 100, 101, 200, 201])).toEqual([
      [100, 2],
      [200, 2],
      [400, 1],
    ]);
  });

  it("tells one path from two", () => {
    const same = testHomogeneity(Array.from({ length: 10 }, () => ({ n: 1_000, lost: 50 })))!;
    expect(same.pValue).toBeCloseTo(1, 6);
    // Chi-square 3.841 with one degree of freedom is the 5 % point.
    const two = testHomogeneity([
      { n: 1_000, lost: 52 },
      { n: 1_000, lost: 3 },
    ])!;
    expect(two.degrees).toBe(1);
    expect(two.pValue).toBeLessThan(0.001);
    expect(testHomogeneity([{ n: 10, lost: 1 }])).toBeNull();
  });
});
