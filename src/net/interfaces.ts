// What the machine's network looks like: interfaces, addresses, directed broadcast addresses, and the two spellings of
// one address. Knows no socket. Called by `udp` and its parts; the list of interfaces is injectable, so tests need no network.
import { isIP, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import type { LocalAddress, LocalNetwork } from "../ports/transport.js";

/** One address of one interface, as the system tells it. */
export interface InterfaceInfo {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  readonly family: "IPv4" | "IPv6";
  /** Six pairs of hex digits with colons; all zero where there is none. */
  readonly mac: string;
  readonly internal: boolean;
  /** IPv6 zone number; null for IPv4. */
  readonly scopeId: number | null;
}

const noMac = "00:00:00:00:00:00";

/** Asks the system. A system that refuses (seen in locked-down containers) has no interfaces, which is a state, not a fault. */
export function readInterfaces(): InterfaceInfo[] {
  let table: ReturnType<typeof networkInterfaces>;
  try {
    table = networkInterfaces();
  } catch {
    return [];
  }
  const list: InterfaceInfo[] = [];
  for (const [name, entries] of Object.entries(table)) {
    for (const entry of entries ?? []) {
      list.push({
        name,
        address: entry.address,
        netmask: entry.netmask,
        family: entry.family,
        mac: entry.mac,
        internal: entry.internal,
        scopeId: entry.family === "IPv6" ? entry.scopeid : null,
      });
    }
  }
  return list;
}

/**
 * The directed broadcast address of an IPv4 network, or null where there is none (a /31 or /32 link, or no IPv4).
 *
 * @example broadcastAddress("192.0.2.7", "255.255.255.0") // "192.0.2.255"
 */
export function broadcastAddress(address: string, netmask: string): string | null {
  const host = readIPv4(address);
  const mask = readIPv4(netmask);
  if (host === null || mask === null || mask >= 0xffff_fffe) return null;
  const last = (host | ~mask) >>> 0;
  return [last >>> 24, (last >>> 16) & 255, (last >>> 8) & 255, last & 255].join(".");
}

/** Is `address` in the IPv4 network of `local`? False for anything that is not IPv4. */
export function isInNetwork(address: string, local: string, netmask: string): boolean {
  const [a, b, mask] = [readIPv4(address), readIPv4(local), readIPv4(netmask)];
  return a !== null && b !== null && mask !== null && ((a ^ b) & mask) === 0;
}

function readIPv4(address: string): number | null {
  if (!isIPv4(address)) return null;
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * One spelling per address: an IPv4 address mapped into IPv6 becomes IPv4, anything else stays.
 *
 * @example normalizeAddress("::ffff:192.0.2.7") // "192.0.2.7"
 */
export function normalizeAddress(address: string): string {
  if (!address.startsWith("::ffff:") && !address.startsWith("::FFFF:")) return address;
  const inner = address.slice(7);
  return isIPv4(inner) ? inner : address;
}

/** 4 or 6 for a literal address (IPv6 with or without a zone), 0 for anything else, names included. */
export function addressFamily(address: string): 0 | 4 | 6 {
  const family = isIP(address);
  return family === 4 || family === 6 ? family : 0;
}

/** An IPv4 multicast group. */
export function isMulticast(address: string): boolean {
  const first = isIPv4(address) ? Number(address.split(".")[0]) : 0;
  return first >= 224 && first <= 239;
}

/** The name of an interface inside an IPv6 address: Windows counts, everybody else names. */
export function zoneOf(info: InterfaceInfo, platform: NodeJS.Platform = process.platform): string {
  return platform === "win32" && info.scopeId !== null ? String(info.scopeId) : info.name;
}

/** The addresses in the form the node sees; link-local IPv6 addresses carry their zone. */
export function listLocalAddresses(interfaces: readonly InterfaceInfo[]): LocalAddress[] {
  return interfaces.map((info) => ({
    interfaceName: info.name,
    address:
      isLinkLocal(info) && !info.address.includes("%") ? `${info.address}%${zoneOf(info)}` : info.address,
    family: info.family,
    broadcast: info.internal || info.family === "IPv6" ? null : broadcastAddress(info.address, info.netmask),
    loopback: info.internal,
  }));
}

function isLinkLocal(info: InterfaceInfo): boolean {
  return info.family === "IPv6" && /^fe[89ab]/i.test(info.address);
}

/**
 * The addresses that sockets bound to `bound` can be reached at and send from: a program bound to some of them is not at the others,
 * where another one may have the same port.
 */
function boundAddresses(interfaces: readonly InterfaceInfo[], bound: readonly string[]): LocalAddress[] {
  const listed = listLocalAddresses(interfaces);
  const wildcards = { IPv4: bound.includes("0.0.0.0"), IPv6: bound.includes("::") };
  const reachable = listed.filter((one) => wildcards[one.family] || bound.includes(one.address));
  // An address that no interface lists, as 127.0.0.2: at home in the network of one that does.
  const others = bound.flatMap((address) => {
    if (address === "0.0.0.0" || address === "::" || listed.some((one) => one.address === address)) return [];
    const home = interfaces.find((info) => isInNetwork(address, info.address, info.netmask));
    return home === undefined ? [] : listLocalAddresses([{ ...home, address }]);
  });
  return [...reachable, ...others];
}

/** Port, addresses and the first real MAC address (upper-case hex without separators). */
export function describeNetwork(
  interfaces: readonly InterfaceInfo[],
  port: number,
  bound: readonly string[] = ["0.0.0.0", "::"],
): LocalNetwork {
  const real = interfaces.find((info) => !info.internal && info.mac !== noMac && info.mac !== "");
  return {
    port,
    addresses: boundAddresses(interfaces, bound),
    mac: real === undefined ? null : real.mac.replaceAll(":", "").toUpperCase(),
  };
}

/** Equal for equal networks whatever the order of the list: what the watch compares. */
export function networkFingerprint(interfaces: readonly InterfaceInfo[]): string {
  return interfaces
    .map((info) => [info.name, info.address, info.netmask, info.mac, info.internal, info.scopeId].join(" "))
    .toSorted()
    .join("\n");
}
