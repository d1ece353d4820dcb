// Monotonic time and one-shot timers for the terminal side, injectable so that tests move time by hand.

export interface Timer {
  /** Milliseconds from any fixed start; never goes backwards. */
  now(): number;
  /** Calls `fire` once after the delay; the returned function cancels. */
  after(delayMs: number, fire: () => void): () => void;
}

export const systemTimer: Timer = {
  // `performance` is a module that Node loads at its first use, a millisecond before the first frame.
  now: () => process.uptime() * 1_000,
  after: (delayMs, fire) => {
    const handle = setTimeout(fire, delayMs);
    return () => clearTimeout(handle);
  },
};
