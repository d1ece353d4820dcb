// One letter per datagram, for eyes: `.` there and back, `u` lost there, `d` lost back, `l` late, `2` came twice, `r` overtaken,
// `x` damaged, `s` never left, `b` lost in the receiver's buffer, `?` still on its way. ASCII only: other glyphs are two columns
// wide in many Chinese terminals.
import type { RunBook } from "../session/run-book.js";
import type { RunRecord } from "../session/run-record.js";
import { sum, type TruthFlags } from "./check.js";
import type { LedgerReport } from "./report-shape.js";
import type { LossFlags } from "./ways.js";

export interface StripInput {
  readonly record: RunRecord;
  readonly up: LossFlags | null;
  readonly down: LossFlags | null;
  readonly upTruth: TruthFlags | null;
  readonly downTruth: TruthFlags | null;
  readonly ledger: { readonly up: LedgerReport | null; readonly down: LedgerReport | null };
  readonly deadlineMs: number;
}

/** The strip of a finished run. */
export function buildStrip(input: StripInput): string {
  const { record, up, down, deadlineMs } = input;
  const cells = Array.from({ length: record.attempted }, () => "?");
  for (let seq = 0; seq < record.attempted; seq += 1) {
    if (record.refused[seq] === 1) cells[seq] = "s";
    else if (record.terms.mode === "up") cells[seq] = ".";
    else if ((record.here[seq] ?? 0) > 0) cells[seq] = arrivedCell(record, seq, deadlineMs);
  }
  markLost(cells, down, input.downTruth, lostCell("d", down, input.ledger.down));
  markLost(cells, up, input.upTruth, lostCell("u", up, input.ledger.up));
  return cells.join("");
}

function markLost(cells: string[], flags: LossFlags | null, truth: TruthFlags | null, cell: string): void {
  flags?.seqs.forEach((seq, at) => {
    if (flags.lost[at] === 1) cells[seq] = truth?.damaged[at] === 1 ? "x" : cell;
  });
}

/** `b` only when the receiver's buffer has them all. */
function lostCell(usual: string, flags: LossFlags | null, ledger: LedgerReport | null): string {
  const lost = flags === null ? 0 : sum(flags.lost);
  return lost > 0 && ledger?.receiverBuffer === lost ? "b" : usual;
}

function arrivedCell(record: RunRecord, seq: number, deadlineMs: number): string {
  if ((record.here[seq] ?? 0) > 1 || (record.there?.[seq] ?? 0) > 1) return "2";
  if (isOvertaken(record).has(seq)) return "r";
  const roundTripNs =
    (record.t4[seq] ?? 0) - (record.sentNs[seq] ?? 0) - ((record.t3[seq] ?? 0) - (record.t2[seq] ?? 0));
  return record.terms.mode === "echo" && roundTripNs > deadlineMs * 1e6 ? "l" : ".";
}

const overtaken = new WeakMap<RunRecord, ReadonlySet<number>>();

function isOvertaken(record: RunRecord): ReadonlySet<number> {
  const known = overtaken.get(record);
  if (known !== undefined) return known;
  const found = new Set<number>();
  let next = 0;
  for (const seq of record.arrivalOrder) {
    if (seq < next) found.add(seq);
    next = Math.max(next, seq + 1);
  }
  overtaken.set(record, found);
  return found;
}

/** The letter of a datagram while the run goes on: losses are not known before the end, so they are `?`. */
export function liveCell(book: RunBook, seq: number, deadlineMs: number): string {
  if (book.isRefused(seq)) return "s";
  const copies = book.copiesHere(seq);
  if (copies === 0) return "?";
  if (copies > 1) return "2";
  if (book.isOvertaken(seq)) return "r";
  return book.roundTripNs(seq) > deadlineMs * 1e6 ? "l" : ".";
}

/** Rows of a strip with the number of the first cell, as printed. */
export function stripRows(strip: string, cellsPerRow = 50): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < strip.length; at += cellsPerRow)
    rows.push(`${String(at).padStart(5)} ${strip.slice(at, at + cellsPerRow)}`);
  return rows;
}
