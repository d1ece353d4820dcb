// Where a message stands, by its id, in some twenty bytes a message: a Map with its keys takes five times that. An open table of
// numbers only; whose id stands at a place is asked of the caller. Used by conversations.ts.
import type { MessageId } from "./model.js";

/** Thread and number of a message. */
export interface Place {
  readonly thread: number;
  readonly number: number;
}

export interface IdIndex {
  readonly size: number;
  add(id: MessageId, place: Place): void;
  find(id: MessageId): Place | undefined;
  /** Takes out what was added with these two; the message itself may be gone already. */
  remove(id: MessageId, place: Place): void;
}

const smallest = 64;
/** Fuller than this, looking takes long. */
const fullest = 0.8;

/** FNV-1a, 32 bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hash;
}

export function createIdIndex(idAt: (place: Place) => MessageId | undefined): IdIndex {
  let hashes = new Int32Array(smallest);
  /** One more than the number of the thread; 0 is an empty slot. */
  let threads = new Uint32Array(smallest);
  let numbers = new Uint32Array(smallest);
  let size = 0;

  function next(slot: number): number {
    return (slot + 1) & (threads.length - 1);
  }

  function slotFor(hash: number): number {
    let slot = hash & (threads.length - 1);
    while (threads[slot] !== 0) slot = next(slot);
    return slot;
  }

  function fill(hash: number, thread: number, number: number): void {
    const slot = slotFor(hash);
    hashes[slot] = hash;
    threads[slot] = thread;
    numbers[slot] = number;
  }

  function placeIn(slot: number): Place {
    return { thread: (threads[slot] ?? 0) - 1, number: numbers[slot] ?? 0 };
  }

  function resize(length: number): void {
    const old = { hashes, threads, numbers };
    hashes = new Int32Array(length);
    threads = new Uint32Array(length);
    numbers = new Uint32Array(length);
    for (let slot = 0; slot < old.threads.length; slot++) {
      const thread = old.threads[slot] ?? 0;
      if (thread !== 0) fill(old.hashes[slot] ?? 0, thread, old.numbers[slot] ?? 0);
    }
  }

  function slotWhere(id: MessageId, isIt: (slot: number) => boolean): number | undefined {
    const hash = hashOf(id);
    for (let slot = hash & (threads.length - 1); threads[slot] !== 0; slot = next(slot)) {
      if (hashes[slot] === hash && isIt(slot)) return slot;
    }
    return undefined;
  }

  return {
    get size() {
      return size;
    },
    add(id, { thread, number }) {
      if (size + 1 > threads.length * fullest) resize(threads.length * 2);
      fill(hashOf(id), thread + 1, number);
      size++;
    },
    find(id) {
      const slot = slotWhere(id, (one) => idAt(placeIn(one)) === id);
      return slot === undefined ? undefined : placeIn(slot);
    },
    remove(id, { thread, number }) {
      let hole = slotWhere(id, (one) => threads[one] === thread + 1 && numbers[one] === number);
      if (hole === undefined) return;
      size--;
      threads[hole] = 0;
      // What came to stand behind it because it was in the way moves up, so that no search ends too early.
      for (let slot = next(hole); threads[slot] !== 0; slot = next(slot)) {
        const home = (hashes[slot] ?? 0) & (threads.length - 1);
        const isBetween = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
        if (isBetween) continue;
        hashes[hole] = hashes[slot] ?? 0;
        threads[hole] = threads[slot] ?? 0;
        numbers[hole] = numbers[slot] ?? 0;
        threads[slot] = 0;
        hole = slot;
      }
      if (threads.length > smallest && size < threads.length / 8) resize(threads.length / 2);
    },
  };
}
