// Messages that wait for absent receivers: kept by the store, sent one after the other in the order of writing once a receiver shows a
// sign of life, and kept until it confirms. The packet number of a first sending is in the store before the packet is on the wire, so a
// sending after a crash is a repeat that the receiver knows. How one is sent is the outbox's business.
import type { Refusal } from "./compose.js";
import { limits } from "./limits.js";
import type { MessageId, PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import type { QueuedMessage } from "./saved.js";
import { remember } from "./world.js";
import type { ErrorCode } from "../ports/error.js";
import type { World } from "./world.js";

interface Waiting {
  queued: QueuedMessage;
  /** `keeping`: its number is on the way to the disk; `sending`: its packet may be confirmed at any time. */
  phase: "waiting" | "keeping" | "sending";
}

export interface QueueParts {
  /** Sends with the packet number given; a refusal is final. */
  send(queued: QueuedMessage): Refusal | null;
  /** It will not be sent any more. */
  end(queued: QueuedMessage, state: "cancelled" | "unconfirmed"): void;
}

export interface Queue {
  /** False when no more can wait. */
  add(queued: QueuedMessage): boolean;
  /** From an earlier run: kept already. */
  restore(list: readonly QueuedMessage[]): void;
  /** Something waits for this peer, or is being sent to it from here. */
  has(peer: PeerId): boolean;
  /** In the order of writing, each once. */
  ids(): readonly MessageId[];
  holds(id: MessageId, peer: PeerId): boolean;
  /** A sign of life: the next one goes. */
  heard(peer: PeerRecord): void;
  stored(id: MessageId): void;
  storeFailed(id: MessageId, code: ErrorCode): void;
  /** What became of one that was sent: done, or it waits for the next sign of life. */
  settled(id: MessageId, peer: PeerId, isDone: boolean): void;
  /** Takes back what waits; false when nothing did. */
  cancel(id: MessageId): boolean;
  expire(): void;
}

export function createQueue(world: World, parts: QueueParts): Queue {
  /** In the order of sending. */
  const byPeer = new Map<PeerId, Waiting[]>();
  let count = 0;

  function put(queued: QueuedMessage): void {
    const list = byPeer.get(queued.peerId);
    const waiting: Waiting = { queued, phase: "waiting" };
    if (list === undefined) byPeer.set(queued.peerId, [waiting]);
    else {
      // One that was not confirmed goes back to where it was: ids grow with time.
      const isLast = (list.at(-1)?.queued.messageId ?? "") < queued.messageId;
      const after = isLast ? -1 : list.findIndex((other) => other.queued.messageId > queued.messageId);
      list.splice(after < 0 ? list.length : after, 0, waiting);
    }
    count += 1;
    if (queued.expiresAt !== null) world.alarms.set(queued.expiresAt, { kind: "expire-queue" });
  }

  function take(waiting: Waiting): void {
    const { queued } = waiting;
    forget(waiting);
    remember(world, { kind: "unqueue", messageId: queued.messageId, peerId: queued.peerId });
  }

  function forget({ queued }: Waiting): void {
    const list = byPeer.get(queued.peerId) ?? [];
    const rest = list.filter((other) => other.queued !== queued);
    if (rest.length === 0) byPeer.delete(queued.peerId);
    else byPeer.set(queued.peerId, rest);
    count -= list.length - rest.length;
  }

  function find(id: MessageId, peer: PeerId): Waiting | undefined {
    return byPeer.get(peer)?.find(({ queued }) => queued.messageId === id);
  }

  function send(waiting: Waiting): void {
    waiting.phase = "sending";
    const refused = parts.send(waiting.queued);
    if (refused === null) return;
    const { queued } = waiting;
    world.events.push({
      kind: "notice",
      code: refused.code,
      fields: refused.fields,
      messageId: queued.messageId,
      at: world.now,
    });
    take(waiting);
    parts.end(queued, "unconfirmed");
  }

  function begin(waiting: Waiting): void {
    if (waiting.queued.packetNo === null) {
      waiting.queued = { ...waiting.queued, packetNo: world.numbers.next(world.now) };
    }
    if (!world.options.storing) {
      send(waiting);
      return;
    }
    waiting.phase = "keeping";
    remember(world, { kind: "queue", queued: waiting.queued, claims: true }, waiting.queued.messageId);
  }

  function next(peer: PeerId): void {
    const first = byPeer.get(peer)?.[0];
    // One at a time, so that they arrive in order.
    if (first?.phase === "waiting") begin(first);
  }

  function keeping(id: MessageId): readonly Waiting[] {
    return [...byPeer.values()]
      .map(([first]) => first)
      .filter((first) => first !== undefined)
      .filter(({ queued, phase }) => queued.messageId === id && phase === "keeping");
  }

  function drop(waiting: Waiting): void {
    take(waiting);
    parts.end(waiting.queued, "cancelled");
  }

  return {
    add(queued) {
      if (count >= limits.queuedMessages) return false;
      put(queued);
      remember(world, { kind: "queue", queued, claims: false });
      return true;
    },

    restore(list) {
      for (const queued of list.slice(0, limits.queuedMessages)) put(queued);
    },

    has: (peer) => byPeer.has(peer),

    ids: () => [...new Set([...byPeer.values()].flat().map(({ queued }) => queued.messageId))].toSorted(),

    holds: (id, peer) => find(id, peer) !== undefined,

    heard(peer) {
      if (!world.stopping && peer.state !== "offline" && byPeer.has(peer.id)) next(peer.id);
    },

    stored(id) {
      for (const waiting of keeping(id)) {
        const isThere = world.peers.get(waiting.queued.peerId)?.state !== "offline" && !world.stopping;
        if (isThere) send(waiting);
        else waiting.phase = "waiting";
      }
    },

    storeFailed(id, code) {
      for (const waiting of keeping(id)) {
        // Another program with our history sends it.
        if (code === "queue-taken") forget(waiting);
        else waiting.phase = "waiting";
      }
    },

    settled(id, peer, isDone) {
      const waiting = find(id, peer);
      if (waiting === undefined) return;
      if (!isDone) {
        waiting.phase = "waiting";
        return;
      }
      take(waiting);
      next(peer);
    },

    cancel(id) {
      const all = [...byPeer.values()].flat().filter(({ queued }) => queued.messageId === id);
      for (const waiting of all) drop(waiting);
      return all.length > 0;
    },

    expire() {
      for (const waiting of [...byPeer.values()].flat()) {
        const { expiresAt, messageId, peerId } = waiting.queued;
        if (expiresAt === null || expiresAt > world.now || waiting.phase === "sending") continue;
        drop(waiting);
        const fields = { peer: peerId, messageId };
        world.events.push({ kind: "notice", code: "queue-expired", fields, messageId, at: world.now });
      }
    },
  };
}
