// A copy of what a machine shows, kept up to date by its events alone: for a program that looks at a node in another process. Pure and
// read-only, as every front end is: it decides nothing, and what its owner says counts. What changes without an event (when a peer was
// last heard, repeats dropped) is as old as the peer's last event.
import { trimOldest } from "./trim-oldest.js";
import { createMessageLog, conversationOf } from "./conversations.js";
import type { Event } from "./event.js";
import type { Offer, OfferId, Picture, Transfer, TransferId } from "./files/model.js";
import { fileLimits, limits } from "./limits.js";
import { everyone } from "./model.js";
import type { Delivery, Diagnostics, Message, MessageId, Peer, PeerId, Room, Self } from "./model.js";
import { rereadLog } from "./reread.js";
import type { View } from "./view.js";
import type { LocalNetwork } from "../ports/transport.js";
import type { TextCodec } from "../protocol/text-codec.js";

/** Everything there is to see at one moment, between two events. */
export interface Snapshot {
  readonly self: Self;
  readonly network: LocalNetwork | null;
  readonly peers: readonly Peer[];
  /** Newest messages, oldest first; each once, also one that stands in several conversations. */
  readonly messages: readonly Message[];
  readonly unreadEveryone: number;
  readonly rooms: readonly Room[];
  readonly diagnostics: Diagnostics;
  readonly offers: readonly Offer[];
  readonly transfers: readonly Transfer[];
  readonly pictures: readonly Picture[];
}

export interface Mirror extends View {
  /** Takes an event in; to be called in order, before anybody else hears of it. */
  apply(event: Event): void;
  setDiagnostics(diagnostics: Diagnostics): void;
  /** Takes a new snapshot after a gap, and tells as events what became different. Messages it no longer holds are kept. */
  renew(snapshot: Snapshot, at: number): readonly Event[];
}

/** `codec` reads messages anew when the owner of the state does. */
export function createMirror(first: Snapshot, codec: TextCodec): Mirror {
  const log = createMessageLog();
  const peers = new Map<PeerId, Peer>();
  const offers = new Map<OfferId, Offer>();
  const transfers = new Map<TransferId, Transfer>();
  const pictures = new Map<string, Picture>();
  const rooms = new Map<PeerId, Room>();
  const queued = new Set<MessageId>();
  let shown: readonly Peer[] | null = null;
  let { self, network, diagnostics } = first;

  function setPeer(peer: Peer): void {
    peers.set(peer.id, peer);
    shown = null;
    if (peers.size <= limits.peers) return;
    // The owner gave somebody up to make room and had no reason to tell of it.
    for (const one of peers.values()) {
      if (one.state !== "offline" && one.dialect !== "raw") continue;
      peers.delete(one.id);
      return;
    }
  }

  function noteQueued(message: Message): void {
    if (message.deliveries.some(({ state }) => state === "queued")) queued.add(message.id);
    else queued.delete(message.id);
  }

  function addMessage(message: Message): void {
    noteQueued(message);
    if (log.get(message.id) === undefined) log.add(message);
    else log.replace(message);
  }

  function countUnread(message: Message): void {
    if (message.direction !== "in") return;
    if (message.conversation === everyone) {
      log.markEveryone(log.unreadEveryone + 1);
      return;
    }
    const room = rooms.get(message.conversation);
    if (room !== undefined) rooms.set(room.id, { ...room, unread: room.unread + 1 });
    const peer = peers.get(message.conversation);
    if (peer !== undefined) setPeer({ ...peer, unread: peer.unread + 1 });
  }

  /** A stranger's group is given up as in the owner's table; ours are few. */
  function setRoom(room: Room): void {
    rooms.delete(room.id);
    rooms.set(room.id, room);
    const others = [...rooms.values()].filter(({ joined }) => !joined);
    const [oldest] = others;
    if (oldest !== undefined && others.length > limits.strangeRooms) rooms.delete(oldest.id);
  }

  function markRead(conversation: PeerId): void {
    const peer = peers.get(conversation);
    const room = rooms.get(conversation);
    if (room !== undefined) rooms.set(room.id, { ...room, unread: 0 });
    if (conversation === everyone) log.markEveryone(0);
    else if (peer !== undefined) setPeer({ ...peer, unread: 0 });
  }

  function apply(event: Event): void {
    switch (event.kind) {
      case "peer":
      case "knock":
      case "knock-answered":
      case "alarm":
      case "typing":
      case "info":
        setPeer(event.peer);
        return;
      case "peer-merged":
        peers.delete(event.from);
        log.move(event.from, event.into.id);
        setPeer(event.into);
        return;
      case "message":
        addMessage(event.message);
        countUnread(event.message);
        return;
      case "peer-split":
        log.move(event.from, event.peer.id, new Set(event.moved));
        setPeer(event.peer);
        return;
      case "delivery":
        noteQueued(event.message);
        log.replace(event.message);
        return;
      case "message-changed":
        log.replace(event.message);
        return;
      case "offer":
        keep(offers, event.offer.offerId, event.offer, fileLimits.offers);
        return;
      case "transfer":
        keep(transfers, event.transfer.transferId, event.transfer, fileLimits.transfers);
        return;
      case "self":
        ({ self } = event);
        return;
      case "network":
        ({ network } = event);
        return;
      case "read":
        markRead(event.conversation);
        return;
      case "reread":
        rereadLog(log, event.conversation, event.charset, codec);
        return;
      case "picture":
        keep(pictures, pictureKey(event.picture), event.picture, fileLimits.picturesKept);
        return;
      case "room":
        setRoom(event.room);
        return;
      case "duplicate":
      case "probe":
      case "notice":
        return;
      default: {
        const never: never = event;
        return never;
      }
    }
  }

  function fill(snapshot: Snapshot): void {
    ({ self, network, diagnostics } = snapshot);
    peers.clear();
    for (const peer of snapshot.peers) setPeer(peer);
    for (const message of snapshot.messages) addMessage(message);
    log.markEveryone(snapshot.unreadEveryone);
    rooms.clear();
    for (const room of snapshot.rooms) setRoom(room);
    offers.clear();
    for (const offer of snapshot.offers) offers.set(offer.offerId, offer);
    transfers.clear();
    for (const transfer of snapshot.transfers) transfers.set(transfer.transferId, transfer);
    pictures.clear();
    for (const picture of snapshot.pictures) pictures.set(pictureKey(picture), picture);
  }

  fill(first);

  return {
    get self() {
      return self;
    },
    get network() {
      return network;
    },
    peers() {
      shown ??= [...peers.values()];
      return shown;
    },
    peer: (id) => peers.get(id),
    conversation: (id) =>
      conversationOf(log, id, id === everyone ? 0 : (rooms.get(id)?.unread ?? peers.get(id)?.unread ?? 0)),
    rooms: () => [...rooms.values()],
    conversations: () => log.conversations(),
    message: (id) => log.get(id),
    waiting: () =>
      [...queued]
        .toSorted()
        .map((id) => log.get(id))
        .filter((message) => message !== undefined),
    diagnostics: () => diagnostics,
    offers: () => [...offers.values()],
    transfers: () => [...transfers.values()],
    pictures: () => [...pictures.values()],
    apply,
    setDiagnostics(next) {
      diagnostics = next;
    },
    renew(snapshot, at) {
      const before = new Map(peers);
      const known = new Map(snapshot.messages.map(({ id }) => [id, log.get(id)]));
      const changes: Event[] = [];
      if (!isSame(self, snapshot.self)) changes.push({ kind: "self", self: snapshot.self, at });
      if (snapshot.network !== null && !isSame(network, snapshot.network)) {
        changes.push({ kind: "network", network: snapshot.network, at });
      }
      for (const peer of snapshot.peers) {
        const old = before.get(peer.id);
        before.delete(peer.id);
        if (old === undefined) changes.push({ kind: "peer", change: "appeared", peer, at });
        else if (!isSame(old, peer)) changes.push({ kind: "peer", change: "changed", peer, at });
      }
      for (const room of snapshot.rooms) {
        if (!isSame(rooms.get(room.id), room)) changes.push({ kind: "room", room, at });
      }
      for (const offer of snapshot.offers) {
        const old = offers.get(offer.offerId);
        const change = old === undefined ? "appeared" : "changed";
        if (old === undefined || !isSame(old, offer)) changes.push({ kind: "offer", change, offer, at });
      }
      for (const transfer of snapshot.transfers) {
        const old = transfers.get(transfer.transferId);
        if (old === undefined || !isSame(old, transfer)) changes.push({ kind: "transfer", transfer, at });
      }
      fill(snapshot);
      for (const gone of before.values()) {
        // Still named by old messages: gone, not forgotten.
        const peer: Peer = { ...gone, state: "offline" };
        setPeer(peer);
        if (gone.state !== "offline") changes.push({ kind: "peer", change: "left", peer, at });
      }
      for (const message of snapshot.messages) {
        const old = known.get(message.id);
        if (old === undefined) changes.push({ kind: "message", message });
        else changes.push(...deliveriesSince(old, message));
      }
      return changes;
    },
  };
}

const pictureKey = ({ peerId, imageId }: Picture): string => `${peerId} ${imageId}`;

function deliveriesSince(old: Message, message: Message): readonly Event[] {
  return message.deliveries
    .filter((delivery, index) => !isSameDelivery(delivery, old.deliveries[index]))
    .map((delivery) => ({ kind: "delivery", delivery, message }));
}

function isSameDelivery(a: Delivery, b: Delivery | undefined): boolean {
  return b !== undefined && a.state === b.state && a.attempt === b.attempt && a.final === b.final;
}

/** The oldest makes room, as in the owner's table. */
function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.set(key, value);
  trimOldest(map, most);
}

/** Plain values of one maker: equal texts are equal values. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a node shows now, with its newest messages: the first thing that somebody who attaches is told. */
export function snapshotOf(
  node: Pick<
    Mirror,
    | "self"
    | "network"
    | "peers"
    | "conversation"
    | "conversations"
    | "rooms"
    | "diagnostics"
    | "message"
    | "offers"
    | "transfers"
    | "pictures"
  >,
  messageLimit: number,
): Snapshot {
  const found = new Map<MessageId, Message>();
  for (const id of messageLimit > 0 ? node.conversations() : []) {
    const { messages } = node.conversation(id);
    for (const message of messages.slice(-messageLimit)) found.set(message.id, message);
  }
  const messages = [...found.values()].toSorted((a, b) => a.at - b.at).slice(-messageLimit || Infinity);
  return {
    self: node.self,
    network: node.network,
    peers: node.peers(),
    messages,
    unreadEveryone: node.conversation(everyone).unread,
    rooms: node.rooms(),
    diagnostics: node.diagnostics(),
    offers: node.offers(),
    transfers: node.transfers(),
    pictures: node.pictures(),
  };
}
