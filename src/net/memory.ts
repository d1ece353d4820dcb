// A network inside the process: every transport made from it is a machine on one LAN. For tests, experiments and examples.
// Behaves as UDP does: whole datagrams, copies of the bytes, no word about an unknown receiver, broadcasts come back to the
// sender. Nothing is lost here; put `impaired` around a transport for that.
import type { Clock } from "../ports/clock.js";
import { FeiyanError } from "../ports/error.js";
import type { DatagramTransport, Endpoint, LocalNetwork, TransportHandlers } from "../ports/transport.js";
import { addressFamily, broadcastAddress, normalizeAddress } from "./interfaces.js";
import { createTimedQueue } from "./timed-queue.js";

export interface MemoryNetworkOptions {
  /** Needed for a latency; without one, datagrams arrive as soon as the running code has returned. */
  readonly clock?: Clock;
  readonly latencyMs?: number;
}

export interface MemoryTransportOptions {
  /** A literal IPv4 or IPv6 address. */
  readonly address: string;
  /** Default 2425; 0: any free one. */
  readonly port?: number;
  /** Broadcast and multicast stay within one; everything else is routed. Default: one segment for all. */
  readonly segment?: string;
}

export interface MemoryNetwork {
  /** One more machine; it is on the network once it is opened. */
  transport(options: MemoryTransportOptions): DatagramTransport;
}

/** What fits into one UDP datagram over IPv4. */
const mostDatagramBytes = 65_507;
const defaultPort = 2_425;
const firstFreePort = 49_152;
// Every address is on one /24, so that the directed broadcast address is what people expect.
const netmask = "255.255.255.0";
const limitedBroadcast = "255.255.255.255";

interface Station {
  readonly address: string;
  readonly segment: string;
  readonly port: number;
  readonly broadcast: string | null;
  /** Multicast groups it hears. */
  groups: ReadonlySet<string>;
  readonly handlers: TransportHandlers;
}

interface Flight {
  readonly bytes: Uint8Array;
  readonly segment: string;
  readonly from: Endpoint;
  /** Null: every station at the sender's port. */
  readonly to: Endpoint | null;
}

/**
 * Creates an empty network.
 *
 * @example
 * const network = createMemoryNetwork();
 * const ming = network.transport({ address: "10.0.0.1" });
 */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  const stations = new Map<string, Station>();
  const launch = createLauncher(options, land);

  function land(flight: Flight): void {
    const { bytes, from, to } = flight;
    const single = to === null ? undefined : stations.get(keyOf(to.address, to.port));
    // A handler may open or close stations, so the receivers are chosen first.
    const receivers =
      single === undefined ? [...stations.values()].filter((one) => hears(one, flight)) : [single];
    for (const station of receivers) {
      if (stations.get(keyOf(station.address, station.port)) !== station) continue;
      try {
        station.handlers.arrived(new Uint8Array(bytes), from);
      } catch (error) {
        // A fault in one machine's handler is raised as such, and the other machines do not notice.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  function freePort(address: string): number {
    let port = firstFreePort;
    while (stations.has(keyOf(address, port))) port += 1;
    return port;
  }

  return {
    transport: (own) => createStation(own, { stations, launch, freePort }),
  };
}

interface Wires {
  readonly stations: Map<string, Station>;
  launch(flight: Flight): void;
  freePort(address: string): number;
}

function createStation(options: MemoryTransportOptions, wires: Wires): DatagramTransport {
  const address = normalizeAddress(options.address);
  const family = addressFamily(address);
  const segment = options.segment ?? "";
  let state: "new" | "open" | "closed" = "new";
  let station: Station | null = null;

  function open(handlers: TransportHandlers): LocalNetwork {
    if (family === 0) throw notAnAddress(options.address, options.port ?? defaultPort);
    const wanted = options.port ?? defaultPort;
    const port = wanted === 0 ? wires.freePort(address) : wanted;
    if (wires.stations.has(keyOf(address, port))) {
      const where = { address, port, systemCode: "EADDRINUSE" };
      throw new FeiyanError("port-in-use", `${address} port ${port} is in use on this network`, where);
    }
    const broadcast = broadcastAddress(address, netmask);
    station = { address, segment, port, broadcast, groups: new Set(), handlers };
    wires.stations.set(keyOf(address, port), station);
    state = "open";
    const local = { interfaceName: "memory0", address, broadcast, loopback: false };
    return { port, addresses: [{ ...local, family: family === 6 ? "IPv6" : "IPv4" }], mac: null };
  }

  function launch(bytes: Uint8Array, to: Endpoint | null): void {
    if (station === null) return;
    if (bytes.length > mostDatagramBytes) {
      reportLater(
        new FeiyanError(
          "datagram-too-long",
          `a datagram carries ${mostDatagramBytes} bytes, not ${bytes.length}`,
          {
            sizeBytes: bytes.length,
            ...(to === null ? {} : { address: to.address, port: to.port }),
          },
        ),
        to,
      );
      return;
    }
    wires.launch({ bytes: new Uint8Array(bytes), segment, from: { address, port: station.port }, to });
  }

  function reportLater(error: FeiyanError, to: Endpoint | null): void {
    const handlers = station?.handlers;
    queueMicrotask(() => {
      if (state !== "open") return;
      if (to === null) handlers?.problem(error);
      else handlers?.problem(error, to);
    });
  }

  return {
    open: async (handlers) => {
      if (state !== "new") throw new Error("a transport opens once");
      return open(handlers);
    },
    send: (bytes, to) => {
      const target = { address: normalizeAddress(to.address), port: to.port };
      const isPort = Number.isInteger(to.port) && to.port >= 1 && to.port <= 65_535;
      if (addressFamily(target.address) !== 0 && isPort) launch(bytes, target);
      else reportLater(notAnAddress(to.address, to.port), to);
    },
    broadcast: (bytes) => {
      launch(bytes, null);
    },
    hearGroups: (groups) => {
      if (station !== null) station.groups = new Set(groups);
    },
    close: async () => {
      state = "closed";
      if (station !== null) wires.stations.delete(keyOf(station.address, station.port));
      station = null;
    },
  };
}

/** Does this station hear a datagram that is not for its own address? */
function hears(station: Station, { from, to, segment }: Flight): boolean {
  if (station.segment !== segment) return false;
  if (to === null) return station.port === from.port;
  if (station.port !== to.port) return false;
  return (
    to.address === limitedBroadcast || to.address === station.broadcast || station.groups.has(to.address)
  );
}

/** Carries flights in the order in which they began, after the code that began them has returned. */
function createLauncher(
  options: MemoryNetworkOptions,
  land: (flight: Flight) => void,
): (flight: Flight) => void {
  const { clock, latencyMs = 0 } = options;
  if (latencyMs > 0) {
    if (clock === undefined) throw new Error("a latency needs a clock");
    const queue = createTimedQueue(clock, land);
    return (flight) => {
      queue.add(clock.now() + latencyMs, flight);
    };
  }
  let waiting: Flight[] = [];
  let next = 0;
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(drain);
  };
  // By index: taking from the front of a long list would copy it every time.
  const drain = (): void => {
    for (let flight = waiting[next]; flight !== undefined; flight = waiting[next]) {
      next += 1;
      land(flight);
    }
    waiting = [];
    next = 0;
    scheduled = false;
  };
  return (flight) => {
    waiting.push(flight);
    schedule();
  };
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}

function notAnAddress(address: string, port: number): FeiyanError {
  return new FeiyanError("address-invalid", `not a literal address and port: ${address} ${port}`, {
    address,
    port,
  });
}
