// Reachability tried from the other side (docs/protocol.md section 23): `doctor` asks a feiyan peer, which sends one datagram from another
// port and tries one TCP connection. Both ends. An answerer must not become a tool against others: only to a peer that announced itself
// from that very address and port, at that port only, and seldom.
import { refuse } from "./compose.js";
import { formatEndpoint } from "./endpoint.js";
import type { Answer } from "./input.js";
import { limits, rates } from "./limits.js";
import type { PeerRecord } from "./peers.js";
import { buildPacket, drop, sendPacket } from "./world.js";
import type { World } from "./world.js";
import type { OutgoingCharset } from "./peer-charset.js";
import type { Endpoint } from "../ports/transport.js";
import { buildProbe, isProbeToken } from "../protocol/probe.js";
import type { Probe, TcpReach } from "../protocol/probe.js";

export interface Probes {
  ask(peer: PeerRecord, token: string, tcpPort: number): Answer;
  heard(probe: Probe, from: Endpoint): void;
  /** The shell tried what was asked. */
  tried(to: Endpoint, token: string, tcp: TcpReach): void;
}

const ascii: OutgoingCharset = { charset: "ascii", flag: false, reason: "ascii" };

export function createProbes(world: World): Probes {
  /** Tokens of our own questions: an answer to anything else is forged or late. */
  const asked: string[] = [];
  let windowStart = 0;
  let inWindow = 0;
  const lastTo = new Map<string, number>();

  function mayTry(to: Endpoint): boolean {
    if (world.now - windowStart >= rates.probeWindowMs) {
      windowStart = world.now;
      inWindow = 0;
      lastTo.clear();
    }
    const key = formatEndpoint(to);
    const times = lastTo.get(key) ?? 0;
    if (inWindow >= rates.probes || times >= rates.probesPerPeer) return false;
    inWindow++;
    lastTo.set(key, times + 1);
    return true;
  }

  function send(probe: Probe, to: Endpoint): void {
    sendPacket(world, buildProbe(probe), to, ascii);
  }

  return {
    ask(peer, token, tcpPort) {
      if (peer.feiyan?.probes !== true || !isProbeToken(token)) {
        return refuse("peer-cannot-probe", "this peer tries no reachability", { peer: peer.id });
      }
      asked.push(token);
      if (asked.length > limits.probesAsked) asked.shift();
      // The others of this field speak IPv4: that is the way that matters.
      const ipv4 = peer.addresses.find(({ endpoint }) => !endpoint.address.includes(":"));
      send({ kind: "ask", token, tcpPort }, ipv4?.endpoint ?? peer.endpoint);
      return { ok: true, messages: [] };
    },

    heard(probe, from) {
      if (probe.kind === "ask") {
        const peer = world.peers.at(from);
        const isWilling = world.options.answersProbes && !world.stopping;
        if (!isWilling || peer?.announced !== true || probe.tcpPort !== from.port || !mayTry(from)) {
          drop(world, "probe-refused");
          return;
        }
        send({ kind: "answer", token: probe.token, tcp: null }, from);
        const bytes = buildPacket(world, buildProbe({ kind: "hello", token: probe.token }), ascii);
        world.effects.push({ kind: "probe", to: from, token: probe.token, bytes });
        return;
      }
      if (!asked.includes(probe.token)) {
        drop(world, "stray-probe");
        return;
      }
      const step = probe.kind === "hello" ? "udp" : probe.tcp === null ? "begun" : "tcp";
      world.events.push({
        kind: "probe",
        token: probe.token,
        step,
        tcp: probe.kind === "answer" ? probe.tcp : null,
        from,
        at: world.now,
      });
    },

    tried(to, token, tcp) {
      if (!world.stopping) send({ kind: "answer", token, tcp }, to);
    },
  };
}
