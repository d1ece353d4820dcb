// The peer list in its order: everyone first, then who has something unread, then by presence and name. Computed from the node when
// something changed there, and kept until then; drawing a frame of an unchanged list costs nothing.
import { everyone, formatEndpoint, peerName, safeText } from "../index.js";
import type { Peer, PeerId, PeerState } from "../index.js";
import { createListFilter } from "./log/list.js";
import { displayText } from "./text/display.js";
import type { NodeView, World } from "./world.js";

export interface RosterEntry {
  readonly id: PeerId;
  /** Null for everyone. */
  readonly peer: Peer | null;
  /** Harmless and in display form; empty for everyone. */
  readonly name: string;
  readonly unread: number;
}

interface Kept {
  readonly revision: number;
  /** The order with one entry held among the unread ones; the last that was asked for. */
  heldOrder: { readonly id: PeerId; readonly entries: readonly RosterEntry[] } | null;
  readonly entries: readonly RosterEntry[];
  readonly online: number;
  /** By presence and name. */
  readonly compare: (a: RosterEntry, b: RosterEntry) => number;
  readonly filter: (entries: readonly RosterEntry[], query: string) => readonly RosterEntry[];
}

const kept = new WeakMap<NodeView, Kept>();

const presence: Readonly<Record<PeerState, number>> = { online: 0, away: 1, offline: 2 };

/** Above this many, names are compared by code and not by the rules of the language: sorting must not cost a frame. */
const collationLimit = 1_000;

/** How the list is looked at. */
export interface RosterLook {
  /** Part of a name, host, group or address. */
  readonly filter: string | null;
  /**
   * Stays among the unread ones although it has just been read: it would jump away under the reader's eyes, and "next" would lead
   * somewhere else each time.
   */
  readonly held: PeerId | null;
}

/** Everyone and all peers in the order of the list; with a filter only those it fits. */
export function rosterOf(world: World, look: Partial<RosterLook> = {}): readonly RosterEntry[] {
  const now = current(world);
  const entries = look.held === undefined || look.held === null ? now.entries : withHeld(now, look.held);
  const query = look.filter?.trim().toLowerCase() ?? "";
  return query === "" ? entries : now.filter(entries, query);
}

function withHeld(now: Kept, id: PeerId): readonly RosterEntry[] {
  if (now.heldOrder?.id === id) return now.heldOrder.entries;
  const index = now.entries.findIndex((entry) => entry.id === id);
  const entry = now.entries[index];
  let entries = now.entries;
  if (entry !== undefined && entry.peer !== null && entry.unread === 0) {
    const others = now.entries.toSpliced(index, 1);
    const read = others.findIndex((other) => other.peer !== null && other.unread === 0);
    const unreadEnd = read < 0 ? others.length : read;
    const place = others.findIndex((other, at) => at > 0 && at < unreadEnd && now.compare(entry, other) < 0);
    entries = others.toSpliced(place < 0 ? unreadEnd : place, 0, entry);
  }
  now.heldOrder = { id, entries };
  return entries;
}

export function onlineCount(world: World): number {
  return current(world).online;
}

export function unreadCount(world: World): number {
  return rosterOf(world).reduce((sum, entry) => sum + entry.unread, 0);
}

/** What a peer is called on the screen. */
export function shownName(peer: Pick<Peer, "nick" | "user" | "endpoint">): string {
  return shownText(peerName(peer), 80) || formatEndpoint(peer.endpoint);
}

/** Text from the network for a place of one line. */
export function shownText(text: string, maxCharacters = 400): string {
  return displayText(safeText(text, { maxCharacters })).trim();
}

function current(world: World): Kept {
  const known = kept.get(world.node);
  if (known !== undefined && known.revision === world.revision) return known;
  const peers = world.node.peers().map((peer): RosterEntry & { readonly peer: Peer } => ({
    id: peer.id,
    peer,
    name: shownName(peer),
    unread: peer.unread,
  }));
  const compareNames =
    peers.length > collationLimit
      ? (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
      : new Intl.Collator(world.lang).compare;
  const compare = (a: RosterEntry, b: RosterEntry): number =>
    presence[a.peer?.state ?? "online"] - presence[b.peer?.state ?? "online"] ||
    compareNames(a.name, b.name) ||
    (a.id < b.id ? -1 : 1);
  peers.sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || compare(a, b));
  const all: RosterEntry = {
    id: everyone,
    peer: null,
    name: "",
    unread: world.node.conversation(everyone).unread,
  };
  const fresh: Kept = {
    revision: world.revision,
    heldOrder: null,
    compare,
    entries: [all, ...peers],
    online: peers.filter((entry) => entry.peer.state !== "offline").length,
    filter: known?.filter ?? createListFilter(isMatch),
  };
  kept.set(world.node, fresh);
  return fresh;
}

function isMatch(entry: RosterEntry, query: string): boolean {
  const { peer, name } = entry;
  if (peer === null) return false;
  return [name, peer.user, peer.host, peer.group, peer.endpoint.address].some((text) =>
    text.toLowerCase().includes(query),
  );
}
