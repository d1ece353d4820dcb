// All sockets of one UDP transport: `speakers`, bound as asked, which everything is sent from, and `ears`, bound to the
// broadcast and group addresses that a socket bound to one address does not hear. All on one port. Called by `udp`.
import type { RemoteInfo, Socket } from "node:dgram";
import { FeiyanError } from "../../ports/error.js";
import type { Endpoint } from "../../ports/transport.js";
import {
  addressFamily,
  type InterfaceInfo,
  isInNetwork,
  isMulticast,
  normalizeAddress,
} from "../interfaces.js";
import { findPortOwner } from "../port-owner.js";
import { toSocketError } from "../socket-error.js";
import { closeSocket, openSocket } from "./open-socket.js";
import { homeOf, listEars } from "./targets.js";

export interface SocketSetOptions {
  readonly port: number;
  /** Null: every address, as 0.0.0.0 and, where it works, ::. */
  readonly binds: readonly string[] | null;
  readonly ipv6: boolean;
}

export interface SocketEvents {
  arrived(bytes: Uint8Array, from: Endpoint): void;
  failed(error: FeiyanError): void;
}

export interface SocketSet {
  /** Binds the speakers and gives the port; on failure nothing stays open. */
  open(): Promise<number>;
  /** Binds the ears that these interfaces and multicast groups ask for, as far as they are missing. */
  follow(interfaces: readonly InterfaceInfo[], groups: readonly string[]): Promise<void>;
  /** Where the speakers are bound. */
  addresses(): string[];
  /** The speaker or ear bound to exactly this address. */
  boundTo(address: string): Socket | undefined;
  /** The speaker to send from: with several, the one in the receiver's network. */
  speakerFor(address: string, family: 4 | 6): Socket | undefined;
  close(): Promise<void>;
}

// With port 0 the system chooses for the first socket; another program may hold that number on the second one.
const portTries = 8;

export function createSocketSet(options: SocketSetOptions, events: SocketEvents): SocketSet {
  const speakers = new Map<string, Socket>();
  const ears = new Map<string, Socket>();
  const deafEars = new Set<string>();
  let interfaces: readonly InterfaceInfo[] = [];
  let multicastGroups: readonly string[] = [];
  let byFamily: Record<4 | 6, [string, Socket][]> = { 4: [], 6: [] };
  let port = options.port;
  let closed = false;

  async function bind(address: string, into: Map<string, Socket>): Promise<void> {
    const family = addressFamily(address);
    if (family === 0) {
      throw new FeiyanError("address-invalid", `not a literal address: ${address}`, { address, port });
    }
    const socket = await openSocket({ family, address, port, reuse: isMulticast(address) });
    socket.on("error", (error) => {
      events.failed(toSocketError(error, "receive"));
    });
    socket.on("message", (bytes: Uint8Array, from: RemoteInfo) => {
      const sender = family === 6 ? normalizeAddress(from.address) : from.address;
      if (!closed) events.arrived(bytes, { address: sender, port: from.port });
    });
    port = socket.address().port;
    into.set(address, socket);
    // Closed while the system was binding: nobody else knows of this socket.
    if (closed) await closeAll();
  }

  async function bindSpeakers(): Promise<void> {
    if (options.binds !== null) {
      for (const address of new Set(options.binds)) await bind(address, speakers);
      return;
    }
    await bind("0.0.0.0", speakers);
    if (!options.ipv6) return;
    try {
      await bind("::", speakers);
    } catch (error) {
      // A system without IPv6 is normal. A port taken in IPv6 only is worth a word, but IPv4, where the peers are, works.
      if (!isPortInUse(error)) return;
      if (options.port === 0) throw error;
      events.failed(await nameOwner(error));
    }
  }

  async function closeAll(): Promise<void> {
    const sockets = [...speakers.values(), ...ears.values()];
    speakers.clear();
    ears.clear();
    byFamily = { 4: [], 6: [] };
    await Promise.all(sockets.map(closeSocket));
  }

  function wantedEars(): string[] {
    if (options.binds === null || speakers.has("0.0.0.0")) return [];
    const addresses = [...speakers.keys()];
    const broadcasts = addresses.flatMap((address) => listEars(interfaces, address));
    const groups = addresses.some((address) => addressFamily(address) === 4) ? multicastGroups : [];
    return [...new Set([...broadcasts, ...groups])].filter((address) => addressFamily(address) === 4);
  }

  function reportDeaf(address: string, error: unknown): void {
    // Windows binds no broadcast address and needs none: there a bound socket hears broadcasts.
    if (process.platform === "win32" || deafEars.has(address)) return;
    // On loopback every instance of this machine wants the one broadcast address; the first has it, and that is no loss.
    if (address.startsWith("127.")) return;
    deafEars.add(address);
    const fields = error instanceof FeiyanError ? error.fields : {};
    events.failed(
      new FeiyanError("broadcast-unavailable", `cannot hear what is sent to ${address}`, fields, {
        cause: error,
      }),
    );
  }

  return {
    open: async () => {
      for (let triesLeft = portTries; ; triesLeft -= 1) {
        try {
          await bindSpeakers();
          break;
        } catch (error) {
          await closeAll();
          port = options.port;
          if (!isPortInUse(error)) throw error;
          if (port !== 0 || triesLeft <= 1) throw await nameOwner(error);
        }
      }
      for (const [address, socket] of speakers)
        byFamily[addressFamily(address) === 6 ? 6 : 4].push([address, socket]);
      return port;
    },
    follow: async (list, groups) => {
      interfaces = list;
      multicastGroups = groups;
      for (const address of wantedEars()) {
        if (ears.has(address)) continue;
        try {
          await bind(address, ears);
          deafEars.delete(address);
        } catch (error) {
          reportDeaf(address, error);
        }
      }
    },
    addresses: () => [...speakers.keys()],
    boundTo: (address) => speakers.get(address) ?? ears.get(address),
    speakerFor: (address, family) => {
      const able = byFamily[family];
      if (able.length > 1) {
        for (const [bound, socket] of able) {
          const home = homeOf(interfaces, bound);
          if (home !== null && isInNetwork(address, home.address, home.netmask)) return socket;
        }
      }
      return able[0]?.[1];
    },
    close: () => {
      closed = true;
      return closeAll();
    },
  };
}

function isPortInUse(error: unknown): error is FeiyanError {
  return error instanceof FeiyanError && error.code === "port-in-use";
}

async function nameOwner(error: FeiyanError): Promise<FeiyanError> {
  const port = error.fields["port"];
  const owner = typeof port === "number" ? await findPortOwner(port) : null;
  if (owner === null) return error;
  const who = [owner.program, owner.pid === undefined ? undefined : `pid ${owner.pid}`]
    .filter(Boolean)
    .join(", ");
  return new FeiyanError(
    error.code,
    who === "" ? error.message : `${error.message}, used by ${who}`,
    { ...error.fields, ...owner },
    { cause: error.cause },
  );
}
