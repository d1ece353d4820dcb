// The sessions of an answering end: found by token or by address, forgotten when they are old, bounded in number. Knows no messages.
// Used by `reflector`.
import type { Endpoint } from "../../index.js";
import { labTimes, limitOf } from "../limits.js";
import { noToken, readU32 } from "../wire/header.js";
import type { LabBody, Terms } from "../wire/message-types.js";
import type { ServerLoad } from "./grant.js";
import type { LabCrypto } from "./lab-crypto.js";
import { createReceipts } from "./receipts.js";
import type { Session } from "./reflector-session.js";

export interface SessionBook {
  open(
    body: Extract<LabBody, { kind: "start" }>,
    terms: Terms,
    from: Endpoint,
    dropsBefore: number | null,
    nowNs: number,
  ): Session;
  /** By the token's first word, which is unique among them. */
  byToken(high: number): Session | undefined;
  bySource(from: Endpoint): Session | undefined;
  /** Makes room: the old go, and where there is no room the finished ones. */
  forgetOld(nowNs: number): void;
  /** What the sessions that still run ask of the server. */
  loadFor(address: string): ServerLoad;
  all(): Iterable<Session>;
}

export function createSessionBook(crypto: LabCrypto): SessionBook {
  const sessions = new Map<number, Session>();
  const bySource = new Map<string, Session>();
  let nextId = 0;

  return {
    open: (body, terms, from, dropsBefore, nowNs) => {
      let token = noToken;
      do {
        const bytes = crypto.randomBytes(8);
        token = { high: readU32(bytes, 0), low: readU32(bytes, 4) };
      } while (token.high === 0 || sessions.has(token.high));
      const session: Session = {
        id: nextId,
        name: body.name,
        from,
        terms,
        seed: body.seed,
        token,
        nonce: body.nonce,
        receipts: createReceipts(terms.mode === "down" ? 0 : terms.n),
        dropsBefore,
        echoes: 0,
        damaged: 0,
        heardNs: nowNs,
        stopped: null,
        originNs: null,
        heartbeatNs: nowNs,
        sent: 0,
      };
      nextId += 1;
      sessions.set(token.high, session);
      bySource.set(sourceKey(from), session);
      return session;
    },
    byToken: (high) => sessions.get(high),
    bySource: (from) => bySource.get(sourceKey(from)),
    forgetOld: (nowNs) => {
      const most = limitOf("sessions", "loopback");
      for (const [key, session] of sessions) {
        const patienceMs =
          session.stopped === null
            ? labTimes.silentSessionMs + (session.terms.n * session.terms.intervalUs) / 1_000
            : labTimes.finishedSessionMs;
        const isOld = nowNs - session.heardNs > patienceMs * 1e6;
        // In order of opening: when there is no room, finished ones make it, the oldest first.
        if (!isOld && !(sessions.size >= most && session.stopped !== null)) continue;
        sessions.delete(key);
        const source = sourceKey(session.from);
        if (bySource.get(source) === session) bySource.delete(source);
      }
    },
    loadFor: (address) => {
      const active = [...sessions.values()].filter((one) => one.stopped === null);
      return {
        sessions: active.length,
        fromSource: active.filter((one) => one.from.address === address).length,
        pps: active.reduce((sum, one) => sum + 1e6 / one.terms.intervalUs, 0),
        bitsPerSecond: active.reduce(
          (sum, one) => sum + (8e6 * one.terms.sizeBytes) / one.terms.intervalUs,
          0,
        ),
      };
    },
    all: () => sessions.values(),
  };
}

function sourceKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

export function isSameSource(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}
