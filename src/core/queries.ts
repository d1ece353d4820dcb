// Small questions and answers: version and absence, asked and answered with brakes; FeiQ's knock, typing and chat window;
// the automatic answer while away (protocol.md sections 6, 7 and 12.3).
import { trimOldest } from "./trim-oldest.js";
import type { Outbox } from "./delivery.js";
import { limits, rates, timers } from "./limits.js";
import type { PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { bareFor, drop, legacy, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { optionBits } from "../protocol/options.js";
import { commands } from "../protocol/commands.js";
import type { Body, Packet } from "../protocol/message.js";

export interface Queries {
  ask(peer: PeerRecord, what: "version" | "absence"): void;
  heardQuery(body: Extract<Body, { kind: "query" }>, from: Endpoint): void;
  heardInfo(body: Extract<Body, { kind: "info" }>, peer: PeerRecord): void;
  heardKnock(peer: PeerRecord, from: Endpoint): void;
  heardTyping(active: boolean, peer: PeerRecord): void;
  endTyping(id: PeerId): void;
  heardChatWindow(from: Endpoint): void;
  /** Tells a peer in words that its message could not be opened. */
  sayUnreadable(peer: PeerRecord): void;
  /** Answers a message while we are away: at most once a minute per peer, never an automatic one. */
  autoReply(packet: Packet, peer: PeerRecord): void;
}

export function createQueries(world: World, outbox: Outbox): Queries {
  /** Answers given per address in the current window. */
  const answers = new Map<string, { since: number; count: number }>();

  function mayAnswer(address: string): boolean {
    const known = answers.get(address);
    if (known === undefined || world.now - known.since >= rates.queryWindowMs) {
      answers.delete(address);
      answers.set(address, { since: world.now, count: 1 });
      trimOldest(answers, rates.queryAddresses);
      return true;
    }
    known.count++;
    if (known.count <= rates.queryAnswers) return true;
    drop(world, "query-flood");
    return false;
  }

  function watchTyping(peer: PeerRecord): void {
    if (peer.isTypingWatched) return;
    peer.isTypingWatched = true;
    world.alarms.set(peer.typingUntil, { kind: "typing-end", peerId: peer.id });
  }

  return {
    ask(peer, what) {
      const command = what === "version" ? commands.GETINFO.number : commands.GETABSENCEINFO.number;
      sendPacket(world, { command, sections: [""] }, peer.endpoint, bareFor(world, peer.endpoint));
    },

    heardQuery(body, from) {
      if (body.what === "public-key" || !mayAnswer(from.address)) return;
      const peer = world.peers.at(from);
      const charset = peer === undefined ? legacy(world) : world.peers.outgoingCharset(peer);
      const isVersion = body.what === "version";
      const command = isVersion ? commands.SENDINFO.number : commands.SENDABSENCEINFO.number;
      const text = isVersion ? world.options.versionText : (world.self.away ?? "Not absence mode");
      sendPacket(world, { command, sections: [text] }, from, charset);
    },

    heardInfo(body, peer) {
      const text = body.text.slice(0, limits.infoCharacters);
      if (body.what === "version") peer.versionText = text;
      else peer.absenceText = text;
      world.events.push({
        kind: "info",
        peer: world.peers.snapshot(peer),
        what: body.what,
        text,
        at: world.now,
      });
    },

    heardKnock(peer, from) {
      if (world.now - peer.lastKnockIn < timers.knockMs) {
        drop(world, "knock-flood");
        return;
      }
      peer.lastKnockIn = world.now;
      sendPacket(
        world,
        { command: commands.FEIQ_SHAKE_ACK.number, sections: [""] },
        from,
        bareFor(world, from),
      );
      world.events.push({ kind: "knock", peer: world.peers.snapshot(peer), at: world.now });
    },

    heardTyping(active, peer) {
      const was = peer.typingUntil > world.now;
      peer.typingUntil = active ? world.now + timers.typingShownMs : 0;
      if (active) watchTyping(peer);
      if (was === active) return;
      world.events.push({ kind: "typing", peer: world.peers.snapshot(peer), active, at: world.now });
    },

    endTyping(id) {
      const peer = world.peers.get(id);
      if (peer === undefined) return;
      peer.isTypingWatched = false;
      if (peer.typingUntil > world.now) watchTyping(peer);
      if (peer.typingUntil === 0 || peer.typingUntil > world.now) return;
      peer.typingUntil = 0;
      world.events.push({ kind: "typing", peer: world.peers.snapshot(peer), active: false, at: world.now });
    },

    heardChatWindow(from) {
      if (mayAnswer(from.address)) {
        sendPacket(
          world,
          { command: commands.FEIQ_OPENCHAT_ACK.number, sections: [""] },
          from,
          bareFor(world, from),
        );
      }
    },

    sayUnreadable(peer) {
      if (world.stopping) return;
      const command = commands.SENDMSG.number | optionBits.AUTORETOPT | optionBits.NOLOGOPT;
      const text = "This message could not be decrypted here. / 这条消息无法解密。";
      const { user } = world.self;
      sendPacket(
        world,
        { user, command, sections: [text] },
        peer.endpoint,
        world.peers.outgoingCharset(peer),
      );
    },

    autoReply(packet, peer) {
      const text = world.self.away;
      if (text === null || text === "" || peer.dialect === "raw" || world.stopping) return;
      if (packet.options.includes("AUTORETOPT") || packet.options.includes("BROADCASTOPT")) return;
      if (world.now - peer.lastAutoReply < timers.autoReplyMs) return;
      peer.lastAutoReply = world.now;
      outbox.sayAutomatically(peer, text);
    },
  };
}
