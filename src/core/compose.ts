// From what a user typed to packets: who gets it, in which charset, with or without a header, asked for an acknowledgement or
// not; refused before anything is sent when it would arrive as `?` or not at all. Sends nothing itself: delivery.ts does.
import type { Answer, Receiver, SayOptions } from "./input.js";
import { everyone } from "./model.js";
import type { PeerId } from "./model.js";
import type { OutgoingCharset } from "./peer-charset.js";
import type { PeerRecord } from "./peers.js";
import { splitText } from "./split-text.js";
import { textRoom } from "./text-room.js";
import { buildPacket, legacy } from "./world.js";
import type { World } from "./world.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import type { OutgoingFile } from "../protocol/attachments.js";
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
): readonly Target[] | Refusal {
  if (to === "everyone") {
    const raw = say.raw ?? false;
    // Nobody is asked what he reads; the flag at least tells those who know it.
    const charset: OutgoingCharset =
      say.charset === undefined
        ? legacy(world)
        : { charset: say.charset, flag: say.charset === "utf-8" && !raw, reason: "peer-choice" };
    return [{ peer: null, fixed: null, charset, raw, asks: false }];
  }
  const found = new Map<PeerId, Target>();
  for (const receiver of to) {
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
    found.set(peer.id, {
      peer,
      fixed: isKnown ? null : receiver.endpoint,
      charset: charsetFor(world, peer, raw, say),
      raw,
      asks: willAsk(peer, raw, say),
    });
  }
  return found.size === 0 ? refuse("no-such-peer", "no receiver given") : [...found.values()];
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
  for (const { peer, charset } of targets) {
    const lost = world.options.codec.unencodable(text, charset.charset);
    if (lost.length === 0) continue;
    const characters = [...new Set(lost.map((one) => one.character))].slice(0, 20);
    return refuse("text-not-encodable", `${charset.charset} cannot carry ${characters.join(" ")}`, {
      charset: charset.charset,
      peer: peer?.id ?? everyone,
      count: lost.length,
      characters,
    });
  }
  return null;
}

/** Bytes of text that fit one datagram to this receiver: its buffer (section 11) less our longest header. */
function roomFor(world: World, target: Target): number {
  const official = target.peer !== null && target.peer.readsUtf8 && target.peer.dialect === "ipmsg";
  return textRoom(world.self, target.raw ? "raw" : official ? "official" : "other");
}

/** The refusal of a text that does not fit; null when it does. */
export function checkLength(world: World, text: string, target: Target): Refusal | null {
  const pieces = piecesOf(world, text, [target], {});
  return isRefusal(pieces) ? pieces : null;
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
        peer: target.peer?.id ?? everyone,
      });
    }
    pieces = pieces.flatMap((piece) => splitText(piece, room, sizeOf));
  }
  return pieces;
}

/** The command word for a receiver, without the UTF8 option. */
export function commandFor(target: Target, several: boolean, autoReply: boolean, hasFiles = false): number {
  return (
    (commands.SENDMSG.number |
      (target.peer === null ? optionBits.BROADCASTOPT : 0) |
      (several ? optionBits.MULTICASTOPT : 0) |
      (autoReply ? optionBits.AUTORETOPT : 0) |
      (hasFiles ? optionBits.FILEATTACHOPT : 0) |
      (target.asks ? optionBits.SENDCHECKOPT : 0)) >>>
    0
  );
}

export function packetFor(
  world: World,
  target: Target,
  command: number,
  text: string,
  packetNo: PacketNo,
  files?: readonly OutgoingFile[],
): Uint8Array {
  const wireText = text.replace(/\r\n?/gu, "\n");
  return target.raw
    ? world.options.codec.encode(wireText, target.charset.charset)
    : buildPacket(
        world,
        { command, sections: [wireText], packetNo, ...(files === undefined ? {} : { files }) },
        target.charset,
      );
}
