// Which packets were shown already, over all peers, in two generations, so that forgetting the old costs nothing. What names a
// packet (the sender's run and the number, see received.ts) and what its content is are the caller's business.
import { limits, timers } from "./limits.js";

export interface Seen {
  /**
   * Notes the packet of that name (without a colon); true when one came by the same path (address) or with the same content (a
   * hash) since the name was new, `timers.seenMs` ago at most: a forged packet from elsewhere cannot hide the real one, and a
   * broadcast comes once for each of its sender's interfaces.
   */
  note(name: string, address: string, content: number, now: number): boolean;
  readonly size: number;
}

interface Sighting {
  /** Since the first packet of all: a small integer needs no room of its own. */
  readonly at: number;
  readonly address: string;
  readonly content: number;
}

export function createSeen(): Seen {
  let young = new Map<string, Sighting>();
  let old = new Map<string, Sighting>();
  let start: number | null = null;
  let since = 0;

  function find(key: string, at: number): Sighting | undefined {
    const found = young.get(key) ?? old.get(key);
    return found !== undefined && at - found.at < timers.seenMs ? found : undefined;
  }

  function add(key: string, sighting: Sighting): void {
    if (young.size >= limits.seenKeys / 2 || sighting.at - since > timers.seenMs) {
      old = young;
      young = new Map();
      since = sighting.at;
    }
    young.set(key, sighting);
  }

  /** True when that key was there already. */
  function noteKey(key: string, sighting: Sighting): boolean {
    const isThere = find(key, sighting.at) !== undefined;
    if (!isThere) add(key, sighting);
    return isThere;
  }

  return {
    note(name, address, content, now) {
      start ??= now;
      const sighting = { at: now - start, address, content };
      const first = find(name, sighting.at);
      if (first === undefined) {
        add(name, sighting);
        return false;
      }
      // Nearly every packet ends here or above. Others of the same name have keys of their own, so that there is no list for a
      // flood of them to make long; the time in these keys lets them end with the first.
      const isFirstPath = first.address === address;
      const isFirstContent = first.content === content;
      if (isFirstPath && isFirstContent) return true;
      const isSamePath = isFirstPath || noteKey(`${name}:${first.at}:${address}`, sighting);
      const isSameContent = isFirstContent || noteKey(`${name}:${first.at}:#${content}`, sighting);
      return isSamePath || isSameContent;
    },
    get size() {
      return young.size + old.size;
    },
  };
}
