// The answering end of FYL/1, as a pure machine: (input, now) -> effects. Opening costs it no memory; every datagram of a session
// must carry the session's token and come from its address; what does not is counted and never answered. It sends unasked only
// in a down stream, and only while the initiator's heartbeat lasts. Shells: `reflector-host`, the teacher.
import type { Endpoint } from "../../index.js";
import { scopeOf } from "../address.js";
import { limitOf, rateScope } from "../limits.js";
import { copyFlags, isSameToken, noToken, readU32, type Token } from "../wire/header.js";
import { buildMessage, parseMessage } from "../wire/messages.js";
import type { LabBody, LabMessage, Terms } from "../wire/message-types.js";
import { grantTerms } from "./grant.js";
import { isEqualBytes } from "./lab-crypto.js";
import { buildCookie, createAuthGuard, createHelloGate, isFreshCookie, markOfStart } from "./opening.js";
import { beat, closeAccount, readChunk, sendStream, type Session, streamDue } from "./reflector-session.js";
import type { Reflector, ReflectorCounts, ReflectorEffect, ReflectorOptions } from "./reflector-types.js";
import { createSessionBook, isSameSource } from "./session-book.js";

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
  const book = createSessionBook(crypto);
  const guard = createAuthGuard();
  const lanGate = createHelloGate(limitOf("helloPerSource", "lan"), limitOf("helloInAll", "lan"));
  const ownGate = createHelloGate(limitOf("helloInAll", "loopback"), limitOf("helloInAll", "loopback"));

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
    const named = bytes.length >= 12 ? book.byToken(readU32(bytes, 4)) : undefined;
    const session = named !== undefined && isSameSource(named.from, from) ? named : book.bySource(from);
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
    const rates = rateScope(scope, options.mostPps);
    const mostPps = Math.min(options.mostPps ?? Number.POSITIVE_INFINITY, limitOf("sessionPps", rates));
    return answer(from, noToken, message.seq, nowNs, {
      kind: "cookie",
      nonce,
      cookie: buildCookie(crypto, secret, from, nonce, nowNs),
      mostPps,
      mostBytesPerSecond: limitOf("sessionBitsPerSecond", rates) / 8,
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
    const known = book.bySource(from);
    if (known !== undefined && isEqualBytes(known.nonce, body.nonce))
      return accept(known, message.seq, nowNs);
    book.forgetOld(nowNs);
    const granted = grantTerms(
      body.terms,
      scopeOf(from.address),
      book.loadFor(from.address),
      options.mostPps,
    );
    if (typeof granted === "string") {
      counts.refused += 1;
      return answer(from, noToken, message.seq, nowNs, {
        ...acceptBody(body.nonce, body.terms),
        refusal: granted,
      });
    }
    const session = book.open(body, granted, from, options.ownDrops(), nowNs);
    return accept(session, message.seq, nowNs);
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
    const session = book.byToken(message.token.high);
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
        beat(session, nowNs);
        return none;
      case "stop":
        return answer(from, session.token, message.seq, nowNs, closed(session).body);
      case "fetch": {
        // Whoever asks for the map has ended the run: the question and STOP travel together, and STOP may be lost.
        const chunk = readChunk(closed(session), body.what, body.chunk);
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

  function closed(session: Session): ReturnType<typeof closeAccount> {
    return closeAccount(session, options.ownDrops(), counts.damagedUnknown);
  }

  return {
    handle: (input, nowNs) => {
      switch (input.kind) {
        case "datagram":
          return datagram(input.bytes, input.from, nowNs);
        case "tick":
          return [...book.all()].flatMap((session) => sendStream(session, nowNs));
        default:
          return input satisfies never;
      }
    },
    wakeNs: () => {
      let wake = Number.POSITIVE_INFINITY;
      for (const session of book.all()) wake = Math.min(wake, streamDue(session));
      return wake;
    },
    counts,
    sessions: () => [...book.all()],
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
