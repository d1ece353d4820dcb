// A second implementation of the dice and of a line that loses, damages, doubles and holds, written from the documents alone
// (Philox4x32-10 in big integers), to foretell which numbers a seed loses. Slow and plain on purpose.

const mask = 0xffff_ffffn;
const multipliers = [0xd251_1f53n, 0xcd9e_8d57n] as const;
const weyl = [0x9e37_79b9n, 0xbb67_ae85n] as const;

type Words = readonly [number, number, number, number];

/** Ten rounds over the counter (n, flow, direction, purpose). */
export function philox(seed: bigint, n: number, flow: number, direction: number, purpose: number): Words {
  let [a, b, c, d] = [BigInt(n), BigInt(flow), BigInt(direction), BigInt(purpose)];
  let low = seed & mask;
  let high = (seed >> 32n) & mask;
  for (let round = 0; round < 10; round += 1) {
    const first = multipliers[0] * a;
    const second = multipliers[1] * c;
    [a, b, c, d] = [(second >> 32n) ^ b ^ low, second & mask, (first >> 32n) ^ d ^ high, first & mask];
    low = (low + weyl[0]) & mask;
    high = (high + weyl[1]) & mask;
  }
  return [Number(a), Number(b), Number(c), Number(d)];
}

export interface Line {
  readonly loss?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  /** Probability, distance. */
  readonly hold?: readonly [number, number];
  /** Good to bad, bad to good; all is lost in bad, nothing in good. */
  readonly gilbert?: readonly [number, number];
}

export interface Passed {
  readonly seq: number;
  readonly damaged: boolean;
}

const below = (word: number, share: number | undefined): boolean => word < Math.round((share ?? 0) * 2 ** 32);

/** What comes out of a line, in order, when these numbers go in. */
export function follow(seed: string, flow: number, direction: 0 | 1, line: Line, seqs: readonly number[]) {
  const out: Passed[] = [];
  let dropped = 0;
  let bad = false;
  let held: { readonly n: number; readonly copies: readonly Passed[]; left: number }[] = [];
  const pass = (n: number, copies: readonly Passed[]): void => {
    out.push(...copies);
    for (const one of held) if (one.n < n) one.left -= 1;
    const due = held.filter((one) => one.left <= 0);
    held = held.filter((one) => one.left > 0);
    for (const one of due) pass(one.n, one.copies);
  };
  for (const [n, seq] of seqs.entries()) {
    const w = philox(BigInt(seed), n, flow, direction, 0);
    let lost = below(w[0], line.loss);
    if (line.gilbert !== undefined) {
      const [v] = philox(BigInt(seed), n, flow, direction, 1);
      lost = bad;
      bad = bad ? !below(v, line.gilbert[1]) : below(v, line.gilbert[0]);
    }
    if (lost) {
      dropped += 1;
      continue;
    }
    const one = { seq, damaged: below(w[1], line.corrupt) };
    const copies = below(w[2], line.duplicate) ? [one, one] : [one];
    if (line.hold !== undefined && below(w[3], line.hold[0])) held.push({ n, copies, left: line.hold[1] });
    else pass(n, copies);
  }
  for (const one of held) out.push(...one.copies);
  return { out, dropped };
}

/** Intact arrivals per number, there and back, of a run whose far end echoes every intact copy. */
export function foretell(seed: string, there: Line, back: Line, n: number, flow = 0) {
  const up = follow(
    seed,
    flow,
    0,
    there,
    Array.from({ length: n }, (_unused, seq) => seq),
  );
  const echoes = up.out.filter((one) => !one.damaged).map((one) => one.seq);
  const down = follow(seed, flow, 1, back, echoes);
  const count = (seqs: readonly number[]): number[] => {
    const copies = Array.from({ length: n }, () => 0);
    for (const seq of seqs) copies[seq] = (copies[seq] ?? 0) + 1;
    return copies;
  };
  return {
    there: count(echoes),
    back: count(down.out.filter((one) => !one.damaged).map((one) => one.seq)),
    echoes: echoes.length,
    droppedUp: up.dropped,
    droppedDown: down.dropped,
  };
}
