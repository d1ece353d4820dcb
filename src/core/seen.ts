// Which packets were shown already, over all peers: keys with their times in two generations, so that forgetting the old costs
// nothing. Keys begin with the sender's run (see peers.ts); what goes into them is the caller's business.
import { limits, timers } from "./limits.js";

export interface Seen {
  /** Notes the key; true when it was noted before and less than `timers.seenMs` ago. */
  note(key: string, now: number): boolean;
  readonly size: number;
}

export function createSeen(): Seen {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let since = 0;

  return {
    note(key, now) {
      const before = young.get(key) ?? old.get(key);
      if (before !== undefined && now - before < timers.seenMs) return true;
      if (young.size >= limits.seenKeys / 2 || now - since > timers.seenMs) {
        old = young;
        young = new Map();
        since = now;
      }
      young.set(key, now);
      return false;
    },
    get size() {
      return young.size + old.size;
    },
  };
}
