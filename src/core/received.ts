// Messages that came in: repeats known and dropped, the others kept and shown, and acknowledged once they are stored. Who sent
// them, and whether they are messages at all, was decided in incoming.ts.
import { plainMessage } from "./plain-message.js";
import { contentHash } from "./content-hash.js";
import type { FileDesk } from "./files/desk.js";
import { everyone } from "./model.js";
import type { Message, MessageId } from "./model.js";
import type { Encryption, Opened, UnsealedDict } from "./encryption.js";
import { limits, timers } from "./limits.js";
import type { Heard, PeerRecord } from "./peers.js";
import type { Presence } from "./presence.js";
import type { Queries } from "./queries.js";
import { peerName } from "./selectors.js";
import type { RecentMessage } from "./saved.js";
import { createUnstored } from "./unstored.js";
import type { Unstored } from "./unstored.js";
import { bareFor, drop, publishPeer, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import { decode } from "../protocol/decode.js";
import { requiredReply } from "../protocol/reply.js";
import type { RequiredReply } from "../protocol/reply.js";
import { parseIpDict } from "../protocol/ipdict.js";
import type { MessageBody, Packet, PacketNo, RawText } from "../protocol/message.js";

export interface Received {
  /** `dict`: it stood in this encrypted dictionary. */
  message(packet: Packet, body: MessageBody, heard: Heard, from: Endpoint, dict?: UnsealedDict | null): void;
  rawText(raw: RawText, peer: PeerRecord, from: Endpoint): void;
  /** RECVMSG, ANSREADMSG: what a packet must have back at once so that its sender stops repeating; nothing for the others. */
  acknowledge(packet: Packet, from: Endpoint): void;
  /** Kept in an earlier run: a repeat of one of these is acknowledged, and not kept again. */
  restore(recent: readonly RecentMessage[]): void;
  stored(id: MessageId): void;
  storeFailed(id: MessageId, code: ErrorCode, fields: ErrorFields | undefined): void;
}

/** Bare text has no packet number. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a constant of the brand
const noPacketNo = "" as PacketNo;

export function createReceived(
  world: World,
  presence: Presence,
  queries: Queries,
  encryption: Encryption,
  files: FileDesk,
): Received {
  const { log, options } = world;
  /** Runs and numbers of what could not be opened: a repeat is not tried again. */
  const unreadable = new Set<string>();
  const unstored = createUnstored();
  let toldCode: ErrorCode | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;

  /** Notes the packet; true when it was shown before (section 6). */
  function isRepeat(peer: PeerRecord, packet: Packet, from: Endpoint): boolean {
    const name = `${peer.run} ${packet.packetNo}`;
    return world.seen.note(name, from.address, contentHash(packet.text), world.now);
  }

  /** There is a store, and nobody said that this peer's messages stay out of it. */
  function isKept(peer: PeerRecord): boolean {
    return options.storing && !peer.policy.unlogged;
  }

  function keep(message: Message, peer: PeerRecord): void {
    log.add(message);
    if (message.conversation === everyone) log.markEveryone(log.unreadEveryone + 1);
    else peer.unread++;
    world.events.push({ kind: "message", message });
    if (isKept(peer)) world.effects.push({ kind: "store", message, group: peer.group });
  }

  function acknowledge(packet: Packet, from: Endpoint): void {
    sendReply(requiredReply(packet), from);
  }

  function sendReply(reply: RequiredReply | null, from: Endpoint): void {
    if (reply?.extra === undefined || (reply.mode !== "RECVMSG" && reply.mode !== "ANSREADMSG")) return;
    const command = commands[reply.mode].number;
    sendPacket(world, { command, sections: [reply.extra] }, from, bareFor(world, from));
  }

  function heardAgain(peer: PeerRecord, packet: Packet, from: Endpoint): void {
    peer.duplicates++;
    drop(world, "duplicate");
    world.events.push({ kind: "duplicate", peerId: peer.id, packetNo: packet.packetNo, at: world.now });
    if (unreadable.has(`${peer.run} ${packet.packetNo}`)) return;
    const waiting = unstored.find(`${peer.run} ${packet.packetNo}`);
    // The first acknowledgement may be the one that was lost; one that waits for the store will come by itself.
    if (waiting === undefined) acknowledge(packet, from);
    else if (waiting.hasFailed) storeAgain(waiting);
  }

  function storeAgain(waiting: Unstored): void {
    const message = log.get(waiting.messageId);
    if (message === undefined) return;
    waiting.hasFailed = false;
    const group = (message.peerId === null ? undefined : world.peers.get(message.peerId))?.group ?? "";
    world.effects.push({ kind: "store", message, group });
  }

  /** It stays unread and unacknowledged; its sender hears so in words, at most once a minute, whatever was wrong. */
  function noteUnreadable(packet: Packet, peer: PeerRecord): void {
    if (unreadable.size >= limits.unreadable) unreadable.clear();
    unreadable.add(`${peer.run} ${packet.packetNo}`);
    if (world.now - peer.lastUnreadable < timers.unreadableAnswerMs) return;
    peer.lastUnreadable = world.now;
    world.events.push({
      kind: "notice",
      code: "message-unreadable",
      fields: { peer: peer.id },
      at: world.now,
    });
    if (!packet.options.includes("AUTORETOPT")) queries.sayUnreadable(peer);
  }

  /** The text of a datagram of an earlier run as it came: of an encrypted one the envelope. */
  function textOnWire(bytes: Uint8Array, from: Endpoint): string {
    const decoded = decode(bytes, options.codec, world.peers.decodeContext(from));
    return decoded.kind === "packet" ? decoded.text : "";
  }

  /** The packet as it is inside; null when there is nothing to show. */
  function openIfSealed(
    packet: Packet,
    peer: PeerRecord,
    from: Endpoint,
    dict: UnsealedDict | null,
  ): Opened | Packet | null {
    if (dict !== null) return encryption.judgeDict(packet, dict.inside, peer);
    if (packet.options.includes("ENCRYPTOPT")) {
      const opened = encryption.open(packet, peer, from);
      if (opened === null) noteUnreadable(packet, peer);
      return opened;
    }
    if (!encryption.isForgedClear(packet, peer)) return packet;
    drop(world, "unsigned-key-name");
    if (world.now - peer.lastUnreadable < timers.unreadableAnswerMs) return null;
    peer.lastUnreadable = world.now;
    world.events.push({ kind: "notice", code: "unsigned-refused", fields: { peer: peer.id }, at: world.now });
    return null;
  }

  return {
    message(sealedPacket, sealedBody, { peer, isNew, changed }, from, dict = null) {
      const flags = sealedPacket.options;
      const asks = flags.includes("SENDCHECKOPT");
      if (asks) peer.acknowledges = true;
      // Before it is noted as seen: its sender will repeat it, and then there may be room.
      if (isKept(peer) && asks && unstored.isFull()) {
        drop(world, "store-busy");
        if (changed) publishPeer(world, "changed", peer);
        return;
      }
      if (flags.includes("ENCRYPTOPT") && encryption.isBusy(from.address)) {
        drop(world, "cipher-flood");
        if (isNew || changed) publishPeer(world, isNew ? "appeared" : "changed", peer);
        return;
      }
      if (isRepeat(peer, sealedPacket, from) || dict?.isRepeat === true) {
        heardAgain(peer, sealedPacket, from);
        if (changed) publishPeer(world, "changed", peer);
        return;
      }
      const inside = openIfSealed(sealedPacket, peer, from, dict);
      if (inside === null) {
        if (isNew || changed) publishPeer(world, isNew ? "appeared" : "changed", peer);
        return;
      }
      const opened = "encryption" in inside ? inside : null;
      const packet = "encryption" in inside ? inside.packet : inside;
      const body = packet.body.kind === "message" ? packet.body : sealedBody;
      encryption.noteSighting(peer, from, opened?.encryption.signature === "valid", true);
      const isHidden = flags.includes("NOADDLISTOPT");
      const returned = !isHidden && presence.setPresent(peer);
      if (isNew && isHidden) peer.state = "offline";
      const typed = peer.typingUntil > 0;
      peer.typingUntil = 0;
      const message: Message = {
        id: world.newMessageId(world.now),
        direction: "in",
        at: world.now,
        to: [],
        peerId: peer.id,
        peerName: peerName(peer),
        endpoint: from,
        deliveries: [],
        conversation: flags.includes("BROADCASTOPT") ? everyone : peer.id,
        packetNo: packet.packetNo,
        dialect: packet.dialect,
        text: packet.text,
        displayText: body.displayText,
        charset: packet.charset,
        charsetReason: packet.charsetReason,
        options: flags,
        sealed: flags.includes("SECRETOPT"),
        locked: flags.includes("SECRETOPT") && flags.includes("PASSWORDOPT"),
        openedAt: null,
        encryption: opened?.encryption ?? null,
        recipients: opened?.recipients ?? [],
        recalled: null,
        broadcast: flags.includes("BROADCASTOPT"),
        autoReply: flags.includes("AUTORETOPT"),
        raw: packet.bytes,
        files: body.files,
        images: body.images,
      };
      if (isNew || returned) publishPeer(world, "appeared", peer);
      keep(message, peer);
      if (!isNew && !returned && (changed || typed)) publishPeer(world, "changed", peer);
      opened?.watch?.(message.id);
      if (!isKept(peer)) acknowledge(packet, from);
      else if (asks) {
        const key = `${peer.run} ${packet.packetNo}`;
        unstored.add({ messageId: message.id, key, reply: requiredReply(packet), from, hasFailed: false });
      }
      if (message.files.length > 0) files.heardOffer(message, peer, from);
      queries.autoReply(packet, peer);
      const isStranger = isNew && !isHidden && !message.broadcast && !message.autoReply;
      // Only to where clients listen: an entry in the window of somebody's debug tool would be noise.
      if (isStranger && from.port === world.network?.port) presence.greetStranger(from);
    },

    rawText(raw, peer, from) {
      keep(
        plainMessage(world, {
          peerId: peer.id,
          peerName: peerName(peer),
          endpoint: from,
          conversation: peer.id,
          packetNo: noPacketNo,
          dialect: "raw",
          text: raw.text,
          displayText: raw.text,
          charset: raw.charset,
          charsetReason: raw.charsetReason,
          options: [],
          raw: raw.bytes,
        }),
        peer,
      );
    },

    acknowledge,

    restore(recent) {
      for (const { peerId, packetNo, address, text, at, wire } of recent) {
        const peer = world.peers.get(peerId);
        if (peer === undefined || at > world.now || world.now - at >= timers.seenMs) continue;
        const isText = wire === undefined || parseIpDict(wire) !== null;
        const content = isText ? text : textOnWire(wire, peer.endpoint);
        world.seen.note(`${peer.run} ${packetNo}`, address, contentHash(content), at);
      }
    },

    stored(id) {
      const waiting = unstored.take(id);
      if (waiting !== undefined) sendReply(waiting.reply, waiting.from);
    },

    storeFailed(id, code, fields) {
      unstored.fail(id);
      const isTold = code === toldCode && world.now - toldAt < timers.storeNoticeMs;
      if (isTold) return;
      toldCode = code;
      toldAt = world.now;
      world.events.push({
        kind: "notice",
        code,
        fields: { ...fields, messageId: id },
        messageId: id,
        at: world.now,
      });
    },
  };
}
