// From a record, what the shell saw and, where a relay stood between, the truth, to a report. Pure: everything comes as values.
import { type Experiment, formatExperiment, type Reduction } from "../experiment.js";
import type { PathTruth } from "../runner/judged-path.js";
import type { RunSurroundings } from "../runner/run-initiator.js";
import type { RunRecord } from "../session/run-record.js";
import { clockOffset, histogramOf, percentile, spreadOf, type Spread } from "../stats/delays.js";
import { predictEcho } from "../stats/prediction.js";
import { compareWithTruth, lostByTruth, truthUnknown } from "./check.js";
import { closeLedger } from "./ledger.js";
import type { LabReport } from "./report-shape.js";
import { buildStrip } from "./strip.js";
import { describeDown, describeUp, downFlags, upFlags } from "./ways.js";

export interface ReportInput {
  readonly at: string;
  readonly version: string;
  readonly experiment: Experiment;
  readonly record: RunRecord;
  readonly surroundings: RunSurroundings;
  readonly system: string;
  readonly nodeVersion: string;
  readonly bootMark: string | null;
  readonly isSimulated: boolean;
  /** `solo`, `run`, … */
  readonly kind: string;
  /** Null without a relay of ours on the path. */
  readonly truth: {
    readonly up: PathTruth;
    readonly down: PathTruth;
    readonly ownDropsUp: number | null;
    readonly ownDropsDown: number | null;
  } | null;
  readonly notes: readonly string[];
}

export function buildReport(input: ReportInput): LabReport {
  const { record, experiment, truth, surroundings } = input;
  const { mode } = record.terms;
  const sameHost = input.bootMark !== null && input.bootMark === record.peer.bootMark;
  const up = mode === "down" ? null : upFlags(record);
  const down = mode === "up" ? null : downFlags(record);
  const upTruth = up === null || truth === null ? null : lostByTruth(truth.up, up);
  const downTruth = down === null || truth === null ? null : lostByTruth(truth.down, down);
  const ledger = closeLedger({ record, up, down, upTruth, downTruth, truth, surroundings, sameHost });
  const check = truth === null ? truthUnknown : compareWithTruth({ up, down, upTruth, downTruth, ledger });
  const prediction = predictEcho(experiment.up, experiment.down, record.terms.sizeBytes, record.attempted);
  const clock = input.isSimulated ? "simulated" : "monotonic";
  return {
    v: 1,
    type: "lab-report",
    at: input.at,
    schema: "feiyan-lab/1",
    tool: { version: input.version },
    kind: input.kind,
    experiment: {
      ...formatExperiment(experiment),
      reducedByServer: reductions(record),
    },
    ends: {
      initiator: {
        os: input.system,
        node: input.nodeVersion,
        recvBufferBytes: surroundings.receiveBufferBytes,
        clock,
      },
      reflector: {
        os: record.peer.system,
        node: String(record.peer.nodeMajor),
        recvBufferBytes: record.peer.receiveBufferBytes === 0 ? null : record.peer.receiveBufferBytes,
        clock,
      },
      sameHost,
    },
    prediction:
      mode === "up"
        ? { upLost: prediction.upLost }
        : mode === "down"
          ? { downLost: predictEcho({}, experiment.down, record.terms.sizeBytes, record.attempted).downLost }
          : prediction,
    ...(up === null ? {} : { up: describeUp(record, up, sameHost) }),
    ...(down === null ? {} : { down: describeDown(record, down, sameHost) }),
    ...(mode === "echo" ? { roundTrip: describeRoundTrip(record, experiment.deadlineMs) } : {}),
    clock: describeClock(record),
    sender: describeSender(record, surroundings),
    ledger: {
      ...(ledger.up === null ? {} : { up: ledger.up }),
      ...(ledger.down === null ? {} : { down: ledger.down }),
    },
    ...(truth === null
      ? {}
      : {
          truth: {
            up: pathCounts(truth.up),
            down: pathCounts(truth.down),
            relayOwnDrops:
              truth.ownDropsUp === null || truth.ownDropsDown === null
                ? null
                : truth.ownDropsUp + truth.ownDropsDown,
          },
          check,
        }),
    strip: buildStrip({ record, up, down, upTruth, downTruth, ledger, deadlineMs: experiment.deadlineMs }),
    notes: [...input.notes],
  };
}

function pathCounts({ in: into, dropped, duplicated, held, damaged, out }: PathTruth) {
  return { in: into, dropped, duplicated, held, damaged, out };
}

function reductions({ wanted, terms }: RunRecord): readonly Reduction[] {
  const list: Reduction[] = [];
  if (terms.n < wanted.n) list.push({ what: "n", wanted: wanted.n, granted: terms.n });
  if (terms.sizeBytes < wanted.sizeBytes)
    list.push({ what: "sizeBytes", wanted: wanted.sizeBytes, granted: terms.sizeBytes });
  if (terms.intervalUs > wanted.intervalUs)
    list.push({ what: "ratePps", wanted: 1e6 / wanted.intervalUs, granted: 1e6 / terms.intervalUs });
  return list;
}

/** Round trips by number, microseconds; NaN without. */
export function roundTripsUs(record: RunRecord): Float64Array {
  return record.t4.map(
    (t4, seq) =>
      (t4 - (record.sentNs[seq] ?? Number.NaN) - ((record.t3[seq] ?? 0) - (record.t2[seq] ?? 0))) / 1_000,
  );
}

function describeRoundTrip(record: RunRecord, deadlineMs: number): NonNullable<LabReport["roundTrip"]> {
  const rtts = roundTripsUs(record).filter((one) => !Number.isNaN(one));
  let sent = 0;
  for (let seq = 0; seq < record.attempted; seq += 1) if (record.refused[seq] === 0) sent += 1;
  return {
    unique: record.arrivalOrder.length,
    lost: Math.max(0, sent - record.arrivalOrder.length),
    rttUs: roundedSpread(spreadOf(rtts)),
    late: rtts.filter((one) => one > deadlineMs * 1_000).length,
    afterEnd: record.afterEnd,
    histogramUs: [...histogramOf(rtts)],
  };
}

function roundedSpread(spread: Spread | null): Spread | null {
  if (spread === null) return null;
  const { min, p50, p90, p95, p99, max, mean, sd } = spread;
  return {
    min: r(min),
    p50: r(p50),
    p90: r(p90),
    p95: r(p95),
    p99: r(p99),
    max: r(max),
    mean: r(mean),
    sd: r(sd),
  };
}

/** Nanoseconds are as fine as clocks are. */
function r(us: number): number {
  return Math.round(us * 1_000) / 1_000;
}

function describeClock(record: RunRecord): NonNullable<LabReport["clock"]> {
  const offset = record.terms.mode === "echo" ? clockOffset(exchanges(record)) : null;
  const late = lateness(record).toSorted();
  const [p50, p99] = [percentile(late, 0.5), percentile(late, 0.99)];
  return {
    offsetUs: offset === null ? null : r(offset.offset / 1_000),
    boundUs: offset === null ? null : r(offset.bound / 1_000),
    noiseUs: p50 === null || p99 === null ? null : { p50: r(p50), p99: r(p99) },
  };
}

function* exchanges(record: RunRecord) {
  for (const seq of record.arrivalOrder) {
    const [t1, t2, t3, t4] = [record.sentNs[seq], record.t2[seq], record.t3[seq], record.t4[seq]];
    if (t1 !== undefined && t2 !== undefined && t3 !== undefined && t4 !== undefined)
      yield { t1, t2, t3, t4 };
  }
}

/** How much later than the schedule each datagram left, microseconds: against the slot that was hit best. */
function lateness(record: RunRecord): Float64Array {
  if (record.terms.mode === "down") return new Float64Array(0);
  const times = record.sentNs.subarray(0, record.attempted);
  const offsets = Float64Array.from(times, (at, seq) => at / 1_000 - seq * record.terms.intervalUs);
  const known = offsets.filter((one) => !Number.isNaN(one));
  const least = known.reduce((min, one) => Math.min(min, one), Number.POSITIVE_INFINITY);
  return known.map((one) => one - least);
}

function describeSender(record: RunRecord, surroundings: RunSurroundings): NonNullable<LabReport["sender"]> {
  const sent = record.sentNs.subarray(0, record.attempted).filter((one) => !Number.isNaN(one));
  const gaps = new Float64Array(Math.max(0, sent.length - 1));
  for (let at = 0; at < gaps.length; at += 1) gaps[at] = ((sent[at + 1] ?? 0) - (sent[at] ?? 0)) / 1_000;
  gaps.sort();
  const at = (p: number): number => r(percentile(gaps, p) ?? 0);
  const want = record.terms.intervalUs;
  // Later than two milliseconds and than the slot itself: what the ear of a student could call late.
  const lateSlots = lateness(record).filter((one) => one > Math.max(2_000, want)).length;
  return {
    intervalUs:
      gaps.length === 0 || record.terms.mode === "down"
        ? null
        : { want, p1: at(0.01), p50: at(0.5), p99: at(0.99), max: r(gaps.at(-1) ?? 0) },
    lateSlots,
    loopDelayMaxUs: surroundings.loopDelayMaxUs,
  };
}
