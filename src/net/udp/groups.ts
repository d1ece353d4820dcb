// Multicast membership: the two IPv6 groups on every interface and, on request, IPv4 groups such as FeiQ's. A refusal is
// reported once per group and interface and never fatal. Called by `udp` at start and after every change of interfaces.
import type { Socket } from "node:dgram";
import { FeiyanError } from "../../ports/error.js";
import { type InterfaceInfo, isMulticast } from "../interfaces.js";
import { systemCodeOf } from "../socket-error.js";
import { ipv6Groups, ipv6Zones, type MulticastHome } from "./targets.js";

export interface GroupMembership {
  /** Joins what is not joined yet and leaves what is no longer wanted; to be called again when interfaces or groups change. */
  refresh(interfaces: readonly InterfaceInfo[], sockets: GroupSockets, wanted: WantedGroups): void;
}

export interface WantedGroups {
  /** IPv4 groups. */
  readonly groups: readonly string[];
  /** By which interfaces. */
  readonly homes: readonly MulticastHome[];
}

export interface GroupSockets {
  readonly ipv6: Socket | null;
  /** The socket that hears an IPv4 group: the wildcard one, or one bound to the group itself. */
  ipv4(group: string): Socket | null;
}

export function createGroupMembership(report: (error: FeiyanError) => void): GroupMembership {
  const refused = new Set<string>();
  /** IPv4 memberships by group and interface address. */
  const joined = new Map<
    string,
    { readonly socket: Socket; readonly group: string; readonly where: string }
  >();

  function leaveOthers(groups: readonly string[]): void {
    for (const [key, { socket, group, where }] of joined) {
      if (groups.includes(group)) continue;
      joined.delete(key);
      try {
        socket.dropMembership(group, where);
      } catch {
        // The interface went away, and the membership with it.
      }
    }
  }

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
    refresh: (interfaces, sockets, { groups, homes }) => {
      if (sockets.ipv6 !== null) {
        for (const zone of ipv6Zones(interfaces)) {
          for (const group of ipv6Groups) join(sockets.ipv6, group, `::%${zone}`);
        }
      }
      leaveOthers(groups);
      for (const group of groups) {
        const socket = isMulticast(group) ? sockets.ipv4(group) : null;
        if (socket === null) continue;
        for (const { address } of homes) {
          join(socket, group, address);
          joined.set(`${group} ${address}`, { socket, group, where: address });
        }
      }
    },
  };
}
