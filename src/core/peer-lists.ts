// Feiyan peers tell each other the addresses of whom they heard announce himself (protocol.md section 23), where both have it switched on.
// A list is hearsay: nobody is known by it, the addresses are only greeted, seldom, and who is there answers himself. No list goes to
// somebody who merely claims an address, so nobody can be made to send much to another.
import { trimOldest } from "./trim-oldest.js";
import { formatEndpoint, parseEndpoint, sameEndpoint } from "./endpoint.js";
import { limits, rates, timers } from "./limits.js";
import type { PeerId } from "./model.js";
import type { PeerRecord } from "./peers.js";
import type { Presence } from "./presence.js";
import { drop, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { OutgoingCharset } from "./peer-charset.js";
import type { Endpoint } from "../ports/transport.js";
import { buildPeerList, peerListLimits } from "../protocol/peer-list.js";
import type { PeerListPacket } from "../protocol/peer-list.js";

export interface PeerLists {
  /** A peer told who it is: it is asked whom it knows, if it tells that. */
  announced(peer: PeerRecord): void;
  /** The pause before the question is over. */
  question(id: PeerId): void;
  /** The next of the addresses that were told. */
  greetNext(): void;
  heard(packet: PeerListPacket, from: Endpoint): void;
}

interface Asked {
  readonly at: number;
  readonly token: string;
}

const ascii: OutgoingCharset = { charset: "ascii", flag: false, reason: "ascii" };

/** Where one machine can be: no broadcast, no multicast, nothing without a meaning elsewhere. */
export function isTellable({ address, port }: Endpoint): boolean {
  if (port < 1_024) return false;
  if (address.includes(":")) return !/^(?:fe[89ab]|ff|::1?$)|%/iu.test(address);
  return !/^(?:0|127|22[4-9]|23\d|24\d|25[0-5])\.|^169\.254\.|\.255$/u.test(address);
}

/** Puts one more into a table whose oldest entry makes room. */
function remember<V>(table: Map<string, V>, key: string, value: V, most: number): void {
  table.delete(key);
  table.set(key, value);
  trimOldest(table, most);
}

/** It announced itself from that very address, and said that it takes part. */
function isPartner(peer: PeerRecord | undefined, from: Endpoint): peer is PeerRecord {
  return peer?.announced === true && peer.feiyan?.peerLists === true && sameEndpoint(peer.endpoint, from);
}

export function createPeerLists(world: World, presence: Presence): PeerLists {
  const { options, peers } = world;
  const isOn = options.sharePeers === true && options.presence;
  /** Our latest question to each. */
  const asked = new Map<string, Asked>();
  /** Passes given out, by who may use them. */
  const passes = new Map<string, { readonly at: number; readonly pass: string }>();
  /** When each got its list last. */
  const told = new Map<string, number>();
  /** When each address was greeted last because somebody told of it. */
  const greeted = new Map<string, number>();
  const waiting: Endpoint[] = [];
  let isGreeting = false;
  let windowStart = Number.NEGATIVE_INFINITY;
  let inWindow = 0;

  function newToken(): string {
    const { random } = options;
    return [random.uint32(), random.uint32()].map((half) => half.toString(16).padStart(8, "0")).join("");
  }

  function send(packet: PeerListPacket, to: Endpoint): void {
    sendPacket(world, buildPeerList(packet), to, ascii);
  }

  /** So many packets of this kind leave in a minute, whatever comes in. */
  function mayAnswer(): boolean {
    if (world.now - windowStart >= timers.peerListWindowMs) {
      windowStart = world.now;
      inWindow = 0;
    }
    return ++inWindow <= rates.peerListAnswers;
  }

  function addressesFor(asker: PeerRecord): readonly string[] {
    const present = [...peers.all()].filter(
      (peer) =>
        peer !== asker &&
        peer.announced &&
        peer.state !== "offline" &&
        peer.dialect !== "raw" &&
        !peer.policy.blocked &&
        isTellable(peer.endpoint) &&
        !sameEndpoint(peer.endpoint, asker.endpoint),
    );
    const latest = present.toSorted((a, b) => b.lastSeen - a.lastSeen).slice(0, peerListLimits.addresses);
    return [...new Set(latest.map(({ endpoint }) => formatEndpoint(endpoint)))];
  }

  function heardRequest(
    { token, pass }: Extract<PeerListPacket, { kind: "request" }>,
    peer: PeerRecord,
    from: Endpoint,
  ): void {
    const key = formatEndpoint(from);
    if (world.now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < timers.peerListAgainMs || !mayAnswer()) {
      drop(world, "peer-list-flood");
      return;
    }
    const given = passes.get(key);
    const isGood = given !== undefined && given.pass === pass && world.now - given.at < timers.peerListMs;
    if (!isGood) {
      // As long as the question, so that a forged one is worth nothing.
      const fresh = newToken();
      remember(passes, key, { at: world.now, pass: fresh }, limits.peerListPartners);
      send({ kind: "pass", token, pass: fresh }, from);
      return;
    }
    passes.delete(key);
    remember(told, key, world.now, limits.peerListPartners);
    send({ kind: "peers", token, addresses: addressesFor(peer) }, from);
  }

  function isKnownHere(to: Endpoint): boolean {
    const peer = peers.at(to);
    if (peer !== undefined && peer.announced && peer.state !== "offline") return true;
    return (world.network?.addresses ?? []).some(
      ({ address }) => address === to.address && world.network?.port === to.port,
    );
  }

  function take(addresses: readonly string[]): void {
    for (const text of addresses) {
      const to = parseEndpoint(text, world.network?.port ?? 0);
      if (to === null || !isTellable(to) || isKnownHere(to)) continue;
      const key = formatEndpoint(to);
      const last = greeted.get(key);
      if (last !== undefined && world.now - last < timers.toldAgainMs) continue;
      if (waiting.length >= limits.toldAddresses) {
        drop(world, "peer-list-flood");
        return;
      }
      remember(greeted, key, world.now, limits.toldRemembered);
      waiting.push(to);
    }
    if (waiting.length > 0 && !isGreeting) {
      isGreeting = true;
      world.alarms.set(world.now + timers.toldPauseMs, { kind: "told-address" });
    }
  }

  return {
    announced(peer) {
      if (!isOn || peer.feiyan?.peerLists !== true || peer.policy.blocked) return;
      const last = asked.get(formatEndpoint(peer.endpoint));
      if (last !== undefined && world.now - last.at < timers.peerListAskMs) return;
      remember(asked, formatEndpoint(peer.endpoint), { at: world.now, token: "" }, limits.peerListPartners);
      const pauseMs = options.random.uint32() % timers.peerListPauseMs;
      world.alarms.set(world.now + pauseMs, { kind: "peers-question", peerId: peer.id });
    },

    question(id) {
      const peer = peers.get(id);
      if (peer === undefined || peer.state === "offline" || world.stopping || !mayAnswer()) return;
      const token = newToken();
      remember(asked, formatEndpoint(peer.endpoint), { at: world.now, token }, limits.peerListPartners);
      send({ kind: "request", token, pass: null }, peer.endpoint);
    },

    greetNext() {
      isGreeting = false;
      const to = waiting.shift();
      if (to === undefined || world.stopping) return;
      if (!isKnownHere(to)) presence.greetTold(to);
      if (waiting.length === 0) return;
      isGreeting = true;
      world.alarms.set(world.now + timers.toldPauseMs, { kind: "told-address" });
    },

    heard(packet, from) {
      const peer = peers.at(from);
      if (!isOn || world.stopping || !isPartner(peer, from)) {
        drop(world, "peer-list-refused");
        return;
      }
      if (packet.kind === "request") {
        heardRequest(packet, peer, from);
        return;
      }
      const key = formatEndpoint(from);
      const question = asked.get(key);
      const isOurs = question !== undefined && question.token === packet.token && packet.token !== "";
      if (!isOurs || world.now - question.at >= timers.peerListMs) {
        drop(world, "stray-peer-list");
        return;
      }
      if (packet.kind === "pass") {
        if (mayAnswer()) send({ kind: "request", token: packet.token, pass: packet.pass }, from);
        return;
      }
      // One answer to one question.
      asked.set(key, { at: question.at, token: "" });
      take(packet.addresses);
    },
  };
}
