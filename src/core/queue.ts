// Messages that wait for absent receivers: kept by the store, sent one after the other in the order of writing once a receiver shows a
// sign of life, and kept until it confirms. The packet number of a first sending is in the store before the packet is on the wire, so a
// sending after a crash is a repeat that the receiver knows. How one is sent is the outbox's business.
import type { Refusal } from "./compose.js";
import { limits } from "./limits.js";
import type { MessageId, PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import type { QueuedKey, QueuedMessage } from "./saved.js";
import { remember } from "./world.js";
import type { ErrorCode } from "../ports/error.js";
import type { World } from "./world.js";

interface Waiting {
  queued: QueuedMessage;
  /**
   * `keeping`: its number is on the way to the disk; `sending`: its packet may be confirmed at any time; `elsewhere`: another program with
   * our history sends it, and what becomes of it stands there.
   */
  phase: "waiting" | "keeping" | "sending" | "elsewhere";
}

/** One that is not being sent from here. */
export interface IdleMessage extends QueuedKey {
  /** As far as we know another program sends it. */
  readonly isElsewhere: boolean;
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
  /** Those that are not being sent from here, each for each receiver: another program may send them, or have sent them. */
  idle(): readonly IdleMessage[];
  /** Another program sends it, or has (`isOver`); false when it is being sent from here. */
  elsewhere(key: QueuedKey, isOver: boolean): boolean;
  /** The other program left it. */
  left(key: QueuedKey): void;
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

  /** What is written to somebody who is not logged waits in memory, as long as the program runs: nothing of it comes to the disk. */
  function isKept({ peerId }: QueuedMessage): boolean {
    return world.peers.get(peerId)?.policy.unlogged !== true;
  }

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
    if (!world.options.storing || !isKept(waiting.queued)) {
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

  function nextIfThere(id: PeerId): void {
    const peer = world.peers.get(id);
    if (peer !== undefined && peer.state !== "offline" && !world.stopping) next(id);
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

  function isIdle({ phase }: Waiting): boolean {
    return phase === "waiting" || phase === "elsewhere";
  }

  return {
    add(queued) {
      if (count >= limits.queuedMessages) return false;
      put(queued);
      if (isKept(queued)) remember(world, { kind: "queue", queued, claims: false });
      return true;
    },

    restore(list) {
      for (const queued of list.slice(0, limits.queuedMessages)) put(queued);
    },

    has: (peer) => byPeer.has(peer),

    ids: () => [...new Set([...byPeer.values()].flat().map(({ queued }) => queued.messageId))].toSorted(),

    holds: (id, peer) => find(id, peer) !== undefined,

    idle: () =>
      [...byPeer.values()]
        .flat()
        .filter((waiting) => isIdle(waiting) && isKept(waiting.queued))
        .map(({ queued: { messageId, peerId }, phase }) => ({
          messageId,
          peerId,
          isElsewhere: phase === "elsewhere",
        })),

    elsewhere({ messageId, peerId }, isOver) {
      const waiting = find(messageId, peerId);
      if (waiting === undefined || !isIdle(waiting)) return false;
      waiting.phase = "elsewhere";
      if (isOver) {
        forget(waiting);
        nextIfThere(peerId);
      }
      return true;
    },

    left({ messageId, peerId }) {
      const waiting = find(messageId, peerId);
      if (waiting?.phase !== "elsewhere") return;
      waiting.phase = "waiting";
      nextIfThere(peerId);
    },

    heard(peer) {
      if (byPeer.has(peer.id)) nextIfThere(peer.id);
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
        waiting.phase = code === "queue-taken" ? "elsewhere" : "waiting";
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
        if (expiresAt === null || expiresAt > world.now) continue;
        if (waiting.phase === "sending" || waiting.phase === "elsewhere") continue;
        drop(waiting);
        const fields = { peer: peerId, messageId };
        world.events.push({ kind: "notice", code: "queue-expired", fields, messageId, at: world.now });
      }
    },
  };
}
