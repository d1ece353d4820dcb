// What an earlier run left, put back before the start: peers (absent until they are heard), merges, what is unread, what waits.
import type { Merges } from "./merges.js";
import { everyone } from "./model.js";
import type { Message } from "./model.js";
import type { Queue } from "./queue.js";
import type { QueuedMessage, SavedState } from "./saved.js";
import type { World } from "./world.js";

export function restore(
  world: World,
  state: SavedState,
  waiting: readonly Message[],
  { merges, queue }: { readonly merges: Merges; readonly queue: Queue },
): void {
  const merged = new Set(state.merges.map(({ from }) => from));
  // The latest seen last: a full table gives up those longest silent.
  for (const memory of state.peers.toReversed()) {
    if (merged.has(memory.id)) continue;
    const peer = world.peers.restore(memory);
    if (peer === null) continue;
    peer.unread = state.unread[peer.id] ?? 0;
  }
  merges.restore(state);
  world.log.markEveryone(state.unread[everyone] ?? 0);
  for (const message of waiting) world.log.add(message);
  queue.restore(knownOf(state.queue, waiting));
}

/** One whose message is gone would be sent without anybody knowing. */
export function knownOf(
  queue: readonly QueuedMessage[],
  waiting: readonly Message[],
): readonly QueuedMessage[] {
  const known = new Set(waiting.map(({ id }) => id));
  return queue.filter(({ messageId }) => known.has(messageId));
}
