// Time for runs on the memory network: jumps from one waiting moment to the next, so a minute of a lane passes in
// milliseconds and every run with the same seed is the same to the last event. Knows nothing of what waits.
import { createManualClock } from "../../testing.js";
import type { Clock } from "../../index.js";

export interface SimulatedTime {
  readonly clock: Clock;
  /** Moves on from moment to moment until `settled` does, or nothing waits any more. */
  runUntil(settled: Promise<unknown>): Promise<void>;
}

/**
 * Creates a stopped clock at 0.
 *
 * @example
 * const time = createSimulatedTime();
 * await time.runUntil(runLane({ clock: time.clock, … }));
 */
export function createSimulatedTime(): SimulatedTime {
  const manual = createManualClock();
  const moments = new Set<{ readonly atMs: number }>();

  return {
    clock: {
      now: () => manual.now(),
      at: (atMs, fire) => {
        const moment = { atMs };
        moments.add(moment);
        const cancel = manual.at(atMs, () => {
          moments.delete(moment);
          fire();
        });
        return () => {
          moments.delete(moment);
          cancel();
        };
      },
    },
    runUntil: async (settled) => {
      let isSettled = false;
      const mark = (): void => {
        isSettled = true;
      };
      void settled.then(mark, mark);
      for (;;) {
        // The memory network delivers in microtasks: all of them first, then time may move.
        await new Promise(setImmediate);
        if (isSettled) return;
        let next = Number.POSITIVE_INFINITY;
        for (const { atMs } of moments) next = Math.min(next, atMs);
        if (next === Number.POSITIVE_INFINITY) return;
        manual.advanceTo(Math.max(next, manual.now()));
      }
    },
  };
}
