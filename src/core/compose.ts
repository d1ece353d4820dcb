// From what a user typed to packets: who gets it, in which charset, with or without a header, asked for an acknowledgement or
// not; refused before anything is sent when it would arrive as `?` or not at all. Sends nothing itself: delivery.ts does.
import { clear } from "./encryption.js";
import type { Encryption, SealPlan } from "./encryption.js";
import type { Answer, Receiver, SayOptions } from "./input.js";
import { everyone, roomIdOf, roomNumberOf } from "./model.js";
import type { PeerId } from "./model.js";
import type { OutgoingCharset } from "./peer-charset.js";
import type { PeerRecord } from "./peers.js";
import type { RoomRecord } from "./rooms.js";
import { splitText } from "./split-text.js";
import { textRoom } from "./text-room.js";
import { buildPacket, legacy, userFor } from "./world.js";
import type { World } from "./world.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint } from "../ports/transport.js";
import { buildInnerText } from "../protocol/encryption/inner-text.js";
import type { Recipient } from "../protocol/encryption/inner-text.js";
import { commands } from "../protocol/commands.js";
import { buildGroupPacket } from "../protocol/group.js";
import { buildFileList, type OutgoingFile } from "../protocol/attachments.js";
import { optionBits } from "../protocol/options.js";
import type { PacketNo } from "../protocol/message.js";

/** One receiver of a message, decided. */
export interface Target {
  /** Null: everyone, by broadcast. */
  readonly peer: PeerRecord | null;
  /** The address asked for, when the receiver was named by one. */
  readonly fixed: Endpoint | null;
  readonly charset: OutgoingCharset;
  /** Bare text, no header. */
  readonly raw: boolean;
  /** Ask for an acknowledgement. */
  readonly asks: boolean;
  /** In clear, sealed, or not before the key was asked for. */
  readonly plan: SealPlan;
  /** SECRET, READCHECK and PASSWORD of a sealed message. */
  readonly sealBits: number;
  /** All receivers, for those whose program reads such a list. */
  readonly recipients: readonly Recipient[];
  /** Everyone in this FeiQ group, by multicast; `peer` is null then. */
  readonly room?: RoomRecord;
}

export type Refusal = Extract<Answer, { ok: false }>;

export function refuse(code: ErrorCode, text: string, fields: ErrorFields = {}): Refusal {
  return { ok: false, code, text, fields };
}

export function isRefusal(value: object): value is Refusal {
  return "ok" in value && value.ok === false;
}

/**
 * Whether to set SENDCHECK: always for who acknowledges, and for who was never heard (asking is how we learn). Who typed a
 * header by hand will not answer: every message to it would end as unconfirmed (protocol.md section 19).
 */
function willAsk(peer: PeerRecord, raw: boolean, say: SayOptions): boolean {
  if (raw) return false;
  return say.check ?? (peer.acknowledges || peer.id.startsWith("addr:"));
}

export function targetsOf(
  world: World,
  to: readonly Receiver[] | "everyone",
  say: SayOptions,
  encryption: Encryption,
): readonly Target[] | Refusal {
  const sealBits = sealBitsOf(say);
  if (to === "everyone") {
    const raw = say.raw ?? false;
    // Nobody is asked what he reads; the flag at least tells those who know it.
    const charset: OutgoingCharset =
      say.charset === undefined
        ? legacy(world)
        : { charset: say.charset, flag: say.charset === "utf-8" && !raw, reason: "peer-choice" };
    if (say.encrypt === "always") return refuse("encryption-not-possible", "a broadcast goes in clear");
    if (sealBits !== 0 && say.plain !== true)
      return refuse("sealed-not-encrypted", "a broadcast goes in clear");
    return [{ peer: null, fixed: null, charset, raw, asks: false, plan: clear, sealBits, recipients: [] }];
  }
  const found = new Map<PeerId, Target>();
  for (const receiver of to) {
    const number = "peer" in receiver ? roomNumberOf(receiver.peer) : null;
    if (number !== null) {
      const target = roomTarget(world, number, say);
      if (isRefusal(target)) return target;
      found.set(target.room.id, target);
      continue;
    }
    const isKnown = "peer" in receiver;
    const peer = isKnown
      ? world.peers.get(receiver.peer)
      : world.peers.byAddress(receiver.endpoint, world.now);
    if (peer === undefined || peer === null) {
      return refuse("no-such-peer", "no such peer", {
        peer: isKnown ? receiver.peer : receiver.endpoint.address,
      });
    }
    const raw = say.raw ?? peer.dialect === "raw";
    const plan = raw ? clear : encryption.planFor(peer, say.encrypt);
    const refused = refusalOf(peer, plan, raw, say);
    if (refused !== null) return refused;
    found.set(peer.id, {
      peer,
      fixed: isKnown ? null : receiver.endpoint,
      charset: charsetFor(world, peer, raw, say),
      raw,
      asks: willAsk(peer, raw, say),
      // A sealed message that must not be read on the way waits for the key instead.
      plan: plan.kind === "ask" && sealBits !== 0 && say.plain !== true ? { ...plan, orClear: false } : plan,
      sealBits: raw ? 0 : sealBits,
      recipients: [],
    });
  }
  if (found.size === 0) return refuse("no-such-peer", "no receiver given");
  return found.size === 1 ? [...found.values()] : withRecipients([...found.values()]);
}

/** FeiQ's groups read GBK, and anybody can read along. */
function roomTarget(
  world: World,
  number: string,
  say: SayOptions,
): (Target & { readonly room: RoomRecord }) | Refusal {
  const room = world.rooms.of(roomIdOf(number));
  if (room?.joined !== true) return refuse("not-in-group", "not in that group", { group: number });
  // Sealed in clear is no way out here either: nobody opens an envelope in a group.
  if (say.encrypt === "always" || sealBitsOf(say) !== 0)
    return refuse("encryption-not-possible", "a group message goes in clear", { group: number });
  const charset: OutgoingCharset = { charset: "gbk", flag: false, reason: "dialect" };
  return {
    peer: null,
    fixed: null,
    charset,
    raw: false,
    asks: false,
    plan: clear,
    sealBits: 0,
    recipients: [],
    room,
  };
}

/** Where a message to it stands. */
export function conversationOfTarget({ peer, room }: Pick<Target, "peer" | "room">): PeerId {
  return room?.id ?? peer?.id ?? everyone;
}

function sealBitsOf(say: SayOptions): number {
  if (say.seal !== true && say.lock !== true) return 0;
  const lock = say.lock === true ? optionBits.PASSWORDOPT : 0;
  return optionBits.SECRETOPT | optionBits.READCHECKOPT | lock;
}

/** Why a message cannot go to this peer in the way that was asked for; null when it can. */
export function refusalOf(peer: PeerRecord, plan: SealPlan, raw: boolean, say: SayOptions): Refusal | null {
  const fields = { peer: peer.id };
  if (plan.kind === "refused") {
    return plan.reason === "key-alarm"
      ? refuse("key-alarm", "an alarm about the key of this peer is not answered", fields)
      : refuse("encryption-not-possible", "the peer or this program cannot encrypt", fields);
  }
  if (raw && say.encrypt === "always")
    return refuse("encryption-not-possible", "bare text is never encrypted", fields);
  if (sealBitsOf(say) !== 0 && plan.kind === "clear" && say.plain !== true)
    return refuse("sealed-not-encrypted", "the sealed message would go in clear", fields);
  return null;
}

/** Names the receivers to each other, where the programs know such a list (section 6). */
function withRecipients(targets: readonly Target[]): readonly Target[] {
  const all = targets.flatMap(({ peer }) =>
    peer === null || peer.user === "" ? [] : [{ user: peer.user, host: peer.host }],
  );
  return targets.map((target) =>
    target.peer?.capabilities.includes("encext") === true ? { ...target, recipients: all } : target,
  );
}

function charsetFor(world: World, peer: PeerRecord, raw: boolean, say: SayOptions): OutgoingCharset {
  const usual = world.peers.outgoingCharset(peer);
  if (say.charset !== undefined) {
    return {
      charset: say.charset,
      flag: say.charset === "utf-8" && peer.readsUtf8 && !raw,
      reason: "peer-choice",
    };
  }
  return raw ? { ...usual, flag: false } : usual;
}

/** The text that `charset` cannot carry, unless the user said that it is meant. */
export function checkText(
  world: World,
  text: string,
  targets: readonly Target[],
  say: SayOptions,
): Refusal | null {
  if (text === "") return refuse("text-empty", "nothing to send");
  if (say.lossy === true) return null;
  for (const { peer, charset, room } of targets) {
    const lost = world.options.codec.unencodable(text, charset.charset);
    if (lost.length === 0) continue;
    const characters = [...new Set(lost.map((one) => one.character))].slice(0, 20);
    return refuse("text-not-encodable", `${charset.charset} cannot carry ${characters.join(" ")}`, {
      charset: charset.charset,
      peer: room?.id ?? peer?.id ?? everyone,
      count: lost.length,
      characters,
    });
  }
  return null;
}

/** The mark with the longest number, the padding, and what the version item has more. */
const groupMarkBytes = 120;

/** Bytes of text that fit one datagram to this receiver: its buffer (section 11) less our longest header. */
function roomFor(world: World, target: Target, takenBytes = 0): number {
  const official = target.peer !== null && target.peer.readsUtf8 && target.peer.dialect === "ipmsg";
  const usual = textRoom(world.self, target.raw ? "raw" : official ? "official" : "other") - takenBytes;
  const room = target.room === undefined ? usual : usual - groupMarkBytes;
  if (target.plan.kind === "clear") return room;
  // The wrapped key, the signature and the list of receivers, and two digits or one and a third for every byte of text.
  const isBase64 = target.plan.kind === "sealed" && target.plan.suite.encoding === "base64";
  const names = target.recipients.reduce(
    (sum, { user, host }) => sum + 3 * (user.length + host.length) + 2,
    0,
  );
  return Math.floor((room - (isBase64 ? 720 : 1060)) / (isBase64 ? 1.34 : 2)) - names - 20;
}

/** The refusal of a text that does not fit; null when it does. */
export function checkLength(world: World, text: string, target: Target): Refusal | null {
  const pieces = piecesOf(world, text, [target], {});
  return isRefusal(pieces) ? pieces : null;
}

/** The refusal of an offer that does not fit one datagram, with the list where this receiver gets it; null when it does. */
export function checkOffer(
  world: World,
  text: string,
  files: readonly OutgoingFile[],
  target: Target,
): Refusal | null {
  const sizeOf = (of: string): number => world.options.codec.encode(of, target.charset.charset).length;
  const textBytes = sizeOf(text);
  const listBytes = sizeOf(buildFileList(files)) + 2;
  const isSealed = target.plan.kind !== "clear";
  const isInside = isSealed && target.peer?.capabilities.includes("encext") === true;
  // Outside the cipher text a byte of the list is a byte; the text before it takes more room than it has bytes.
  const isApart = isSealed && !isInside;
  const room = isApart ? roomFor(world, target, listBytes) + listBytes : roomFor(world, target);
  const bytes = textBytes + listBytes;
  if (bytes <= room) return null;
  const limit = Math.max(0, room);
  return refuse("offer-too-long", `${bytes} bytes, at most ${limit}`, { bytes, limit });
}

/** One piece when the text fits every receiver; more only when the user said so. */
export function piecesOf(
  world: World,
  text: string,
  targets: readonly Target[],
  say: SayOptions,
): readonly string[] | Refusal {
  let pieces: readonly string[] = [text];
  for (const target of targets) {
    const room = roomFor(world, target);
    const sizeOf = (piece: string): number =>
      world.options.codec.encode(piece, target.charset.charset).length;
    const size = Math.max(...pieces.map(sizeOf));
    if (size <= room) continue;
    if (say.split !== true) {
      return refuse("text-too-long", `${size} bytes, at most ${room}`, {
        bytes: size,
        limit: room,
        peer: conversationOfTarget(target),
      });
    }
    pieces = pieces.flatMap((piece) => splitText(piece, room, sizeOf));
  }
  return pieces;
}

/** The file list and the other receivers stand inside the cipher text, where the receiver's program looks for them there. */
function isExtended({ peer, plan, recipients }: Target, hasFiles: boolean): boolean {
  if (plan.kind !== "sealed") return false;
  return recipients.length > 0 || (hasFiles && peer?.capabilities.includes("encext") === true);
}

/** The command word for a receiver, without the UTF8 option. */
export function commandFor(target: Target, several: boolean, autoReply: boolean, hasFiles = false): number {
  if (target.room !== undefined) return commands.FEIQ_GROUPMSG.number;
  return (
    (commands.SENDMSG.number |
      (target.peer === null ? optionBits.BROADCASTOPT : 0) |
      (several ? optionBits.MULTICASTOPT : 0) |
      target.sealBits |
      (target.plan.kind === "sealed" ? optionBits.ENCRYPTOPT : 0) |
      (isExtended(target, hasFiles) ? optionBits.ENCEXTMSGOPT : 0) |
      (autoReply ? optionBits.AUTORETOPT : 0) |
      (hasFiles ? optionBits.FILEATTACHOPT : 0) |
      (target.asks ? optionBits.SENDCHECKOPT : 0)) >>>
    0
  );
}

/** The datagram for a receiver; null when its key turned out to be none. */
export function packetFor(
  world: World,
  target: Target,
  command: number,
  text: string,
  packetNo: PacketNo,
  files?: readonly OutgoingFile[],
): Uint8Array | null {
  const wireText = text.replace(/\r\n?/gu, "\n");
  if (target.room !== undefined) {
    const { user, host } = world.self;
    const mac = world.network?.mac ?? null;
    const { codec, crypto, avatar } = world.options;
    const { number: groupId } = target.room;
    const parts = { step: "message", groupId, text: wireText, packetNo, user, host, mac, avatar } as const;
    return buildGroupPacket(parts, codec, crypto);
  }
  if (target.plan.kind === "sealed") {
    const { suite, key } = target.plan;
    const isInside = files !== undefined && isExtended(target, true);
    const inner = buildInnerText(wireText, isInside ? buildFileList(files) : "", target.recipients);
    const plain = world.options.codec.encode(inner, target.charset.charset);
    const sealed = world.options.cipher?.seal(plain, suite, key, packetNo) ?? null;
    // Who does not know ENCEXTMSG finds the list in clear behind the text (section 9.2).
    const outside = files === undefined || isInside ? {} : { files };
    return sealed === null
      ? null
      : buildPacket(
          world,
          {
            user: userFor(world, target.peer ?? undefined),
            command,
            sections: [sealed],
            packetNo,
            ...outside,
          },
          target.charset,
        );
  }
  // In clear under our plain name: one that is tied to a key is refused without a signature.
  return target.raw
    ? world.options.codec.encode(wireText, target.charset.charset)
    : buildPacket(
        world,
        { command, sections: [wireText], packetNo, ...(files === undefined ? {} : { files }) },
        target.charset,
      );
}
