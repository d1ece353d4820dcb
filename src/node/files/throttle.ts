// A speed limit over all transfers of one direction: who moves bytes says how many and waits until they were allowed. Without a
// limit it costs nothing. Time comes from the clock.
import type { Clock } from "../../ports/clock.js";

export interface Throttle {
  /** Resolves when so many more bytes may move; null when they may at once. */
  take(count: number): Promise<void> | null;
  readonly bytesPerSecond: number | null;
}

/** How much may come at once after a pause. */
const burstMs = 250;

export function createThrottle(clock: Clock, bytesPerSecond: number | null): Throttle {
  /** Time up to which the bytes so far are paid for. */
  let paidMs = Number.NEGATIVE_INFINITY;
  return {
    bytesPerSecond,
    take(count) {
      if (bytesPerSecond === null) return null;
      paidMs = Math.max(paidMs, clock.now() - burstMs) + (count / bytesPerSecond) * 1000;
      const until = paidMs;
      return until <= clock.now() ? null : new Promise((resolve) => void clock.at(until, resolve));
    },
  };
}
