// The proofs of an opening: cookies that need no memory, and the class code's mark on a START. Pure but for the injected keyed
// hash. Used by reflector, teacher, initiator and student alike.
import type { Endpoint } from "../../index.js";
import { labTimes, leastSizeOf } from "../limits.js";
import type { Terms } from "../wire/message-types.js";
import { isEqualBytes, type LabCrypto } from "./lab-crypto.js";

const proofBytes = 16;
const authAt = 64;
const crcAt = 28;

/** The cookie for an address at a moment, which proves that whoever shows it receives there. */
export function buildCookie(
  crypto: LabCrypto,
  secret: Uint8Array,
  from: Endpoint,
  nonce: Uint8Array,
  nowNs: number,
  halfMinutesAgo = 0,
): Uint8Array {
  const halfMinute = Math.floor(nowNs / (labTimes.cookieMs * 1e6)) - halfMinutesAgo;
  const text = new TextEncoder().encode(`${from.address} ${from.port} ${halfMinute} `);
  return crypto.hmac(secret, text, nonce).slice(0, proofBytes);
}

/** True for a cookie of this half-minute or the one before. */
export function isFreshCookie(
  crypto: LabCrypto,
  secret: Uint8Array,
  from: Endpoint,
  nonce: Uint8Array,
  cookie: Uint8Array,
  nowNs: number,
): boolean {
  return [0, 1].some((ago) => isEqualBytes(cookie, buildCookie(crypto, secret, from, nonce, nowNs, ago)));
}

/** The mark of a code on a START datagram, whose own mark and checksum count as zero. */
export function markOfStart(crypto: LabCrypto, codeKey: Uint8Array, start: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(start);
  bytes.fill(0, authAt, authAt + proofBytes);
  bytes.fill(0, crcAt, crcAt + 4);
  return crypto.hmac(codeKey, bytes).slice(0, proofBytes);
}

export interface AuthGuard {
  isPaused(address: string, nowNs: number): boolean;
  failed(address: string, nowNs: number): void;
  succeeded(address: string): void;
}

/** Guessing costs time: after five wrong codes a source is not heard for five seconds. */
export function createAuthGuard(): AuthGuard {
  const sources = new Map<string, { tries: number; untilNs: number }>();
  // Sources that can be remembered; beyond, the oldest is forgotten, which costs an attacker one cookie per address.
  const mostSources = 1_024;
  return {
    isPaused: (address, nowNs) => (sources.get(address)?.untilNs ?? 0) > nowNs,
    failed: (address, nowNs) => {
      const source = sources.get(address) ?? { tries: 0, untilNs: 0 };
      source.tries += 1;
      if (source.tries >= labTimes.authTries) {
        source.tries = 0;
        source.untilNs = nowNs + labTimes.authPauseMs * 1e6;
      }
      sources.delete(address);
      sources.set(address, source);
      const [oldest] = sources.keys();
      if (sources.size > mostSources && oldest !== undefined) sources.delete(oldest);
    },
    succeeded: (address) => {
      sources.delete(address);
    },
  };
}

/** At most so many a second, per source and in all. */
export function createHelloGate(
  perSource: number,
  inAll: number,
): (address: string, nowNs: number) => boolean {
  let second = Number.NEGATIVE_INFINITY;
  let all = 0;
  const counts = new Map<string, number>();
  return (address, nowNs) => {
    const now = Math.floor(nowNs / 1e9);
    if (now !== second) {
      second = now;
      all = 0;
      counts.clear();
    }
    const count = counts.get(address) ?? 0;
    if (all >= inAll || count >= perSource) return false;
    all += 1;
    counts.set(address, count + 1);
    return true;
  };
}

/** What a server granted: it may only reduce, so whatever claims more is taken for what was asked. */
export function reduceTerms(wanted: Terms, granted: Terms): Terms {
  return {
    ...wanted,
    n: Math.max(1, Math.min(wanted.n, granted.n)),
    sizeBytes: Math.max(leastSizeOf(wanted.mode), Math.min(wanted.sizeBytes, granted.sizeBytes)),
    intervalUs: Math.max(wanted.intervalUs, granted.intervalUs),
  };
}

export function isLess(terms: Terms, wanted: Terms): boolean {
  return terms.n < wanted.n || terms.sizeBytes < wanted.sizeBytes || terms.intervalUs > wanted.intervalUs;
}
