// The part of the initiator that runs while datagrams are on their way: every slot of the schedule, or the heartbeat of a stream; what a
// person holds; when nobody answers; and how long is waited after the last one. Knows no opening and no account. Used by `initiator`.
import { labTimes } from "../limits.js";
import type { Token } from "../wire/header.js";
import { buildMessage } from "../wire/messages.js";
import type { Terms } from "../wire/message-types.js";
import type { InitiatorEffect, InitiatorEvent, InitiatorOptions, InitiatorState } from "./initiator-types.js";
import type { RunBook } from "./run-book.js";
import type { RunEnd } from "./run-record.js";
import { createSilence } from "./silence.js";
import { createSlots } from "./slots.js";

/** What it may do to the machine, and ask of it. */
export interface SendingShell {
  effect(effect: InitiatorEffect): void;
  event(event: InitiatorEvent): void;
  enter(state: InitiatorState): void;
  requestNumber(): number;
  state(): InitiatorState;
  book(): RunBook | null;
  /** Of the opening: on a stream the only one there is. */
  openingRoundTripNs(): number;
}

export interface Sending {
  begin(terms: Terms, token: Token, nowNs: number): void;
  /** Something of the session came back. */
  heard(nowNs: number): void;
  run(nowNs: number): void;
  isWaitOver(nowNs: number): boolean;
  wakeNs(): number;
  pause(nowNs: number): void;
  resume(nowNs: number): void;
  step(nowNs: number): void;
  /** Something still holds datagrams back: the waiting time begins anew. */
  hold(nowNs: number): void;
  stop(nowNs: number): void;
  used(): number;
  told(): { readonly end: RunEnd; readonly waitedMs: number; readonly pausedMs: number };
}

/** Datagrams in one go before others get a turn: a socket in the same process must be able to drain. */
const batch = 64;

export function createSending(options: InitiatorOptions, shell: SendingShell): Sending {
  const slots = createSlots();
  const silence = createSilence();
  let terms = options.wanted;
  let token: Token = { high: 0, low: 0 };
  let end: RunEnd = { kind: "complete" };
  let lastTrafficNs = 0;
  let waitUntilNs = Number.POSITIVE_INFINITY;
  let waitMs = 0;

  /** GO starts a stream and, repeated, keeps it alive; its answer is the stream. */
  function beat(nowNs: number): void {
    if (!slots.isPaused()) {
      const seq = shell.requestNumber();
      const bytes = buildMessage({ token, seq, t1: nowNs, flags: 0, body: { kind: "go" } });
      shell.effect({ kind: "send", bytes });
    }
    waitUntilNs = nowNs + labTimes.heartbeatMs * 1e6;
  }

  function sendSlot(seq: number, nowNs: number): void {
    shell.effect({ kind: "data", token, seq, sizeBytes: terms.sizeBytes });
    shell.event({ kind: "cell", seq });
    silence.sent();
    lastTrafficNs = nowNs;
  }

  function runSlots(nowNs: number): void {
    if (slots.isPaused()) return;
    for (let sent = 0; sent < batch; sent += 1) {
      const seq = slots.take(nowNs);
      if (seq === null) break;
      sendSlot(seq, nowNs);
    }
    if (slots.isOver()) beginWait(nowNs);
    else if (terms.mode === "echo" && options.patient !== true && silence.isSilent(nowNs))
      stopSending(nowNs, { kind: "silence" });
  }

  function runStream(nowNs: number): void {
    const isWhole = (shell.book()?.highest() ?? 0) >= terms.n;
    const isOver = isWhole || nowNs > slots.endNs() + labTimes.heartbeatMs * 1e6;
    const isDead = options.patient !== true && silence.isDead(nowNs);
    if (!slots.isPaused() && isDead) stopSending(nowNs, { kind: "silence" });
    else if (isOver && !slots.isPaused()) beginWait(nowNs);
    else if (nowNs >= waitUntilNs) beat(nowNs);
  }

  function stopSending(nowNs: number, why: RunEnd): void {
    end = why;
    resume(nowNs);
    beginWait(nowNs);
  }

  function beginWait(nowNs: number): void {
    shell.enter("waiting");
    waitMs = waitingTime();
    waitUntilNs = Math.max(nowNs, terms.mode === "down" ? nowNs : lastTrafficNs) + waitMs * 1e6;
  }

  function waitingTime(): number {
    if (options.waitMs !== null) return options.waitMs;
    const largest = shell.book()?.largestRttNs() ?? 0;
    if (terms.mode === "echo" && largest === 0) return labTimes.waitWithoutAnswerMs;
    const rttMs = Math.max(largest, shell.openingRoundTripNs()) / 1e6;
    return Math.min(labTimes.mostWaitMs, Math.max(labTimes.leastWaitMs, 3 * rttMs));
  }

  function resume(nowNs: number): void {
    if (slots.resume(nowNs)) silence.heard(nowNs);
  }

  return {
    begin: (granted, sessionToken, nowNs) => {
      terms = granted;
      token = sessionToken;
      const originNs = nowNs + (options.staggerNs ?? 0);
      slots.begin(terms, originNs, nowNs);
      silence.begin(terms, originNs);
      lastTrafficNs = nowNs;
      shell.enter("running");
      if (terms.mode === "down") beat(nowNs);
    },
    heard: (nowNs) => {
      silence.heard(nowNs);
      lastTrafficNs = nowNs;
    },
    run: (nowNs) => {
      if (terms.mode === "down") runStream(nowNs);
      else runSlots(nowNs);
    },
    isWaitOver: (nowNs) => nowNs >= waitUntilNs,
    wakeNs: () => (shell.state() === "waiting" || terms.mode === "down" ? waitUntilNs : slots.dueNs()),
    pause: (nowNs) => {
      slots.pause(nowNs);
    },
    resume,
    step: (nowNs) => {
      if (terms.mode === "down") return;
      const seq = slots.step();
      if (seq === null) return;
      sendSlot(seq, nowNs);
      if (slots.isOver()) stopSending(nowNs, { kind: "complete" });
    },
    hold: (nowNs) => {
      if (shell.state() === "waiting") waitUntilNs = nowNs + waitMs * 1e6;
      silence.heard(nowNs);
    },
    stop: (nowNs) => {
      stopSending(nowNs, { kind: "stopped" });
    },
    used: () => slots.used(),
    told: () => ({ end, waitedMs: waitMs, pausedMs: slots.pausedMs() }),
  };
}
