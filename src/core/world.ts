// What the slices of the machine share during a step: the tables, the time of the step, and the lists of events and effects it
// fills. Also the one place where our own packets are put together. Knows no rule of presence or delivery.
import { createAlarms } from "./alarms.js";
import type { Alarms } from "./alarms.js";
import { createMessageLog } from "./conversations.js";
import type { MessageLog } from "./conversations.js";
import type { Effect } from "./effect.js";
import { formatEndpoint } from "./endpoint.js";
import type { Event } from "./event.js";
import { limits } from "./limits.js";
import { createMessageIds } from "./message-ids.js";
import type { EncryptPolicy, Message, MessageId, PeerId, Self } from "./model.js";
import { createTrust } from "./trust.js";
import type { Trust, TrustRecord } from "./trust.js";
import { createPacketNumbers } from "./packet-numbers.js";
import type { PacketNumbers } from "./packet-numbers.js";
import { createRooms } from "./rooms.js";
import type { Rooms } from "./rooms.js";
import { createPeers } from "./peers.js";
import { isDecided, memoryOf } from "./peer-memory.js";
import type { OutgoingCharset } from "./peer-charset.js";
import type { PeerRecord, Peers } from "./peers.js";
import { createSeen } from "./seen.js";
import type { Seen } from "./seen.js";
import type { HistoryWrite } from "../ports/history-store.js";
import type { Random } from "../ports/random.js";
import type { Endpoint, LocalNetwork } from "../ports/transport.js";
import type { OutgoingFile } from "../protocol/attachments.js";
import { buildFeiqVersion } from "../protocol/dialects.js";
import { encode } from "../protocol/encode.js";
import { groupAddress } from "../protocol/group.js";
import { optionBits } from "../protocol/options.js";
import { buildKeyName } from "../protocol/encryption/key-name.js";
import type { MessageCipher } from "../protocol/encryption/message-cipher.js";
import type { PacketCrypto, PacketNo } from "../protocol/message.js";
import type { Charset, TextCodec } from "../protocol/text-codec.js";

export interface MachineOptions {
  readonly self: Self;
  /** For peers of unknown charset and for the legacy part of broadcasts. */
  readonly legacyCharset: Charset;
  readonly codec: TextCodec;
  readonly crypto?: PacketCrypto | undefined;
  /** Our keys at work; absent: everything goes in clear, and nothing sealed can be read. */
  readonly cipher?: MessageCipher | undefined;
  /** Keys and choices of an earlier run. */
  readonly trust?: readonly TrustRecord[] | undefined;
  /** For peers without a choice of their own; default `auto`. */
  readonly encrypt?: EncryptPolicy | undefined;
  /** Tie our user name to our key for those whose programs look for it (section 9.3); absent: yes. */
  readonly keyName?: boolean | undefined;
  /** Away by itself after so many minutes without `activity`; 0 or absent: never. */
  readonly idleMinutes?: number | undefined;
  readonly idleText?: string | undefined;
  /** Peers may take messages back; default true. */
  readonly allowRecall?: boolean | undefined;
  readonly random: Random;
  /** `ipmsg` sends version `1`, `feiq` the lbt6 item that makes FeiQ offer its features (protocol.md section 19). */
  readonly versionItem: "ipmsg" | "feiq";
  /** Number of the picture that FeiQ shows for us, with its version item. */
  readonly avatar?: number | undefined;
  /** Announce CAPUTF8 and send the UTF-8 block. */
  readonly announceUtf8: boolean;
  /** False: no entries, no exit, no answers to entries; just messages. */
  readonly presence: boolean;
  readonly hostList: boolean;
  /** Give our host list to who asks. */
  readonly hostListServer?: boolean | undefined;
  /** Addresses of whole segments that broadcast does not reach; greeted a few at a time. */
  readonly segments?: readonly Endpoint[] | undefined;
  /** Tell other feiyan that do the same whom we heard, and greet whom they heard; default no. */
  readonly sharePeers?: boolean | undefined;
  /** FeiQ groups that we belong to from the start, by number. */
  readonly feiqGroups?: readonly string[] | undefined;
  /** Hosts that broadcast does not reach. */
  readonly staticPeers: readonly Endpoint[];
  /** Tries on request whether feiyan peers can be reached. */
  readonly answersProbes: boolean;
  /** A store is configured: acknowledge after `stored`. */
  readonly storing: boolean;
  /** Messages held over all conversations; default `limits.messagesInMemory`. */
  readonly messagesInMemory?: number | undefined;
  /** First packet number that was never used. */
  readonly firstPacketNo: number;
  /** Files can be given and taken: announced in entries (FILEATTACH, CLIPBOARD). */
  readonly files?: boolean | undefined;
  /** Answer to version queries, e.g. `feiyan 0.1.0`. */
  readonly versionText: string;
}

/** Mutable counters behind `Diagnostics`. */
export interface Counters {
  datagramsIn: number;
  datagramsOut: number;
  bytesIn: number;
  bytesOut: number;
  sendProblems: number;
  messagesSent: number;
  messagesDelivered: number;
  messagesUnconfirmed: number;
  repeats: number;
  readonly dropped: Record<string, number>;
}

export interface World {
  readonly options: MachineOptions;
  self: Self;
  /** Our user and host, which never change, are ASCII. */
  readonly hasPlainNames: boolean;
  network: LocalNetwork | null;
  /** Time of the current step. */
  now: number;
  events: Event[];
  effects: Effect[];
  readonly trust: Trust;
  readonly peers: Peers;
  readonly rooms: Rooms;
  readonly log: MessageLog;
  readonly seen: Seen;
  readonly alarms: Alarms;
  readonly numbers: PacketNumbers;
  readonly newMessageId: (now: number) => MessageId;
  readonly counters: Counters;
  /** Our key name, and of what it was made. */
  named: { readonly key: string; readonly user: string; readonly name: string } | null;
  /** Packet numbers of our latest broadcasts: our echo carries them. */
  readonly ownBroadcasts: Uint8Array[];
  /** The goodbye was begun: nothing is announced or said any more. */
  stopping: boolean;
  /** It was said twice: nothing is sent any more. */
  stopped: boolean;
}

/** Empty tables, before the start. */
export function createWorld(options: MachineOptions): World {
  const trust = createTrust(options.trust ?? []);
  const world: World = {
    options,
    self: options.self,
    // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
    hasPlainNames: /^[\0-\x7f]*$/u.test(options.self.user + options.self.host),
    network: null,
    now: 0,
    events: [],
    effects: [],
    trust,
    peers: createPeers(options.legacyCharset, (event) => world.events.push(event), trust),
    rooms: createRooms(),
    log: createMessageLog(
      options.messagesInMemory === undefined ? {} : { messages: options.messagesInMemory },
    ),
    seen: createSeen(options.random),
    alarms: createAlarms(),
    numbers: createPacketNumbers(options.firstPacketNo, (effect) => world.effects.push(effect)),
    newMessageId: createMessageIds(options.random),
    counters: {
      datagramsIn: 0,
      datagramsOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      sendProblems: 0,
      messagesSent: 0,
      messagesDelivered: 0,
      messagesUnconfirmed: 0,
      repeats: 0,
      dropped: {},
    },
    named: null,
    ownBroadcasts: [],
    stopping: false,
    stopped: false,
  };
  return world;
}

/** Has something kept, where there is a store. */
export function remember(world: World, item: HistoryWrite, about: MessageId | null = null): void {
  if (world.options.storing) world.effects.push({ kind: "write", item, about });
}

/** Another state of a message that was told of already: opened, taken back, verified. The store hears of it too. */
export function changeMessage(world: World, message: Message): void {
  world.log.replace(message);
  world.events.push({ kind: "message-changed", message, at: world.now });
  remember(world, { kind: "change", message });
}

/** What outlives the program of a peer, when it changed; those known by nothing but a port come and go. */
function rememberPeer(world: World, peer: PeerRecord): void {
  if (!world.options.storing || (peer.dialect === "raw" && !isDecided(peer))) return;
  const memory = memoryOf(peer);
  const { lastSeen: _, addresses: __, ...lasting } = memory;
  const key = JSON.stringify([lasting, memory.addresses.map(({ endpoint }) => formatEndpoint(endpoint))]);
  if (key === peer.remembered) return;
  peer.remembered = key;
  remember(world, { kind: "peer", peer: memory });
}

export function drop(world: World, reason: string): void {
  world.counters.dropped[reason] = (world.counters.dropped[reason] ?? 0) + 1;
}

export function publishPeer(world: World, change: "appeared" | "changed" | "left", peer: PeerRecord): void {
  world.events.push({ kind: "peer", change, peer: world.peers.snapshot(peer), at: world.now });
  if (change === "left") peer.remembered = "";
  rememberPeer(world, peer);
}

/** Our version item (protocol.md section 19). */
export function versionItem(world: World): string {
  return world.options.versionItem === "ipmsg"
    ? "1"
    : buildFeiqVersion(world.network?.mac ?? null, 0, world.options.avatar);
}

/**
 * Our user name with the fingerprint of our key; null while it has none. It goes into the UTF-8 block and to those who read that, as
 * both must name one person; FeiQ, which we look like with its version item, sees plain names only. Without encryption it proves nothing.
 */
export function keyName(world: World): string | null {
  const { cipher, encrypt, versionItem: item, announceUtf8, keyName: isWanted } = world.options;
  const keys = cipher?.keys ?? null;
  if (cipher === undefined || keys === null || encrypt === "never" || item !== "ipmsg") return null;
  if (!announceUtf8 || isWanted === false) return null;
  if (world.named?.key !== keys.rsa2048.n || world.named.user !== world.self.user) {
    const name = buildKeyName(world.self.user, cipher.nameFingerprintOf(keys.rsa2048));
    world.named = { key: keys.rsa2048.n, user: world.self.user, name };
  }
  return world.named.name;
}

/** By which user name this peer knows us: that of our UTF-8 block where it reads it. */
export function userFor(world: World, peer: PeerRecord | undefined): string {
  const readsBlock = peer !== undefined && peer.readsUtf8 && peer.dialect === "ipmsg";
  return (readsBlock ? keyName(world) : null) ?? world.self.user;
}

export interface PacketParts {
  /** Default plain; `sendPacket` takes the one that the receiver knows. */
  readonly user?: string;
  readonly command: number;
  readonly sections: readonly string[];
  readonly packetNo?: PacketNo;
  readonly block?: Readonly<Record<string, string>>;
  readonly files?: readonly OutgoingFile[];
}

export function buildPacket(
  world: World,
  parts: PacketParts,
  charset: OutgoingCharset,
  user = parts.user ?? world.self.user,
): Uint8Array {
  // No spreads: an acknowledgement is built for every message of a flood.
  return encode(
    {
      version: versionItem(world),
      packetNo: parts.packetNo ?? world.numbers.next(world.now),
      user,
      host: world.self.host,
      command: (parts.command | (charset.flag ? optionBits.UTF8OPT : 0)) >>> 0,
      sections: parts.sections,
      charset: charset.charset,
      block: parts.block,
      files: parts.files,
    },
    world.options.codec,
  );
}

export function sendBytes(world: World, bytes: Uint8Array, to: Endpoint): void {
  world.counters.datagramsOut++;
  world.counters.bytesOut += bytes.length;
  world.effects.push({ kind: "send", bytes, to });
}

/** Sends a packet in the receiver's charset, to where a datagram came from. */
export function sendPacket(world: World, parts: PacketParts, to: Endpoint, charset: OutgoingCharset): void {
  const user = parts.user ?? userFor(world, world.peers.at(to));
  sendBytes(world, buildPacket(world, parts, charset, user), to);
}

const plain: OutgoingCharset = { charset: "ascii", flag: false, reason: "ascii" };

/** For packets that hold no text but our own names, such as acknowledgements: no charset of anybody as long as those are ASCII. */
export function bareFor(world: World, to: Endpoint): OutgoingCharset {
  if (world.hasPlainNames) return plain;
  const peer = world.peers.at(to);
  return peer === undefined ? legacy(world) : world.peers.outgoingCharset(peer);
}

export function legacy(world: World): OutgoingCharset {
  return { charset: world.options.legacyCharset, flag: false, reason: "default" };
}

/** To every broadcast address and group, and to each host that broadcast does not reach. */
export function broadcastBytes(world: World, bytes: Uint8Array): void {
  noteOwn(world, bytes);
  world.counters.datagramsOut++;
  world.counters.bytesOut += bytes.length;
  world.effects.push({ kind: "broadcast", bytes });
  for (const to of world.options.staticPeers) sendBytes(world, bytes, to);
  for (const peer of world.peers.all())
    if (peer.dialUp && peer.state !== "offline") sendBytes(world, bytes, peer.endpoint);
}

function noteOwn(world: World, bytes: Uint8Array): void {
  world.ownBroadcasts.push(bytes);
  if (world.ownBroadcasts.length > limits.ownBroadcasts) world.ownBroadcasts.shift();
}

/**
 * To the multicast group of FeiQ's chat, and one by one to those of this group whom multicast does not reach: it stays in the segment
 * and goes to our own port.
 */
export function multicastBytes(world: World, bytes: Uint8Array, room: PeerId): void {
  const port = world.network?.port;
  if (port === undefined) return;
  noteOwn(world, bytes);
  sendBytes(world, bytes, { address: groupAddress, port });
  const told = new Map(world.options.staticPeers.map((to) => [formatEndpoint(to), to]));
  for (const { peerId } of world.rooms.of(room)?.members.values() ?? []) {
    const peer = peerId === null ? undefined : world.peers.get(peerId);
    if (peer === undefined || peer.state === "offline") continue;
    if (peer.dialUp || peer.endpoint.port !== port) told.set(formatEndpoint(peer.endpoint), peer.endpoint);
  }
  for (const to of told.values()) sendBytes(world, bytes, to);
}

/**
 * True for a datagram of our own that came back: from our address and port, or from our port with the very bytes of a late
 * broadcast (an address so new that we do not know it as ours). Names and number alone prove nothing: a second instance on this
 * machine, or a cloned one beside it, counts the same seconds.
 */
export function isOwnEcho(world: World, from: Endpoint, bytes: Uint8Array): boolean {
  const network = world.network;
  if (network === null || from.port !== network.port) return false;
  for (const local of network.addresses) if (local.address === from.address) return true;
  return world.ownBroadcasts.some((own) => isSameBytes(own, bytes));
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
