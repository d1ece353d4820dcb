// One session at the answering end: what it has received, what it sent unasked in a down stream, and its closed account. Functions on
// a record that `session-book` keeps; called by `reflector`.
import { labTimes } from "../limits.js";
import { flagBits, type Token } from "../wire/header.js";
import { chunkDataBytes, type LabBody } from "../wire/message-types.js";
import type { Receipts } from "./receipts.js";
import type { ReflectorEffect, SessionView } from "./reflector-types.js";

export interface Session extends SessionView {
  readonly token: Token;
  readonly nonce: Uint8Array;
  readonly receipts: Receipts;
  /** Kernel drops at the server's socket when it was opened. */
  readonly dropsBefore: number | null;
  echoes: number;
  damaged: number;
  heardNs: number;
  stopped: ClosedAccount | null;
  /** Of a down stream. */
  originNs: number | null;
  heartbeatNs: number;
  sent: number;
}

interface ClosedAccount {
  readonly body: LabBody;
  readonly map: Uint8Array;
  readonly list: Uint8Array;
}

/** Datagrams sent in one go before others get a turn. */
const batch = 16;

/** Closes the account once; from then on it says the same to everybody who asks. */
export function closeAccount(session: Session, drops: number | null, damagedUnknown: number): ClosedAccount {
  if (session.stopped !== null) return session.stopped;
  const { receipts, dropsBefore } = session;
  const body: LabBody = {
    kind: "done",
    counts: {
      unique: receipts.unique,
      copies: receipts.extra,
      damaged: session.damaged,
      reordered: receipts.reordered,
      maxExtent: receipts.maxExtent,
      echoesSent: session.terms.mode === "down" ? session.sent : session.echoes,
      ownDrops: drops !== null && dropsBefore !== null ? Math.max(0, drops - dropsBefore) : null,
      firstNs: receipts.firstNs,
      lastNs: receipts.lastNs,
      sendErrors: 0,
      damagedUnknown,
    },
  };
  session.stopped = { body, map: receipts.map(), list: new Uint8Array(receipts.list()) };
  return session.stopped;
}

export function readChunk(account: ClosedAccount, what: "map" | "arrivals", chunk: number): LabBody | null {
  const all = what === "map" ? account.map : account.list;
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

/** GO starts a down stream, and repeated keeps it alive. */
export function beat(session: Session, nowNs: number): void {
  if (session.terms.mode !== "down" || session.stopped !== null) return;
  const wasSilent = !isBeating(session, nowNs);
  session.heartbeatNs = nowNs;
  // After a silence the stream goes on where it stopped; it does not catch up with slots nobody wanted.
  if (session.originNs === null || wasSilent)
    session.originNs = nowNs - session.sent * session.terms.intervalUs * 1_000;
}

function isBeating(session: Session, nowNs: number): boolean {
  return nowNs - session.heartbeatNs <= labTimes.heartbeatLostMs * 1e6;
}

/** When the stream's next datagram is due. */
export function streamDue(session: Session): number {
  if (session.originNs === null || session.stopped !== null || session.sent >= session.terms.n)
    return Number.POSITIVE_INFINITY;
  return session.originNs + session.sent * session.terms.intervalUs * 1_000;
}

/** The datagrams of a stream that are due, a batch at most. */
export function sendStream(session: Session, nowNs: number): ReflectorEffect[] {
  const effects: ReflectorEffect[] = [];
  const isAlive = isBeating(session, nowNs);
  for (let sent = 0, most = isAlive ? batch : 0; sent < most && streamDue(session) <= nowNs; sent += 1) {
    const { token, from, terms } = session;
    const body: LabBody = { kind: "data", sizeBytes: terms.sizeBytes };
    const message = { token, seq: session.sent, t1: nowNs, flags: flagBits.downStream, body };
    effects.push({ kind: "send", to: from, message, stamp: "t1" });
    session.sent += 1;
  }
  // Nobody listens: wait for the next GO, without asking for ticks meanwhile.
  if (streamDue(session) <= nowNs && !isAlive) session.originNs = null;
  return effects;
}
