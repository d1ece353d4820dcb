// A transport whose datagrams are lost, doubled, damaged, held, delayed and slowed on purpose, repeatably: a decorator over
// any `DatagramTransport`. Keeps one path per remote address and direction; the dice are in `fates`, the waiting in
// `impaired-path`. Used by the lab, by tests, and by the chat to be tried under bad conditions.
import type { Clock } from "../ports/clock.js";
import type { Random } from "../ports/random.js";
import type { DatagramTransport, Endpoint, LocalNetwork, TransportHandlers } from "../ports/transport.js";
import { controlFlow, createFates, type Direction } from "./fates.js";
import { createImpairedPath, type ImpairedPath } from "./impaired-path.js";
import { type Impairment, validateImpairment } from "./impairment.js";
import { parseSeed } from "./philox.js";
import type { ShowDatagram } from "./tap.js";
import type { FlowTruth } from "./truth.js";

/** What a datagram is to the dice: `control` rolls dice of its own, `exempt` passes unharmed and uncounted. */
export type DatagramClass = "data" | "control" | "exempt";

export interface ImpairedOptions {
  readonly clock: Clock;
  /** For every peer without a spec of its own; null: pass everything, count nothing. */
  readonly spec: Impairment | null;
  /** What is impaired: outgoing (dice direction 0), incoming (1), or both, which is the default. */
  readonly directions?: readonly Direction[];
  /** A spec for one peer (or one way); undefined: the general one. Asked per datagram, so its answer may change. */
  readonly specFor?: (address: string, direction: Direction, port: number) => Impairment | null | undefined;
  /** What `specFor` gives is for one port: peers of one machine have flows of their own. Default false: a flow per address. */
  readonly isPerPort?: boolean;
  /** Draws the seed for specs that have none; without it that seed is 0. */
  readonly random?: Random;
  readonly classOf?: (bytes: Uint8Array) => DatagramClass;
  /** The datagram's own number for the list of fates. */
  readonly sequenceOf?: (bytes: Uint8Array) => number | null;
  /** Shown every datagram with what becomes of it, as `createTap` makes it. */
  readonly show?: ShowDatagram;
}

export interface ImpairedTransport extends DatagramTransport {
  /** Another general spec from now on. The same seed goes on with its numbers; another seed begins at datagram 0. */
  setSpec(spec: Impairment | null): void;
  /** Lets everything go that waits, at the end of a run. */
  flush(): void;
  /** The seed of specs that name none, decimal. */
  readonly seed: string;
  /** One entry per flow and direction, in order of appearance. */
  truth(): FlowTruth[];
}

/** Broadcasts are a flow of their own, with a number no peer gets. */
export const broadcastFlow = 0x7fff_ffff;
const broadcastAddress = "255.255.255.255";

// A flow per address is memory the network could fill; a LAN that fills a /20 shares the last one.
const mostFlows = 4_096;
const otherAddresses = "others";
const waitingBytes = 64 * 1024 * 1024;
const listedFatesInAll = 2_000_000;

interface Flow {
  readonly address: string;
  readonly number: number;
  readonly direction: Direction;
  readonly seed: string;
  spec: Impairment;
  /** Null peer: a broadcast. */
  readonly path: ImpairedPath<Endpoint | null>;
}

/**
 * Puts `transport` behind a bad line.
 *
 * @example
 * const line = impaired(network.transport({ address: "10.0.0.1" }), { spec: parseImpairment("loss=30%,seed=42"), clock });
 */
export function impaired(transport: DatagramTransport, options: ImpairedOptions): ImpairedTransport {
  const { clock } = options;
  const directions = new Set(options.directions ?? ["out", "in"]);
  const seed = options.random === undefined ? "0" : drawSeed(options.random);
  const numbers = new Map<string, number>();
  const flows = new Map<string, Flow>();
  const waiting = { leftBytes: waitingBytes };
  const listed = { left: listedFatesInAll };
  let spec = checked(options.spec);
  let handlers: TransportHandlers | null = null;
  let closed = false;
  let port = 0;

  function notePort(network: LocalNetwork): void {
    port = network.port;
  }

  function numberOf(address: string): number {
    if (address === broadcastAddress) return broadcastFlow;
    const known = numbers.get(address);
    if (known !== undefined) return known;
    numbers.set(address, numbers.size);
    return numbers.size - 1;
  }

  function createFlow(
    address: string,
    direction: Direction,
    kind: DatagramClass,
    flowSpec: Impairment,
  ): Flow {
    const number = kind === "control" ? (numberOf(address) | controlFlow) >>> 0 : numberOf(address);
    const flowSeed = flowSpec.seed ?? seed;
    const path = createImpairedPath<Endpoint | null>({
      clock,
      fates: createFates(flowSeed, number, direction === "out" ? 0 : 1, flowSpec),
      spec: flowSpec,
      waiting,
      listed,
      fated: (bytes, peer, fate) => options.show?.(direction, bytes, peer, port, fate),
      deliver:
        direction === "out" ? sendOn : (bytes, from) => from !== null && handlers?.arrived(bytes, from),
    });
    return { address, number, direction, seed: flowSeed, spec: flowSpec, path };
  }

  function sendOn(bytes: Uint8Array, to: Endpoint | null): void {
    if (to === null) transport.broadcast(bytes);
    else transport.send(bytes, to);
  }

  /** The flow a datagram belongs to, or null when nothing is to be done to it. */
  function flowOf(bytes: Uint8Array, peer: Endpoint | null, direction: Direction): Flow | null {
    if (!directions.has(direction)) return null;
    const own = options.specFor?.(peer?.address ?? broadcastAddress, direction, peer?.port ?? 0);
    const isPortsOwn = options.isPerPort === true && own !== undefined && peer !== null;
    const remote = isPortsOwn ? `${peer.address}:${peer.port}` : (peer?.address ?? broadcastAddress);
    const wanted = own === undefined ? spec : own;
    if (wanted === null) return null;
    const kind = options.classOf?.(bytes) ?? "data";
    if (kind === "exempt") return null;
    const crowded = numbers.size >= mostFlows && !numbers.has(remote) && remote !== broadcastAddress;
    const address = crowded ? otherAddresses : remote;
    const key = `${direction} ${kind} ${address}`;
    let flow = flows.get(key);
    if (flow !== undefined && flow.seed !== (wanted.seed ?? seed)) {
      flow.path.flush();
      listed.left += flow.path.fates.length;
      flow = undefined;
    }
    if (flow === undefined) {
      flow = createFlow(address, direction, kind, checked(wanted));
      flows.set(key, flow);
    } else if (flow.spec !== wanted) {
      flow.spec = checked(wanted);
      flow.path.setSpec(wanted);
    }
    return flow;
  }

  function pass(bytes: Uint8Array, peer: Endpoint | null, direction: Direction): boolean {
    const flow = flowOf(bytes, peer, direction);
    if (flow === null) {
      options.show?.(direction, bytes, peer, port, null);
      return false;
    }
    flow.path.push(bytes, peer, options.sequenceOf?.(bytes) ?? null);
    return true;
  }

  return {
    open: (given) => {
      handlers = given;
      const opening = transport.open({
        arrived: (bytes, from) => {
          if (!closed && !pass(bytes, from, "in")) given.arrived(bytes, from);
        },
        problem: (error, to) => {
          if (to === undefined) given.problem(error);
          else given.problem(error, to);
        },
        networkChanged: (changed) => {
          given.networkChanged(changed);
        },
      });
      // Beside the way, so that opening takes no turn longer than without impairment; a failure is the caller's.
      opening.then(notePort, () => undefined);
      return opening;
    },
    send: (bytes, to) => {
      if (!closed && !pass(bytes, to, "out")) transport.send(bytes, to);
    },
    broadcast: (bytes) => {
      if (!closed && !pass(bytes, null, "out")) transport.broadcast(bytes);
    },
    hearGroups: (groups) => {
      transport.hearGroups(groups);
    },
    close: () => {
      closed = true;
      for (const flow of flows.values()) {
        // What was sent goes out; whoever closes wants nothing more to come in.
        if (flow.direction === "out") flow.path.flush();
        else flow.path.abandon();
      }
      return transport.close();
    },
    setSpec: (next) => {
      spec = checked(next);
    },
    flush: () => {
      for (const flow of flows.values()) flow.path.flush();
    },
    seed,
    truth: () => [...flows.values()].map(truthOf),
  };
}

function checked<Spec extends Impairment | null>(spec: Spec): Spec {
  if (spec !== null) validateImpairment(spec);
  return spec;
}

function drawSeed(random: Random): string {
  const seed = ((BigInt(random.uint32()) << 32n) | BigInt(random.uint32())).toString();
  parseSeed(seed);
  return seed;
}

function truthOf(flow: Flow): FlowTruth {
  const { lost, queueDropped, ...counts } = flow.path.counters;
  return {
    address: flow.address,
    flow: flow.number,
    direction: flow.direction,
    ...counts,
    dropped: { loss: lost, queue: queueDropped },
    fates: flow.path.fates,
  };
}
