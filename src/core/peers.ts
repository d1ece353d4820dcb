// Who is there: one record per identity, with every address it was heard from and what is remembered about its charset.
// Identity is user and host (and FeiQ's MAC), not the address; a raw-text sender is its address and port. Owns nothing but the
// table; presence and messages call it.
import { formatEndpoint, sameEndpoint } from "./endpoint.js";
import type { Event } from "./event.js";
import { limits } from "./limits.js";
import type { Trust } from "./trust.js";
import type { KnownAddress, Peer, PeerId, PeerState } from "./model.js";
import { decodeContextOf, noteCharset, outgoingCharsetOf } from "./peer-charset.js";
import type { CharsetMemory, OutgoingCharset } from "./peer-charset.js";
import { recordFields } from "./peer-memory.js";
import { defaultPolicy } from "./saved.js";
import type { PeerMemory, PeerPolicy } from "./saved.js";
import type { Endpoint } from "../ports/transport.js";
import type { FeiyanExtension } from "../protocol/entry.js";
import { parseKeyName } from "../protocol/encryption/key-name.js";
import type { Dialect, Packet } from "../protocol/message.js";
import type { Charset, CharsetReason, DecodeContext } from "../protocol/text-codec.js";

/** A peer as the machine keeps it: what `Peer` shows and what only the machine needs. */
export interface PeerRecord extends CharsetMemory {
  readonly id: PeerId;
  state: PeerState;
  nick: string;
  group: string;
  user: string;
  host: string;
  endpoint: Endpoint;
  addresses: KnownAddress[];
  dialect: Dialect;
  version: string;
  capabilities: readonly string[];
  feiyan: FeiyanExtension | null;
  acknowledges: boolean;
  /** It sent an entry or an answer to one: it lives by the presence rules. */
  announced: boolean;
  dialUp: boolean;
  readonly firstSeen: number;
  lastSeen: number;
  motto: string;
  versionText: string | null;
  absenceText: string | null;
  typingUntil: number;
  /** An alarm looks at `typingUntil`: one at a time, however many notices come. */
  isTypingWatched: boolean;
  unread: number;
  duplicates: number;
  /** Names one run of its program: what was shown and answered is remembered per run (`Peers.beginRun`). */
  run: number;
  /** Highest packet number of this run; small numbers after it tell of a new start. */
  highestNo: number;
  /** Number of its latest packet: the same one from a second address is another path of one packet, not a move. */
  lastPacketNo: string;
  lastAutoReply: number;
  /** When it was last told that a message of it could not be read. */
  lastUnreadable: number;
  lastKnockIn: number;
  policy: PeerPolicy;
  /** What the store was given of it last. */
  remembered: string;
}

export interface Peers {
  get(id: PeerId): PeerRecord | undefined;
  all(): IterableIterator<PeerRecord>;
  /** The record heard last from this endpoint. */
  at(endpoint: Endpoint): PeerRecord | undefined;
  /** What to know before decoding a datagram from this endpoint. */
  decodeContext(from: Endpoint): DecodeContext;
  /** Who a packet is from. */
  identify(packet: Packet, names: SenderNames, from: Endpoint): PeerId;
  /** Finds or makes the record of a packet's sender and notes address, dialect and charset. Null when the table is full. */
  heard(packet: Packet, names: SenderNames, from: Endpoint, now: number): Heard | null;
  heardRaw(from: Endpoint, charset: Charset, reason: CharsetReason, now: number): Heard | null;
  /** A receiver known by its address only. Null when the table is full. */
  byAddress(endpoint: Endpoint, now: number): PeerRecord | null;
  forget(id: PeerId): void;
  /** Puts in a peer of an earlier run, absent. Null when the table is full. */
  restore(memory: PeerMemory): PeerRecord | null;
  /** Packets of `from` are those of `into` from now on; null ends it. */
  setAlias(from: PeerId, into: PeerId | null): void;
  /** Whom packets of `from` are counted to. */
  aliasOf(from: PeerId): PeerId | undefined;
  /** Its program started again or ended: its numbers begin anew. */
  beginRun(peer: PeerRecord): void;
  outgoingCharset(peer: PeerRecord): OutgoingCharset;
  snapshot(peer: PeerRecord): Peer;
}

export interface SenderNames {
  readonly user: string;
  readonly host: string;
}

export interface Heard {
  readonly peer: PeerRecord;
  readonly isNew: boolean;
  /** Something that a screen shows changed. */
  readonly changed: boolean;
  /** A record known by address only that turned out to be this peer: its conversation moves here. */
  readonly merged: PeerRecord | null;
}

const nobody: readonly PeerId[] = [];

/**
 * Stable identity of a packet's sender: `user@host`, the user without the fingerprint of a key, for FeiQ with its MAC, as names repeat
 * there (protocol.md section 5).
 */
export function identityOf(packet: Packet, names: SenderNames): PeerId {
  const { name = "" } = parseKeyName(names.user) ?? {};
  const mac = packet.feiq?.mac ?? "";
  const suffix = /^[0-9A-Fa-f]{12}$/u.test(mac) && mac !== "000000000000" ? `#${mac.toUpperCase()}` : "";
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids of peers are made in this file only
  return `${name === "" ? names.user : name}@${names.host}${suffix}` as PeerId;
}

export function createPeers(legacyCharset: Charset, publish: (event: Event) => void, trust: Trust): Peers {
  const table = new Map<PeerId, PeerRecord>();
  /** Key of an endpoint -> the record heard last from it. */
  const byEndpoint = new Map<string, PeerRecord>();

  /** Entries that were merged into others, and the same from the other side. */
  const aliases = new Map<PeerId, PeerId>();
  const aliasesOf = new Map<PeerId, readonly PeerId[]>();

  function alias(from: PeerId, into: PeerId): void {
    aliases.set(from, into);
    aliasesOf.set(into, [...(aliasesOf.get(into) ?? []), from]);
  }

  function unalias(from: PeerId): void {
    const into = aliases.get(from);
    if (into === undefined) return;
    aliases.delete(from);
    const others = aliasesOf.get(into)?.filter((id) => id !== from) ?? [];
    if (others.length === 0) aliasesOf.delete(into);
    else aliasesOf.set(into, others);
  }

  let runs = 0;
  let isFull = false;

  function create(id: PeerId, endpoint: Endpoint, now: number): PeerRecord {
    return {
      id,
      state: "online",
      nick: "",
      group: "",
      user: "",
      host: "",
      endpoint,
      addresses: [{ endpoint, lastSeen: now }],
      dialect: "ipmsg",
      version: "",
      capabilities: [],
      feiyan: null,
      acknowledges: false,
      announced: false,
      dialUp: false,
      readsUtf8: false,
      pastCharset: null,
      lastCharset: null,
      lastReason: "default",
      chosenCharset: null,
      firstSeen: now,
      lastSeen: now,
      motto: "",
      versionText: null,
      absenceText: null,
      typingUntil: 0,
      isTypingWatched: false,
      unread: 0,
      duplicates: 0,
      run: runs++,
      highestNo: 0,
      lastPacketNo: "",
      lastAutoReply: -Infinity,
      lastUnreadable: -Infinity,
      lastKnockIn: -Infinity,
      policy: defaultPolicy,
      remembered: "",
    };
  }

  /** Makes room in a full table; one notice each time that it cannot. */
  function hasRoom(now: number): boolean {
    const leaving = table.size < limits.peers ? null : mostExpendable(table.values());
    if (leaving !== null) forget(leaving.id);
    if (table.size < limits.peers) {
      isFull = false;
      return true;
    }
    if (!isFull)
      publish({ kind: "notice", code: "peer-table-full", fields: { limit: limits.peers }, at: now });
    isFull = true;
    return false;
  }

  function forget(id: PeerId): void {
    const peer = table.get(id);
    if (peer === undefined) return;
    table.delete(id);
    for (const known of peer.addresses) {
      const key = formatEndpoint(known.endpoint);
      if (byEndpoint.get(key) === peer) byEndpoint.delete(key);
    }
  }

  /**
   * Notes the endpoint among the peer's addresses; true when the peer moved there. A packet that arrives a second time by another
   * path (two interfaces, IPv4 and IPv6) moves nobody: its first path stays the one we write to.
   */
  function noteAddress(peer: PeerRecord, from: Endpoint, now: number, isOtherPath: boolean): boolean {
    peer.lastSeen = now;
    const noted = { endpoint: from, lastSeen: now };
    const first = peer.addresses[0];
    if (first !== undefined && sameEndpoint(first.endpoint, from)) {
      peer.addresses = peer.addresses.length === 1 ? [noted] : peer.addresses.with(0, noted);
      return false;
    }
    byEndpoint.set(formatEndpoint(from), peer);
    const others = peer.addresses.filter((known) => !sameEndpoint(known.endpoint, from));
    for (const known of others.splice(limits.addressesPerPeer - 1)) {
      const old = formatEndpoint(known.endpoint);
      if (byEndpoint.get(old) === peer) byEndpoint.delete(old);
    }
    peer.addresses = isOtherPath ? others.toSpliced(1, 0, noted) : [noted, ...others];
    if (!isOtherPath) peer.endpoint = from;
    return !isOtherPath;
  }

  /** The record that stood for the endpoint while nothing but its address was known. */
  function placeholderAt(from: Endpoint, id: PeerId): PeerRecord | null {
    const peer = table.get(addressId(from));
    return peer === undefined || peer.id === id ? null : peer;
  }

  function take(id: PeerId, from: Endpoint, now: number): { peer: PeerRecord; isNew: boolean } | null {
    const known = table.get(id);
    if (known !== undefined) return { peer: known, isNew: false };
    if (!hasRoom(now)) return null;
    const peer = create(id, from, now);
    table.set(id, peer);
    byEndpoint.set(formatEndpoint(from), peer);
    return { peer, isNew: true };
  }

  /**
   * Two instances on one machine share user and host: the second one that announces itself, while the first is there on another
   * port, is told apart by its port and stays so for what it sends later.
   */
  function identify(packet: Packet, names: SenderNames, from: Endpoint): PeerId {
    const own = identityOf(packet, names);
    const id = aliases.get(own) ?? own;
    const first = table.get(id);
    if (first === undefined || first.endpoint.port === from.port) return id;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an id is made of these parts
    const withPort = `${id}:${from.port}` as PeerId;
    if (byEndpoint.get(formatEndpoint(from))?.id === withPort) return withPort;
    const { body } = packet;
    const announces = body.kind === "entry" && (body.step === "entry" || body.step === "answer");
    const isBeside = first.announced && first.state !== "offline" && first.endpoint.address === from.address;
    return announces && isBeside ? withPort : id;
  }

  /** Moves what a placeholder gathered; the caller moves its conversation. */
  function absorb(into: PeerRecord, placeholder: PeerRecord): void {
    into.unread += placeholder.unread;
    into.chosenCharset ??= placeholder.chosenCharset;
    forget(placeholder.id);
    byEndpoint.set(formatEndpoint(into.endpoint), into);
  }

  function snapshot(peer: PeerRecord): Peer {
    const out = outgoingCharsetOf(peer, legacyCharset);
    return {
      id: peer.id,
      state: peer.state,
      nick: peer.nick,
      group: peer.group,
      user: peer.user,
      host: peer.host,
      endpoint: peer.endpoint,
      addresses: peer.addresses,
      dialect: peer.dialect,
      version: peer.version,
      charset: out.charset,
      charsetReason: out.reason,
      charsetChosen: peer.chosenCharset !== null,
      capabilities: peer.capabilities,
      feiyan: peer.feiyan,
      fingerprint: trust.get(peer.id)?.fingerprint ?? null,
      trust: trust.stateOf(peer.id),
      encrypt: trust.get(peer.id)?.policy ?? null,
      acknowledges: peer.acknowledges,
      firstSeen: peer.firstSeen,
      lastSeen: peer.lastSeen,
      motto: peer.motto,
      versionText: peer.versionText,
      absenceText: peer.absenceText,
      typingUntil: peer.typingUntil,
      unread: peer.unread,
      duplicates: peer.duplicates,
      policy: peer.policy,
      mergedIds: aliasesOf.get(peer.id) ?? nobody,
    };
  }

  return {
    get: (id) => table.get(id),
    all: () => table.values(),
    at: (endpoint) => byEndpoint.get(formatEndpoint(endpoint)),

    decodeContext: (from) => decodeContextOf(byEndpoint.get(formatEndpoint(from)), legacyCharset),

    identify,

    heard(packet, names, from, now) {
      const id = identify(packet, names, from);
      const placeholder = placeholderAt(from, id);
      const taken = take(id, from, now);
      if (taken === null) return null;
      const { peer, isNew } = taken;
      const isOtherPath = !isNew && packet.packetNo === peer.lastPacketNo;
      peer.lastPacketNo = packet.packetNo;
      let changed = noteAddress(peer, from, now, isOtherPath) || isNew;
      byEndpoint.set(formatEndpoint(from), peer);
      if (peer.dialect !== packet.dialect || peer.version !== packet.version) changed = true;
      peer.dialect = packet.dialect;
      peer.version = packet.version;
      // A message in clear comes under the plain name: that is no other name.
      const isPlain = packet.body.kind !== "entry" && parseKeyName(peer.user)?.name === names.user;
      if (!isPlain) peer.user = names.user;
      peer.host = names.host;
      if (noteCharset(peer, packet.charset, packet.charsetReason)) changed = true;
      if (placeholder !== null) absorb(peer, placeholder);
      return { peer, isNew, changed, merged: placeholder };
    },

    heardRaw(from, charset, reason, now) {
      const id = rawId(from);
      const placeholder = placeholderAt(from, id);
      const taken = take(id, from, now);
      if (taken === null) return null;
      const { peer, isNew } = taken;
      noteAddress(peer, from, now, false);
      byEndpoint.set(formatEndpoint(from), peer);
      const changed = noteCharset(peer, charset, reason) || isNew || peer.state !== "online";
      peer.dialect = "raw";
      peer.state = "online";
      if (placeholder !== null) absorb(peer, placeholder);
      return { peer, isNew, changed, merged: placeholder };
    },

    byAddress(endpoint, now) {
      const known = byEndpoint.get(formatEndpoint(endpoint));
      if (known !== undefined) return known;
      const taken = take(addressId(endpoint), endpoint, now);
      if (taken === null) return null;
      if (taken.isNew) {
        taken.peer.state = "offline";
        // Whoever follows the events alone must know whom a message is to.
        publish({ kind: "peer", change: "changed", peer: snapshot(taken.peer), at: now });
      }
      return taken.peer;
    },

    forget,

    restore(memory) {
      const taken = take(memory.id, memory.endpoint, memory.firstSeen);
      if (taken === null) return null;
      const { peer } = taken;
      Object.assign(peer, recordFields(memory), { state: "offline" });
      for (const known of memory.addresses.toReversed()) byEndpoint.set(formatEndpoint(known.endpoint), peer);
      return peer;
    },

    setAlias(from, into) {
      unalias(from);
      if (into === null) return;
      // A chain would have to be walked for every packet.
      for (const other of aliasesOf.get(from) ?? nobody) {
        unalias(other);
        alias(other, into);
      }
      if (aliases.size < limits.peers) alias(from, into);
    },

    aliasOf: (from) => aliases.get(from),

    beginRun(peer) {
      peer.run = runs++;
      peer.highestNo = 0;
    },

    outgoingCharset: (peer) => outgoingCharsetOf(peer, legacyCharset),

    snapshot,
  };
}

/**
 * Whom a full table gives up: of those gone or known by a port only, one with nothing unread before others, then the longest
 * silent. Null when everybody is present.
 */
function mostExpendable(peers: Iterable<PeerRecord>): PeerRecord | null {
  let found: PeerRecord | null = null;
  for (const peer of peers) {
    if (peer.state !== "offline" && peer.dialect !== "raw") continue;
    const isRead = peer.unread === 0;
    const foundIsRead = found !== null && found.unread === 0;
    if (found === null || (isRead === foundIsRead ? peer.lastSeen < found.lastSeen : isRead)) found = peer;
  }
  return found;
}

/** Id of a raw-text sender: it has no name but its address and port. */
export function rawId(from: Endpoint): PeerId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return `raw:${formatEndpoint(from)}` as PeerId;
}

/** Id of a receiver that we only know the address of. */
export function addressId(endpoint: Endpoint): PeerId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  return `addr:${formatEndpoint(endpoint)}` as PeerId;
}
