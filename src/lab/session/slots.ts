// The schedule of a run: slot i is due at start + i x interval, every due slot is given out once and in order, and only the time a
// person holds the run moves what is left. Knows no datagrams. Used by `initiator`.
import type { Terms } from "../wire/message-types.js";

export interface Slots {
  begin(terms: Terms, originNs: number, nowNs: number): void;
  /** The next slot if it is due, or null. */
  take(nowNs: number): number | null;
  /** The next slot although the run is held, or null when it is not held or over. */
  step(): number | null;
  pause(nowNs: number): void;
  /** False: it was not held. */
  resume(nowNs: number): boolean;
  isPaused(): boolean;
  isOver(): boolean;
  /** Given out so far. */
  used(): number;
  /** When the next one is due; infinity while held. */
  dueNs(): number;
  /** When the last one is over. */
  endNs(): number;
  pausedMs(): number;
}

export function createSlots(): Slots {
  let n = 0;
  let intervalNs = 0;
  let originNs = 0;
  let next = 0;
  let pausedNs: number | null = null;
  let pausedForNs = 0;
  const due = (slot: number): number => originNs + slot * intervalNs;
  const give = (): number => {
    next += 1;
    return next - 1;
  };
  return {
    begin: (terms, startNs, nowNs) => {
      ({ n } = terms);
      intervalNs = terms.intervalUs * 1_000;
      originNs = startNs;
      // Held before it began: the time until now is not a pause of the run.
      if (pausedNs !== null) pausedNs = nowNs;
    },
    take: (nowNs) => (pausedNs === null && next < n && due(next) <= nowNs ? give() : null),
    step: () => {
      if (pausedNs === null || next >= n) return null;
      // The slot is used up: after the pause the next one is due as soon as this one would have been.
      originNs -= intervalNs;
      return give();
    },
    pause: (nowNs) => {
      pausedNs ??= nowNs;
    },
    resume: (nowNs) => {
      if (pausedNs === null) return false;
      pausedForNs += nowNs - pausedNs;
      originNs += nowNs - pausedNs;
      pausedNs = null;
      return true;
    },
    isPaused: () => pausedNs !== null,
    isOver: () => next >= n,
    used: () => next,
    dueNs: () => (pausedNs === null ? due(next) : Number.POSITIVE_INFINITY),
    endNs: () => due(n),
    pausedMs: () => pausedForNs / 1e6,
  };
}
