// The host list as a client (protocol.md section 5), for networks that broadcast does not cross: ask who has a list, take the
// first that offers, fetch it page by page, greet every host on it. Giving one is host-list-server.ts' work.
import { limits, timers } from "./limits.js";
import { bareFor, broadcastBytes, buildPacket, drop, legacy, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { Endpoint } from "../ports/transport.js";
import { commands } from "../protocol/commands.js";
import { optionBits } from "../protocol/options.js";
import type { Body } from "../protocol/message.js";
import { isAddress } from "./endpoint.js";

export interface HostListClient {
  ask(): void;
  heard(body: Extract<Body, { kind: "list" }>, from: Endpoint): void;
  /** The timer of a round fired: ask the server again, once. */
  late(round: number): void;
}

/** `greet` sends our entry to a host of the list. */
export function createHostListClient(world: World, greet: (to: Endpoint) => void): HostListClient {
  let state: "idle" | "asking" | "fetching" = "idle";
  let server: Endpoint | null = null;
  let start = 0;
  /** Never counted back: an alarm of an earlier question must not end a later one. */
  let round = 0;
  let pages = 0;
  let repeated = false;
  let received = 0;

  function isServer(from: Endpoint): boolean {
    return server !== null && server.address === from.address && server.port === from.port;
  }

  function get(retry: boolean): void {
    if (server === null) return;
    round++;
    repeated = retry;
    const command = commands.GETLIST.number | (retry ? optionBits.RETRYOPT : 0);
    sendPacket(world, { command, sections: [String(start)] }, server, bareFor(world, server));
    world.alarms.set(world.now + timers.hostListMs, { kind: "host-list", round });
  }

  function end(): void {
    state = "idle";
    if (server === null) return;
    const fields = { hosts: received, server: server.address };
    world.events.push({ kind: "notice", code: "host-list-received", fields, at: world.now });
  }

  return {
    ask() {
      // Whoever wants no presence has nobody to greet.
      if (!world.options.presence || world.stopping) return;
      state = "asking";
      server = null;
      received = 0;
      round++;
      const packetNo = world.numbers.next(world.now);
      const bytes = buildPacket(
        world,
        { command: commands.BR_ISGETLIST2.number, sections: [""], packetNo },
        legacy(world),
      );
      broadcastBytes(world, bytes);
      world.alarms.set(world.now + timers.hostListMs, { kind: "host-list", round });
    },

    heard(body, from) {
      if (body.step === "offer" && state === "asking") {
        state = "fetching";
        server = from;
        start = 0;
        pages = 0;
        get(false);
        return;
      }
      if (body.step !== "list" || body.hostList === null) return;
      // A list that nobody asked for would let anyone make us greet anybody.
      if (state !== "fetching" || !isServer(from)) {
        drop(world, "unasked-host-list");
        return;
      }
      const { next, hosts } = body.hostList;
      // A page that came twice, or a server that turns in circles.
      if (next !== 0 && next <= start) return;
      for (const host of hosts) {
        if (received >= limits.peers) break;
        received++;
        if (isAddress(host.address) && host.port > 0) greet({ address: host.address, port: host.port });
      }
      pages++;
      if (next === 0 || pages >= limits.hostListPages || received >= limits.peers) {
        end();
        return;
      }
      start = next;
      get(false);
    },

    late(lateRound) {
      if (lateRound !== round || state === "idle") return;
      if (state === "fetching" && !repeated) get(true);
      else end();
    },
  };
}
