// The real network: dgram sockets behind the `DatagramTransport` port. Opens, sends and watches the interfaces; how sockets
// are bound, where broadcasts go and which groups are joined stand in `udp/`. Knows nothing of packets or peers. Created by
// the default wiring. Every address is literal: dgram would ask the name service for anything else, per datagram.
import type { Clock } from "../ports/clock.js";
import { FeiyanError } from "../ports/error.js";
import type { DatagramTransport, Endpoint, LocalNetwork, TransportHandlers } from "../ports/transport.js";
import {
  addressFamily,
  describeNetwork,
  type InterfaceInfo,
  isMulticast,
  networkFingerprint,
  normalizeAddress,
  readInterfaces,
} from "./interfaces.js";
import { toSocketError } from "./socket-error.js";
import { type Broadcaster, createBroadcaster } from "./udp/broadcaster.js";
import { createGroupMembership } from "./udp/groups.js";
import { createSocketSet } from "./udp/socket-set.js";
import { listMulticastHomes, listTargets, type MulticastHome } from "./udp/targets.js";

export interface UdpOptions {
  /** 0: any free port, the same one for every socket. */
  readonly port: number;
  /** Literal addresses to bind; none: every address of the machine. */
  readonly binds?: readonly string[];
  /** False: no IPv6 socket beside the IPv4 wildcard. */
  readonly ipv6?: boolean;
  readonly interfaces?: () => readonly InterfaceInfo[];
  /** How often the interfaces are looked at: Node tells of no change, and one look costs some 50 microseconds. */
  readonly pollMs?: number;
  /** Times the looks; without it the system's timer does, and it keeps no program alive. */
  readonly clock?: Clock;
}

const defaultPollMs = 2_500;

/**
 * Datagrams over real sockets. Opens once (after a failed `open`, again); a rejection `port-in-use` names the owner in
 * `fields.pid` and `fields.program` where the system tells.
 *
 * @example
 * const transport = createUdpTransport({ port: 2425 });
 * const network = await transport.open({ arrived, problem, networkChanged });
 */
export function createUdpTransport(options: UdpOptions): DatagramTransport {
  const interfaces = options.interfaces ?? readInterfaces;
  let state: "new" | "opening" | "open" | "closed" = "new";
  let handlers: TransportHandlers | null = null;
  let port = options.port;
  let seen: readonly InterfaceInfo[] = [];
  let broadcaster: Broadcaster | null = null;
  let opened: Promise<unknown> = Promise.resolve();
  let stopWatch: (() => void) | null = null;
  let closing: Promise<void> | null = null;

  const report = (error: FeiyanError, to?: Endpoint): void => {
    if (state === "closed") return;
    if (to === undefined) handlers?.problem(error);
    else handlers?.problem(error, to);
  };
  const sockets = createSocketSet(
    {
      port: options.port,
      binds: options.binds === undefined || options.binds.length === 0 ? null : options.binds,
      ipv6: options.ipv6 ?? true,
    },
    { arrived: (bytes, from) => handlers?.arrived(bytes, from), failed: report },
  );
  const membership = createGroupMembership(report);
  let groups: readonly string[] = [];
  let homes: readonly MulticastHome[] = [];

  // One function for all sends: dgram puts address and port into the error, so no closure per datagram is needed.
  const sent = (error: Error | null): void => {
    if (error === null || state === "closed") return;
    const problem = toSocketError(error, "send");
    const { address, port: toPort } = problem.fields;
    if (typeof address === "string" && typeof toPort === "number") report(problem, { address, port: toPort });
    else report(problem);
  };

  /** Problems of a send come after it, never inside it. */
  function reportLater(error: FeiyanError, to: Endpoint): void {
    queueMicrotask(() => {
      report(error, to);
    });
  }

  /** Ears, groups and broadcast targets follow the interfaces last seen. */
  async function adapt(): Promise<void> {
    await sockets.follow(seen, groups);
    homes = listMulticastHomes(seen, sockets.addresses());
    const [first] = homes;
    membership.refresh(
      seen,
      {
        ipv6: sockets.boundTo("::") ?? null,
        // Windows binds no group, and hears it on the socket that asked for it.
        ipv4: (group) =>
          sockets.boundTo("0.0.0.0") ?? sockets.boundTo(group) ?? sockets.boundTo(first?.from ?? "") ?? null,
      },
      { groups, homes },
    );
    broadcaster?.aim(listTargets(seen, sockets.addresses()));
  }

  async function look(): Promise<void> {
    const now = interfaces();
    if (networkFingerprint(now) !== networkFingerprint(seen)) {
      seen = now;
      await adapt();
      if (state === "open") handlers?.networkChanged(describeNetwork(seen, port, sockets.addresses()));
    }
    if (state === "open") watch();
  }

  function watch(): void {
    const pollMs = options.pollMs ?? defaultPollMs;
    const start = options.clock === undefined ? startTimer : startWith(options.clock);
    stopWatch = start(pollMs, () => void look());
  }

  async function open(): Promise<LocalNetwork> {
    seen = interfaces();
    port = await sockets.open();
    broadcaster = createBroadcaster(port, (from) => sockets.boundTo(from), report);
    await adapt();
    if (isClosed()) throw new FeiyanError("node-closed", "closed while opening", { port });
    state = "open";
    watch();
    return describeNetwork(seen, port, sockets.addresses());
  }

  /** By every interface, as nobody knows behind which one the others are. One that has no way there says nothing of the others. */
  function multicast(bytes: Uint8Array, to: Endpoint): void {
    let problem: FeiyanError | null =
      homes.length === 0 ? toSocketError({ code: "ENETUNREACH" }, "send", to) : null;
    let isSent = false;
    for (const { from, address } of homes) {
      try {
        const socket = sockets.boundTo(from);
        socket?.setMulticastInterface(address);
        socket?.send(bytes, to.port, to.address, sent);
        isSent = true;
      } catch (error) {
        problem = toSocketError(error, "send", to);
      }
    }
    if (problem !== null && !isSent) reportLater(problem, to);
  }

  // Asked through a function: the compiler would carry the state from before an await over it.
  function isClosed(): boolean {
    return state === "closed";
  }

  return {
    open: (given) => {
      if (state !== "new") return Promise.reject(new Error("a transport opens once"));
      state = "opening";
      handlers = given;
      const result = open().catch((error: unknown) => {
        if (!isClosed()) state = "new";
        throw error;
      });
      opened = result.catch(() => null);
      return result;
    },
    send: (bytes, to) => {
      if (state !== "open") return;
      const address = normalizeAddress(to.address);
      const family = addressFamily(address);
      if (family === 0 || !(to.port >= 1 && to.port <= 65_535) || !Number.isInteger(to.port)) {
        const text = `not a literal address and port: ${to.address} ${to.port}`;
        reportLater(new FeiyanError("address-invalid", text, { address: to.address, port: to.port }), to);
        return;
      }
      if (isMulticast(address)) {
        multicast(bytes, { address, port: to.port });
        return;
      }
      const socket = sockets.speakerFor(address, family);
      if (socket === undefined) {
        reportLater(toSocketError({ code: "EAFNOSUPPORT" }, "send", { address, port: to.port }), to);
        return;
      }
      try {
        socket.send(bytes, to.port, address, sent);
      } catch (error) {
        reportLater(toSocketError(error, "send", to), to);
      }
    },
    broadcast: (bytes) => {
      if (state === "open") broadcaster?.send(bytes);
    },
    hearGroups: (wanted) => {
      if (state !== "open" || wanted.join() === groups.join()) return;
      groups = [...wanted];
      void adapt();
    },
    close: () => {
      state = "closed";
      stopWatch?.();
      closing ??= Promise.all([sockets.close(), opened]).then(() => sockets.close());
      return closing;
    },
  };
}

type Start = (delayMs: number, fire: () => void) => () => void;

const startTimer: Start = (delayMs, fire) => {
  const timer = setTimeout(fire, delayMs).unref();
  return () => {
    clearTimeout(timer);
  };
};

function startWith(clock: Clock): Start {
  return (delayMs, fire) => clock.at(clock.now() + delayMs, fire);
}
