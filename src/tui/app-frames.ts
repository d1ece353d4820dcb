// When a scene is made: at the end of the tick after a key press, else no more often than frames are drawn; and the clock's tick.
import type { Timer } from "./input/timer.js";

const tickMs = 1_000;
const frameMs = 1_000 / 30;
/** Frames that nobody pressed a key for take one part in so many of the time, and still come ten times a second. */
const shareOfTime = 40;
const slowestFrameMs = 100;

/**
 * One scene for many events: at the end of the tick after a key press, else a frame after the last one, or later where frames take long:
 * in a flood nobody reads every one, and datagrams that are not fetched in time are lost.
 */
export function createFrames(
  timer: Timer,
  paint: (timing: "now" | "frame") => void,
): { request(timing: "now" | "frame"): void; cancel(): void } {
  let last = -Infinity;
  let waitMs = frameMs;
  let cancelTimer: (() => void) | null = null;
  let isQueued = false;
  let isOver = false;
  const run = (timing: "now" | "frame"): void => {
    cancelTimer?.();
    cancelTimer = null;
    if (isOver) return;
    last = timer.now();
    paint(timing);
    waitMs = Math.min(slowestFrameMs, Math.max(frameMs, (timer.now() - last) * shareOfTime));
  };
  return {
    request(timing) {
      if (isQueued || isOver) return;
      if (timing === "now") {
        isQueued = true;
        queueMicrotask(() => {
          isQueued = false;
          run("now");
        });
      } else {
        cancelTimer ??= timer.after(Math.max(0, last + waitMs - timer.now()), () => run("frame"));
      }
    },
    cancel() {
      isOver = true;
      cancelTimer?.();
    },
  };
}

export function everySoOften(timer: Timer, call: () => void): () => void {
  let cancel = timer.after(tickMs, again);
  function again(): void {
    cancel = timer.after(tickMs, again);
    call();
  }
  return () => cancel();
}
