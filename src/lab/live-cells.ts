// The picture of a run while it goes on: one letter per datagram sent, and the latest round trips. Which way an unanswered one was
// lost follows from the next answer: it says how many the far end has had by then. A guess until the report comes: what was overtaken
// looks lost until it arrives.
import { liveCell } from "./report/strip.js";
import type { RunBook } from "./session/run-book.js";

/** The last so many round trips make the live picture. */
const liveRoundTrips = 5_000;

export interface LiveWay {
  readonly n: number;
  readonly lost: number;
}

export interface LiveCells {
  /** Another datagram was sent or answered. */
  changed(book: RunBook, seq: number): void;
  strip(): string;
  sent(): number;
  recentUs(): Float64Array;
}

export function createLiveCells(deadlineMs: number): LiveCells {
  const cells: string[] = [];
  let roundTripsUs: number[] = [];
  let last = -1;
  let lastUnique = 0;

  /** All between two answers in order went the same way, or nothing can be said yet. */
  function settleGap(from: number, to: number, arrivedThere: number): void {
    const missing = to - from;
    if (missing <= 0) return;
    const letter = arrivedThere <= 0 ? "u" : arrivedThere >= missing ? "d" : "?";
    for (let seq = from; seq < to; seq += 1) if (cells[seq] === "?") cells[seq] = letter;
  }

  return {
    changed: (book, seq) => {
      while (cells.length <= seq) cells.push("?");
      const wasOpen = "?ud".includes(cells[seq] ?? "?");
      const cell = liveCell(book, seq, deadlineMs);
      cells[seq] = cell;
      const rttUs = book.roundTripNs(seq) / 1_000;
      if (!wasOpen || Number.isNaN(rttUs)) return;
      roundTripsUs.push(rttUs);
      if (roundTripsUs.length > 2 * liveRoundTrips) roundTripsUs = roundTripsUs.slice(-liveRoundTrips);
      const { unique } = book.live;
      if (seq > last) {
        settleGap(last + 1, seq, unique - lastUnique - 1);
        last = seq;
      }
      lastUnique = unique;
    },
    strip: () => cells.join(""),
    sent: () => cells.length,
    recentUs: () => Float64Array.from(roundTripsUs.slice(-liveRoundTrips)).toSorted(),
  };
}

/** What the answers so far say about both ways, up to the highest number that came back. */
export function liveWays(book: RunBook | null): { readonly up: LiveWay; readonly down: LiveWay } {
  const n = book?.highest() ?? 0;
  const unique = Math.min(n, book?.live.unique ?? 0);
  const arrived = Math.min(unique, book?.live.arrivedHere ?? 0);
  return { up: { n, lost: n - unique }, down: { n: unique, lost: unique - arrived } };
}
