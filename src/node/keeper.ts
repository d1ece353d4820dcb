// What the node does with its store and its history: hands messages and state over, tells the machine when they are kept, brings back what
// an earlier run left, and looks at what other programs left in the queue. Decides nothing of that. Called by node.ts.
import type { Effect } from "../core/effect.js";
import type { Input } from "../core/input.js";
import { timers } from "../core/limits.js";
import type { Machine } from "../core/machine.js";
import type { Message, MessageId } from "../core/model.js";
import { FeiyanError } from "../ports/error.js";
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { Clock } from "../ports/clock.js";
import type { HistoryStore } from "../ports/history-store.js";
import type { NoticeCode } from "../core/event.js";
import { lookAtQueue } from "./look-at-queue.js";

export interface KeeperParts {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly store: ((message: Message) => Promise<void>) | undefined;
  readonly history: HistoryStore | undefined;
  readonly put: (input: Input) => void;
  readonly notice: (code: ErrorCode | NoticeCode, fields: ErrorFields) => void;
}

export interface Keeper {
  perform(effect: Extract<Effect, { kind: "store" | "write" }>): void;
  /** What an earlier run left. A history that cannot be read does not keep anybody from chatting. */
  restore(): Promise<void>;
  /** Looks at the queue from now on, until `stop`. */
  watchQueue(): void;
  stop(): void;
}

/** Between two notices of writes that failed. */
const failurePauseMs = 10_000;
/** Between two looks at what other programs left in the queue of the history. */
const takeUpMs = 3_000;

export function createKeeper({ machine, clock, store, history, put, notice }: KeeperParts): Keeper {
  /** Kept since the machine was told last: those of one write to the disk are told together. */
  let keptIds: MessageId[] = [];
  let storeFailureAt = Number.NEGATIVE_INFINITY;
  let cancelTakeUp: (() => void) | null = null;
  let isStopped = false;

  function tellKept(): void {
    const messageIds = keptIds;
    keptIds = [];
    put({ kind: "stored", messageIds });
  }

  /** Tells the machine what became of it; without an id of nothing but a failure. */
  function written(messageId: MessageId | null, cause: unknown): void {
    if (cause === null) {
      if (messageId !== null && keptIds.push(messageId) === 1) queueMicrotask(tellKept);
      return;
    }
    if (messageId === null) noteFailure(cause);
    else {
      const code = cause instanceof FeiyanError ? cause.code : "store-failed";
      const fields = cause instanceof FeiyanError ? cause.fields : undefined;
      put({ kind: "store-failed", messageId, code, fields });
    }
  }

  /** Once in a while, not for each of a thousand writes. */
  function noteFailure(cause: unknown): void {
    if (clock.now() - storeFailureAt < failurePauseMs) return;
    storeFailureAt = clock.now();
    if (cause instanceof FeiyanError) notice(cause.code, cause.fields);
    else notice("store-failed", {});
  }

  function keepMessage(message: Message, group: string): void {
    const keep = (): void =>
      history === undefined
        ? written(message.id, null)
        : history.put({ kind: "message", message, group }, (error) => written(message.id, error));
    if (store === undefined) keep();
    // Whatever goes wrong there, the machine only needs to know that it is not kept.
    else {
      void new Promise<void>((resolve) => resolve(store(message))).then(keep, (cause: unknown) =>
        written(message.id, cause),
      );
    }
  }

  /** A message that a short-lived program left to wait is ours as soon as we see it. */
  async function takeUp(from: HistoryStore): Promise<void> {
    try {
      const found = await lookAtQueue(from, machine);
      if (found !== null) put({ kind: "take-up", found });
    } catch (cause) {
      noteFailure(cause);
    }
    watchQueue();
  }

  function watchQueue(): void {
    if (history === undefined || isStopped) return;
    cancelTakeUp = clock.at(clock.now() + takeUpMs, () => void takeUp(history));
  }

  return {
    perform(effect) {
      if (effect.kind === "store") keepMessage(effect.message, effect.group);
      else history?.put(effect.item, (error) => written(effect.about, error));
    },
    async restore() {
      if (history === undefined) return;
      try {
        // Who sent before that repeats nothing any more.
        const state = await history.state(clock.now() - timers.seenMs);
        const kept = await Promise.all(state.queue.map(({ messageId }) => history.message(messageId)));
        const waiting = kept.filter((one) => one !== null).map(({ message }) => message);
        put({ kind: "restore", state, waiting });
      } catch (cause) {
        noteFailure(cause);
      }
    },
    watchQueue,
    stop() {
      isStopped = true;
      cancelTakeUp?.();
    },
  };
}
