// Taking a message back (protocol.md section 23), between feiyan peers that both announce it and nobody else. The receiver decides by
// its settings; what was signed is taken back by the same key only. A recalled message keeps its place and loses its text.
import { refuse } from "./compose.js";
import type { Answer } from "./input.js";
import { limits, timers } from "./limits.js";
import type { Message, MessageId, RecallState } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { buildPacket, changeMessage, drop, sendBytes, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { asciiBytes, hexText } from "../protocol/bytes.js";
import { commands } from "../protocol/commands.js";
import { optionBits } from "../protocol/options.js";
import type { Packet } from "../protocol/message.js";
import {
  buildRecall,
  buildRecallAnswer,
  parseRecall,
  recallText,
  type RecallBody,
} from "../protocol/recall.js";

interface Asked {
  readonly messageId: MessageId;
  readonly to: Endpoint;
  readonly bytes: Uint8Array;
  attempt: number;
}

export interface Recall {
  ask(id: MessageId): Answer;
  /** True when the packet was one of ours. */
  heard(packet: Packet, from: Endpoint): boolean;
  repeat(packetNo: string, attempt: number): void;
}

const utf8 = { charset: "utf-8", flag: true, reason: "utf8-flag" } as const;

export function createRecall(world: World): Recall {
  const { log, peers, options } = world;
  /** By the packet number of the message. */
  const asked = new Map<string, Asked>();

  function mark(message: Message, recalled: RecallState): void {
    const isGone = recalled === "done" && message.direction === "in";
    const changed: Message = isGone
      ? { ...message, recalled, text: "", displayText: "", files: [], images: [] }
      : { ...message, recalled };
    changeMessage(world, changed);
  }

  function transmit(packetNo: string, one: Asked): void {
    sendBytes(world, one.bytes, one.to);
    world.alarms.set(world.now + timers.repeatMs, { kind: "recall", packetNo, attempt: one.attempt });
  }

  /** The message that this peer sent under that number, if it came from there. */
  function receivedFrom(peer: PeerRecord, packetNo: string, from: Endpoint): Message | undefined {
    const list = log.messages(peer.id);
    for (let at = list.length - 1; at >= 0 && at >= list.length - limits.recallDepth; at--) {
      const message = list.at(at);
      if (message?.direction === "in" && message.packetNo === packetNo)
        return message.endpoint?.address === from.address ? message : undefined;
    }
    return undefined;
  }

  function isAllowed(message: Message, peer: PeerRecord, signature: string | null): boolean {
    if (options.allowRecall === false) return false;
    if (message.encryption?.signature !== "valid") return true;
    const key = world.trust.get(peer.id)?.key ?? null;
    const bytes = Uint8Array.from(signature?.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
    const text = asciiBytes(recallText(message.packetNo));
    return key !== null && options.cipher?.verify(text, bytes, key, "sha256") === true;
  }

  function heardRequest(body: RecallBody, from: Endpoint): void {
    const peer = peers.at(from);
    const message = peer === undefined ? undefined : receivedFrom(peer, body.packetNo, from);
    if (peer === undefined || message === undefined || peer.feiyan?.recall !== true) {
      drop(world, "forged-recall");
      return;
    }
    const isDone = message.recalled === "done" || isAllowed(message, peer, body.signature);
    if (isDone && message.recalled !== "done") mark(message, "done");
    sendPacket(
      world,
      { command: commands.FEIYAN.number, sections: buildRecallAnswer(body.packetNo, isDone) },
      from,
      utf8,
    );
  }

  function heardAnswer(body: RecallBody, from: Endpoint): void {
    const one = asked.get(body.packetNo);
    const message = one === undefined ? undefined : log.get(one.messageId);
    if (one === undefined || message === undefined || one.to.address !== from.address) {
      drop(world, "forged-recall");
      return;
    }
    asked.delete(body.packetNo);
    mark(message, body.done ? "done" : "refused");
  }

  return {
    ask(id) {
      const message = log.get(id);
      if (message === undefined || message.direction !== "out" || message.peerId === null)
        return refuse("no-such-message", "no such message", { messageId: id });
      const peer = peers.get(message.peerId);
      if (peer?.feiyan?.recall !== true)
        return refuse("recall-not-possible", "the peer does not take messages back", {
          peer: message.peerId,
        });
      if (asked.size >= limits.openReceipts) asked.clear();
      const signed = options.cipher?.sign(asciiBytes(recallText(message.packetNo))) ?? null;
      const sections = buildRecall(message.packetNo, signed === null ? null : hexText(signed));
      const command = commands.FEIYAN.number | optionBits.SENDCHECKOPT;
      const one: Asked = {
        messageId: id,
        to: peer.endpoint,
        bytes: buildPacket(world, { command, sections }, utf8),
        attempt: 1,
      };
      asked.set(message.packetNo, one);
      mark(message, "asked");
      transmit(message.packetNo, one);
      return { ok: true, messages: [log.get(id) ?? message] };
    },

    heard(packet, from) {
      const body = parseRecall(packet, options.codec);
      if (body === null) return false;
      if (body.kind === "recall") heardRequest(body, from);
      else heardAnswer(body, from);
      return true;
    },

    repeat(packetNo, attempt) {
      const one = asked.get(packetNo);
      if (one === undefined || one.attempt !== attempt) return;
      const message = log.get(one.messageId);
      if (attempt > timers.readRepeats || world.stopping || message === undefined) {
        asked.delete(packetNo);
        if (message !== undefined) mark(message, "unconfirmed");
        return;
      }
      one.attempt++;
      transmit(packetNo, one);
    },
  };
}
