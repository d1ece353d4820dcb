// Events for one slow reader: an async iterator over a bounded queue that drops the oldest past its limit.
import type { Event } from "../core/event.js";

export interface EventQueue extends AsyncIterable<Event> {
  push(event: Event): void;
  end(): void;
}

/** `detach` is called when the reader stops early. */
export function createEventQueue(limit: number, detach: () => void): EventQueue {
  const queue: Event[] = [];
  let wake: (() => void) | null = null;
  let ended = false;
  return {
    push(event) {
      if (ended) return;
      if (queue.length >= limit) queue.shift();
      queue.push(event);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
          if (ended) return;
          // oxlint-disable-next-line no-await-in-loop -- one event after another is the point
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      } finally {
        ended = true;
        detach();
      }
    },
  };
}
