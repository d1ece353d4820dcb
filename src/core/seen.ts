// Which packets were shown already, over all peers, in two generations, so that forgetting the old costs nothing. What names a
// packet (the sender's run and the number, see received.ts) and what its content is are the caller's business. Tables of numbers: of
// names only keyed hashes are kept, some thirty bytes a packet where a Map took a hundred and more.
import { createKeyedHash } from "./keyed-hash.js";
import { limits, timers } from "./limits.js";
import type { Random } from "../ports/random.js";

export interface Seen {
  /**
   * Notes the packet of that name (without a colon); true when one came by the same path (address) or with the same content (a
   * hash) since the name was new, `timers.seenMs` ago at most: a forged packet from elsewhere cannot hide the real one, and a
   * broadcast comes once for each of its sender's interfaces.
   */
  note(name: string, address: string, content: number, now: number): boolean;
  readonly size: number;
}

const fewest = 64;
/** Fuller than this, looking takes long. */
const fullest = 0.8;

/** Sightings since one moment, by hash; an open table. */
interface Generation {
  /** Milliseconds since the first packet of all. */
  readonly since: number;
  readonly size: number;
  /** The slot of that name, or -1. */
  find(high: number, low: number): number;
  add(high: number, low: number, at: number, path: number, content: number): void;
  atOf(slot: number): number;
  pathOf(slot: number): number;
  contentOf(slot: number): number;
}

function createGeneration(since: number, most: number): Generation {
  let slots = fewest;
  let highs = new Int32Array(slots);
  let lows = new Int32Array(slots);
  /** One more than the milliseconds since `since`; 0 is an empty slot. */
  let times = new Uint32Array(slots);
  let paths = new Int32Array(slots);
  let contents = new Int32Array(slots);
  let size = 0;

  /** Where it stands, or the empty slot where it would. */
  function slotOf(high: number, low: number): number {
    let slot = (high >>> 0) % slots;
    while (times[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) {
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    return slot;
  }

  function put(high: number, low: number, time: number, path: number, content: number): void {
    const slot = slotOf(high, low);
    if (times[slot] === 0) size++;
    highs[slot] = high;
    lows[slot] = low;
    times[slot] = time;
    paths[slot] = path;
    contents[slot] = content;
  }

  function grow(): void {
    const old = { highs, lows, times, paths, contents };
    slots = Math.min(2 * slots, Math.ceil(most / fullest) + 1);
    highs = new Int32Array(slots);
    lows = new Int32Array(slots);
    times = new Uint32Array(slots);
    paths = new Int32Array(slots);
    contents = new Int32Array(slots);
    size = 0;
    for (const [slot, time] of old.times.entries()) {
      if (time === 0) continue;
      put(old.highs[slot] ?? 0, old.lows[slot] ?? 0, time, old.paths[slot] ?? 0, old.contents[slot] ?? 0);
    }
  }

  return {
    since,
    get size() {
      return size;
    },
    find(high, low) {
      const slot = slotOf(high, low);
      return times[slot] === 0 ? -1 : slot;
    },
    add(high, low, at, path, content) {
      if (size >= slots * fullest) grow();
      put(high, low, at - since + 1, path, content);
    },
    atOf: (slot) => since + (times[slot] ?? 0) - 1,
    pathOf: (slot) => paths[slot] ?? 0,
    contentOf: (slot) => contents[slot] ?? 0,
  };
}

/** `random` keys the hashes. */
export function createSeen(random: Random): Seen {
  const hash = createKeyedHash(random);
  const most = limits.seenKeys / 2;
  let young = createGeneration(0, most);
  let old = createGeneration(0, most);
  let start: number | null = null;
  /** The slot that `find` found, and in which generation. */
  let found = young;

  function find(high: number, low: number, at: number): number {
    for (const generation of [young, old]) {
      const slot = generation.find(high, low);
      if (slot < 0) continue;
      found = generation;
      return at - generation.atOf(slot) < timers.seenMs ? slot : -1;
    }
    return -1;
  }

  function add(high: number, low: number, at: number, path: number, content: number): void {
    if (young.size >= most || at - young.since > timers.seenMs) {
      old = young;
      young = createGeneration(at, most);
    }
    young.add(high, low, at, path, content);
  }

  /** True when that name was there already. */
  function noteName(name: string, at: number, path: number, content: number): boolean {
    hash.take(name);
    const { high, low } = hash;
    const isThere = find(high, low, at) >= 0;
    if (!isThere) add(high, low, at, path, content);
    return isThere;
  }

  return {
    note(name, address, content, now) {
      start ??= now;
      // Never before its generation, whatever the clock does: what an earlier run saw is told in any order.
      const at = Math.max(young.since, now - start);
      hash.take(address);
      const path = hash.low;
      hash.take(name);
      const { high, low } = hash;
      const slot = find(high, low, at);
      if (slot < 0) {
        add(high, low, at, path, content);
        return false;
      }
      // Nearly every packet ends here or above. Others of the same name have names of their own, so that there is no list for a
      // flood of them to make long; the time in these names lets them end with the first.
      const firstAt = found.atOf(slot);
      const isFirstPath = found.pathOf(slot) === path;
      const isFirstContent = found.contentOf(slot) === content;
      if (isFirstPath && isFirstContent) return true;
      const isSamePath = isFirstPath || noteName(`${name}:${firstAt}:${address}`, at, path, content);
      const isSameContent = isFirstContent || noteName(`${name}:${firstAt}:#${content}`, at, path, content);
      return isSamePath || isSameContent;
    },
    get size() {
      return young.size + old.size;
    },
  };
}
