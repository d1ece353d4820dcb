// What the initiator writes down while a run goes on, per number: sent, refused, answered, how often, with which times. Becomes a
// RunRecord at the end. Arrays of numbers throughout: a run may have a million of them.
import type { DoneCounts, LabBody, Terms } from "../wire/message-types.js";
import { type ListedArrival, unpackList, unpackMap } from "./receipts.js";
import type { RunRecord } from "./run-record.js";

export interface RunBook {
  sent(seq: number, atNs: number): void;
  refuse(seq: number, code: string): void;
  echo(seq: number, t1: number, echo: Extract<LabBody, { kind: "echo" }>, t4: number): void;
  stream(seq: number, t1: number, t4: number): void;
  damaged(): void;
  foreign(): void;
  afterEnd(): void;
  setDone(counts: DoneCounts): void;
  setMap(bytes: Uint8Array): void;
  setArrivals(bytes: Uint8Array | null): void;
  doneCounts(): DoneCounts | null;
  refusedCount(): number;
  largestRttNs(): number;
  /** The highest number that arrived here, and one. */
  highest(): number;
  /** For the live picture. */
  isSent(seq: number): boolean;
  isRefused(seq: number): boolean;
  copiesHere(seq: number): number;
  roundTripNs(seq: number): number;
  isOvertaken(seq: number): boolean;
  /** What the echoes told of the other end so far. */
  readonly live: { readonly unique: number; readonly arrivedHere: number; readonly copiesHere: number };
  close(
    rest: Pick<RunRecord, "wanted" | "terms" | "end" | "peer" | "attempted" | "waitedMs" | "pausedMs">,
  ): RunRecord;
}

/** Codes of send errors that are told apart; the rest share one. */
const mostCodes = 16;

export function createRunBook(terms: Terms, startNs: number): RunBook {
  const { n } = terms;
  const sentNs = new Float64Array(n).fill(Number.NaN);
  const t2 = new Float64Array(n).fill(Number.NaN);
  const t3 = new Float64Array(n).fill(Number.NaN);
  const t4 = new Float64Array(n).fill(Number.NaN);
  const rseq = new Uint32Array(n);
  const refused = new Uint8Array(n);
  const here = new Uint8Array(n);
  const overtaken = new Uint8Array(n);
  let echoCopies = new Uint8Array(n + 64);
  const arrivalOrder: number[] = [];
  const sendErrors = new Map<string, number>();
  const counts = { damaged: 0, foreign: 0, afterEnd: 0, refused: 0, unique: 0, copies: 0 };
  let largestRttNs = 0;
  let nextHere = 0;
  let done: DoneCounts | null = null;
  let there: Uint8Array | null = null;
  let thereArrivals: readonly ListedArrival[] | null = null;

  function arrive(seq: number, atNs: number): boolean {
    const before = here[seq] ?? 0;
    here[seq] = Math.min(255, before + 1);
    if (before > 0) {
      counts.copies += 1;
      return false;
    }
    if (seq < nextHere) overtaken[seq] = 1;
    nextHere = Math.max(nextHere, seq + 1);
    t4[seq] = atNs;
    arrivalOrder.push(seq);
    return true;
  }

  return {
    sent: (seq, atNs) => {
      sentNs[seq] = atNs;
    },
    refuse: (seq, code) => {
      if (refused[seq] === 1) return;
      refused[seq] = 1;
      counts.refused += 1;
      const key = sendErrors.has(code) || sendErrors.size < mostCodes ? code : "other";
      sendErrors.set(key, (sendErrors.get(key) ?? 0) + 1);
    },
    echo: (seq, t1, echo, atNs) => {
      counts.unique = Math.max(counts.unique, echo.unique);
      // A reflector answers each copy it gets; eight copies of each is past any honest path.
      if (echo.rseq < 8 * n + 64) {
        if (echo.rseq >= echoCopies.length) {
          const larger = new Uint8Array(Math.max(echo.rseq + 1, 2 * echoCopies.length));
          larger.set(echoCopies);
          echoCopies = larger;
        }
        echoCopies[echo.rseq] = Math.min(255, (echoCopies[echo.rseq] ?? 0) + 1);
      }
      if (!arrive(seq, atNs)) return;
      rseq[seq] = echo.rseq;
      t2[seq] = echo.t2;
      t3[seq] = echo.t3;
      // Our own note of t1, not the copy that came back: that one the other end could have made up.
      const roundTripNs = atNs - (sentNs[seq] ?? t1) - (echo.t3 - echo.t2);
      largestRttNs = Math.max(largestRttNs, roundTripNs);
    },
    stream: (seq, t1, atNs) => {
      if (arrive(seq, atNs)) sentNs[seq] = t1;
    },
    damaged: () => {
      counts.damaged += 1;
    },
    foreign: () => {
      counts.foreign += 1;
    },
    afterEnd: () => {
      counts.afterEnd += 1;
    },
    setDone: (found) => {
      done = found;
    },
    setMap: (bytes) => {
      there = unpackMap(bytes, n);
    },
    setArrivals: (bytes) => {
      thereArrivals = bytes === null ? null : unpackList(bytes, n);
    },
    doneCounts: () => done,
    refusedCount: () => counts.refused,
    largestRttNs: () => largestRttNs,
    highest: () => nextHere,
    isSent: (seq) => !Number.isNaN(sentNs[seq]),
    isRefused: (seq) => refused[seq] === 1,
    copiesHere: (seq) => here[seq] ?? 0,
    roundTripNs: (seq) =>
      (t4[seq] ?? Number.NaN) - (sentNs[seq] ?? Number.NaN) - ((t3[seq] ?? 0) - (t2[seq] ?? 0)),
    isOvertaken: (seq) => overtaken[seq] === 1,
    get live() {
      return { unique: counts.unique, arrivedHere: arrivalOrder.length, copiesHere: counts.copies };
    },
    close: (rest) => ({
      ...rest,
      sentNs,
      refused,
      sendErrors: Object.fromEntries(sendErrors),
      there,
      here,
      echoCopies,
      echoesSent: done?.echoesSent ?? null,
      t2,
      t3,
      t4,
      rseq,
      arrivalOrder,
      thereArrivals,
      done,
      afterEnd: counts.afterEnd,
      damaged: counts.damaged,
      foreign: counts.foreign,
      startNs,
    }),
  };
}
