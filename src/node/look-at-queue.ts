// A look at the queue of a history that other programs may use too: what is new there, and what became of messages that waited with us.
// Asks the store and compares; what follows from it is the machine's (core/take-up.ts). Called by node.ts every few seconds.
import type { Machine } from "../core/machine.js";
import type { QueuedKey, SharedQueue } from "../core/saved.js";
import type { HistoryStore } from "../ports/history-store.js";

const keyOf = ({ messageId, peerId }: QueuedKey): string => `${messageId} ${peerId}`;

/** What differs from what the machine knows; null as a rule. */
export async function lookAtQueue(
  history: HistoryStore,
  machine: Pick<Machine, "waiting" | "waitingIdly">,
): Promise<SharedQueue | null> {
  // Before the question: what is put there later may be missing in the answer.
  const idle = machine.waitingIdly();
  const known = new Set(machine.waiting().map(({ id }) => id));
  const rows = await history.waiting();
  if (rows === null) return null;
  const taken = new Map(rows.map(({ queued, isTaken }) => [keyOf(queued), isTaken]));
  const free = rows.flatMap(({ queued, isTaken }) => (isTaken ? [] : [queued]));
  const gone = idle
    .filter((key) => taken.get(keyOf(key)) !== false)
    .map(({ messageId, peerId }) => ({
      messageId,
      peerId,
      isOver: !taken.has(keyOf({ messageId, peerId })),
    }));
  const fresh = free.filter(({ messageId }) => !known.has(messageId));
  const isAnyBack = idle.some((key) => key.isElsewhere && taken.get(keyOf(key)) === false);
  if (gone.length === 0 && fresh.length === 0 && !isAnyBack) return null;
  const ids = new Set([...gone, ...fresh].map(({ messageId }) => messageId));
  const kept = await Promise.all([...ids].map((id) => history.message(id)));
  return { free, gone, messages: kept.filter((one) => one !== null).map(({ message }) => message) };
}
