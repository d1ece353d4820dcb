// The measuring end of FYL/1, as a pure machine: (input, now) -> effects and events. Opens a session, sends every slot of an
// absolute schedule or asks for a stream (`initiator-sending`), closes the account (`initiator-closing`), and leaves a RunRecord. Never skips a slot and never moves the schedule, except for the time a person holds it. Shell: `run-initiator`.
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
import { createOpening } from "./initiator-opening.js";
import { createClosing } from "./initiator-closing.js";
import { createSending } from "./initiator-sending.js";
import { isLess } from "./opening.js";
import { createRequests } from "./requests.js";
import { createRunBook, type RunBook } from "./run-book.js";
import type { PeerInfo, RunFailure } from "./run-record.js";

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
  const closing = createClosing(sending, {
    effect: (effect) => effects.push(effect),
    event: (event) => events.push(event),
    enter,
    state: () => state,
    requestNumber: () => (requestSeq += 1),
    request,
    settle: (key) => requests.settle(key),
    settleAll: () => {
      requests.settleAll();
    },
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
        closing.done(body.counts, nowNs);
        return;
      case "chunk":
        closing.chunk(body, nowNs);
        return;
      case "bye-ok":
        closing.byeOk();
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

  function tick(nowNs: number): void {
    if (state === "running") sending.run(nowNs);
    if (state === "waiting" && sending.isWaitOver(nowNs) && peer !== null && book !== null)
      closing.begin({ wanted, terms, token, peer, book }, nowNs);
    closing.tick(nowNs);
    for (const key of requests.tick(nowNs)) {
      if (key === "hello" || key === "start")
        fail({ kind: "nobody-answers", sawCookie: session.sawCookie() });
      else if (key === "bye") enter("done");
      else closing.giveUp(nowNs);
    }
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
    const requested = Math.min(requests.wakeNs(), closing.wakeNs());
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
