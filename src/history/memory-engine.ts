// The history in memory: for tests, for a look at what the real store must do, and for who wants a history of this run only. Every
// search is a plain filter. Keeps rows, as the real one does, so that a message comes back as from disk.
import { everyone } from "../core/model.js";
import type { Delivery, MessageId, PeerId } from "../core/model.js";
import { matchesSearch } from "../core/search-match.js";
import type { KeptOffer, PeerMemory, PeerMerge, QueuedMessage } from "../core/saved.js";
import {
  conversationsOf,
  hasOtherText,
  messageOf,
  placeAt,
  placesPerMs,
  rowFlags,
  rowOf,
  subjectOf,
} from "./message-row.js";
import type { MessageRow } from "./message-row.js";
import type { KeptMessage, LedgerLine, RemoveRequest } from "../ports/history-store.js";
import type { EngineWrite, HistoryEngine } from "./engine.js";

interface Kept {
  readonly place: number;
  row: MessageRow;
  readonly ledger: LedgerLine[];
}

/** Unread messages counted per conversation; more are "many". */
export const unreadLimit = 99;
/** Messages whose repeats are known after a start. */
/** Offers given back at the start, the latest. */
export const keptOffers = 1_000;

export const recentLimit = 2_000;

export function createMemoryEngine(): HistoryEngine {
  const byId = new Map<string, Kept>();
  const places = new Set<number>();
  /** By place. */
  let ordered: Kept[] = [];
  const peers = new Map<PeerId, PeerMemory>();
  const merges = new Map<PeerId, PeerMerge>();
  const queue = new Map<string, QueuedMessage>();
  const marks = new Map<PeerId, number>();
  const values = new Map<string, string>();
  const offers = new Map<string, KeptOffer>();
  let last = 0;

  function add(row: MessageRow, isLive: boolean): boolean {
    if (byId.has(row.id)) return false;
    let place = isLive ? Math.max(placeAt(row.at), last + 1) : placeAt(row.at);
    while (places.has(place)) place++;
    if (isLive && place < placeAt(row.at) + placesPerMs * 1_000) last = place;
    const kept: Kept = { place, row: { ...row, raw: row.raw.slice() }, ledger: [] };
    byId.set(row.id, kept);
    places.add(place);
    const before = ordered.findLastIndex((one) => one.place < place);
    ordered.splice(before + 1, 0, kept);
    for (const delivery of row.deliveries) note(delivery);
    return true;
  }

  function change(row: MessageRow): void {
    const kept = byId.get(row.id);
    if (kept === undefined) return;
    const { flags, text, shown, more, options } = row;
    kept.row = { ...kept.row, flags, text, shown, more, options };
  }

  function note(delivery: Delivery): void {
    const kept = byId.get(delivery.messageId);
    if (kept === undefined) return;
    const receiver = kept.row.deliveries.findIndex((one) => one.peerId === delivery.peerId);
    if (receiver < 0) return;
    const at = kept.ledger.findIndex(
      (line) => line.receiver === receiver && line.attempt === delivery.attempt,
    );
    const line: LedgerLine = { ...delivery, receiver };
    if (at < 0) kept.ledger.push(line);
    else kept.ledger[at] = line;
    kept.ledger.sort((a, b) => a.receiver - b.receiver || a.attempt - b.attempt);
    const deliveries = kept.row.deliveries.map((old) =>
      old.peerId === delivery.peerId && delivery.attempt >= old.attempt ? delivery : old,
    );
    kept.row = { ...kept.row, deliveries };
  }

  function keptMessage({ place, row }: Kept): KeptMessage {
    return { place, group: row.group, message: messageOf(row) };
  }

  function idsOf(conversation: PeerId): ReadonlySet<string> {
    return mergedInto(conversation, merges.values());
  }

  function writeOne(item: EngineWrite): void {
    switch (item.kind) {
      case "message":
        add(rowOf(item.message, item.group), true);
        return;
      case "row":
        add(item.row, true);
        return;
      case "change":
        change(rowOf(item.message, ""));
        return;
      case "change-row":
        change(item.row);
        return;
      case "delivery":
        note(item.delivery);
        return;
      case "peer":
        peers.set(item.peer.id, item.peer);
        return;
      case "forget-peer":
        peers.delete(item.id);
        return;
      case "read":
        marks.set(item.conversation, item.at);
        return;
      case "merge":
        merges.set(item.merge.from, item.merge);
        return;
      case "unmerge":
        merges.delete(item.from);
        return;
      case "queue":
        queue.set(`${item.queued.messageId} ${item.queued.peerId}`, item.queued);
        return;
      case "unqueue":
        queue.delete(`${item.messageId} ${item.peerId}`);
        return;
      case "offer":
        offers.set(item.offer.offer.offerId, item.offer);
        return;
      case "value":
        if (item.value === null) values.delete(item.name);
        else values.set(item.name, item.value);
        return;
      default: {
        const never: never = item;
        return never;
      }
    }
  }

  function remove(fits: (kept: Kept) => boolean): number {
    const gone = ordered.filter(fits);
    for (const { row, place } of gone) {
      byId.delete(row.id);
      offers.delete(row.id);
      for (const [key, queued] of queue) if (queued.messageId === row.id) queue.delete(key);
      places.delete(place);
    }
    ordered = ordered.filter((kept) => byId.has(kept.row.id));
    return gone.length;
  }

  const queueInOrder = (): readonly QueuedMessage[] =>
    [...queue.values()].toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));

  function unreadOf(conversation: PeerId): number {
    const ids = idsOf(conversation);
    const mark = marks.get(conversation) ?? -1;
    const unread = ordered.filter(
      ({ row }) => isIn(row, ids) && row.at > mark && (row.flags & rowFlags.out) === 0,
    );
    return Math.min(unreadLimit, unread.length);
  }

  return {
    write(items) {
      for (const item of items) writeOne(item);
    },
    state(recentSinceMs = 0) {
      const conversations = new Set(ordered.map(({ row }) => rootOf(row.conversation, merges)));
      const unread = Object.fromEntries(
        [...conversations].map((id) => [id, unreadOf(id)] as const).filter(([, count]) => count > 0),
      );
      return {
        peers: [...peers.values()].toSorted((a, b) => b.lastSeen - a.lastSeen),
        merges: [...merges.values()],
        queue: queueInOrder(),
        unread,
        offers: [...offers]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .slice(-keptOffers)
          .map(([, offer]) => offer),
        recent: ordered
          .filter(({ row }) => (row.flags & rowFlags.out) === 0 && row.at >= recentSinceMs)
          .slice(-recentLimit)
          .map(({ row }) => {
            const { peerId, packetNo, at, text } = messageOf(row);
            const recent = { peerId: peerId ?? everyone, packetNo, at, text, address: row.address };
            return hasOtherText(row) ? { ...recent, wire: row.raw } : recent;
          }),
      };
    },
    waiting: () => queueInOrder().map((queued) => ({ queued, isTaken: false })),
    value: (name) => values.get(name) ?? null,
    page({ conversation, before, after, sinceMs, limit }) {
      const ids = conversation === null ? null : idsOf(conversation);
      const all = ids === null ? ordered : ordered.filter(({ row }) => isIn(row, ids));
      const isForward = after !== undefined || sinceMs !== undefined;
      const from = isForward
        ? all.findIndex(({ place, row }) => (after === undefined ? row.at >= (sinceMs ?? 0) : place > after))
        : -1;
      const end = before === undefined ? all.length : all.findIndex(({ place }) => place >= before);
      const stop = end < 0 ? all.length : end;
      const first = isForward ? (from < 0 ? all.length : from) : Math.max(0, stop - limit);
      const past = isForward ? Math.min(all.length, first + limit) : stop;
      return {
        messages: all.slice(first, past).map(keptMessage),
        hasOlder: first > 0,
        hasNewer: past < all.length,
      };
    },
    message(id) {
      const kept = byId.get(id);
      return kept === undefined ? null : keptMessage(kept);
    },
    ledger: (id) => [...(byId.get(id)?.ledger ?? [])],
    conversations() {
      const found = new Map<PeerId, { name: string; messages: number; lastAt: number }>();
      for (const { row } of ordered) {
        const id = rootOf(row.conversation, merges);
        const messages = (found.get(id)?.messages ?? 0) + 1;
        found.set(id, { name: row.peerName, messages, lastAt: row.at });
      }
      return [...found].map(([id, summary]) => ({ id, ...summary })).toSorted((a, b) => b.lastAt - a.lastAt);
    },
    search({ query, conversation, before, limit }) {
      const ids = conversation === undefined ? null : idsOf(conversation);
      const hits = ordered.filter(
        ({ place, row }) =>
          (before === undefined || place < before) &&
          (ids === null || isIn(row, ids)) &&
          matchesSearch(query, subjectOf(row)),
      );
      const newest = hits.slice(-limit).toReversed();
      return {
        hits: newest.map(keptMessage),
        next: hits.length > newest.length ? (newest.at(-1)?.place ?? null) : null,
      };
    },
    rewrite(changes) {
      for (const { id, text, displayText, charset, charsetReason } of changes) {
        const kept = byId.get(id);
        if (kept === undefined) continue;
        const shown = displayText === text ? null : displayText;
        kept.row = { ...kept.row, text, shown, charset, reason: charsetReason };
      }
    },
    import(messages) {
      let added = 0;
      for (const { message, group } of messages) if (add(rowOf(message, group), false)) added++;
      for (const { message } of messages) {
        const old = marks.get(message.conversation);
        marks.set(message.conversation, Math.max(old ?? 0, message.at));
      }
      return { added, known: messages.length - added };
    },
    removeSome: (request) => remove((kept) => isMeant(kept.row, request, idsOf)),
    retainSome: ({ beforeMs, maxBytes }) => {
      const waiting = new Set(Array.from(queue.values(), ({ messageId }) => String(messageId)));
      const old = remove(({ row }) => beforeMs !== null && row.at < beforeMs && !waiting.has(row.id));
      if (old > 0 || sizeOf(ordered) <= (maxBytes ?? Infinity)) return old;
      const oldest = ordered.find(({ row }) => !waiting.has(row.id));
      return remove((kept) => kept === oldest);
    },
    sizes: () => ({ messages: ordered.length, bytes: sizeOf(ordered), unindexed: 0 }),
    check: () => [],
    indexSome: () => false,
    close: () => undefined,
  };
}

function isIn(row: MessageRow, ids: ReadonlySet<string>): boolean {
  return conversationsOf(row).some((id) => ids.has(id));
}

function sizeOf(kept: readonly Kept[]): number {
  return kept.reduce((sum, { row }) => sum + row.raw.length + 2 * row.text.length + 100, 0);
}

function isMeant(
  row: MessageRow,
  { ids, conversation, beforeMs }: RemoveRequest,
  idsOf: (id: PeerId) => ReadonlySet<string>,
): boolean {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the id of a message
  if (ids !== undefined && !ids.includes(row.id as MessageId)) return false;
  if (conversation !== undefined && !isIn(row, idsOf(conversation))) return false;
  return beforeMs === undefined || row.at < beforeMs;
}

/** A conversation and all that were merged into it, directly or on the way. */
export function mergedInto(conversation: PeerId, merges: Iterable<PeerMerge>): ReadonlySet<string> {
  const list = [...merges];
  const ids = new Set<string>([conversation]);
  // A set that grows while it is walked: those merged into the merged ones come too.
  for (const id of ids) for (const { from, into } of list) if (into === id) ids.add(from);
  return ids;
}

/** Where a conversation belongs now. */
export function rootOf(conversation: string, merges: ReadonlyMap<PeerId, PeerMerge>): PeerId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- names of conversations are peer ids
  let id = conversation as PeerId;
  const walked = new Set<PeerId>();
  for (let merge = merges.get(id); merge !== undefined && !walked.has(id); merge = merges.get(id)) {
    walked.add(id);
    id = merge.into;
  }
  return id;
}
