// FeiQ group chat (protocol.md section 12.5): who belongs to which group, what is said there, and our own part in it. Multicast, so
// nothing of it is ever acknowledged; "encrypted" with a key that stands beside it, so it counts as clear. A group datagram makes
// nobody known: the version item in it need not be the one its sender goes by.
import { refuse } from "./compose.js";
import { contentHash } from "./content-hash.js";
import { formatEndpoint } from "./endpoint.js";
import type { Answer } from "./input.js";
import { limits, timers } from "./limits.js";
import type { Message, PeerId } from "./model.js";
import { roomNumberOf } from "./model.js";
import { plainMessage } from "./plain-message.js";
import { identityOf } from "./peers.js";
import type { PeerRecord } from "./peers.js";
import { namesOf } from "./presence.js";
import type { Presence } from "./presence.js";
import type { RoomRecord } from "./rooms.js";
import { peerName } from "./selectors.js";
import { drop, multicastBytes } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { buildGroupPacket, groupAddress, isGroupNumber } from "../protocol/group.js";
import type { GroupBody, GroupText, Packet } from "../protocol/message.js";

export interface RoomTalk {
  /** Listens, and tells the groups that we are there; again after every change of the network. */
  announce(): void;
  /** The pause before telling it again is over. */
  announceAgain(): void;
  /** Others were heard in these groups lately. */
  tellChanges(): void;
  heard(packet: Packet, body: GroupBody, from: Endpoint): void;
  join(number: string): Answer;
  leave(number: string): Answer;
  /** Those of the settings and of earlier runs, before the start. */
  restore(unread: Readonly<Record<string, number>>): void;
}

const done: Answer = { ok: true, messages: [] };

export function createRoomTalk(world: World, presence: Presence): RoomTalk {
  const { rooms, peers, options } = world;
  let toldAt = Number.NEGATIVE_INFINITY;
  let isWaiting = false;
  const changed = new Set<PeerId>();
  let noticesLeft: number = limits.roomNotices;

  for (const number of options.feiqGroups ?? []) {
    if (isGroupNumber(number)) rooms.take(number).room.joined = true;
  }

  const isQuiet = (): boolean => !options.presence || world.stopping;

  function tell(joined: readonly RoomRecord[]): void {
    for (const { id, number } of joined) {
      const bytes = buildGroupPacket(
        {
          step: "announce",
          groupId: number,
          text: "",
          packetNo: world.numbers.next(world.now),
          user: world.self.user,
          host: world.self.host,
          mac: world.network?.mac ?? null,
          avatar: options.avatar,
        },
        options.codec,
        options.crypto,
      );
      multicastBytes(world, bytes, id);
    }
  }

  /** Somebody new was heard in a group of ours, and does not know of us. */
  function tellSoon(): void {
    if (isWaiting || isQuiet() || rooms.joined().length === 0) return;
    isWaiting = true;
    const pauseMs = options.random.uint32() % timers.roomPauseMs;
    world.alarms.set(Math.max(world.now, toldAt + timers.roomAgainMs) + pauseMs, { kind: "rooms-again" });
  }

  function announceNow(): void {
    toldAt = world.now;
    tell(rooms.joined());
  }

  /** Who it is from: whoever speaks from there under that name, whatever its version item, else by identity. */
  function senderOf(packet: Packet, from: Endpoint): PeerRecord | undefined {
    const names = namesOf(packet);
    const id = identityOf({ ...packet, feiq: null }, names);
    const isSame = (peer: PeerRecord): boolean =>
      peer.id === id || peer.id.startsWith(`${id}#`) || peer.id.startsWith(`${id}:`);
    const there = peers.at(from);
    if (there !== undefined && isSame(there)) return there;
    return peers.get(peers.identify(packet, names, from)) ?? peers.get(peers.aliasOf(id) ?? id);
  }

  function publish(room: RoomRecord): void {
    world.events.push({ kind: "room", room: rooms.snapshot(room), at: world.now });
  }

  function publishSoon(room: RoomRecord): void {
    if (changed.size === 0) world.alarms.set(world.now + timers.roomChangesMs, { kind: "rooms-changed" });
    changed.add(room.id);
  }

  function noteMember(
    group: GroupText,
    packet: Packet,
    peer: PeerRecord | undefined,
    from: Endpoint,
  ): RoomRecord {
    const { room, isNew } = rooms.take(group.groupId);
    const names = namesOf(packet);
    const name = peer === undefined ? names.user : peerName(peer);
    const member = { peerId: peer?.id ?? null, name, endpoint: from, lastSeen: world.now };
    const placeholder = `${formatEndpoint(from)} ${names.user}`;
    if (peer !== undefined) room.members.delete(placeholder);
    const isOther = rooms.note(room, peer?.id ?? placeholder, member);
    if (isNew) publish(room);
    else if (isOther) publishSoon(room);
    if (isOther && room.joined) tellSoon();
    if (isNew && noticesLeft > 0) {
      noticesLeft--;
      const fields = { group: room.number, address: from.address };
      world.events.push({ kind: "notice", code: "group-heard", fields, at: world.now });
    }
    return room;
  }

  function messageOf(
    packet: Packet,
    group: GroupText,
    id: PeerId,
    peer: PeerRecord | undefined,
    from: Endpoint,
  ): Message {
    return plainMessage(world, {
      peerId: peer?.id ?? null,
      peerName: peer === undefined ? namesOf(packet).user || formatEndpoint(from) : peerName(peer),
      endpoint: from,
      conversation: id,
      packetNo: packet.packetNo,
      dialect: "feiq",
      text: group.text,
      displayText: group.displayText,
      charset: "gbk",
      charsetReason: "dialect",
      // ENCRYPT keeps nobody out here: a lock would promise what is not so.
      options: packet.options.filter((name) => name !== "ENCRYPTOPT"),
      raw: packet.bytes,
    });
  }

  function keep(message: Message, peer: PeerRecord | undefined): void {
    world.log.add(message);
    world.events.push({ kind: "message", message });
    const isKept = options.storing && peer?.policy.unlogged !== true;
    if (isKept) world.effects.push({ kind: "store", message, group: peer?.group ?? "" });
  }

  /** Multicast comes once by each way that leads here. */
  function isRepeat(packet: Packet, group: GroupText, peer: PeerRecord | undefined, from: Endpoint): boolean {
    const names = namesOf(packet);
    const who = peer === undefined ? `${names.user}@${names.host}` : String(peer.run);
    const name = `group ${who.replaceAll(":", ";")} ${packet.packetNo}`;
    return world.seen.note(name, from.address, contentHash(group.plainText), world.now);
  }

  return {
    announce() {
      if (isQuiet()) return;
      world.effects.push({ kind: "hear-groups", groups: [groupAddress] });
      tellSoon();
    },

    announceAgain() {
      isWaiting = false;
      if (!isQuiet()) announceNow();
    },

    tellChanges() {
      const ids = [...changed];
      changed.clear();
      for (const id of ids) {
        const room = rooms.of(id);
        if (room !== undefined) publish(room);
      }
    },

    heard(packet, { step, group }, from) {
      if (group === null) {
        drop(world, "group-unreadable");
        return;
      }
      if (!options.presence) {
        drop(world, "group-unasked");
        return;
      }
      const peer = senderOf(packet, from);
      if (peer?.policy.blocked === true) {
        drop(world, "blocked");
        return;
      }
      if (isRepeat(packet, group, peer, from)) {
        drop(world, "duplicate");
        return;
      }
      if (peer !== undefined) peer.lastSeen = world.now;
      const room = noteMember(group, packet, peer, from);
      if (peer === undefined && room.joined)
        presence.greetStranger({ ...from, port: world.network?.port ?? from.port });
      if (step === "announce" || group.displayText.trim() === "") return;
      if (!room.joined) {
        drop(world, "group-not-ours");
        return;
      }
      room.unread++;
      keep(messageOf(packet, group, room.id, peer, from), peer);
    },

    join(number) {
      if (world.stopping) return refuse("node-closed", "the node is closing");
      if (!isGroupNumber(number))
        return refuse("group-invalid", "not the number of a group", { group: number });
      const known = rooms.joined();
      if (known.some((room) => room.number === number)) return done;
      if (known.length >= limits.rooms)
        return refuse("too-many-groups", "in as many groups as possible", { limit: limits.rooms });
      const { room } = rooms.take(number);
      room.joined = true;
      publish(room);
      keepNumbers();
      if (!isQuiet() && world.network !== null) tell([room]);
      return done;
    },

    leave(number) {
      const room = rooms.joined().find((one) => one.number === number);
      if (room === undefined) return refuse("not-in-group", "not in that group", { group: number });
      room.joined = false;
      room.unread = 0;
      publish(room);
      keepNumbers();
      return done;
    },

    restore(unread) {
      for (const [id, count] of Object.entries(unread)) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- conversations are named by such ids
        const conversation = id as PeerId;
        const room = roomNumberOf(conversation) === null ? undefined : rooms.of(conversation);
        if (room?.joined === true) room.unread = count;
      }
    },
  };

  function keepNumbers(): void {
    world.effects.push({ kind: "keep-rooms", numbers: rooms.joined().map(({ number }) => number) });
  }
}
