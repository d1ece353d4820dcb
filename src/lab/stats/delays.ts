// Delays and their variation. Input: first arrivals with the moment of sending and of receiving; the two clocks need not agree
// where only differences are shown. References: RFC 7679 (delay), 3393 (IPDV), 5481 (PDV), 3550 (jitter). Units are the caller's.

/** A first arrival. */
export interface Transit {
  readonly seq: number;
  readonly sent: number;
  readonly received: number;
}

export interface Spread {
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
}

/** The nearest-rank percentile of sorted values. @example percentile([1, 2, 3], 0.5) // 2 */
export function percentile(sorted: ArrayLike<number>, p: number): number | null {
  if (sorted.length === 0) return null;
  const rank = Math.max(1, Math.ceil(p * sorted.length - 1e-9));
  return sorted[Math.min(sorted.length, rank) - 1] ?? null;
}

/** Null for no values. */
export function spreadOf(values: ArrayLike<number>): Spread | null {
  const n = values.length;
  if (n === 0) return null;
  const sorted = Float64Array.from(values).toSorted();
  const at = (p: number): number => percentile(sorted, p) ?? 0;
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / n;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  return {
    min: sorted[0] ?? 0,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted[n - 1] ?? 0,
    mean,
    sd: n < 2 ? 0 : Math.sqrt(squares / (n - 1)),
  };
}

export interface Ipdv {
  readonly pairs: number;
  readonly values: readonly number[];
  readonly min: number | null;
  readonly max: number | null;
  readonly absP50: number | null;
  readonly absP95: number | null;
}

/** Differences of the delays of consecutive numbers that both arrived. */
export function ipdvOf(transits: readonly Transit[]): Ipdv {
  const bySeq = transits.toSorted((a, b) => a.seq - b.seq);
  const values: number[] = [];
  for (let index = 1; index < bySeq.length; index += 1) {
    const [before, one] = [bySeq[index - 1], bySeq[index]];
    if (before !== undefined && one !== undefined && one.seq === before.seq + 1)
      values.push(one.received - one.sent - (before.received - before.sent));
  }
  const sorted = values.toSorted((a, b) => a - b);
  const absolute = Float64Array.from(values, Math.abs).toSorted();
  return {
    pairs: values.length,
    values,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    absP50: percentile(absolute, 0.5),
    absP95: percentile(absolute, 0.95),
  };
}

/** How much above the least delay: what two unlike clocks can tell. Null for no arrivals. */
export function pdvOf(transits: readonly Transit[]): { readonly p95: number; readonly p99: number } | null {
  const delays = Float64Array.from(transits, (one) => one.received - one.sent).toSorted();
  const least = delays[0];
  const p95 = percentile(delays, 0.95);
  const p99 = percentile(delays, 0.99);
  return least === undefined || p95 === null || p99 === null ? null : { p95: p95 - least, p99: p99 - least };
}

/** RFC 3550's running jitter over successive first arrivals, in the order in which they came. */
export function jitterOf(inArrivalOrder: readonly Transit[]): number {
  let jitter = 0;
  let before: number | null = null;
  for (const { sent, received } of inArrivalOrder) {
    const transit = received - sent;
    if (before !== null) jitter += (Math.abs(transit - before) - jitter) / 16;
    before = transit;
  }
  return jitter;
}

/** Counts per upper limit, doubling from `first`; the last bin takes the rest. */
export function histogramOf(
  values: ArrayLike<number>,
  first = 100,
  bins = 16,
): readonly (readonly [number, number])[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of Array.from(values)) {
    const bin = value <= first ? 0 : Math.min(bins - 1, Math.ceil(Math.log2(value / first) - 1e-12));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => [first * 2 ** bin, count] as const).filter(([, count]) => count > 0);
}

/** One round trip by four clock readings: sent, received there, answered there, received here. */
export interface FourTimes {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly t4: number;
}

export const roundTripOf = ({ t1, t2, t3, t4 }: FourTimes): number => t4 - t1 - (t3 - t2);

/** How far the other clock is ahead, from the quickest exchange, and how wrong that can be. Null without one. */
export function clockOffset(
  exchanges: Iterable<FourTimes>,
): { readonly offset: number; readonly bound: number } | null {
  let best: { offset: number; bound: number } | null = null;
  for (const times of exchanges) {
    const bound = roundTripOf(times) / 2;
    if (best !== null && bound >= best.bound) continue;
    best = { offset: (times.t2 - times.t1 + (times.t3 - times.t4)) / 2, bound };
  }
  return best;
}
