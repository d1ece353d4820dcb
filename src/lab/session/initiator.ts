// The measuring end of FYL/1, as a pure machine: (input, now) -> effects and events. Opens a session, sends every slot of an
// absolute schedule or asks for a stream, waits, closes the account with STOP, fetches the far end's map, and leaves a RunRecord.
// Never skips a slot and never moves the schedule, except for the time a person holds it. Shell: `run-initiator`.
import {
  type Initiator,
  type InitiatorEffect,
  type InitiatorEvent,
  type InitiatorInput,
  type InitiatorOptions,
  type InitiatorState,
} from "./initiator-types.js";
import { labTimes, listedArrivals } from "../limits.js";
import { flagBits, isSameToken, noToken, type Token } from "../wire/header.js";
import { buildMessage, parseMessage } from "../wire/messages.js";
import { chunkDataBytes, type LabBody, type LabMessage } from "../wire/message-types.js";
import { createFetcher, type Fetcher } from "./fetcher.js";
import { isEqualBytes } from "./lab-crypto.js";
import { markOfStart } from "./opening.js";
import { createRequests } from "./requests.js";
import { createRunBook, type RunBook } from "./run-book.js";
import type { PeerInfo, RunEnd, RunFailure } from "./run-record.js";

/** Datagrams in one go before others get a turn: a socket in the same process must be able to drain. */
const batch = 16;
const silentDatagrams = 200;
/** The arrivals are a welcome extra; a bad line shall not make anybody wait for them. */
const arrivalsPatienceMs = 700;
const byeTries = 3;

export function createInitiator(options: InitiatorOptions): Initiator {
  const { crypto, wanted } = options;
  const requests = createRequests();
  const nonce = crypto.randomBytes(16);
  let state: InitiatorState = "idle";
  let token: Token = noToken;
  let cookie: Uint8Array | null = null;
  let requestSeq = 0;
  let terms = wanted;
  let peer: PeerInfo | null = null;
  let book: RunBook | null = null;
  let fetcher: Fetcher | null = null;
  let end: RunEnd = { kind: "complete" };
  let originNs = 0;
  let nextSlot = 0;
  let pausedNs: number | null = null;
  let pausedForNs = 0;
  let heardNs = 0;
  let sentSinceHeard = 0;
  let lastTrafficNs = 0;
  let askedNs = 0;
  let openingRttNs = 0;
  let waitUntilNs = Number.POSITIVE_INFINITY;
  let waitMs = 0;
  let fetchUntilNs = Number.POSITIVE_INFINITY;
  // Filled by the handlers of one step.
  let effects: InitiatorEffect[] = [];
  let events: InitiatorEvent[] = [];

  function enter(next: InitiatorState): void {
    state = next;
    events.push({ kind: "state", state: next });
  }

  function request(key: string, nowNs: number, body: LabBody, tries?: number): void {
    const seq = (requestSeq += 1);
    askedNs = nowNs;
    const send = (again: boolean): void => {
      const message = { token, seq, t1: nowNs, flags: again ? flagBits.retransmission : 0, body };
      effects.push({
        kind: "send",
        bytes: body.kind === "start" ? buildStart(message) : buildMessage(message),
      });
    };
    requests.ask(key, nowNs, send, tries);
  }

  function buildStart(message: LabMessage): Uint8Array {
    const bytes = buildMessage(message);
    if (options.codeKey === null || message.body.kind !== "start") return bytes;
    return buildMessage({
      ...message,
      body: { ...message.body, auth: markOfStart(crypto, options.codeKey, bytes) },
    });
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
    // A repeated answer to a question that was answered: seen, and nothing more.
    if (!isEqualBytes(body.nonce, nonce)) return;
    if (body.kind === "cookie") {
      if (state !== "hello" || !requests.settle("hello")) return;
      ({ cookie } = body);
      openingRttNs = nowNs - askedNs;
      enter("start");
      request("start", nowNs, {
        kind: "start",
        nonce,
        cookie,
        auth: new Uint8Array(16),
        terms: wanted,
        lane: 0,
        seed: options.seed,
        name: options.name,
        bootMark: options.bootMark,
      });
      return;
    }
    if (state !== "start" || !requests.settle("start")) return;
    if (body.refusal !== "none") fail({ kind: "refused", refusal: body.refusal });
    else accepted(message, body, nowNs);
  }

  function accepted(message: LabMessage, body: Extract<LabBody, { kind: "accept" }>, nowNs: number): void {
    // A server may only reduce: whatever claims more is taken for what was asked.
    terms = {
      ...wanted,
      n: Math.max(1, Math.min(wanted.n, body.terms.n)),
      sizeBytes: Math.max(72, Math.min(wanted.sizeBytes, body.terms.sizeBytes)),
      intervalUs: Math.max(wanted.intervalUs, body.terms.intervalUs),
    };
    ({ token } = message);
    const isReduced =
      terms.n < wanted.n || terms.sizeBytes < wanted.sizeBytes || terms.intervalUs > wanted.intervalUs;
    if (isReduced && options.strict === true) {
      request("bye", nowNs, { kind: "bye" }, 1);
      fail({ kind: "reduced", granted: terms });
      return;
    }
    peer = {
      system: body.system,
      nodeMajor: body.nodeMajor,
      receiveBufferBytes: body.receiveBufferBytes,
      bootMark: body.bootMark,
    };
    book = createRunBook(terms, nowNs);
    events.push({ kind: "opened", terms, peer });
    originNs = nowNs + (options.staggerNs ?? 0);
    heardNs = originNs;
    lastTrafficNs = nowNs;
    enter("running");
    if (pausedNs !== null) pausedNs = nowNs;
    if (terms.mode === "down") beat(nowNs);
  }

  /** GO starts a stream and, repeated, keeps it alive; its answer is the stream. */
  function beat(nowNs: number): void {
    if (pausedNs === null)
      effects.push({
        kind: "send",
        bytes: buildMessage({ token, seq: (requestSeq += 1), t1: nowNs, flags: 0, body: { kind: "go" } }),
      });
    waitUntilNs = nowNs + labTimes.heartbeatMs * 1e6;
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
        heardNs = nowNs;
        sentSinceHeard = 0;
        lastTrafficNs = nowNs;
        if (body.kind === "echo") record.echo(message.seq, message.t1, body, nowNs);
        else record.stream(message.seq, message.t1, nowNs);
        events.push({ kind: "cell", seq: message.seq });
        return;
      }
      case "done":
        if (state !== "stop" || !requests.settle("stop")) return;
        record.setDone(body.counts);
        fetch(record, nowNs);
        return;
      case "chunk":
        if (fetcher?.take(body.what, body.chunk, body.data, nowNs) === true && state === "fetch")
          advanceFetch(record, nowNs);
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
    request("stop", nowNs, { kind: "stop", sent: nextSlot - refused, sendErrors: refused });
    // The reflector of a down stream has received nothing.
    if (terms.mode === "down") return;
    fetcher = createFetcher(Math.ceil(Math.ceil(terms.n / 4) / chunkDataBytes), (what, chunk, again) => {
      const body: LabBody = { kind: "fetch", what, chunk };
      const message = {
        token,
        seq: (requestSeq += 1),
        t1: nowNs,
        flags: again ? flagBits.retransmission : 0,
        body,
      };
      effects.push({ kind: "send", bytes: buildMessage(message) });
    });
    fetcher.begin(nowNs);
  }

  function fetch(record: RunBook, nowNs: number): void {
    enter("fetch");
    if (fetcher === null) {
      finish(record, nowNs);
      return;
    }
    const unique = record.doneCounts()?.unique ?? 0;
    fetcher.expect(terms.n <= listedArrivals ? Math.ceil((8 * unique) / chunkDataBytes) : 0, nowNs);
    advanceFetch(record, nowNs);
  }

  function advanceFetch(record: RunBook, nowNs: number): void {
    if (fetcher === null) return;
    const map = fetcher.map();
    if (map !== null && fetchUntilNs === Number.POSITIVE_INFINITY) {
      record.setMap(map);
      fetchUntilNs = nowNs + arrivalsPatienceMs * 1e6;
    }
    const isLate = nowNs >= fetchUntilNs;
    if (map === null || (!fetcher.isComplete() && !isLate)) return;
    record.setArrivals(fetcher.arrivals());
    finish(record, nowNs);
  }

  function finish(record: RunBook, nowNs: number): void {
    requests.settleAll();
    fetcher = null;
    if (peer !== null)
      events.push({
        kind: "finished",
        record: record.close({
          wanted,
          terms,
          end,
          peer,
          attempted: terms.mode === "down" ? (record.doneCounts()?.echoesSent ?? terms.n) : nextSlot,
          waitedMs: waitMs,
          pausedMs: pausedForNs / 1e6,
        }),
      });
    enter("bye");
    // The result stands; the goodbye only frees the server's memory earlier.
    request("bye", nowNs, { kind: "bye" }, byeTries);
  }

  function stopSending(nowNs: number, why: RunEnd): void {
    end = why;
    if (pausedNs !== null) resume(nowNs);
    beginWait(nowNs);
  }

  function beginWait(nowNs: number): void {
    enter("waiting");
    waitMs = waitingTime();
    waitUntilNs = Math.max(nowNs, terms.mode === "down" ? nowNs : lastTrafficNs) + waitMs * 1e6;
  }

  function waitingTime(): number {
    if (options.waitMs !== null) return options.waitMs;
    const largest = book?.largestRttNs() ?? 0;
    if (terms.mode === "echo" && largest === 0) return labTimes.waitWithoutAnswerMs;
    const rttMs = Math.max(largest, openingRttNs) / 1e6;
    return Math.min(labTimes.mostWaitMs, Math.max(labTimes.leastWaitMs, 3 * rttMs));
  }

  function dueNs(slot: number): number {
    return originNs + slot * terms.intervalUs * 1_000;
  }

  function sendSlot(nowNs: number): void {
    const body: LabBody = { kind: "data", sizeBytes: terms.sizeBytes };
    effects.push({ kind: "data", message: { token, seq: nextSlot, t1: nowNs, flags: 0, body } });
    events.push({ kind: "cell", seq: nextSlot });
    nextSlot += 1;
    sentSinceHeard += 1;
    lastTrafficNs = nowNs;
  }

  function run(nowNs: number): void {
    if (terms.mode === "down") runStream(nowNs);
    else if (pausedNs === null) {
      for (let sent = 0; sent < batch && nextSlot < terms.n && dueNs(nextSlot) <= nowNs; sent += 1)
        sendSlot(nowNs);
      if (nextSlot >= terms.n) beginWait(nowNs);
      else if (terms.mode === "echo" && options.patient !== true && isSilent(nowNs))
        stopSending(nowNs, { kind: "silence" });
    }
  }

  function isSilent(nowNs: number): boolean {
    const silentNs = nowNs - heardNs;
    const expectedPerSecond = 1e6 / terms.intervalUs;
    // Some of the last second may still be on their way.
    if (silentNs > 1e9 && sentSinceHeard >= silentDatagrams + expectedPerSecond) return true;
    return silentNs > Math.max(labTimes.nobodyAnswersMs * 1e6, 3_000 * terms.intervalUs);
  }

  function runStream(nowNs: number): void {
    const lastDueNs = originNs + terms.n * terms.intervalUs * 1_000;
    const isOver = (book?.highest() ?? 0) >= terms.n || nowNs > lastDueNs + labTimes.heartbeatMs * 1e6;
    const isDead = nowNs - heardNs > labTimes.nobodyAnswersMs * 1e6 + terms.intervalUs * 3_000;
    if (pausedNs === null && isDead && options.patient !== true) stopSending(nowNs, { kind: "silence" });
    else if (isOver && pausedNs === null) beginWait(nowNs);
    else if (nowNs >= waitUntilNs) beat(nowNs);
  }

  function resume(nowNs: number): void {
    if (pausedNs === null) return;
    const heldNs = nowNs - pausedNs;
    pausedForNs += heldNs;
    originNs += heldNs;
    heardNs = nowNs;
    pausedNs = null;
  }

  function tick(nowNs: number): void {
    if (state === "running") run(nowNs);
    if (state === "waiting" && nowNs >= waitUntilNs) {
      closeAccount(nowNs);
    }
    if (fetcher?.tick(nowNs) === false) giveUp(nowNs);
    else if (state === "fetch" && book !== null) advanceFetch(book, nowNs);
    for (const key of requests.tick(nowNs)) {
      if (key === "hello" || key === "start") fail({ kind: "nobody-answers", sawCookie: cookie !== null });
      else if (key === "bye") enter("done");
      else giveUp(nowNs);
    }
  }

  function giveUp(nowNs: number): void {
    end = { kind: "no-verdict" };
    if (book !== null) finish(book, nowNs);
  }

  function stop(nowNs: number): void {
    if (state === "running") stopSending(nowNs, { kind: "stopped" });
    else if (state === "idle" || state === "hello" || state === "start")
      fail({ kind: "nobody-answers", sawCookie: cookie !== null });
  }

  function dispatch(input: InitiatorInput, nowNs: number): void {
    switch (input.kind) {
      case "start":
        enter("hello");
        request("hello", nowNs, { kind: "hello", nonce });
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
      case "sent":
        book?.sent(input.seq, input.atNs);
        return;
      case "send-error":
        book?.refuse(input.seq, input.code);
        return;
      case "pause":
        pausedNs ??= nowNs;
        return;
      case "resume":
        resume(nowNs);
        return;
      case "step":
        if (state === "running" && pausedNs !== null && terms.mode !== "down" && nextSlot < terms.n) {
          sendSlot(nowNs);
          // The slot is used up: after the pause the next one is due as soon as this one would have been.
          originNs -= terms.intervalUs * 1_000;
          if (nextSlot >= terms.n) stopSending(nowNs, { kind: "complete" });
        }
        return;
      case "held":
        if (state === "waiting") waitUntilNs = nowNs + waitMs * 1e6;
        heardNs = nowNs;
        return;
      case "stop":
        stop(nowNs);
        return;
      default:
        input satisfies never;
    }
  }

  function wakeNs(): number {
    const requested = Math.min(requests.wakeNs(), fetcher?.wakeNs() ?? Number.POSITIVE_INFINITY);
    switch (state) {
      case "running":
        if (terms.mode === "down") return Math.min(requested, waitUntilNs);
        return pausedNs === null ? Math.min(requested, dueNs(nextSlot)) : requested;
      case "waiting":
        return Math.min(requested, waitUntilNs);
      case "fetch":
        return Math.min(requested, fetchUntilNs);
      case "idle":
      case "hello":
      case "start":
      case "stop":
      case "bye":
      case "done":
        return requested;
      default:
        return state satisfies never;
    }
  }

  return {
    handle: (input, nowNs) => {
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
