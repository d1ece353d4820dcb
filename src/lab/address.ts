// Where an address leads, so that nothing of the lab ever goes past the local network. Literal addresses only: no name service.
import { isIPv4, isIPv6 } from "node:net";
import type { LabScope } from "./limits.js";

export type AddressReach = "loopback" | "private" | "link-local" | "other" | "invalid";

/**
 * How far an address reaches; broadcast, multicast and the unspecified address are `other`.
 *
 * @example reachOf("192.168.1.7") // "private"
 */
export function reachOf(address: string): AddressReach {
  if (address !== lastAddress) [lastAddress, lastReach] = [address, findReach(address)];
  return lastReach;
}

// Thousands of datagrams a second come from one and the same.
let lastAddress = "";
let lastReach: AddressReach = "invalid";

function findReach(address: string): AddressReach {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.replace(/%.*$/u, "");
  if (isIPv4(plain)) return reachOfIPv4(plain.split(".").map(Number));
  if (!isIPv6(plain)) return "invalid";
  if (plain === "::1") return "loopback";
  const first = Number.parseInt(plain.split(":", 1)[0] ?? "", 16);
  if ((first & 0xffc0) === 0xfe80) return "link-local";
  return (first & 0xfe00) === 0xfc00 ? "private" : "other";
}

function reachOfIPv4([a = 0, b = 0, , d = 0]: readonly number[]): AddressReach {
  if (a === 127) return "loopback";
  // A host part of all ones is most likely a directed broadcast; nobody's machine ends in .255 on the usual /24.
  if (d === 255) return "other";
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return "private";
  return a === 169 && b === 254 ? "link-local" : "other";
}

/** May the lab talk to this address at all? */
export function isLabAddress(address: string, scope: LabScope): boolean {
  const reach = reachOf(address);
  return reach === "loopback" || (scope === "lan" && (reach === "private" || reach === "link-local"));
}

export function scopeOf(address: string): LabScope {
  return reachOf(address) === "loopback" ? "loopback" : "lan";
}
