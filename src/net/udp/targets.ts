// Where a broadcast goes and what a socket bound to one address needs beside it, worked out from the interface list alone.
// Pure, so every network shape is a test case. Called by `broadcaster` and `udp`.
import { addressFamily, broadcastAddress, isInNetwork, zoneOf, type InterfaceInfo } from "../interfaces.js";

/** The official client's IPv6 groups (docs/protocol.md section 11). */
export const ipv6Groups = ["ff15::979", "ff02::1"] as const;

export const limitedBroadcast = "255.255.255.255";

/** One datagram of a broadcast. */
export interface BroadcastTarget {
  /** Local address of the socket that sends it (`0.0.0.0` and `::` are the wildcard sockets). */
  readonly from: string;
  readonly to: string;
  /** The interface to choose first, for IPv6 groups whose address does not carry it. */
  readonly zone: string | null;
  /** False for loopback: reaching only ourselves does not count as a working broadcast. */
  readonly leavesMachine: boolean;
}

/** One way to an IPv4 multicast group: the socket that sends, and the interface by its address. */
export interface MulticastHome {
  readonly from: string;
  readonly name: string;
  readonly address: string;
}

/**
 * Every datagram of one broadcast from sockets bound to `boundAddresses`.
 *
 * @example listTargets(readInterfaces(), ["0.0.0.0", "::"])
 */
export function listTargets(
  interfaces: readonly InterfaceInfo[],
  boundAddresses: readonly string[],
): BroadcastTarget[] {
  const targets = boundAddresses.flatMap((from) =>
    addressFamily(from) === 6 ? ipv6Targets(interfaces, from) : ipv4Targets(interfaces, from),
  );
  const seen = new Set<string>();
  return targets.filter((target) => {
    const key = `${target.from} ${target.to} ${target.zone ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

function ipv4Targets(interfaces: readonly InterfaceInfo[], from: string): BroadcastTarget[] {
  const home = from === "0.0.0.0" ? null : homeOf(interfaces, from);
  const around = from === "0.0.0.0" ? interfaces : home === null ? [] : [home];
  const targets = (internal: boolean): BroadcastTarget[] =>
    around.flatMap((info) => {
      const to = info.internal === internal ? broadcastAddress(info.address, info.netmask) : null;
      return to === null ? [] : [{ from, to, zone: null, leavesMachine: !internal }];
    });
  const outside = targets(false);
  const list = outside.length > 0 ? outside : targets(true);
  const limited = { from, to: limitedBroadcast, zone: null, leavesMachine: true };
  // A socket bound to loopback has no way out: 255.255.255.255 from it would only be an error.
  return home?.internal === true ? list : [...list, limited];
}

/** The interfaces by which sockets bound to `boundAddresses` take part in an IPv4 multicast group, each once. */
export function listMulticastHomes(
  interfaces: readonly InterfaceInfo[],
  boundAddresses: readonly string[],
): MulticastHome[] {
  const homes = boundAddresses.flatMap((from): MulticastHome[] => {
    if (addressFamily(from) !== 4) return [];
    const home = from === "0.0.0.0" ? null : homeOf(interfaces, from);
    if (home !== null) return [{ from, name: home.name, address: home.address }];
    if (from !== "0.0.0.0") return [];
    const all = interfaces.filter(({ family }) => family === "IPv4");
    const outside = all.filter(({ internal }) => !internal);
    return (outside.length > 0 ? outside : all).map(({ name, address }) => ({ from, name, address }));
  });
  // An interface with two addresses is one way: its neighbours would get everything twice.
  const seen = new Set<string>();
  return homes.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function ipv6Targets(interfaces: readonly InterfaceInfo[], from: string): BroadcastTarget[] {
  const bare = from.replace(/%.*$/, "");
  return ipv6Zones(interfaces.filter((info) => from === "::" || info.address === bare)).flatMap((zone) => [
    // Only a link-local group may carry its interface in the address; for the other the socket's option decides.
    { from, to: ipv6Groups[0], zone, leavesMachine: true },
    { from, to: `${ipv6Groups[1]}%${zone}`, zone, leavesMachine: true },
  ]);
}

/** The interfaces with IPv6, loopback apart, each once. */
export function ipv6Zones(interfaces: readonly InterfaceInfo[]): string[] {
  const real = interfaces.filter((info) => info.family === "IPv6" && !info.internal);
  return [...new Set(real.map((info) => zoneOf(info)))];
}

/**
 * The addresses that hear broadcasts for a socket bound to `bound`: its network's directed broadcast address and, off
 * loopback, 255.255.255.255. Empty for the wildcard, which hears them itself, and for IPv6.
 */
export function listEars(interfaces: readonly InterfaceInfo[], bound: string): string[] {
  if (bound === "0.0.0.0" || addressFamily(bound) !== 4) return [];
  return ipv4Targets(interfaces, bound).map((target) => target.to);
}

/** The interface entry an IPv4 address belongs to: its own, else (127.0.0.2 on loopback) the one whose network holds it. */
export function homeOf(interfaces: readonly InterfaceInfo[], address: string): InterfaceInfo | null {
  return (
    interfaces.find((info) => info.address === address) ??
    interfaces.find((info) => info.family === "IPv4" && isInNetwork(address, info.address, info.netmask)) ??
    null
  );
}
