// One flow in one direction under impairment: carries out what `fates` decide, in the order loss, damage, copy, hold, delay,
// rate. Owns what waits; knows no sockets and no addresses (`Peer` is whatever the caller wants back). Called by `impaired`.
import type { Clock } from "../ports/clock.js";
import type { Fate, Fates } from "./fates.js";
import type { Impairment } from "./impairment.js";
import { createRateLimit, type RateLimit } from "./rate-limit.js";
import type { DatagramFate } from "./tap.js";
import { createTimedQueue } from "./timed-queue.js";
import {
  createFateLog,
  createFlowCounters,
  type FateList,
  type FlowCounters,
  type ListBudget,
} from "./truth.js";

/** Held datagrams go on after this much silence: a forgotten one would show as a loss that never was. */
export const holdFlushMs = 250;

/** Payload bytes that may wait in all paths together; the network fills them, so they have an end. */
export interface WaitingBudget {
  leftBytes: number;
}

export interface PathOptions<Peer> {
  readonly clock: Clock;
  readonly fates: Fates;
  readonly spec: Impairment;
  readonly waiting: WaitingBudget;
  readonly listed: ListBudget;
  deliver(bytes: Uint8Array, peer: Peer): void;
  /** Told what becomes of a datagram before anything happens to it; again when the queue has no room for it later. */
  fated?(bytes: Uint8Array, peer: Peer, fate: DatagramFate | null): void;
}

export interface ImpairedPath<Peer> {
  /** Takes one datagram; `sequence` only goes into the list of fates. */
  push(bytes: Uint8Array, peer: Peer, sequence: number | null): void;
  /** Another spec from the next datagram on; what waits already keeps its time. */
  setSpec(spec: Impairment): void;
  /** Delivers everything that waits, now. */
  flush(): void;
  /** Forgets everything that waits, and counts it. */
  abandon(): void;
  readonly counters: Readonly<FlowCounters>;
  readonly fates: FateList;
}

interface Item<Peer> {
  readonly n: number;
  readonly bytes: Uint8Array;
  readonly peer: Peer;
  readonly copies: number;
  readonly delayMs: number;
}

export function createImpairedPath<Peer>(options: PathOptions<Peer>): ImpairedPath<Peer> {
  const { clock, fates, waiting } = options;
  const counters = createFlowCounters();
  const log = createFateLog(options.listed);
  let spec = options.spec;
  let limit: RateLimit | null = null;
  let held: { readonly item: Item<Peer>; left: number }[] = [];
  let lastTrafficMs = 0;
  let lastDueMs = 0;
  let cancelFlush: (() => void) | null = null;
  const delayed = createTimedQueue<Item<Peer>>(clock, (item) => {
    endWait(item);
    shape(item);
  });
  const queued = createTimedQueue<Item<Peer>>(clock, (item) => {
    endWait(item);
    deliver(item);
  });

  function deliver(item: Item<Peer>): void {
    for (let copy = 0; copy < item.copies; copy += 1) {
      counters.out += 1;
      options.deliver(item.bytes, item.peer);
    }
  }

  function drop(item: Item<Peer>): void {
    counters.queueDropped += item.copies;
    log.markDropped(item.n);
    options.fated?.(item.bytes, item.peer, { ...unharmed, dropped: "queue", copies: 0 });
  }

  /** The item as it may wait (the sender may use its buffer again meanwhile), or null where there is no room. */
  function beginWait(item: Item<Peer>): Item<Peer> | null {
    const sizeBytes = item.bytes.length * item.copies;
    if (sizeBytes > waiting.leftBytes) {
      drop(item);
      return null;
    }
    waiting.leftBytes -= sizeBytes;
    counters.waiting += item.copies;
    return { ...item, bytes: new Uint8Array(item.bytes) };
  }

  function endWait(item: Item<Peer>): void {
    waiting.leftBytes += item.bytes.length * item.copies;
    counters.waiting -= item.copies;
  }

  function hold(item: Item<Peer>, distance: number): void {
    const kept = beginWait(item);
    if (kept === null) return;
    counters.held += 1;
    held.push({ item: kept, left: distance });
    armFlush();
  }

  function armFlush(): void {
    if (held.length === 0 || cancelFlush !== null) return;
    cancelFlush = clock.at(lastTrafficMs + holdFlushMs, () => {
      cancelFlush = null;
      // Traffic since then only moves the moment; one timer serves it all.
      if (clock.now() < lastTrafficMs + holdFlushMs) armFlush();
      else releaseHeld();
    });
  }

  function releaseHeld(): void {
    const all = held;
    held = [];
    for (const { item } of all) {
      endWait(item);
      delay(item);
    }
  }

  /** Past the hold stage: on to the delay, and one step nearer for those held before it. */
  function passOn(item: Item<Peer>): void {
    delay(item);
    if (held.length === 0) return;
    for (const entry of held) if (entry.item.n < item.n) entry.left -= 1;
    const due = held.filter((entry) => entry.left <= 0);
    held = held.filter((entry) => entry.left > 0);
    for (const entry of due) {
      endWait(entry.item);
      passOn(entry.item);
    }
  }

  function delay(item: Item<Peer>): void {
    const now = clock.now();
    const dueMs = spec.keepOrder === true ? Math.max(now + item.delayMs, lastDueMs) : now + item.delayMs;
    lastDueMs = dueMs;
    if (dueMs <= now) {
      shape(item);
      return;
    }
    const kept = beginWait(item);
    if (kept !== null) delayed.add(dueMs, kept);
  }

  /** Rate and queue. Each copy is a datagram of its own here: one may fit and the other not. */
  function shape(item: Item<Peer>): void {
    if (spec.rate === undefined) {
      deliver(item);
      return;
    }
    if (limit?.spec !== spec.rate) limit = createRateLimit(spec.rate);
    const now = clock.now();
    for (let copy = 0; copy < item.copies; copy += 1) {
      const single = { ...item, copies: 1 };
      const departMs = limit.admit(item.bytes.length, now);
      if (departMs === null) drop(single);
      else if (departMs <= now && queued.size() === 0) deliver(single);
      else {
        const kept = beginWait(single);
        if (kept !== null) queued.add(departMs, kept);
      }
    }
  }

  function drain(): Item<Peer>[] {
    cancelFlush?.();
    cancelFlush = null;
    // Nearest to the exit first.
    const items = [...queued.drain(), ...delayed.drain(), ...held.map((entry) => entry.item)];
    held = [];
    for (const item of items) endWait(item);
    return items;
  }

  return {
    push: (bytes, peer, sequence) => {
      const fate = fates.next(bytes.length);
      counters.in += 1;
      log.add(fate, sequence);
      lastTrafficMs = clock.now();
      options.fated?.(bytes, peer, fateOf(fate));
      if (fate.lost) {
        counters.lost += 1;
        return;
      }
      if (fate.flipBit !== null) counters.corrupted += 1;
      if (fate.duplicate) counters.duplicated += 1;
      const item = {
        n: fate.n,
        bytes: fate.flipBit === null ? bytes : flip(bytes, fate.flipBit),
        peer,
        copies: fate.duplicate ? 2 : 1,
        delayMs: fate.delayMs,
      };
      if (fate.hold) hold(item, spec.reorder?.distance ?? 1);
      else passOn(item);
    },
    setSpec: (next) => {
      spec = next;
      fates.setSpec(next);
    },
    flush: () => {
      for (const item of drain()) deliver(item);
    },
    abandon: () => {
      for (const item of drain()) counters.abandoned += item.copies;
    },
    counters,
    fates: log.list,
  };
}

const unharmed: DatagramFate = { dropped: null, copies: 1, isDamaged: false, isHeld: false, delayMs: 0 };

/** Null when nothing is done to it. */
function fateOf({ lost, flipBit, duplicate, hold, delayMs }: Fate): DatagramFate | null {
  if (lost) return { ...unharmed, dropped: "loss", copies: 0 };
  const isDamaged = flipBit !== null;
  if (!isDamaged && !duplicate && !hold && delayMs === 0) return null;
  return { dropped: null, copies: duplicate ? 2 : 1, isDamaged, isHeld: hold, delayMs };
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const damaged = new Uint8Array(bytes);
  const at = bit >> 3;
  damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
  return damaged;
}
