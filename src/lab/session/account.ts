// The end of a run at the measuring side: asks for the far end's map and, for short runs, its arrivals, and puts them into the run's
// book. The questions travel together with STOP. Used by `initiator`.
import { listedArrivals } from "../limits.js";
import { chunkDataBytes, type LabBody } from "../wire/message-types.js";
import { createFetcher } from "./fetcher.js";
import type { RunBook } from "./run-book.js";

export interface Account {
  /** Asks for the map. */
  begin(nowNs: number): void;
  /** DONE told how much there is: asks for the arrivals too. */
  expect(nowNs: number): void;
  /** False: a piece nobody asked for. */
  take(body: Extract<LabBody, { kind: "chunk" }>, nowNs: number): boolean;
  /** All is there, or the map and no more patience. */
  isComplete(nowNs: number): boolean;
  /** Repeats questions; false: nobody answers any more. */
  tick(nowNs: number): boolean;
  wakeNs(): number;
}

/** The arrivals are a welcome extra; a bad line shall not make anybody wait for them. */
const arrivalsPatienceMs = 700;

export function createAccount(
  n: number,
  book: RunBook,
  send: (body: LabBody, again: boolean) => void,
): Account {
  const fetcher = createFetcher(Math.ceil(Math.ceil(n / 4) / chunkDataBytes), (what, chunk, again) => {
    send({ kind: "fetch", what, chunk }, again);
  });
  let untilNs = Number.POSITIVE_INFINITY;
  return {
    begin: (nowNs) => {
      fetcher.begin(nowNs);
    },
    expect: (nowNs) => {
      const unique = book.doneCounts()?.unique ?? 0;
      fetcher.expect(n <= listedArrivals ? Math.ceil((8 * unique) / chunkDataBytes) : 0, nowNs);
    },
    take: (body, nowNs) => fetcher.take(body.what, body.chunk, body.data, nowNs),
    isComplete: (nowNs) => {
      const map = fetcher.map();
      if (map === null) return false;
      if (untilNs === Number.POSITIVE_INFINITY) {
        book.setMap(map);
        untilNs = nowNs + arrivalsPatienceMs * 1e6;
      }
      if (!fetcher.isComplete() && nowNs < untilNs) return false;
      book.setArrivals(fetcher.arrivals());
      return true;
    },
    tick: (nowNs) => fetcher.tick(nowNs),
    wakeNs: () => Math.min(fetcher.wakeNs(), untilNs),
  };
}
