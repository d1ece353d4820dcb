// Runs something on simulated time: moves a stopped clock on in small steps, letting promises settle between them, until it is
// done. A run of a minute takes milliseconds and is the same every time.
import { createManualClock } from "../../testing.js";
import { createManualTime, type LabTime } from "./lab-time.js";

const stepMs = 5;
/** Not 0, so that a forgotten time shows. */
const startMs = 1_000;
/** Every so many steps, work outside of JavaScript (a slow key) gets a turn. */
const stepsPerTurn = 64;

export interface Simulation {
  readonly time: LabTime;
  /** Moves time on until `work` is settled. */
  run<T>(work: Promise<T>): Promise<T>;
}

export function createSimulation(wallStartMs = 0): Simulation {
  const clock = createManualClock(startMs);
  return {
    time: createManualTime(clock, wallStartMs),
    run: async (work) => {
      let isSettled = false;
      const mark = (): void => {
        isSettled = true;
      };
      void work.then(mark, mark);
      for (let step = 1; ; step += 1) {
        await (step % stepsPerTurn === 0 ? new Promise(setImmediate) : Promise.resolve());
        await Promise.resolve();
        if (isSettled) return await work;
        clock.advance(stepMs);
      }
    },
  };
}
