// One direction's arrivals as they came, duplicates and all, to every number about it: losses, order, delays. Called for what a receiver
// wrote down; the vectors' `traces` check it.
import { ipdvOf, jitterOf, pdvOf, type Ipdv, spreadOf, type Spread, type Transit } from "./delays.js";
import { lossStats, type LossStats } from "./losses.js";
import { createOrderCounter, type Reordered } from "./order.js";

export interface TraceStats {
  readonly sent: number;
  readonly arrivals: number;
  readonly unique: number;
  readonly duplicates: number;
  readonly duplicatedSeqs: number;
  readonly loss: LossStats;
  readonly reordered: {
    readonly count: number;
    readonly ratio: number | null;
    readonly list: readonly Reordered[];
    readonly maxExtent: number;
  };
  readonly delay: Spread | null;
  readonly ipdv: Ipdv;
  readonly pdv: { readonly p95: number; readonly p99: number } | null;
  readonly jitter: number;
  /** Unique per unit of time from the first sending to the last arrival; null where no time passed. */
  readonly uniquePerTime: number | null;
}

/** Statistics of `arrivals` (all of them, in order) of `sent` numbers. */
export function traceStats(sent: number, arrivals: readonly Transit[]): TraceStats {
  const copies = new Uint32Array(sent);
  const order = createOrderCounter();
  const first: Transit[] = [];
  const list: Reordered[] = [];
  for (const arrival of arrivals) {
    if (!(arrival.seq >= 0 && arrival.seq < sent)) continue;
    copies[arrival.seq] = (copies[arrival.seq] ?? 0) + 1;
    if (copies[arrival.seq] !== 1) continue;
    first.push(arrival);
    const overtaken = order.add(arrival.seq, arrival.received);
    if (overtaken !== null) list.push(overtaken);
  }
  const unique = first.length;
  const total = copies.reduce((sum, one) => sum + one, 0);
  const beginning = first.reduce((least, one) => Math.min(least, one.sent), Number.POSITIVE_INFINITY);
  const end = first.reduce((most, one) => Math.max(most, one.received), Number.NEGATIVE_INFINITY);
  return {
    sent,
    arrivals: total,
    unique,
    duplicates: total - unique,
    duplicatedSeqs: copies.filter((one) => one > 1).length,
    loss: lossStats(copies.map((one) => (one === 0 ? 1 : 0))),
    reordered: {
      count: order.count,
      ratio: unique === 0 ? null : order.count / unique,
      list,
      maxExtent: order.maxExtent,
    },
    delay: spreadOf(first.map((one) => one.received - one.sent)),
    ipdv: ipdvOf(first),
    pdv: pdvOf(first),
    jitter: jitterOf(first),
    uniquePerTime: end > beginning ? unique / (end - beginning) : null,
  };
}
