// One input at a time (invariant I4): a step first publishes its events, then its effects run; inputs raised meanwhile wait.
// A bug in the machine goes up to whoever put the input in; the inputs behind it are handled with the next one.
import type { Input } from "../core/input.js";
import type { Machine, Step } from "../core/machine.js";
import type { Clock } from "../ports/clock.js";

export interface Inbox {
  /** Handles the input now, or after the step in progress; `done` gets the step. */
  put(input: Input, done?: (step: Step) => void): void;
}

interface Waiting {
  readonly input: Input;
  readonly done: ((step: Step) => void) | undefined;
}

export function createInbox(machine: Machine, clock: Clock, run: (step: Step) => void): Inbox {
  const waiting: Waiting[] = [];
  let busy = false;
  return {
    put(input, done) {
      waiting.push({ input, done });
      if (busy) return;
      busy = true;
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const step = machine.handle(next.input, clock.now());
          run(step);
          next.done?.(step);
        }
      } finally {
        busy = false;
      }
    },
  };
}
