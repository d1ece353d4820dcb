// Received messages that the store does not hold yet: their acknowledgements wait, as an acknowledged message is a kept message.
// One whose storing failed stays here, so that its sender's repeat tries again instead of being acknowledged.
import { limits } from "./limits.js";
import type { MessageId } from "./model.js";
import type { Endpoint } from "../ports/transport.js";
import type { RequiredReply } from "../protocol/reply.js";

export interface Unstored {
  readonly messageId: MessageId;
  /** What its repeats have in common: the sender's run and the packet number. */
  readonly key: string;
  /** Its acknowledgement, and not its packet: what waits for the disk should not keep more alive than it needs. */
  readonly reply: RequiredReply | null;
  readonly from: Endpoint;
  hasFailed: boolean;
}

export interface UnstoredMessages {
  /** True when no more can wait; failed ones make room first. */
  isFull(): boolean;
  add(waiting: Unstored): void;
  find(key: string): Unstored | undefined;
  /** It is stored now: takes it out. */
  take(id: MessageId): Unstored | undefined;
  fail(id: MessageId): void;
}

export function createUnstored(): UnstoredMessages {
  /** Oldest first. */
  const byId = new Map<MessageId, Unstored>();
  const byKey = new Map<string, Unstored>();

  function remove(waiting: Unstored): void {
    byId.delete(waiting.messageId);
    if (byKey.get(waiting.key) === waiting) byKey.delete(waiting.key);
  }

  return {
    isFull() {
      if (byId.size < limits.unstoredMessages) return false;
      for (const waiting of byId.values()) {
        if (!waiting.hasFailed) continue;
        remove(waiting);
        return false;
      }
      return true;
    },
    add(waiting) {
      byId.set(waiting.messageId, waiting);
      byKey.set(waiting.key, waiting);
    },
    find: (key) => byKey.get(key),
    take(id) {
      const waiting = byId.get(id);
      if (waiting !== undefined) remove(waiting);
      return waiting;
    },
    fail(id) {
      const waiting = byId.get(id);
      if (waiting !== undefined) waiting.hasFailed = true;
    },
  };
}
