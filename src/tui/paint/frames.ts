// When frames are painted: at once after a key press, else at most 30 a second, and never while the terminal has not taken the last
// one. Knows nothing of what a frame is.

import type { Timer } from "../input/timer.js";

export type FrameTiming = "now" | "frame";

export interface FrameLoop {
  request(timing: FrameTiming): void;
  cancel(): void;
}

const frameIntervalMs = 1000 / 30;

/** `isBusy` says that bytes are still queued: the frame is tried again a frame later, with whatever is newest then. */
export function createFrameLoop(timer: Timer, isBusy: () => boolean, paint: () => void): FrameLoop {
  let last = -Infinity;
  let cancelTimer: (() => void) | undefined;

  const cancel = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
  };
  const schedule = (delayMs: number): void => {
    cancelTimer ??= timer.after(delayMs, () => {
      cancelTimer = undefined;
      attempt();
    });
  };
  const attempt = (): void => {
    if (isBusy()) {
      schedule(frameIntervalMs);
      return;
    }
    cancel();
    last = timer.now();
    paint();
  };

  return {
    request(timing) {
      const waitMs = last + frameIntervalMs - timer.now();
      if (timing === "now" || waitMs <= 0) attempt();
      else schedule(waitMs);
    },
    cancel,
  };
}
