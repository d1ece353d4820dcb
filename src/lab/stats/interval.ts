// How sure a loss share is: Wilson's interval, the exact limit when nothing was lost, the size a wanted precision needs, and the
// central band of a binomial. Pure arithmetic, checked against test/vectors/lab-vectors.json (`wilson95`, `binomialBands`).

export type Interval = readonly [low: number, high: number];

/** The normal quantile of 97.5 %. */
export const z95 = 1.959963984540054;

/**
 * Wilson's 95 % interval for `k` of `n`; `nEff` replaces n where losses come in bursts and so tell less. Null for no trials.
 *
 * @example wilson95(24, 500) // [0.0325, 0.0704]
 */
export function wilson95(k: number, n: number, nEff: number = n): Interval | null {
  if (n <= 0 || nEff <= 0) return null;
  const share = k / n;
  const z2 = z95 * z95;
  const middle = (share + z2 / (2 * nEff)) / (1 + z2 / nEff);
  const half = (z95 / (1 + z2 / nEff)) * Math.sqrt((share * (1 - share)) / nEff + z2 / (4 * nEff * nEff));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * The share that loss stays below, 97.5 times in 100, when none of `n` was lost: about 3.7/n.
 *
 * @example belowWhenNone(500) // 0.00735
 */
export function belowWhenNone(n: number): number | null {
  return n <= 0 ? null : 1 - 0.025 ** (1 / n);
}

/**
 * How many datagrams tell a share near `p` to ± `e`.
 *
 * @example sizeFor(0.05, 0.01) // 1825
 */
export function sizeFor(p: number, e: number): number {
  // The round quantile: this number is for the blackboard.
  return Math.ceil((1.96 ** 2 * p * (1 - p)) / (e * e) - 1e-9);
}

/**
 * The numbers that `n` trials of probability `p` give all but `alpha` of the time, half of it on either side.
 *
 * @example binomialBand(500, 0.05, 0.05) // [16, 35]
 */
export function binomialBand(n: number, p: number, alpha: number): readonly [number, number] {
  if (p <= 0 || n <= 0) return [0, 0];
  if (p >= 1) return [n, n];
  // From the most likely number outwards by ratios of neighbours: no factorial, no underflow where it matters.
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const weights = new Map<number, number>([[mode, 1]]);
  const least = 1e-18;
  let first = mode;
  let last = mode;
  for (let w = 1; first > 0 && w > least; first -= 1) {
    w *= first / ((n - first + 1) * odds);
    weights.set(first - 1, w);
  }
  for (let w = 1; last < n && w > least; last += 1) {
    w *= ((n - last) * odds) / (last + 1);
    weights.set(last + 1, w);
  }
  const weight = (k: number): number => weights.get(k) ?? 0;
  let total = 0;
  for (let k = first; k <= last; k += 1) total += weight(k);
  return [tail(first, 1, weight, (total * alpha) / 2), tail(last, -1, weight, (total * alpha) / 2)];
}

/** The first number from one end on whose tail, itself included, is more than `limit`. */
function tail(from: number, step: 1 | -1, weight: (k: number) => number, limit: number): number {
  let sum = weight(from);
  let k = from;
  while (sum <= limit) {
    k += step;
    sum += weight(k);
  }
  return k;
}
