// Two ways of doing the same thing, in turn (A B A B …) within one run: only their ratio means something on a noisy machine.

export interface Ratio {
  readonly name: string;
  /** Median operations per second. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the pairwise ratios ours / theirs; above 1 we are faster. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function ratioOf(name: string, pairs: readonly { ours: number; theirs: number }[]): Ratio {
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs);
  return {
    name,
    ours: median(pairs.map(({ ours }) => ours)),
    theirs: median(pairs.map(({ theirs }) => theirs)),
    ratio: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}

/** Runs both in turn `rounds` times after one warm-up each; each call gives its operations per second. */
export async function compare(
  name: string,
  rounds: number,
  ours: () => number | Promise<number>,
  theirs: () => number | Promise<number>,
): Promise<Ratio> {
  await ours();
  await theirs();
  const pairs: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
    const pair = { ours: await ours(), theirs: await theirs() };
    pairs.push(pair);
  }
  return ratioOf(name, pairs);
}

/** Operations per second of `count` calls. */
export function rate(count: number, act: (index: number) => void): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index++) act(index);
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}
