// The measuring end of FYL/1, as a pure machine: (input, now) -> effects and events. Opens a session, sends every slot of an
// absolute schedule or asks for a stream (`initiator-sending`), closes the account with STOP, fetches the far end's map, and leaves a
// RunRecord. Never skips a slot and never moves the schedule, except for the time a person holds it. Shell: `run-initiator`.
import {
  type Initiator,
  type InitiatorEffect,
  type InitiatorEvent,
  type InitiatorInput,
  type InitiatorOptions,
  type InitiatorState,
  type InitiatorStep,
} from "./initiator-types.js";
import { flagBits, isSameToken, noToken, type Token } from "../wire/header.js";
import { buildMessage, parseMessage } from "../wire/messages.js";
import type { LabBody, LabMessage, Terms } from "../wire/message-types.js";
import { type Account, createAccount } from "./account.js";
import { createOpening } from "./initiator-opening.js";
import { createSending } from "./initiator-sending.js";
import { isLess } from "./opening.js";
import { createRequests } from "./requests.js";
import { createRunBook, type RunBook } from "./run-book.js";
import type { PeerInfo, RunFailure } from "./run-record.js";

const byeTries = 3;
const nothing: InitiatorStep = { effects: [], events: [] };

export function createInitiator(options: InitiatorOptions): Initiator {
  const { wanted } = options;
  const requests = createRequests();
  const session = createOpening(
    options,
    (key, body, nowNs) => {
      request(key, nowNs, body);
    },
    (key) => state === key && requests.settle(key),
  );
  let state: InitiatorState = "idle";
  let token: Token = noToken;
  let requestSeq = 0;
  let terms = wanted;
  let peer: PeerInfo | null = null;
  let book: RunBook | null = null;
  let account: Account | null = null;
  let hasVerdict = true;
  // Filled by the handlers of one step.
  let effects: InitiatorEffect[] = [];
  let events: InitiatorEvent[] = [];
  const sending = createSending(options, {
    effect: (effect) => effects.push(effect),
    event: (event) => events.push(event),
    enter,
    requestNumber: () => (requestSeq += 1),
    state: () => state,
    book: () => book,
    openingRoundTripNs: () => session.roundTripNs(),
  });

  function enter(next: InitiatorState): void {
    state = next;
    events.push({ kind: "state", state: next });
  }

  function request(key: string, nowNs: number, body: LabBody, tries?: number): void {
    const seq = (requestSeq += 1);
    const send = (again: boolean): void => {
      const message = { token, seq, t1: nowNs, flags: again ? flagBits.retransmission : 0, body };
      effects.push({
        kind: "send",
        bytes: session.build(message),
      });
    };
    requests.ask(key, nowNs, send, tries);
  }

  function fail(failure: RunFailure): void {
    requests.settleAll();
    events.push({ kind: "failed", failure });
    enter("done");
  }

  function datagram(bytes: Uint8Array, nowNs: number): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      book?.damaged();
      return;
    }
    const { message } = parsed;
    const { body } = message;
    if (body.kind === "cookie" || body.kind === "accept") opening(message, body, nowNs);
    else if (book !== null && isSameToken(message.token, token)) inSession(book, message, nowNs);
    else book?.foreign();
  }

  function opening(
    message: LabMessage,
    body: Extract<LabBody, { kind: "cookie" | "accept" }>,
    nowNs: number,
  ): void {
    const answered = session.take(message, body, nowNs);
    switch (answered.kind) {
      case "nothing":
        return;
      case "asked":
        enter(answered.key);
        return;
      case "failed":
        fail(answered.failure);
        return;
      case "accepted":
        ({ token } = answered);
        if (options.strict === true && isLess(answered.terms, wanted)) {
          request("bye", nowNs, { kind: "bye" }, 1);
          fail({ kind: "reduced", granted: answered.terms });
        } else accepted(answered.terms, answered.peer, nowNs);
        return;
      default:
        answered satisfies never;
    }
  }

  function accepted(granted: Terms, far: PeerInfo, nowNs: number): void {
    terms = granted;
    peer = far;
    book = createRunBook(terms, nowNs);
    events.push({ kind: "opened", terms, peer });
    sending.begin(terms, token, nowNs);
  }

  function inSession(record: RunBook, message: LabMessage, nowNs: number): void {
    const { body } = message;
    switch (body.kind) {
      case "echo":
      case "data": {
        if (message.seq >= terms.n || (body.kind === "data") !== (terms.mode === "down")) return;
        if (state !== "running" && state !== "waiting") {
          record.afterEnd();
          return;
        }
        sending.heard(nowNs);
        if (body.kind === "echo") record.echo(message.seq, message.t1, body, nowNs);
        else record.stream(message.seq, message.t1, nowNs);
        events.push({ kind: "cell", seq: message.seq });
        return;
      }
      case "done":
        if (state !== "stop" || !requests.settle("stop")) return;
        record.setDone(body.counts);
        enter("fetch");
        account?.expect(nowNs);
        look(record, nowNs);
        return;
      case "chunk":
        if (account?.take(body, nowNs) === true && state === "fetch") look(record, nowNs);
        return;
      case "bye-ok":
        if (state === "bye") enter("done");
        return;
      case "hello":
      case "cookie":
      case "start":
      case "accept":
      case "segment":
      case "acknowledgement":
      case "go":
      case "stop":
      case "fetch":
      case "bye":
      case "class":
        // Not a reflector's words.
        record.foreign();
        return;
      default:
        body satisfies never;
    }
  }

  /** STOP, and with it the questions for the map: on a bad line each round trip saved is a second. */
  function closeAccount(nowNs: number): void {
    enter("stop");
    const refused = book?.refusedCount() ?? 0;
    request("stop", nowNs, { kind: "stop", sent: sending.used() - refused, sendErrors: refused });
    // The reflector of a down stream has received nothing.
    if (terms.mode === "down" || book === null) return;
    account = createAccount(terms.n, book, (body, again) => {
      const flags = again ? flagBits.retransmission : 0;
      effects.push({
        kind: "send",
        bytes: buildMessage({ token, seq: (requestSeq += 1), t1: nowNs, flags, body }),
      });
    });
    account.begin(nowNs);
  }

  /** Finishes when the account is complete, or as complete as it will be. */
  function look(record: RunBook, nowNs: number): void {
    if (account === null || account.isComplete(nowNs)) finish(record, nowNs);
  }

  function finish(record: RunBook, nowNs: number): void {
    requests.settleAll();
    account = null;
    if (peer !== null)
      events.push({
        kind: "finished",
        record: record.close({
          wanted,
          terms,
          ...sending.told(),
          ...(hasVerdict ? {} : { end: { kind: "no-verdict" } as const }),
          peer,
          attempted: terms.mode === "down" ? (record.doneCounts()?.echoesSent ?? terms.n) : sending.used(),
        }),
      });
    enter("bye");
    // The result stands; the goodbye only frees the server's memory earlier.
    request("bye", nowNs, { kind: "bye" }, byeTries);
  }

  function tick(nowNs: number): void {
    if (state === "running") sending.run(nowNs);
    if (state === "waiting" && sending.isWaitOver(nowNs)) closeAccount(nowNs);
    if (account?.tick(nowNs) === false) giveUp(nowNs);
    else if (state === "fetch" && book !== null) look(book, nowNs);
    for (const key of requests.tick(nowNs)) {
      if (key === "hello" || key === "start")
        fail({ kind: "nobody-answers", sawCookie: session.sawCookie() });
      else if (key === "bye") enter("done");
      else giveUp(nowNs);
    }
  }

  function giveUp(nowNs: number): void {
    hasVerdict = false;
    if (book !== null) finish(book, nowNs);
  }

  function stop(nowNs: number): void {
    if (state === "running") sending.stop(nowNs);
    else if (state === "idle" || state === "hello" || state === "start")
      fail({ kind: "nobody-answers", sawCookie: session.sawCookie() });
  }

  function dispatch(input: Exclude<InitiatorInput, { kind: "sent" }>, nowNs: number): void {
    switch (input.kind) {
      case "start":
        enter("hello");
        session.begin(nowNs);
        return;
      case "datagram":
        datagram(input.bytes, nowNs);
        return;
      case "foreign":
        book?.foreign();
        return;
      case "tick":
        tick(nowNs);
        return;
      case "send-error":
        book?.refuse(input.seq, input.code);
        return;
      case "pause":
        sending.pause(nowNs);
        return;
      case "resume":
        sending.resume(nowNs);
        return;
      case "step":
        if (state === "running") sending.step(nowNs);
        return;
      case "held":
        sending.hold(nowNs);
        return;
      case "stop":
        stop(nowNs);
        return;
      default:
        input satisfies never;
    }
  }

  function wakeNs(): number {
    const requested = Math.min(requests.wakeNs(), account?.wakeNs() ?? Number.POSITIVE_INFINITY);
    switch (state) {
      case "running":
      case "waiting":
        return Math.min(requested, sending.wakeNs());
      case "idle":
      case "hello":
      case "start":
      case "stop":
      case "fetch":
      case "bye":
      case "done":
        return requested;
      default:
        return state satisfies never;
    }
  }

  return {
    handle: (input, nowNs) => {
      if (input.kind === "sent") {
        // One for each datagram of a flood: no lists for it.
        book?.sent(input.seq, input.atNs);
        return nothing;
      }
      effects = [];
      events = [];
      dispatch(input, nowNs);
      return { effects, events };
    },
    wakeNs,
    get state() {
      return state;
    },
    book: () => book,
  };
}

/** The bytes of a data effect, with its time. */
export function buildData(
  { token, seq, sizeBytes }: Extract<InitiatorEffect, { kind: "data" }>,
  t1: number,
): Uint8Array {
  return buildMessage({ token, seq, t1, flags: 0, body: { kind: "data", sizeBytes } });
}
