// Who hears the node's events: subscribers at once, slow readers through a bounded queue. A subscriber's fault must not stop the others.
// Knows no event by its meaning. Called by node.ts.
import { createEventQueue } from "./event-queue.js";
import type { EventQueue } from "./event-queue.js";
import type { Event, NoticeCode } from "../core/event.js";
import { limits } from "../core/limits.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";

export interface Publisher {
  publish(event: Event): void;
  readonly notice: (code: ErrorCode | NoticeCode, fields: ErrorFields) => void;
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** One more slow reader; with `isEnded` it gets nothing any more. */
  events(isEnded: boolean): AsyncIterable<Event>;
  /** No slow reader waits for more. */
  end(): void;
}

/** `now` in milliseconds since 1970, for the notices. */
export function createPublisher(now: () => number): Publisher {
  const listeners = new Set<(event: Event) => void>();
  const queues = new Set<EventQueue>();

  function publish(event: Event): void {
    let faults: unknown[] | null = null;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (cause) {
        (faults ??= []).push(cause);
      }
    }
    // After the event itself, so that everybody hears both in this order.
    if (faults !== null) for (const cause of faults) reportListener(cause, event);
  }

  function notice(code: ErrorCode | NoticeCode, fields: ErrorFields): void {
    publish({ kind: "notice", code, fields, at: now() });
  }

  /** Told to all once, and never about itself again. */
  function reportListener(cause: unknown, event: Event): void {
    if (event.kind === "notice" && event.code === "subscriber-failed") return;
    const text = cause instanceof Error ? cause.message : String(cause);
    notice("subscriber-failed", { event: event.kind, text });
  }

  function subscribe(listener: (event: Event) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    publish,
    notice,
    subscribe,
    events(isEnded) {
      const queue = createEventQueue(limits.eventBacklog, () => {
        queues.delete(queue);
        stop();
      });
      queues.add(queue);
      if (isEnded) queue.end();
      const stop = subscribe((event) => queue.push(event));
      return queue;
    },
    end() {
      for (const queue of queues) queue.end();
    },
  };
}
