// Tells the screen of changes in the lab, at most ten times a second: a run changes with every datagram, and the measurement must not
// wait for paint.
import type { LabDesk } from "../../lab/desk/desk.js";
import type { Timer } from "../input/timer.js";

const paintEveryMs = 100;

/** Calls `show` after changes, and once a second for what changes with the clock; returns how to end it. */
export function watchLab(lab: Pick<LabDesk, "subscribe">, timer: Timer, show: () => void): () => void {
  let cancel: (() => void) | null = null;
  const unsubscribe = lab.subscribe(() => {
    cancel ??= timer.after(paintEveryMs, () => {
      cancel = null;
      show();
    });
  });
  return () => {
    cancel?.();
    unsubscribe();
  };
}
