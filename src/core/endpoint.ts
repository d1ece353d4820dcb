// Addresses and ports as text and back: `192.0.2.7:2425`, `[fe80::1%eth0]:2425`. Used for keys, targets, JSON and screens.
import type { Endpoint } from "../ports/transport.js";

/** The endpoint as text; also its key in tables. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.address.includes(":")
    ? `[${endpoint.address}]:${endpoint.port}`
    : `${endpoint.address}:${endpoint.port}`;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

const ipv4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/u;
/** Loose on purpose: hexadecimal groups, an optional embedded IPv4 tail and zone; the socket has the last word. */
const ipv6 = /^(?=[^%]*:[^%]*:)[0-9a-fA-F:]*(?::[0-9.]+)?(?:%[\w.-]{1,32})?$/u;

export function isAddress(text: string): boolean {
  return ipv4.test(text) || ipv6.test(text);
}

function parsePort(text: string): number | null {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}

/**
 * Reads `192.0.2.7`, `192.0.2.7:2425`, `fe80::1%eth0` or `[fe80::1%eth0]:2425`; null when it is none of these.
 *
 * @example parseEndpoint("192.0.2.7", 2425) // { address: "192.0.2.7", port: 2425 }
 */
export function parseEndpoint(text: string, defaultPort: number): Endpoint | null {
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/u.exec(text);
  if (bracketed !== null) {
    const address = bracketed[1] ?? "";
    const port = bracketed[2] === undefined ? defaultPort : parsePort(bracketed[2]);
    return ipv6.test(address) && port !== null ? { address, port } : null;
  }
  if (isAddress(text)) return { address: text, port: defaultPort };
  const colon = text.lastIndexOf(":");
  if (colon < 0) return null;
  const address = text.slice(0, colon);
  const port = parsePort(text.slice(colon + 1));
  return ipv4.test(address) && port !== null ? { address, port } : null;
}
