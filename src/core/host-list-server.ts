// The host list as a server (protocol.md section 5), only when it is switched on: says that it has one, and gives it page by page to
// who is known from that address, as a page is a hundred times its question. It lists whom broadcast made known to us.
import { limits, rates } from "./limits.js";
import type { PeerRecord } from "./peers.js";
import { bareFor, drop, legacy, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import { buildHostList, type OutgoingHost } from "../protocol/host-list.js";
import type { Body } from "../protocol/message.js";
import { capabilityWord } from "../protocol/options.js";

export interface HostListServer {
  /** True when the packet was a question to a server. */
  heard(body: Extract<Body, { kind: "list" }>, from: Endpoint): boolean;
}

function isListed(peer: PeerRecord): boolean {
  // The format has one address of IPv4; who hides or speaks without announcing itself is nobody's to hand on.
  return peer.announced && peer.state !== "offline" && peer.endpoint.address.includes(".");
}

function hostOf(peer: PeerRecord): OutgoingHost {
  return {
    user: peer.user,
    host: peer.host,
    status: capabilityWord(peer.capabilities),
    address: peer.endpoint.address,
    port: peer.endpoint.port,
    nick: peer.nick,
    group: peer.group,
  };
}

export function createHostListServer(world: World): HostListServer {
  let second = 0;
  let answersLeft: number = rates.hostListAnswersPerSecond;

  function mayAnswer(): boolean {
    const now = Math.floor(world.now / 1000);
    if (now !== second) {
      second = now;
      answersLeft = rates.hostListAnswersPerSecond;
    }
    if (answersLeft <= 0) {
      drop(world, "host-list-flood");
      return false;
    }
    answersLeft--;
    return true;
  }

  /** As many as fit one packet, from place `start` on. */
  function sendPage(start: number, to: Endpoint): void {
    const peer = world.peers.at(to);
    if (peer === undefined || !peer.announced) {
      drop(world, "host-list-stranger");
      return;
    }
    const charset = peer.readsUtf8 ? world.peers.outgoingCharset(peer) : legacy(world);
    const all = Array.from(world.peers.all()).filter((one) => isListed(one) && one !== peer);
    const page: OutgoingHost[] = [];
    let bytes = 0;
    for (const one of all.slice(start, start + limits.hostListPageHosts)) {
      const host = hostOf(one);
      bytes += world.options.codec.encode(buildHostList(0, [host]), charset.charset).length;
      if (bytes > limits.hostListPageBytes) break;
      page.push(host);
    }
    const end = start + page.length;
    const next = page.length > 0 && end < all.length ? end : 0;
    const command = commands.ANSLIST.number;
    sendPacket(world, { command, sections: [buildHostList(next, page)] }, to, charset);
  }

  return {
    heard(body, from) {
      if (body.step !== "ask" && body.step !== "get") return false;
      if (world.options.hostListServer !== true || !world.options.presence || world.stopping) return true;
      if (!mayAnswer()) return true;
      if (body.step === "get") sendPage(body.start, from);
      else
        sendPacket(world, { command: commands.OKGETLIST.number, sections: [""] }, from, bareFor(world, from));
      return true;
    },
  };
}
