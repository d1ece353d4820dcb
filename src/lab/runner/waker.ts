// One timer for one machine: armed for the earliest moment it asked for. Waking too early is harmless, a machine looks at the
// time itself; so a later wish leaves the timer alone, and thousands of datagrams a second cost no timers.
import type { LabTime } from "./lab-time.js";

export interface Waker {
  /** Wakes at this moment, or earlier. */
  want(atNs: number): void;
  stop(): void;
}

export function createWaker(time: LabTime, wake: () => void): Waker {
  let armedNs = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | null = null;
  let stopped = false;
  return {
    want: (atNs) => {
      if (stopped || atNs >= armedNs) return;
      cancel?.();
      armedNs = atNs;
      cancel = time.at(atNs, () => {
        armedNs = Number.POSITIVE_INFINITY;
        cancel = null;
        wake();
      });
    },
    stop: () => {
      stopped = true;
      cancel?.();
      cancel = null;
    },
  };
}
