// Asks the terminal how wide it draws: prints a sample of each class, has the cursor position reported, and a device attributes
// request as the end mark, which every terminal answers. The samples are erased again. No answer in time means the defaults.

import type { InputEvent } from "../input/event.js";
import type { Timer } from "../input/timer.js";

export interface ProbeResult {
  /** Columns of “ and its like. */
  readonly ambiguous: 1 | 2;
  /** Columns of an emoji, for the diagnosis page. */
  readonly emoji: number;
  /** False when the terminal does not read UTF-8: a hanzi moved the cursor by something other than 2. */
  readonly isUtf8: boolean;
  /** Whether the terminal answered at all. */
  readonly isAnswered: boolean;
}

export const probeDefaults: ProbeResult = { ambiguous: 1, emoji: 2, isUtf8: true, isAnswered: false };

const samples = ["中", "“", "😀"] as const;
// Not on row 1: there a report could be taken for F3 with modifiers.
const start = "\u001b[2;1H";

/** The request, to be written at once before the first frame. */
export const probeRequest = `${samples.map((sample) => `${start}${sample}\u001b[6n`).join("")}${start}\u001b[K\u001b[c`;

export interface Probe {
  /** Takes the reports; other events are none of its business. */
  feed(event: InputEvent): void;
  cancel(): void;
}

/** Waits for the answer to `probeRequest`; `done` is called once unless cancelled. */
export function createProbe(timer: Timer, done: (result: ProbeResult) => void, timeoutMs = 200): Probe {
  const columns: number[] = [];
  let isOpen = true;
  const finish = (result: ProbeResult): void => {
    if (!isOpen) return;
    isOpen = false;
    cancelTimer();
    done(result);
  };
  const cancelTimer = timer.after(timeoutMs, () => finish(probeDefaults));
  return {
    feed(event) {
      if (!isOpen) return;
      if (event.kind === "cursor-report") columns.push(event.column - 1);
      else if (event.kind === "device-report") {
        const [hanzi, quote, emoji] = columns;
        if (columns.length !== samples.length) finish(probeDefaults);
        else {
          finish({
            ambiguous: hanzi === 2 && quote === 2 ? 2 : 1,
            emoji: emoji ?? 2,
            isUtf8: hanzi === 2,
            isAnswered: true,
          });
        }
      }
    },
    cancel() {
      isOpen = false;
      cancelTimer();
    },
  };
}
