// The packets that may still be acknowledged, by our packet number: who was sent what, from where a confirmation may come. Bounded; what is
// pushed out is given up by its owner. Used by delivery.ts.
import { formatEndpoint } from "./endpoint.js";
import { limits, timers } from "./limits.js";
import type { MessageId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import type { QueuedMessage } from "./saved.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";

/** One packet to one receiver that may still be acknowledged. */
export interface Pending {
  readonly messageId: MessageId;
  /** Index into the message's `to` and `deliveries`. */
  readonly receiver: number;
  bytes: Uint8Array;
  readonly retries: number;
  /** The receiver was named by its address: that stays, wherever the peer goes. */
  readonly isFixed: boolean;
  to: Endpoint;
  /** Addresses with and without port: an acknowledgement from anywhere else is forged or astray. */
  readonly sentTo: Set<string>;
  firstSentAt: number;
  attempt: number;
  /** Not 1 when it was tried before. */
  readonly firstAttempt: number;
  settled: boolean;
  /** It is, or was to be, in the queue: without a confirmation it waits there. */
  readonly queued: QueuedMessage | null;
  /** To be told when it cannot go as it was meant to. */
  readonly refused?: ((peer: PeerRecord) => void) | undefined;
}

export interface PendingTable {
  add(packetNo: string, entry: Pending): void;
  /** A message from the queue goes under a number of its own, later than it was written. */
  addQueued(packetNo: string, entry: Pending): void;
  has(packetNo: string): boolean;
  /** The packet of a message to one of its receivers, as long as it may still be acknowledged. */
  of(id: MessageId, receiver: number): Pending | undefined;
  /** The exact address first, as several receivers may share one machine; then one at that machine that still waits. */
  confirmedBy(packetNo: string, from: Endpoint): Pending | undefined;
}

/** `pushedOut` hears of each that has to go before it was settled. */
export function createPendingTable(
  world: Pick<World, "log" | "now">,
  pushedOut: (entry: Pending) => void,
): PendingTable {
  /** Oldest first; settled ones stay for late acknowledgements until pushed out or too old. */
  const pending = new Map<string, Pending[]>();
  let count = 0;
  /** Packet numbers that are not those of their message. */
  const otherNumbers = new Map<string, string>();

  function add(packetNo: string, entry: Pending): void {
    const list = pending.get(packetNo);
    if (list === undefined) pending.set(packetNo, [entry]);
    else list.push(entry);
    count++;
    for (const [number, entries] of pending) {
      const first = entries[0];
      const isOld = first !== undefined && world.now - first.firstSentAt > timers.seenMs;
      if (!isOld && count <= limits.pendingMessages) break;
      pending.delete(number);
      count -= entries.length;
      for (const gone of entries) {
        otherNumbers.delete(`${gone.messageId} ${gone.receiver}`);
        if (!gone.settled) pushedOut(gone);
      }
    }
  }

  return {
    add,
    addQueued(packetNo, entry) {
      otherNumbers.set(`${entry.messageId} ${entry.receiver}`, packetNo);
      add(packetNo, entry);
    },
    has: (packetNo) => pending.has(packetNo),
    of(id, receiver) {
      const packetNo = otherNumbers.get(`${id} ${receiver}`) ?? world.log.get(id)?.packetNo;
      if (packetNo === undefined) return undefined;
      return pending.get(packetNo)?.find((one) => one.messageId === id && one.receiver === receiver);
    },
    confirmedBy(packetNo, from) {
      const exact = formatEndpoint(from);
      let found: Pending | undefined;
      for (const entry of pending.get(packetNo) ?? []) {
        if (entry.sentTo.has(exact)) return entry;
        if (entry.sentTo.has(from.address) && (found === undefined || found.settled)) found = entry;
      }
      return found;
    },
  };
}
