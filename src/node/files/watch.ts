// Time limits on a connection (docs/protocol.md section 19): so long for the first byte, so long without a byte. Closes the
// connection when one is over, which ends whatever waits for it; the fault then says why. One alarm at a time, however many bytes.
import type { Clock } from "../../ports/clock.js";
import { FeiyanError } from "../../ports/error.js";

/** Milliseconds. */
export const streamTimers = {
  connectMs: 5_000,
  firstByteMs: 10_000,
  idleMs: 60_000,
  /** A request without its end that nothing follows is taken as it is. */
  requestQuietMs: 1_000,
  /** For the other side to close after the last byte. */
  lingerMs: 10_000,
} as const;

export interface Watch {
  /** Something moved. */
  touch(): void;
  stop(): void;
  /** Why the connection was closed by the watch; null when it was not. */
  readonly fault: FeiyanError | null;
}

export function createWatch(clock: Clock, close: () => void, firstMs: number, idleMs: number): Watch {
  let touchedMs = clock.now();
  let limitMs = firstMs;
  let fault: FeiyanError | null = null;
  let cancel = clock.at(touchedMs + limitMs, look);

  function look(): void {
    const due = touchedMs + limitMs;
    if (clock.now() < due) {
      cancel = clock.at(due, look);
      return;
    }
    fault = new FeiyanError("stream-idle", "nothing came for too long", { seconds: limitMs / 1000 });
    close();
  }

  return {
    touch() {
      touchedMs = clock.now();
      limitMs = idleMs;
    },
    stop: () => cancel(),
    get fault() {
      return fault;
    },
  };
}
