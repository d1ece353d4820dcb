// One direction of a record: which numbers count, which of them were lost, and everything the report says about it.
import type { RunRecord } from "../session/run-record.js";
import { ipdvOf, jitterOf, pdvOf, percentile, spreadOf, type Transit } from "../stats/delays.js";
import { belowWhenNone } from "../stats/interval.js";
import { countLengths, lossStats } from "../stats/losses.js";
import { createOrderCounter } from "../stats/order.js";
import type { LabReport, WayReport } from "./report-shape.js";

/** The numbers of one direction in order, and a flag for each: 1 = lost. */
export interface LossFlags {
  readonly seqs: readonly number[];
  readonly lost: Uint8Array;
}

/** There: everything that left. Null when the far end's map is not known. */
export function upFlags(record: RunRecord): LossFlags | null {
  const { there } = record;
  if (there === null) return null;
  const seqs = sentNumbers(record);
  return { seqs, lost: Uint8Array.from(seqs, (seq) => (there[seq] === 0 ? 1 : 0)) };
}

/** Back: what arrived there and should have been answered; of a stream, everything. */
export function downFlags(record: RunRecord): LossFlags | null {
  const { there, here, terms } = record;
  if (terms.mode === "echo" && there === null) return null;
  const seqs =
    terms.mode === "down"
      ? Array.from({ length: record.attempted }, (_unused, seq) => seq)
      : sentNumbers(record).filter((seq) => (there?.[seq] ?? 0) > 0);
  return { seqs, lost: Uint8Array.from(seqs, (seq) => (here[seq] === 0 ? 1 : 0)) };
}

function sentNumbers(record: RunRecord): number[] {
  const seqs: number[] = [];
  for (let seq = 0; seq < record.attempted; seq += 1) if (record.refused[seq] === 0) seqs.push(seq);
  return seqs;
}

export function describeUp(record: RunRecord, flags: LossFlags, sameHost: boolean): WayReport {
  const { done } = record;
  const transits = upTransits(record);
  const durationNs = (done?.lastNs ?? 0) - (done?.firstNs ?? 0);
  return {
    ...describeLosses(flags),
    sendErrors: record.sendErrors,
    copies: done?.copies ?? 0,
    damaged: done?.damaged ?? 0,
    reordered: reordered(done?.reordered ?? 0, done?.maxExtent ?? 0, flags),
    ...describeDelays(transits),
    goodputBps: goodput(flags, record.terms.sizeBytes, durationNs),
    ...(sameHost ? oneWay(record, record.sentNs, record.t2) : {}),
  };
}

export function describeDown(
  record: RunRecord,
  flags: LossFlags,
  sameHost: boolean,
): NonNullable<LabReport["down"]> {
  const { arrivalOrder, terms } = record;
  const isStream = terms.mode === "down";
  const order = createOrderCounter();
  // By the reflector's own numbers: what was overtaken on the way there is not the way back's doing.
  for (const seq of arrivalOrder) order.add(isStream ? seq : (record.rseq[seq] ?? 0), record.t4[seq] ?? 0);
  const first = arrivalOrder[0];
  const last = arrivalOrder.at(-1);
  const durationNs =
    first === undefined || last === undefined ? 0 : (record.t4[last] ?? 0) - (record.t4[first] ?? 0);
  const sentTimes = isStream ? record.sentNs : record.t3;
  const transits = arrivalOrder.map((seq) => ({
    seq,
    sent: (sentTimes[seq] ?? 0) / 1_000,
    received: (record.t4[seq] ?? 0) / 1_000,
  }));
  const byDatagram = isStream ? null : describeEchoes(record);
  return {
    ...describeLosses(flags),
    sendErrors: {},
    copies: isStream
      ? record.here.reduce((sum, one) => sum + Math.max(0, one - 1), 0)
      : (byDatagram?.copies ?? 0),
    damaged: record.damaged,
    reordered: reordered(order.count, order.maxExtent, flags),
    ...describeDelays(transits),
    goodputBps: goodput(flags, terms.sizeBytes, durationNs),
    ...(sameHost ? oneWay(record, sentTimes, record.t4) : {}),
    ...(byDatagram === null ? {} : { byDatagram }),
  };
}

/** The way back by the reflector's own count: exact also when datagrams were doubled on the way there. */
function describeEchoes(record: RunRecord): { sent: number; lost: number; copies: number } | null {
  const { echoesSent, echoCopies } = record;
  if (echoesSent === null) return null;
  let arrived = 0;
  let copies = 0;
  for (let rseq = 0; rseq < echoesSent; rseq += 1) {
    const came = echoCopies[rseq] ?? 0;
    if (came > 0) arrived += 1;
    copies += Math.max(0, came - 1);
  }
  return { sent: echoesSent, lost: echoesSent - arrived, copies };
}

function describeLosses(flags: LossFlags) {
  const stats = lossStats(flags.lost);
  const sortedDistances = stats.distances.toSorted((a, b) => a - b);
  return {
    sent: stats.n,
    unique: stats.n - stats.lost,
    lost: stats.lost,
    rate: stats.rate,
    ci95: stats.shownCi95,
    below: stats.lost === 0 ? belowWhenNone(stats.n) : null,
    nEff: stats.nEff,
    bursty: stats.bursty,
    bursts: {
      count: stats.bursts.count,
      mean: stats.bursts.mean,
      max: stats.bursts.max,
      lengths: countLengths(stats.bursts.lengths),
    },
    distance: { median: percentile(sortedDistances, 0.5), noticeable: stats.noticeable },
    ge: { p: stats.gilbert.p, r: stats.gilbert.r, rho: stats.rho },
  };
}

function reordered(count: number, maxExtent: number, flags: LossFlags) {
  const unique = flags.lost.length - flags.lost.reduce((sum, one) => sum + one, 0);
  return { count, ratio: unique === 0 ? null : Math.min(1, count / unique), maxExtent };
}

function describeDelays(transits: readonly Transit[]) {
  const ipdv = ipdvOf(transits);
  const { min, max, absP50, absP95 } = ipdv;
  return {
    ipdvUs:
      min === null || max === null || absP50 === null || absP95 === null
        ? null
        : { min, max, absP50, absP95 },
    pdvUs: pdvOf(transits),
    jitterUs: transits.length < 2 ? null : jitterOf(transits),
  };
}

/** The far end's own list where there is one; else the receipts that the echoes brought back, in order of receipt. */
function upTransits(record: RunRecord): Transit[] {
  const sent = (seq: number): number => (record.sentNs[seq] ?? 0) / 1_000;
  if (record.thereArrivals !== null)
    return record.thereArrivals.map(({ seq, atUs }) => ({ seq, sent: sent(seq), received: atUs }));
  return record.arrivalOrder
    .map((seq) => ({ seq, sent: sent(seq), received: (record.t2[seq] ?? 0) / 1_000 }))
    .toSorted((a, b) => a.received - b.received);
}

function goodput(flags: LossFlags, sizeBytes: number, durationNs: number): number | null {
  const unique = flags.lost.length - flags.lost.reduce((sum, one) => sum + one, 0);
  return durationNs > 0 ? (unique * sizeBytes * 8 * 1e9) / durationNs : null;
}

function oneWay(record: RunRecord, from: Float64Array, to: Float64Array): Pick<WayReport, "oneWayUs"> {
  const spread = spreadOf(
    record.arrivalOrder
      .map((seq) => ((to[seq] ?? Number.NaN) - (from[seq] ?? Number.NaN)) / 1_000)
      .filter((one) => !Number.isNaN(one)),
  );
  return spread === null ? {} : { oneWayUs: spread };
}
