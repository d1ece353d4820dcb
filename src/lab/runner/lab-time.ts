// Time for the lab: a monotonic clock in nanoseconds and wake-ups as exact as the system gives them. Two ways: the system's and
// one moved by hand (tests, `--simulate`). A number holds nanoseconds exactly for 104 days and to 2 ns for a year.
import { type Clock, createSystemClock } from "../../index.js";

export interface LabTime {
  nowNs(): number;
  /** Calls `fire` at or after a moment; returns a function that cancels. */
  at(atNs: number, fire: () => void): () => void;
  /** The same clock in milliseconds, for impaired paths. */
  readonly clock: Clock;
  /** Milliseconds since 1970, for report headers only. */
  wallMs(): number;
}

export interface SystemTimeOptions {
  /** Wakes within some 50 microseconds by spinning through the last 1.2 ms: up to all of one core. */
  readonly precise?: boolean;
}

/** Timers of the system are late by up to a millisecond and some; this much before, spinning begins. */
const spinNs = 1_200_000;

function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/** The system's monotonic clock. */
export function createSystemTime(options: SystemTimeOptions = {}): LabTime {
  const clock = createSystemClock({ keepAlive: true });
  return {
    nowNs,
    clock,
    wallMs: () => clock.now(),
    at: (atNs, fire) => {
      let cancelled = false;
      let timer: ReturnType<typeof setTimeout> | null = null;
      const arm = (leftNs: number): void => {
        const spin = options.precise === true;
        // Never inside the caller: whoever asks for a moment in the past gets it next.
        if (leftNs <= 0 || (spin && leftNs <= spinNs)) setImmediate(look);
        else timer = setTimeout(look, Math.min((spin ? leftNs - spinNs : leftNs) / 1e6, 2 ** 31 - 1));
      };
      const look = (): void => {
        timer = null;
        if (cancelled) return;
        // The system's timer counts whole milliseconds and may be a fraction early.
        const leftNs = atNs - nowNs();
        if (leftNs <= 0) fire();
        else arm(leftNs);
      };
      if (atNs < Number.POSITIVE_INFINITY) arm(atNs - nowNs());
      return () => {
        cancelled = true;
        if (timer !== null) clearTimeout(timer);
      };
    },
  };
}

/** Time that stands still until `clock` is moved; it should start near 0, where numbers hold nanoseconds exactly. */
export function createManualTime(clock: Clock, wallStartMs = 0): LabTime {
  return {
    wallMs: () => wallStartMs + clock.now(),
    nowNs: () => Math.round(clock.now() * 1e6),
    // Whole nanoseconds upwards: a wake-up before its moment would be asked for again, for ever.
    at: (atNs, fire) =>
      atNs === Number.POSITIVE_INFINITY ? () => undefined : clock.at(Math.ceil(atNs) / 1e6, fire),
    clock,
  };
}
