// Waiting, but not for ever, until a terminal has taken what was written to it.

import type { Timer } from "../input/timer.js";
import type { TerminalOutput } from "./streams.js";

/** How long an ending process waits for a terminal that does not read. */
const drainTimeoutMs = 500;
const lookIntervalMs = 10;

/** Resolves when the queue is empty or the time is up; calls back at once where nothing is queued. */
export function whenDrained(output: TerminalOutput, timer: Timer, then: () => void): void {
  const endMs = timer.now() + drainTimeoutMs;
  const look = (): void => {
    if (output.writableLength === 0 || timer.now() >= endMs) then();
    else timer.after(lookIntervalMs, look);
  };
  look();
}
