// Two entries that are one person, and one that was taken for two: a merge moves the conversation and counts what comes later to the
// entry that stays; undoing it gives each its own again. What the store kept under the old name stays there and is shown with the new.
import { trimOldest } from "./trim-oldest.js";
import { refuse } from "./compose.js";
import type { Answer } from "./input.js";
import type { MessageId, PeerId } from "./model.js";
import { memoryOf } from "./peer-memory.js";
import type { PeerRecord } from "./peers.js";
import type { PeerMemory, PeerMerge, SavedState } from "./saved.js";
import { publishPeer, remember } from "./world.js";
import type { World } from "./world.js";

interface Merged {
  readonly merge: PeerMerge;
  /** As it was; null when nothing was remembered of it. */
  readonly memory: PeerMemory | null;
  readonly moved: ReadonlySet<MessageId>;
  /** Its key, or what was decided about it, counts for the entry that stays. */
  readonly movedTrust: boolean;
}

export interface Merges {
  restore(state: SavedState): void;
  /** The machine found out that `from`, known by address only, is `into`. Its record is gone already. */
  noteAutomatic(from: PeerRecord, into: PeerRecord): void;
  merge(from: PeerId, into: PeerId): Answer;
  split(from: PeerId): Answer;
}

/** Merges that can be undone with their conversation in this run. */
const mergesLimit = 1_000;

export function createMerges(world: World): Merges {
  const { peers, log } = world;
  const merged = new Map<PeerId, Merged>();

  function note(from: PeerRecord, into: PeerRecord, automatic: boolean): void {
    const moved = new Set(Array.from(log.messages(from.id), ({ id }) => id));
    log.move(from.id, into.id);
    const movedTrust = world.trust.move(from.id, into.id);
    const merge = { from: from.id, into: into.id, at: world.now, automatic };
    merged.set(from.id, { merge, memory: memoryOf(from), moved, movedTrust });
    trimOldest(merged, mergesLimit);
    remember(world, { kind: "merge", merge });
    world.events.push({ kind: "peer-merged", from: from.id, into: peers.snapshot(into), at: world.now });
  }

  return {
    restore({ merges, peers: memories }) {
      for (const merge of merges.slice(0, mergesLimit)) {
        const memory = memories.find(({ id }) => id === merge.from) ?? null;
        merged.set(merge.from, { merge, memory, moved: new Set(), movedTrust: false });
        if (!merge.automatic) peers.setAlias(merge.from, merge.into);
      }
    },

    noteAutomatic: (from, into) => note(from, into, true),

    merge(from, into) {
      const [source, target] = [peers.get(from), peers.get(into)];
      if (source === undefined || target === undefined || source === target) {
        return refuse("no-such-peer", "no such peer", { peer: target === undefined ? into : from });
      }
      target.unread += source.unread;
      target.chosenCharset ??= source.chosenCharset;
      peers.forget(from);
      peers.setAlias(from, into);
      note(source, target, false);
      return { ok: true, messages: [] };
    },

    split(from) {
      const known = merged.get(from);
      if (known === undefined) return refuse("no-such-peer", "not merged", { peer: from });
      merged.delete(from);
      const into = peers.aliasOf(from) ?? known.merge.into;
      peers.setAlias(from, null);
      // Whoever was counted to it before goes with it again.
      for (const [id, { merge }] of merged) {
        if (merge.into === from && !merge.automatic) peers.setAlias(id, from);
      }
      remember(world, { kind: "unmerge", from });
      const peer = known.memory === null ? null : peers.restore(known.memory);
      if (peer === null) return { ok: true, messages: [] };
      log.move(into, from, known.moved);
      if (known.movedTrust) world.trust.move(into, from);
      world.events.push({
        kind: "peer-split",
        peer: peers.snapshot(peer),
        from: into,
        moved: [...known.moved],
        at: world.now,
      });
      publishPeer(world, "changed", peer);
      // It names one less that is counted to it.
      const left = peers.get(into);
      if (left !== undefined) publishPeer(world, "changed", left);
      return { ok: true, messages: [] };
    },
  };
}
