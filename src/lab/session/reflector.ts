// The answering end of FYL/1, as a pure machine: (input, now) -> effects. Opening costs it no memory; every datagram of a session
// must carry the session's token and come from its address; what does not is counted and never answered. It sends unasked only
// in a down stream, and only while the initiator's heartbeat lasts. Shells: `reflector-host`, the teacher.
import {
  type Reflector,
  type ReflectorCounts,
  type ReflectorEffect,
  type ReflectorOptions,
  type SessionView,
} from "./reflector-types.js";
import type { Endpoint } from "../../index.js";
import { scopeOf } from "../address.js";
import { labTimes, limitOf } from "../limits.js";
import { copyFlags, flagBits, isSameToken, noToken, readU32, type Token } from "../wire/header.js";
import { buildMessage, parseMessage } from "../wire/messages.js";
import { chunkDataBytes, type LabBody, type LabMessage, type Terms } from "../wire/message-types.js";
import { grantTerms, type ServerLoad } from "./grant.js";
import { isEqualBytes } from "./lab-crypto.js";
import { buildCookie, createAuthGuard, createHelloGate, isFreshCookie, markOfStart } from "./opening.js";
import { createReceipts, type Receipts } from "./receipts.js";

interface Session extends SessionView {
  readonly token: Token;
  readonly nonce: Uint8Array;
  readonly receipts: Receipts;
  readonly dropsBefore: number | null;
  echoes: number;
  damaged: number;
  heardNs: number;
  stopped: { readonly body: LabBody; readonly map: Uint8Array; readonly list: Uint8Array } | null;
  /** Of a down stream. */
  originNs: number | null;
  heartbeatNs: number;
  sent: number;
}

/** Datagrams sent in one go before others get a turn. */
const batch = 16;
/** Copies of its datagrams an honest path may make. */
const mostCopies = 8;
const none: readonly ReflectorEffect[] = [];

export function createReflector(options: ReflectorOptions): Reflector {
  const { crypto, secret, codeKey } = options;
  const counts: ReflectorCounts = {
    helloOverLimit: 0,
    staleCookie: 0,
    wrongCode: 0,
    paused: 0,
    refused: 0,
    wrongToken: 0,
    foreignAddress: 0,
    overLimit: 0,
    damagedUnknown: 0,
    strange: 0,
  };
  // By the token's first word, which is unique among them.
  const sessions = new Map<number, Session>();
  const bySource = new Map<string, Session>();
  const guard = createAuthGuard();
  const lanGate = createHelloGate(limitOf("helloPerSource", "lan"), limitOf("helloInAll", "lan"));
  const ownGate = createHelloGate(limitOf("helloInAll", "loopback"), limitOf("helloInAll", "loopback"));
  let nextId = 0;

  function datagram(bytes: Uint8Array, from: Endpoint, nowNs: number): readonly ReflectorEffect[] {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      countFault(bytes, from, parsed.reason !== "not-ours");
      return none;
    }
    const { message } = parsed;
    const { body } = message;
    if (body.kind === "hello") return hello(message, body, from, nowNs);
    if (body.kind === "start") return start(message, body, from, nowNs, bytes);
    return inSession(message, from, nowNs);
  }

  /** A flipped bit may sit in the token, so the source tells as well whose datagram it was. */
  function countFault(bytes: Uint8Array, from: Endpoint, hasMagic: boolean): void {
    const named = bytes.length >= 12 ? sessions.get(readU32(bytes, 4)) : undefined;
    const session =
      named !== undefined && isSameSource(named.from, from) ? named : bySource.get(sourceKey(from));
    if (session !== undefined) session.damaged += 1;
    else if (hasMagic) counts.damagedUnknown += 1;
    else counts.strange += 1;
  }

  function hello(
    message: LabMessage,
    { nonce }: Extract<LabBody, { kind: "hello" }>,
    from: Endpoint,
    nowNs: number,
  ): readonly ReflectorEffect[] {
    const scope = scopeOf(from.address);
    const gate = scope === "loopback" ? ownGate : lanGate;
    if (!gate(from.address, nowNs)) {
      counts.helloOverLimit += 1;
      return none;
    }
    const mostPps = Math.min(options.mostPps ?? Number.POSITIVE_INFINITY, limitOf("sessionPps", scope));
    return answer(from, noToken, message.seq, nowNs, {
      kind: "cookie",
      nonce,
      cookie: buildCookie(crypto, secret, from, nonce, nowNs),
      mostPps,
      mostBytesPerSecond: limitOf("sessionBitsPerSecond", scope) / 8,
      mostDatagrams: limitOf("datagrams", scope),
    });
  }

  function start(
    message: LabMessage,
    body: Extract<LabBody, { kind: "start" }>,
    from: Endpoint,
    nowNs: number,
    bytes: Uint8Array,
  ): readonly ReflectorEffect[] {
    if (guard.isPaused(from.address, nowNs)) {
      counts.paused += 1;
      return none;
    }
    if (!isFreshCookie(crypto, secret, from, body.nonce, body.cookie, nowNs)) {
      counts.staleCookie += 1;
      return none;
    }
    if (codeKey !== null && !isEqualBytes(body.auth, markOfStart(crypto, codeKey, bytes))) {
      counts.wrongCode += 1;
      guard.failed(from.address, nowNs);
      return none;
    }
    guard.succeeded(from.address);
    const known = bySource.get(sourceKey(from));
    if (known !== undefined && isEqualBytes(known.nonce, body.nonce))
      return accept(known, message.seq, nowNs);
    forgetOld(nowNs);
    const granted = grantTerms(body.terms, scopeOf(from.address), loadFor(from.address), options.mostPps);
    if (typeof granted === "string") {
      counts.refused += 1;
      return answer(from, noToken, message.seq, nowNs, {
        ...acceptBody(body.nonce, body.terms),
        refusal: granted,
      });
    }
    const session = open(body, granted, from, nowNs);
    return accept(session, message.seq, nowNs);
  }

  function loadFor(address: string): ServerLoad {
    const active = [...sessions.values()].filter((one) => one.stopped === null);
    return {
      sessions: active.length,
      fromSource: active.filter((one) => one.from.address === address).length,
      pps: active.reduce((sum, one) => sum + 1e6 / one.terms.intervalUs, 0),
      bitsPerSecond: active.reduce((sum, one) => sum + (8e6 * one.terms.sizeBytes) / one.terms.intervalUs, 0),
    };
  }

  function open(
    body: Extract<LabBody, { kind: "start" }>,
    terms: Terms,
    from: Endpoint,
    nowNs: number,
  ): Session {
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
      dropsBefore: options.ownDrops(),
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
  }

  function acceptBody(nonce: Uint8Array, terms: Terms): Extract<LabBody, { kind: "accept" }> {
    const { bootMark, receiveBufferBytes, system, nodeMajor } = options;
    return { kind: "accept", nonce, terms, refusal: "none", bootMark, receiveBufferBytes, system, nodeMajor };
  }

  function accept(session: Session, seq: number, nowNs: number): readonly ReflectorEffect[] {
    return answer(session.from, session.token, seq, nowNs, acceptBody(session.nonce, session.terms));
  }

  /** Everything but the opening: the token and the source must be the session's. */
  function inSession(message: LabMessage, from: Endpoint, nowNs: number): readonly ReflectorEffect[] {
    const session = sessions.get(message.token.high);
    if (session === undefined || !isSameToken(session.token, message.token)) {
      counts.wrongToken += 1;
      return none;
    }
    if (!isSameSource(session.from, from)) {
      counts.foreignAddress += 1;
      return none;
    }
    session.heardNs = nowNs;
    const { body } = message;
    switch (body.kind) {
      case "data":
        return data(session, message, body.sizeBytes, nowNs);
      case "go":
        return go(session, nowNs);
      case "stop":
        return answer(from, session.token, message.seq, nowNs, close(session).body);
      case "fetch": {
        // Whoever asks for the map has ended the run: the question and STOP travel together, and STOP may be lost.
        const chunk = readChunk(close(session), body.what, body.chunk);
        return chunk === null ? none : answer(from, session.token, message.seq, nowNs, chunk);
      }
      case "bye":
        return answer(from, session.token, message.seq, nowNs, { kind: "bye-ok" });
      case "hello":
      case "cookie":
      case "start":
      case "accept":
      case "echo":
      case "segment":
      case "acknowledgement":
      case "done":
      case "chunk":
      case "bye-ok":
      case "class":
        // Not an initiator's words.
        counts.strange += 1;
        return none;
      default:
        return body satisfies never;
    }
  }

  function data(
    session: Session,
    message: LabMessage,
    sizeBytes: number,
    nowNs: number,
  ): readonly ReflectorEffect[] {
    const { receipts, terms } = session;
    const fits = message.seq < terms.n && sizeBytes <= terms.sizeBytes && terms.mode !== "down";
    // After STOP the account is closed; what comes later is what the initiator calls lost.
    if (!fits || session.stopped !== null || receipts.unique + receipts.extra >= mostCopies * terms.n) {
      counts.overLimit += 1;
      return none;
    }
    const copy = receipts.add(message.seq, nowNs);
    if (terms.mode !== "echo") return none;
    const rseq = session.echoes;
    session.echoes += 1;
    return [
      {
        kind: "send",
        to: session.from,
        message: {
          token: session.token,
          seq: message.seq,
          t1: message.t1,
          flags: copyFlags(copy),
          body: {
            kind: "echo",
            sizeBytes,
            rseq,
            t2: nowNs,
            t3: 0,
            unique: receipts.unique,
            copies: receipts.extra,
            next: receipts.next,
          },
        },
        stamp: "t3",
      },
    ];
  }

  function go(session: Session, nowNs: number): readonly ReflectorEffect[] {
    if (session.terms.mode !== "down" || session.stopped !== null) return none;
    const wasSilent = nowNs - session.heartbeatNs > labTimes.heartbeatLostMs * 1e6;
    session.heartbeatNs = nowNs;
    // After a silence the stream goes on where it stopped; it does not catch up with slots nobody wanted.
    if (session.originNs === null || wasSilent)
      session.originNs = nowNs - session.sent * session.terms.intervalUs * 1_000;
    return none;
  }

  function close(session: Session): NonNullable<Session["stopped"]> {
    if (session.stopped === null) {
      const { receipts } = session;
      const drops = options.ownDrops();
      const isKnown = drops !== null && session.dropsBefore !== null;
      const body: LabBody = {
        kind: "done",
        counts: {
          unique: receipts.unique,
          copies: receipts.extra,
          damaged: session.damaged,
          reordered: receipts.reordered,
          maxExtent: receipts.maxExtent,
          echoesSent: session.terms.mode === "down" ? session.sent : session.echoes,
          ownDrops: isKnown ? Math.max(0, drops - session.dropsBefore) : null,
          firstNs: receipts.firstNs,
          lastNs: receipts.lastNs,
          sendErrors: 0,
          damagedUnknown: counts.damagedUnknown,
        },
      };
      session.stopped = { body, map: receipts.map(), list: new Uint8Array(receipts.list()) };
    }
    return session.stopped;
  }

  function streamDue(session: Session): number {
    if (session.originNs === null || session.stopped !== null || session.sent >= session.terms.n)
      return Number.POSITIVE_INFINITY;
    return session.originNs + session.sent * session.terms.intervalUs * 1_000;
  }

  function isBeating(session: Session, nowNs: number): boolean {
    return nowNs - session.heartbeatNs <= labTimes.heartbeatLostMs * 1e6;
  }

  function tick(nowNs: number): readonly ReflectorEffect[] {
    const effects: ReflectorEffect[] = [];
    for (const session of sessions.values()) {
      for (
        let sent = 0;
        sent < batch && streamDue(session) <= nowNs && isBeating(session, nowNs);
        sent += 1
      ) {
        const { token, from, terms } = session;
        const body: LabBody = { kind: "data", sizeBytes: terms.sizeBytes };
        const message = { token, seq: session.sent, t1: nowNs, flags: flagBits.downStream, body };
        effects.push({ kind: "send", to: from, message, stamp: "t1" });
        session.sent += 1;
      }
      // Nobody listens: wait for the next GO, without asking for ticks meanwhile.
      if (streamDue(session) <= nowNs && !isBeating(session, nowNs)) session.originNs = null;
    }
    return effects;
  }

  function forgetOld(nowNs: number): void {
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
  }

  return {
    handle: (input, nowNs) => {
      switch (input.kind) {
        case "datagram":
          return datagram(input.bytes, input.from, nowNs);
        case "tick":
          return tick(nowNs);
        default:
          return input satisfies never;
      }
    },
    wakeNs: () => {
      let wake = Number.POSITIVE_INFINITY;
      for (const session of sessions.values()) wake = Math.min(wake, streamDue(session));
      return wake;
    },
    counts,
    sessions: () => [...sessions.values()],
  };
}

function answer(
  to: Endpoint,
  token: Token,
  seq: number,
  nowNs: number,
  body: LabBody,
): readonly ReflectorEffect[] {
  const message: LabMessage = { token, seq, t1: nowNs, flags: 0, body };
  return [{ kind: "send", to, message, stamp: "none" }];
}

/** The bytes of an effect's message, with its time. */
export function buildEffect({ message, stamp }: ReflectorEffect, nowNs: number): Uint8Array {
  if (stamp === "t3" && message.body.kind === "echo")
    return buildMessage({ ...message, body: { ...message.body, t3: nowNs } });
  return buildMessage(stamp === "t1" ? { ...message, t1: nowNs } : message);
}

function readChunk(
  stopped: NonNullable<Session["stopped"]>,
  what: "map" | "arrivals",
  chunk: number,
): LabBody | null {
  const all = what === "map" ? stopped.map : stopped.list;
  const from = chunk * chunkDataBytes;
  if (from > all.length) return null;
  return {
    kind: "chunk",
    what,
    chunk,
    totalBytes: all.length,
    data: all.subarray(from, from + chunkDataBytes),
  };
}

function sourceKey({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function isSameSource(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}
