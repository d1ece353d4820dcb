// Requests that are repeated until they are answered: 200 ms, half as much again each time, at most 1 s, 40 tries. Pure; used by
// the initiator and by both ends of a class.
import { labTimes } from "../limits.js";

export interface Requests {
  /** Begins a request; `send` is called for each try with true for a repetition. */
  ask(key: string, nowNs: number, send: (again: boolean) => void, tries?: number): void;
  /** It was answered, or is not wanted any more. False when nothing of that name was asked. */
  settle(key: string): boolean;
  has(key: string): boolean;
  settleAll(): void;
  /** Repeats what is due; gives the names of those whose tries are used up. */
  tick(nowNs: number): readonly string[];
  wakeNs(): number;
  readonly size: number;
}

interface Request {
  readonly send: (again: boolean) => void;
  readonly tries: number;
  sent: number;
  delayMs: number;
  nextNs: number;
}

export function createRequests(): Requests {
  const open = new Map<string, Request>();
  return {
    ask: (key, nowNs, send, tries = labTimes.tries) => {
      const delayMs = labTimes.retryMs;
      open.set(key, { send, tries, sent: 1, delayMs, nextNs: nowNs + delayMs * 1e6 });
      send(false);
    },
    settle: (key) => open.delete(key),
    has: (key) => open.has(key),
    settleAll: () => {
      open.clear();
    },
    tick: (nowNs) => {
      const failed: string[] = [];
      for (const [key, request] of open) {
        if (request.nextNs > nowNs) continue;
        if (request.sent >= request.tries) {
          open.delete(key);
          failed.push(key);
          continue;
        }
        request.sent += 1;
        request.delayMs = Math.min(labTimes.retryCapMs, request.delayMs * labTimes.retryFactor);
        request.nextNs = nowNs + request.delayMs * 1e6;
        request.send(true);
      }
      return failed;
    },
    wakeNs: () => {
      let wake = Number.POSITIVE_INFINITY;
      for (const request of open.values()) wake = Math.min(wake, request.nextNs);
      return wake;
    },
    get size() {
      return open.size;
    },
  };
}
