// Truth beside measurement: the relay knows every fate, so the losses measured must be its losses, number by number. What the
// kernel dropped besides is known from its counters and named, not hidden.
import type { PathTruth } from "../runner/judged-path.js";
import type { CheckReport, LedgerReport } from "./report-shape.js";
import type { LossFlags } from "./ways.js";

/** What became of the numbers of one direction at the relay. */
export interface TruthFlags {
  /** 1: the relay saw it and passed no intact copy on. */
  readonly lost: Uint8Array;
  /** 1: lost because it was damaged. */
  readonly damaged: Uint8Array;
}

export const truthUnknown: CheckReport = { upLost: "unknown", downLost: "unknown", lostNumbers: "unknown" };

/** Null when there were too many datagrams to list. */
export function lostByTruth(truth: PathTruth, flags: LossFlags): TruthFlags | null {
  if (truth.fates === null) return null;
  const seen = new Map<number, { intact: number; damaged: boolean }>();
  for (const { seq, intactCopies, damaged } of truth.fates) {
    if (seq === null) continue;
    const before = seen.get(seq);
    if (before === undefined) seen.set(seq, { intact: intactCopies, damaged });
    else {
      before.intact += intactCopies;
      before.damaged ||= damaged;
    }
  }
  const isLost = (seq: number): boolean => seen.get(seq)?.intact === 0;
  return {
    lost: Uint8Array.from(flags.seqs, (seq) => (isLost(seq) ? 1 : 0)),
    damaged: Uint8Array.from(flags.seqs, (seq) => (isLost(seq) && seen.get(seq)?.damaged === true ? 1 : 0)),
  };
}

export interface CheckInput {
  readonly up: LossFlags | null;
  readonly down: LossFlags | null;
  readonly upTruth: TruthFlags | null;
  readonly downTruth: TruthFlags | null;
  readonly ledger: { readonly up: LedgerReport | null; readonly down: LedgerReport | null };
}

export function compareWithTruth({ up, down, upTruth, downTruth, ledger }: CheckInput): CheckReport {
  const ways = [
    { flags: up, truth: upTruth },
    { flags: down, truth: downTruth },
  ].filter(({ flags }) => flags !== null);
  const known = ways.every(({ truth }) => truth !== null);
  const identical = ways.every(({ flags, truth }) => isSame(flags?.lost, truth?.lost));
  return {
    upLost: compareCounts(up, upTruth, ledger.up),
    downLost: compareCounts(down, downTruth, ledger.down),
    lostNumbers: !known || ways.length === 0 ? "unknown" : identical ? "identical" : "different",
  };
}

function compareCounts(
  flags: LossFlags | null,
  truth: TruthFlags | null,
  ledger: LedgerReport | null,
): CheckReport["upLost"] {
  if (flags === null || truth === null || ledger === null) return "unknown";
  const measured = sum(flags.lost);
  const dropped = sum(truth.lost);
  if (measured === dropped) return "equal";
  return measured > dropped && ledger.unexplained === 0 ? "explained" : "different";
}

export function sum(flags: Uint8Array): number {
  return flags.reduce((total, one) => total + one, 0);
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((one, at) => one === b[at]);
}
