// The series of losses: how many, in what runs, how far apart, and whether they come alone or in bursts. Input is one flag per
// number, 1 = lost. Knows no time. References: RFC 7680 (loss), RFC 3357 (loss periods and distance), Gilbert's two states.
import { type Interval, wilson95 } from "./interval.js";

export interface Bursts {
  readonly count: number;
  readonly lengths: readonly number[];
  readonly mean: number | null;
  readonly max: number;
}

export interface GilbertFit {
  /** Steps from delivered to lost, of steps from delivered; and from lost to delivered, of steps from lost. */
  readonly n01: number;
  readonly n0: number;
  readonly n10: number;
  readonly n1: number;
  readonly p: number | null;
  readonly r: number | null;
}

export interface RunsTest {
  readonly runs: number;
  readonly mean: number;
  readonly var: number;
  readonly z: number;
}

export interface LossStats {
  readonly n: number;
  readonly lost: number;
  readonly rate: number | null;
  readonly bursts: Bursts;
  readonly distances: readonly number[];
  readonly noticeable: Readonly<Record<"1" | "2" | "3" | "10", number>>;
  readonly gilbert: GilbertFit;
  readonly rho: number;
  readonly nEff: number;
  /** With nEff. */
  readonly ci95: Interval | null;
  /** As if losses were independent. */
  readonly plainCi95: Interval | null;
  /** The one to show: the plain one unless the runs test hints at losses that stick together; null for bursts too few to tell. */
  readonly shownCi95: Interval | null;
  readonly runsTest: RunsTest | null;
  readonly bursty: boolean;
  /** Bursty with fewer than ten of them: no interval says anything then. */
  readonly tooFewBursts: boolean;
}

const burstyBelow = -2.576;
const hintBelow = -1;
const leastLostForBursty = 5;
const leastBursts = 10;
const mostRho = 0.995;

/**
 * Statistics of a series of losses.
 *
 * @example lossStats(Uint8Array.of(0, 1, 1, 0)).bursts.max // 2
 */
export function lossStats(lostFlags: ArrayLike<number>): LossStats {
  const n = lostFlags.length;
  const lengths: number[] = [];
  const distances: number[] = [];
  const pairs = { n01: 0, n0: 0, n10: 0, n1: 0 };
  let lost = 0;
  let run = 0;
  let lastLost = -1;
  let changes = 0;
  for (let seq = 0; seq < n; seq += 1) {
    const isLost = lostFlags[seq] === 1;
    if (seq > 0) {
      const wasLost = lostFlags[seq - 1] === 1;
      if (wasLost) pairs.n1 += 1;
      else pairs.n0 += 1;
      if (wasLost !== isLost) {
        changes += 1;
        if (wasLost) pairs.n10 += 1;
        else pairs.n01 += 1;
      }
    }
    if (isLost) {
      lost += 1;
      run += 1;
      if (lastLost >= 0) distances.push(seq - lastLost);
      lastLost = seq;
    } else if (run > 0) {
      lengths.push(run);
      run = 0;
    }
  }
  if (run > 0) lengths.push(run);
  const p = pairs.n0 === 0 ? null : pairs.n01 / pairs.n0;
  const r = pairs.n1 === 0 ? null : pairs.n10 / pairs.n1;
  const rho = p === null || r === null ? 0 : Math.min(mostRho, Math.max(0, 1 - p - r));
  const nEff = (n * (1 - rho)) / (1 + rho);
  const runsTest = testRuns(n, lost, changes + 1);
  // An estimate of correlation is never exactly 0: without a hint it is noise, and would only widen what is known.
  const hinted = runsTest !== null && runsTest.z < hintBelow;
  const bursty = runsTest !== null && runsTest.z < burstyBelow && lost >= leastLostForBursty;
  return {
    n,
    lost,
    rate: n === 0 ? null : lost / n,
    bursts: {
      count: lengths.length,
      lengths,
      mean: lengths.length === 0 ? null : lost / lengths.length,
      max: lengths.reduce((most, one) => Math.max(most, one), 0),
    },
    distances,
    noticeable: {
      "1": distances.filter((one) => one <= 1).length,
      "2": distances.filter((one) => one <= 2).length,
      "3": distances.filter((one) => one <= 3).length,
      "10": distances.filter((one) => one <= 10).length,
    },
    gilbert: { ...pairs, p, r },
    rho,
    nEff,
    ci95: wilson95(lost, n, nEff),
    plainCi95: wilson95(lost, n),
    shownCi95: bursty && lengths.length < leastBursts ? null : wilson95(lost, n, hinted ? nEff : n),
    runsTest,
    bursty,
    tooFewBursts: bursty && lengths.length < leastBursts,
  };
}

/** Wald and Wolfowitz: fewer runs than chance would make mean that losses stick together. Null where there is one kind only. */
function testRuns(n: number, lost: number, runs: number): RunsTest | null {
  if (lost === 0 || lost === n || n < 2) return null;
  const mean = 1 + (2 * lost * (n - lost)) / n;
  const variance = ((mean - 1) * (mean - 2)) / (n - 1);
  if (!(variance > 0)) return null;
  return { runs, mean, var: variance, z: (runs - mean) / Math.sqrt(variance) };
}

/** How often each length occurs. */
export function countLengths(lengths: readonly number[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  return counts;
}
