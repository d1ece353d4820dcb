// The network as the node sees it: datagrams in, datagrams out. Implemented by real sockets (`net/udp`), by a network inside
// the process (`net/memory`) and by decorators (`net/impaired`, `net/tap`). Knows nothing of packets or peers.
import type { FeiyanError } from "./error.js";

/** An address without brackets and a port: `{ address: "192.0.2.7", port: 2425 }`, `{ address: "fe80::1%eth0", port: 2425 }`. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One address of this machine on one interface. */
export interface LocalAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  /** Directed broadcast address (IPv4, not on loopback or point-to-point links); null otherwise. */
  readonly broadcast: string | null;
  readonly loopback: boolean;
}

/** What the machine's network looks like now. */
export interface LocalNetwork {
  /** The port in use (the one the system chose when 0 was asked for). */
  readonly port: number;
  readonly addresses: readonly LocalAddress[];
  /** Upper-case hex without separators of the first real interface, for FeiQ's version item; null when unknown. */
  readonly mac: string | null;
}

export interface TransportHandlers {
  arrived(bytes: Uint8Array, from: Endpoint): void;
  /** A socket or send error. Never fatal: the program goes on; `to` when one send is concerned. */
  problem(error: FeiyanError, to?: Endpoint): void;
  /** Interfaces or addresses changed. */
  networkChanged(network: LocalNetwork): void;
}

export interface DatagramTransport {
  /** Binds and begins to deliver. Rejects with a FeiyanError (`port-in-use`, `port-not-permitted`, `network-unavailable`, …). */
  open(handlers: TransportHandlers): Promise<LocalNetwork>;
  /** Sends one datagram; never throws, errors go to `problem`. To an IPv4 multicast group it goes by every interface. */
  send(bytes: Uint8Array, to: Endpoint): void;
  /** Sends one datagram to every directed broadcast address, 255.255.255.255 and the joined IPv6 groups, at `port` of this transport. */
  broadcast(bytes: Uint8Array): void;
  /** Hears these IPv4 multicast groups from now on, on every bound interface, and no others; once it is open. */
  hearGroups(groups: readonly string[]): void;
  close(): Promise<void>;
}
