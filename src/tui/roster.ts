// The peer list in its order: everyone first, the FeiQ groups we belong to, then who has something unread, favourites, those without a group, the groups; within
// each by presence and name. Computed from the node when something changed there, and kept until then; drawing a frame of an
// unchanged list costs nothing.
import { everyone, formatEndpoint, peerName, safeText } from "../index.js";
import type { Peer, PeerId, PeerState, Room } from "../index.js";
import { createListFilter } from "./log/list.js";
import { displayText } from "./text/display.js";
import type { NodeView, World } from "./world.js";

export interface RosterEntry {
  readonly id: PeerId;
  /** Null for everyone and for a FeiQ group. */
  readonly peer: Peer | null;
  readonly room: Room | null;
  /** Harmless and in display form; empty for everyone. */
  readonly name: string;
  readonly unread: number;
  /** The group it stands under, harmless; empty where it stands under none. */
  readonly group: string;
}

/** How the list is looked at. */
export interface RosterLook {
  /** Part of a name, host, group or address, or of how a name is read. */
  readonly filter: string | null;
  /**
   * Stays among the unread ones although it has just been read: it would jump away under the reader's eyes, and "next" would lead
   * somewhere else each time.
   */
  readonly held: PeerId | null;
  readonly favourites: ReadonlySet<PeerId>;
  /** Peers of a group stand together. */
  readonly isGrouped: boolean;
}

interface Order {
  readonly favourites: ReadonlySet<PeerId>;
  readonly isGrouped: boolean;
  readonly entries: readonly RosterEntry[];
  /** Among the unread ones. */
  readonly compare: (a: RosterEntry, b: RosterEntry) => number;
  /** With one entry held among the unread ones; the last that was asked for. */
  held: { readonly id: PeerId; readonly entries: readonly RosterEntry[] } | null;
}

interface Kept {
  readonly revision: number;
  readonly peers: readonly (RosterEntry & { readonly peer: Peer })[];
  readonly all: RosterEntry;
  readonly rooms: readonly RosterEntry[];
  readonly online: number;
  readonly unread: number;
  order: Order | null;
  filter: { readonly world: World; readonly call: RosterFilter };
}

type RosterFilter = (entries: readonly RosterEntry[], query: string) => readonly RosterEntry[];

const kept = new WeakMap<NodeView, Kept>();

const presence: Readonly<Record<PeerState, number>> = { online: 0, away: 1, offline: 2 };

/** Above this many, names are compared by code and not by the rules of the language: sorting must not cost a frame. */
const collationLimit = 1_000;
const nobody: ReadonlySet<PeerId> = new Set();

/** Everyone and all peers in the order of the list; with a filter only those it fits. */
export function rosterOf(world: World, look: Partial<RosterLook> = {}): readonly RosterEntry[] {
  const now = current(world);
  const order = orderOf(now, world, look.favourites ?? nobody, look.isGrouped ?? false);
  const held = look.held ?? null;
  const entries = held === null ? order.entries : withHeld(order, held);
  const query = look.filter?.trim().toLowerCase() ?? "";
  return query === "" ? entries : now.filter.call(entries, query);
}

function withHeld(order: Order, id: PeerId): readonly RosterEntry[] {
  if (order.held?.id === id) return order.held.entries;
  const index = order.entries.findIndex((entry) => entry.id === id);
  const entry = order.entries[index];
  let { entries } = order;
  if (entry !== undefined && entry.peer !== null && entry.unread === 0 && !isBlocked(entry)) {
    const others = order.entries.toSpliced(index, 1);
    const read = others.findIndex((other) => other.peer !== null && other.unread === 0);
    const unreadEnd = read < 0 ? others.length : read;
    const place = others.findIndex(
      (other, at) => other.peer !== null && at < unreadEnd && order.compare(entry, other) < 0,
    );
    entries = others.toSpliced(place < 0 ? unreadEnd : place, 0, { ...entry, group: "" });
  }
  order.held = { id, entries };
  return entries;
}

export function onlineCount(world: World): number {
  return current(world).online;
}

export function unreadCount(world: World): number {
  return current(world).unread;
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
    room: null,
    name: shownName(peer),
    unread: peer.unread,
    group: "",
  }));
  const toAll = world.node.conversation(everyone).unread;
  const rooms = world.node
    .rooms()
    .filter(({ joined }) => joined)
    .map((room): RosterEntry => {
      const name = shownText(world.text("peer.room", { group: room.number }), 80);
      return { id: room.id, peer: null, room, name, unread: room.unread, group: "" };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const fresh: Kept = {
    revision: world.revision,
    peers,
    all: { id: everyone, peer: null, room: null, name: "", unread: toAll, group: "" },
    rooms,
    online: peers.filter((entry) => entry.peer.state !== "offline").length,
    unread: [...rooms, ...peers].reduce((sum, entry) => sum + entry.unread, toAll),
    order: null,
    filter:
      known?.filter.world === world
        ? known.filter
        : { world, call: createListFilter((entry, query) => isMatch(entry, query, world)) },
  };
  kept.set(world.node, fresh);
  return fresh;
}

function orderOf(now: Kept, world: World, favourites: ReadonlySet<PeerId>, isGrouped: boolean): Order {
  const known = now.order;
  if (known !== null && known.favourites === favourites && known.isGrouped === isGrouped) return known;
  const compareTexts =
    // One name needs no rules, and loading them takes 10 ms of the first frame.
    now.peers.length > collationLimit || now.peers.length < 2
      ? (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
      : new Intl.Collator(world.lang).compare;
  const compare = (a: RosterEntry, b: RosterEntry): number =>
    Number(isBlocked(a)) - Number(isBlocked(b)) ||
    Number(favourites.has(b.id)) - Number(favourites.has(a.id)) ||
    presence[a.peer?.state ?? "online"] - presence[b.peer?.state ?? "online"] ||
    compareTexts(a.name, b.name) ||
    (a.id < b.id ? -1 : 1);
  const peers = now.peers.map((entry): RosterEntry => {
    // Unread ones and favourites stand above the groups.
    const isAbove = entry.unread > 0 || favourites.has(entry.id);
    const stands = isGrouped && (isBlocked(entry) || !isAbove);
    // Who is blocked stands last, under a heading of its own.
    const heading = isBlocked(entry) ? world.text("peers.blocked") : shownText(entry.peer.group, 40);
    const group = stands ? heading : "";
    return group === "" ? entry : { ...entry, group };
  });
  peers.sort(
    (a, b) =>
      Number(isBlocked(a)) - Number(isBlocked(b)) ||
      Number(b.unread > 0) - Number(a.unread > 0) ||
      Number(a.group !== "") - Number(b.group !== "") ||
      compareTexts(a.group, b.group) ||
      compare(a, b),
  );
  const order: Order = {
    favourites,
    isGrouped,
    entries: [now.all, ...now.rooms, ...peers],
    compare,
    held: null,
  };
  now.order = order;
  return order;
}

function isBlocked(entry: RosterEntry): boolean {
  return entry.peer?.policy.blocked === true;
}

/** A longer query must find no more than a shorter one: the filter looks at its last result only. */
function isMatch(entry: RosterEntry, query: string, world: World): boolean {
  const { peer, name } = entry;
  if (peer === null) return entry.room !== null && name.toLowerCase().includes(query);
  return (
    [name, peer.user, peer.host, peer.group, peer.endpoint.address].some((text) =>
      text.toLowerCase().includes(query),
    ) || world.readingsOf(name).some((reading) => reading.includes(query))
  );
}
