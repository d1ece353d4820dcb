// Multicast membership: the two IPv6 groups on every interface and, on request, IPv4 groups such as FeiQ's. A refusal is
// reported once per group and interface and never fatal. Called by `udp` at start and after every change of interfaces.
import type { Socket } from "node:dgram";
import { FeiyanError } from "../../ports/error.js";
import { addressFamily, type InterfaceInfo } from "../interfaces.js";
import { systemCodeOf } from "../socket-error.js";
import { ipv6Groups, ipv6Zones } from "./targets.js";

export interface GroupMembership {
  /** Joins what is not joined yet; to be called again when interfaces change. */
  refresh(interfaces: readonly InterfaceInfo[], sockets: GroupSockets): void;
}

export interface GroupSockets {
  readonly ipv6: Socket | null;
  /** The socket that hears an IPv4 group: the wildcard one, or one bound to the group itself. */
  ipv4(group: string): Socket | null;
}

export function createGroupMembership(
  ipv4Groups: readonly string[],
  report: (error: FeiyanError) => void,
): GroupMembership {
  const refused = new Set<string>();

  function join(socket: Socket, group: string, where: string): void {
    const key = `${group} ${where}`;
    try {
      socket.addMembership(group, where);
      refused.delete(key);
    } catch (error) {
      const systemCode = systemCodeOf(error);
      // "In use" is how systems say that the socket is a member already.
      if (systemCode === "EADDRINUSE" || refused.has(key)) return;
      refused.add(key);
      report(
        new FeiyanError(
          "group-not-joined",
          `cannot join ${group} on ${where}: ${systemCode}`,
          { group, interface: where, systemCode },
          { cause: error },
        ),
      );
    }
  }

  return {
    refresh: (interfaces, sockets) => {
      if (sockets.ipv6 !== null) {
        for (const zone of ipv6Zones(interfaces)) {
          for (const group of ipv6Groups) join(sockets.ipv6, group, `::%${zone}`);
        }
      }
      const homes = interfaces.filter((info) => info.family === "IPv4" && !info.internal);
      for (const group of ipv4Groups) {
        const socket = addressFamily(group) === 4 ? sockets.ipv4(group) : null;
        if (socket === null) continue;
        for (const home of homes) join(socket, group, home.address);
      }
    },
  };
}
