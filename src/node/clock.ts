// Time from outside, two ways: the system's, which never goes backwards, and one moved by hand for tests, replays and
// simulated runs. Both pass test/contract/clock.test.ts. Knows nothing of what waits for it.
import type { Clock } from "../ports/clock.js";

export interface SystemClockOptions {
  /** True: a waiting timer keeps the program alive. Default false, so that a finished command ends. */
  readonly keepAlive?: boolean;
}

/** Longer waits overflow the system's timer and would fire at once, so they are made in steps. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The start time plus a monotonic counter: setting the machine's clock does not move it.
 *
 * @example createSystemClock().at(Date.now() + 1_500, retry)
 */
export function createSystemClock(options: SystemClockOptions = {}): Clock {
  return {
    now: systemNow,
    at: (atMs, fire) => {
      let timer: ReturnType<typeof setTimeout> | null = null;
      const wait = (): void => {
        timer = setTimeout(look, Math.min(Math.max(0, Math.ceil(atMs - systemNow())), longestTimerMs));
        if (options.keepAlive !== true) timer.unref();
      };
      const look = (): void => {
        timer = null;
        // The system's timer counts whole milliseconds and may be a fraction early.
        if (systemNow() < atMs) wait();
        else fire();
      };
      if (atMs < Number.POSITIVE_INFINITY) wait();
      return () => {
        if (timer !== null) clearTimeout(timer);
        timer = null;
      };
    },
  };
}

function systemNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on by `ms`, firing what falls due in order of time, also what is set on the way. */
  advance(ms: number): void;
  /** The same, to a moment. */
  advanceTo(atMs: number): void;
}

interface Waiting {
  readonly atMs: number;
  readonly fire: () => void;
}

/**
 * Creates a clock that starts at `startMs`.
 *
 * @example
 * const clock = createManualClock();
 * clock.at(1_500, retry);
 * clock.advance(1_500); // calls retry
 */
export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs;
  // In order of time; of equal ones the one that was set first comes first.
  const waiting: Waiting[] = [];

  function advanceTo(atMs: number): void {
    if (!(atMs >= nowMs)) throw new RangeError(`time does not go back from ${nowMs} to ${atMs}`);
    for (let due = waiting[0]; due !== undefined && due.atMs <= atMs; due = waiting[0]) {
      waiting.shift();
      nowMs = Math.max(nowMs, due.atMs);
      due.fire();
    }
    nowMs = Math.max(nowMs, atMs);
  }

  return {
    now: () => nowMs,
    at: (atMs, fire) => {
      const entry = { atMs, fire };
      insert(waiting, entry);
      return () => {
        const index = waiting.indexOf(entry);
        if (index >= 0) waiting.splice(index, 1);
      };
    },
    advanceTo,
    advance: (ms) => {
      advanceTo(nowMs + ms);
    },
  };
}

function insert(waiting: Waiting[], entry: Waiting): void {
  let at = waiting.length;
  for (let low = 0; low < at;) {
    const middle = (low + at) >> 1;
    if ((waiting[middle]?.atMs ?? 0) <= entry.atMs) low = middle + 1;
    else at = middle;
  }
  waiting.splice(at, 0, entry);
}
