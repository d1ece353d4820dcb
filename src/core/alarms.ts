// What must happen later, ordered by time: a binary heap of alarms. Pure: the shell asks when to wake the machine and sends a tick.
// Alarms are never removed early; each handler checks whether its alarm still means something.
import type { Endpoint } from "../ports/transport.js";
import type { FilesAlarm } from "./files/signals.js";
import type { MessageId, PeerId } from "./model.js";
import type { PacketNo } from "../protocol/message.js";

export type Alarm =
  | { readonly kind: "announce"; readonly packetNo: PacketNo | null }
  | { readonly kind: "answer-entry"; readonly to: Endpoint; readonly peerId: PeerId }
  | {
      readonly kind: "repeat";
      readonly messageId: MessageId;
      readonly receiver: number;
      readonly attempt: number;
    }
  | { readonly kind: "key-question"; readonly to: string; readonly attempt: number }
  | { readonly kind: "read-receipt"; readonly packetNo: string; readonly attempt: number }
  | { readonly kind: "recall"; readonly packetNo: string; readonly attempt: number }
  | { readonly kind: "knock-late"; readonly peerId: PeerId; readonly at: number }
  | { readonly kind: "idle" }
  | { readonly kind: "typing-end"; readonly peerId: PeerId }
  | { readonly kind: "expire-queue" }
  | { readonly kind: "refresh-check"; readonly since: number }
  | { readonly kind: "host-list"; readonly round: number }
  | { readonly kind: "peers-question"; readonly peerId: PeerId }
  | { readonly kind: "told-address" }
  | { readonly kind: "segments" }
  | { readonly kind: "rooms-again" }
  | { readonly kind: "rooms-changed" }
  | { readonly kind: "exit-again"; readonly packetNo: PacketNo }
  | { readonly kind: "files"; readonly alarm: FilesAlarm };

export interface Alarms {
  set(at: number, alarm: Alarm): void;
  /** The next alarm due at `now`, taken out; null when none is. */
  take(now: number): Alarm | null;
  /** When the earliest is due; null when there is none. */
  next(): number | null;
  readonly size: number;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly alarm: Alarm;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export function createAlarms(): Alarms {
  const heap: Entry[] = [];
  let order = 0;

  function siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const a = heap[index];
      const b = heap[parent];
      if (a === undefined || b === undefined || !isBefore(a, b)) return;
      heap[index] = b;
      heap[parent] = a;
      index = parent;
    }
  }

  function siftDown(): void {
    let index = 0;
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        const a = heap[child];
        const b = heap[least];
        if (a !== undefined && b !== undefined && isBefore(a, b)) least = child;
      }
      const a = heap[index];
      const b = heap[least];
      if (least === index || a === undefined || b === undefined) return;
      heap[index] = b;
      heap[least] = a;
      index = least;
    }
  }

  return {
    set(at, alarm) {
      heap.push({ at, order: order++, alarm });
      siftUp(heap.length - 1);
    },
    take(now) {
      const first = heap[0];
      if (first === undefined || first.at > now) return null;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        siftDown();
      }
      return first.alarm;
    },
    next() {
      return heap[0]?.at ?? null;
    },
    get size() {
      return heap.length;
    },
  };
}
