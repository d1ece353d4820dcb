// The queue of a history that several programs use: what another one put there and left is ours as soon as we see it, and what became of
// a message that another one sends is told here as if we had sent it. Called for each look at the history (node.ts).
import type { Outbox } from "./delivery.js";
import type { Message } from "./model.js";
import { knownOf } from "./restore.js";
import type { SharedQueue } from "./saved.js";
import type { World } from "./world.js";

export function takeUp(world: World, { free, gone, messages }: SharedQueue, outbox: Outbox): void {
  const { queue } = outbox;
  for (const key of gone) {
    // Sent from here meanwhile: then nobody else has it.
    if (!queue.elsewhere(key, key.isOver)) continue;
    const kept = messages.find(({ id }) => id === key.messageId);
    outbox.toldByStore(key, kept ?? null, key.isOver);
  }
  for (const key of free) queue.left(key);
  takeFresh(world, free, messages, outbox);
}

function takeFresh(
  world: World,
  free: SharedQueue["free"],
  messages: readonly Message[],
  { queue }: Outbox,
): void {
  const fresh = knownOf(free, messages).filter(({ messageId, peerId }) => !queue.holds(messageId, peerId));
  for (const message of messages) {
    if (world.log.get(message.id) !== undefined || !fresh.some(({ messageId }) => messageId === message.id))
      continue;
    world.log.add(message);
    world.events.push({ kind: "message", message });
  }
  queue.restore(fresh);
  for (const id of new Set(fresh.map(({ peerId }) => peerId))) {
    const peer = world.peers.get(id);
    if (peer !== undefined) queue.heard(peer);
  }
}
