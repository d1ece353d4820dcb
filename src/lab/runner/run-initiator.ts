// An initiator on a socket: performs its effects, stamps t1 just before each send, wakes it for its slots. One measurement from
// the opening to the record.
import type { Endpoint } from "../../index.js";
import { counted } from "../counters/system-counters.js";
import { buildData, createInitiator } from "../session/initiator.js";
import {
  type InitiatorEffect,
  type InitiatorEvent,
  type InitiatorInput,
  type InitiatorOptions,
} from "../session/initiator-types.js";
import type { RunBook } from "../session/run-book.js";
import type { RunFailure, RunRecord } from "../session/run-record.js";
import { createDataForms, type DataForms, mostFormBytes } from "../wire/data-forms.js";
import type { LabParts } from "./lab-parts.js";
import { createWaker } from "./waker.js";

export interface RunOptions {
  readonly to: Endpoint;
  /** The address to send from: loopback for loopback, else the wildcard. */
  readonly from: string;
  readonly session: Omit<InitiatorOptions, "crypto" | "bootMark">;
  readonly event?: (event: InitiatorEvent) => void;
}

/** What only the shell knows about a run. */
export interface RunSurroundings {
  readonly receiveBufferBytes: number | null;
  /** Kernel drops at our own socket. */
  readonly ownDrops: number | null;
  /** Host-wide: datagrams that never left although the send call said so. */
  readonly neverLeft: number | null;
  /** Host-wide: wrong UDP checksums. */
  readonly checksumErrors: number | null;
  readonly loopDelayMaxUs: number;
}

export type RunOutcome =
  | { readonly kind: "record"; readonly record: RunRecord; readonly surroundings: RunSurroundings }
  | { readonly kind: "failed"; readonly failure: RunFailure };

export interface Run {
  readonly outcome: Promise<RunOutcome>;
  readonly local: Endpoint;
  tell(input: Extract<InitiatorInput, { kind: "pause" | "resume" | "step" | "held" | "stop" }>): void;
  readonly state: () => string;
  readonly book: () => RunBook | null;
  close(): Promise<void>;
}

/** Opens the socket and starts. */
export async function openRun(parts: LabParts, options: RunOptions): Promise<Run> {
  const { time, counters } = parts;
  const isFlood = options.session.wanted.intervalUs === 1;
  let forms: DataForms | null = null;
  parts.prepare();
  const machine = createInitiator({
    ...options.session,
    crypto: parts.crypto,
    bootMark: counters.bootMark(),
  });
  let resolve: ((outcome: RunOutcome) => void) | null = null;
  const outcome = new Promise<RunOutcome>((settle) => {
    resolve = settle;
  });
  let closed = false;
  const hostBefore = counters.host();
  const endWatch = parts.watchLoop();
  const socket = await parts.network.open({
    address: options.from,
    port: 0,
    // A flood gains a third by it. Others do without: a connected socket hears of a closed port in place of its next sending.
    ...(isFlood ? { connectTo: options.to } : {}),
    arrived: (bytes, from, atNs) => {
      const isPeer = from.port === options.to.port && from.address === options.to.address;
      tell(isPeer ? { kind: "datagram", bytes } : { kind: "foreign" }, atNs);
    },
    problem: () => undefined,
  });
  const dropsBefore = counters.socketDrops(socket.local.port);
  const waker = createWaker(time, () => {
    tell({ kind: "tick" }, time.nowNs());
  });

  function tell(input: InitiatorInput, nowNs: number): void {
    if (closed) return;
    const { effects, events } = machine.handle(input, nowNs);
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(effect.bytes, options.to);
      else sendData(effect);
    }
    for (const event of events) notice(event);
    waker.want(machine.wakeNs());
  }

  function sendData(effect: Extract<InitiatorEffect, { kind: "data" }>): void {
    const { seq, token, sizeBytes } = effect;
    if (isFlood && sizeBytes <= mostFormBytes) forms ??= createDataForms(token, sizeBytes);
    const t1 = time.nowNs();
    const form = forms?.take(seq, t1) ?? null;
    socket.send(form?.bytes ?? buildData(effect, t1), options.to, (code) => {
      form?.free();
      if (code !== null) tell({ kind: "send-error", seq, code }, time.nowNs());
    });
    machine.handle({ kind: "sent", seq, atNs: t1 }, t1);
  }

  function notice(event: InitiatorEvent): void {
    options.event?.(event);
    if (event.kind === "failed") resolve?.({ kind: "failed", failure: event.failure });
    if (event.kind === "finished") {
      const hostAfter = counters.host();
      resolve?.({
        kind: "record",
        record: event.record,
        surroundings: {
          receiveBufferBytes: socket.receiveBufferBytes,
          ownDrops: counted(dropsBefore, counters.socketDrops(socket.local.port)),
          neverLeft: counted(hostBefore?.sendBufferErrors, hostAfter?.sendBufferErrors),
          checksumErrors: counted(hostBefore?.checksumErrors, hostAfter?.checksumErrors),
          loopDelayMaxUs: endWatch(),
        },
      });
    }
    if (event.kind === "state" && event.state === "done") void close();
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    waker.stop();
    endWatch();
    await socket.close();
  }

  tell({ kind: "start" }, time.nowNs());
  return {
    outcome,
    local: socket.local,
    tell: (input) => {
      tell(input, time.nowNs());
    },
    state: () => machine.state,
    book: machine.book,
    close,
  };
}
