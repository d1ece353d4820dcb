// Things that wait for a moment: released in order of time, equal times in order of arrival, by one timer of a clock. (One
// timer each would not keep the order: two system timers for the same moment may fire either way.) Knows nothing of datagrams.
import type { Clock } from "../ports/clock.js";

export interface TimedQueue<T> {
  add(atMs: number, item: T): void;
  size(): number;
  /** Takes everything out, in order of time, without releasing it. */
  drain(): T[];
}

/** `release` is called for each item once its moment has come. */
export function createTimedQueue<T>(clock: Clock, release: (item: T) => void): TimedQueue<T> {
  let waiting: { readonly atMs: number; readonly item: T }[] = [];
  let cancel: (() => void) | null = null;
  let armedMs = Number.POSITIVE_INFINITY;

  function arm(): void {
    const first = waiting[0];
    if (first === undefined || (cancel !== null && armedMs <= first.atMs)) return;
    cancel?.();
    armedMs = first.atMs;
    cancel = clock.at(armedMs, fire);
  }

  function fire(): void {
    cancel = null;
    const now = clock.now();
    try {
      for (let first = waiting[0]; first !== undefined && first.atMs <= now; first = waiting[0]) {
        waiting.shift();
        release(first.item);
      }
    } finally {
      // Also after a release that threw: the others must not wait for ever.
      arm();
    }
  }

  return {
    add: (atMs, item) => {
      let at = waiting.length;
      for (let low = 0; low < at;) {
        const middle = (low + at) >> 1;
        if ((waiting[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
        else at = middle;
      }
      waiting.splice(at, 0, { atMs, item });
      arm();
    },
    size: () => waiting.length,
    drain: () => {
      const items = waiting.map((entry) => entry.item);
      waiting = [];
      cancel?.();
      cancel = null;
      return items;
    },
  };
}
