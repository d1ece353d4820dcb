// The receivers named on a command line: names are kept for the node to resolve, addresses, ranges and networks become endpoints
// here. Knows no peers and opens nothing.
import type { Endpoint } from "../index.js";
import { formatEndpoint, parseEndpoint } from "../light.js";
import { CliProblem } from "./problem.js";

export interface Targets {
  /** Nicknames, `user@host`, `id:…`, `@group`: only the node knows who they are. */
  readonly names: readonly string[];
  /** Single addresses. */
  readonly endpoints: readonly Endpoint[];
  /** Addresses out of ranges and networks: many, so they are confirmed and paced. */
  readonly wide: readonly Endpoint[];
}

/** A /16, or a class B of ranges: more cannot be meant on a LAN. */
const maxWide = 65_536;

/**
 * Sorts targets by their form.
 *
 * @example parseTargets(["小明", "192.168.1.100-120"], 2425).wide.length === 21
 */
export const parseTargets = (texts: readonly string[], defaultPort: number): Targets => {
  const names: string[] = [];
  const endpoints: Endpoint[] = [];
  const wide: Endpoint[] = [];
  for (const text of texts.flatMap((part) => part.split(/[,，]/)).map((part) => part.trim())) {
    if (text === "") continue;
    const expanded = expandRange(text, defaultPort);
    const endpoint = expanded === undefined ? parseEndpoint(text, defaultPort) : null;
    if (expanded !== undefined) wide.push(...expanded);
    else if (endpoint !== null) endpoints.push(endpoint);
    else names.push(text);
    if (wide.length > maxWide) throw new CliProblem("too-many-receivers", { max: maxWide });
  }
  return { names, endpoints: distinct(endpoints), wide: distinct(wide) };
};

const distinct = (endpoints: readonly Endpoint[]): readonly Endpoint[] => [
  ...new Map(endpoints.map((endpoint) => [formatEndpoint(endpoint), endpoint])).values(),
];

const rangePattern = /^(\d+\.\d+\.\d+\.\d+)-(\d+(?:\.\d+\.\d+\.\d+)?)(?::(\d+))?$/;
const networkPattern = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)(?::(\d+))?$/;

/** The addresses of `192.168.1.100-120`, `192.168.1.250-192.168.2.5` or `192.168.1.0/24`; undefined for any other form. */
const expandRange = (text: string, defaultPort: number): readonly Endpoint[] | undefined => {
  const range = rangePattern.exec(text);
  const network = networkPattern.exec(text);
  if (range === null && network === null) return undefined;
  const [first, last] = range === null ? networkBounds(network, text) : rangeBounds(range, text);
  const port = parsePort((range ?? network)?.[3], defaultPort, text);
  if (last - first >= maxWide) throw new CliProblem("too-many-receivers", { max: maxWide });
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    address: formatAddress(first + index),
    port,
  }));
};

type Bounds = readonly [first: number, last: number];

const rangeBounds = (match: RegExpExecArray, text: string): Bounds => {
  const first = parseAddress(match[1], text);
  const end = match[2] ?? "";
  // The short form replaces the last part: `192.168.1.100-120`.
  const last = end.includes(".")
    ? parseAddress(end, text)
    : parseAddress((match[1] ?? "").replace(/\d+$/, end), text);
  if (last < first) throw new CliProblem("target-invalid", { target: text });
  return [first, last];
};

const networkBounds = (match: RegExpExecArray | null, text: string): Bounds => {
  const bits = Number(match?.[2]);
  if (bits > 32) throw new CliProblem("target-invalid", { target: text });
  const size = 2 ** (32 - bits);
  const address = parseAddress(match?.[1], text);
  const base = address - (address % size);
  // The first and last address of a network are the network itself and its broadcast address (not so for /31 and /32).
  return bits >= 31 ? [base, base + size - 1] : [base + 1, base + size - 2];
};

const parseAddress = (text: string | undefined, target: string): number => {
  const parts = (text ?? "").split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part <= 255))) {
    throw new CliProblem("target-invalid", { target });
  }
  return parts.reduce((sum, part) => sum * 256 + part, 0);
};

const parsePort = (text: string | undefined, fallback: number, target: string): number => {
  const port = text === undefined ? fallback : Number(text);
  if (port >= 1 && port <= 65_535) return port;
  throw new CliProblem("target-invalid", { target });
};

const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
