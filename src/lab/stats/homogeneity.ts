// Do all students see the same path? Pearson's test over their losses, with the p-value by the chi-square distribution (regularised
// incomplete gamma function: series below, continued fraction above; Abramowitz and Stegun 6.5).

export interface Homogeneity {
  readonly chiSquare: number;
  readonly degrees: number;
  readonly pValue: number;
}

/** Null for fewer than two students, or when nobody or everybody lost everything. */
export function testHomogeneity(
  students: readonly { readonly n: number; readonly lost: number }[],
): Homogeneity | null {
  const counted = students.filter((one) => one.n > 0);
  const n = counted.reduce((sum, one) => sum + one.n, 0);
  const lost = counted.reduce((sum, one) => sum + one.lost, 0);
  if (counted.length < 2 || lost === 0 || lost === n) return null;
  const p = lost / n;
  const chiSquare = counted.reduce(
    (sum, one) => sum + (one.lost - one.n * p) ** 2 / (one.n * p * (1 - p)),
    0,
  );
  const degrees = counted.length - 1;
  return { chiSquare, degrees, pValue: upperGamma(degrees / 2, chiSquare / 2) };
}

/** Q(a, x). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 1_000 && term > sum * 1e-15; k += 1) {
      term *= x / (a + k);
      sum += term;
    }
    return Math.max(0, 1 - sum * scale);
  }
  // Lentz's way through the continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1_000; i += 1) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return Math.min(1, scale * h);
}

/** Stirling's series after moving up to where it is exact to twelve digits. */
function logGamma(a: number): number {
  let shift = 0;
  let x = a;
  for (; x < 10; x += 1) shift += Math.log(x);
  const inverse = 1 / x;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1_260 - inverse ** 7 / 1_680;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
