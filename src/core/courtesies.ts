// What we do to others beside talking: shake their window, tell that we type, and step aside after idle minutes (protocol.md sections
// 12.3 and 19). Each with its brake. What others do to us is in queries.ts.
import { refuse } from "./compose.js";
import type { Answer } from "./input.js";
import { timers } from "./limits.js";
import type { PeerId, Self } from "./model.js";
import type { PeerRecord } from "./peers.js";
import { bareFor, drop, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";

export interface Courtesies {
  /** Shakes the window of a peer whose program can. */
  knock(peer: PeerRecord): Answer;
  heardKnockAnswer(from: Endpoint): void;
  /** The timer of a knock rang. */
  knockLate(id: PeerId, at: number): void;
  /** Tells a peer whose program shows it that we type, or stopped. */
  typing(peer: PeerRecord, active: boolean): Answer;
  /** Somebody is at the keyboard. */
  noteActivity(): void;
  idleLate(): void;
}

interface Knock {
  readonly peerId: PeerId;
  readonly address: string;
  readonly at: number;
}

const done: Answer = { ok: true, messages: [] };

/** FeiQ knows these packets, and we do; others would take them for noise. */
function isLively(peer: PeerRecord): boolean {
  return peer.dialect === "feiq" || peer.feiyan !== null;
}

export function createCourtesies(world: World, setSelf: (self: Partial<Self>) => void): Courtesies {
  const { peers, options } = world;
  /** The latest knock at each peer. */
  const knocks = new Map<PeerId, Knock>();
  /** When we told each peer last that we type; 0 after we told that we stopped. */
  const told = new Map<PeerId, number>();
  let lastActivity: number | null = null;
  let isAway = false;
  let isWatched = false;

  function forgetOld(): void {
    for (const [id, { at }] of knocks) if (world.now - at >= timers.knockMs) knocks.delete(id);
    for (const [id, at] of told) if (world.now - at >= timers.typingForgetMs) told.delete(id);
  }

  function send(peer: PeerRecord, command: number): void {
    sendPacket(world, { command, sections: [""] }, peer.endpoint, bareFor(world, peer.endpoint));
  }

  function watchIdle(): void {
    const idleMs = (options.idleMinutes ?? 0) * 60_000;
    if (idleMs === 0 || isWatched || lastActivity === null) return;
    isWatched = true;
    world.alarms.set(lastActivity + idleMs, { kind: "idle" });
  }

  return {
    knock(peer) {
      if (!isLively(peer))
        return refuse("knock-not-possible", "the peer's program has no window to shake", { peer: peer.id });
      forgetOld();
      const before = knocks.get(peer.id);
      if (before !== undefined)
        return refuse("knock-too-soon", "knocked a moment ago", {
          peer: peer.id,
          seconds: Math.ceil((before.at + timers.knockMs - world.now) / 1000),
        });
      knocks.set(peer.id, { peerId: peer.id, address: peer.endpoint.address, at: world.now });
      send(peer, commands.FEIQ_SHAKE.number);
      world.alarms.set(world.now + timers.knockAnswerMs, {
        kind: "knock-late",
        peerId: peer.id,
        at: world.now,
      });
      return done;
    },

    heardKnockAnswer(from) {
      for (const [id, knock] of knocks) {
        const peer = peers.get(id);
        if (knock.address !== from.address || peer === undefined) continue;
        if (world.now - knock.at >= timers.knockAnswerMs) continue;
        // It stays for the brake, and is answered once.
        knocks.set(id, { ...knock, address: "" });
        world.events.push({
          kind: "knock-answered",
          peer: peers.snapshot(peer),
          answered: true,
          at: world.now,
        });
        return;
      }
      drop(world, "stray-knock-answer");
    },

    knockLate(id, at) {
      const knock = knocks.get(id);
      const peer = peers.get(id);
      if (knock === undefined || knock.at !== at || knock.address === "" || peer === undefined) return;
      world.events.push({
        kind: "knock-answered",
        peer: peers.snapshot(peer),
        answered: false,
        at: world.now,
      });
    },

    typing(peer, active) {
      if (!isLively(peer) || world.stopping) return done;
      forgetOld();
      const last = told.get(peer.id);
      if (active) {
        if (last !== undefined && world.now - last < timers.typingTellMs) return done;
        told.set(peer.id, world.now);
        send(peer, commands.FEIQ_TYPING.number);
      } else if (last !== undefined) {
        told.delete(peer.id);
        send(peer, commands.FEIQ_TYPING_END.number);
      }
      return done;
    },

    noteActivity() {
      lastActivity = world.now;
      if (isAway) {
        isAway = false;
        if (world.self.away !== null) setSelf({ away: null });
      }
      watchIdle();
    },

    idleLate() {
      isWatched = false;
      const idleMs = (options.idleMinutes ?? 0) * 60_000;
      if (lastActivity === null || world.stopping) return;
      if (world.now - lastActivity < idleMs) {
        watchIdle();
        return;
      }
      // Who said himself that he is away comes back himself.
      if (world.self.away !== null) return;
      isAway = true;
      setSelf({ away: options.idleText ?? "" });
    },
  };
}
