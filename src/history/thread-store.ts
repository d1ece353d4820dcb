// A store whose engine works in a thread of its own, so that neither a slow disk nor a long search holds up the screen or the socket.
// While one batch is being written the next one gathers: the busier it is, the more messages share one flush to the disk.
import { Worker } from "node:worker_threads";
import { FeiyanError } from "../ports/error.js";
import type { HistoryStore, HistoryWrite } from "../ports/history-store.js";
import type { EngineCall, FromThread, SentError, ToThread } from "./letters.js";
import { promised, untilNone } from "./direct-store.js";
import { packBatch } from "./packed-rows.js";
import type { OpenedHistory } from "./open-history.js";
import type { HistoryEngine } from "./engine.js";
import type { FileOptions } from "./sqlite/open.js";

interface Waiting {
  readonly item: HistoryWrite;
  readonly done: (error: FeiyanError | null) => void;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const batchLimit = 2_000;
/** A message alone is written at once; of many a second those of so many milliseconds share one flush to the disk. */
const gatherMs = 20;
/** So many wait for no more. */
const gatherEnough = 64;
/** So many when a batch has just been written: more come while these are under way. */
const followEnough = 32;

function received({ code, text, fields }: SentError): FeiyanError {
  return new FeiyanError(code, text, fields);
}

/** Starts the thread in `threadFile` and opens the history in it; rejects as `openHistoryFile` does. */
export async function openThreadStore(threadFile: string, options: FileOptions): Promise<OpenedHistory> {
  // Node 22 calls its SQLite experimental on stderr, which is the screen.
  const worker = new Worker(threadFile, { workerData: options, stderr: true });
  const asked = new Map<number, Asked>();
  let waiting: Waiting[] = [];
  /** Batches that the thread has and has not told of, by number: one, or more when a question pushed the next one on. */
  const flights = new Map<number, readonly Waiting[]>();
  let number = 0;
  let closing: Promise<void> | null = null;
  let whenClosed: (() => void) | null = null;
  let whenWritten: (() => void) | null = null;
  let broken: FeiyanError | null = null;
  let isSending = false;
  let gathering: NodeJS.Timeout | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;
  let isHeld = false;

  /** Keeps the program alive as long as something is under way. */
  function hold(): void {
    const isBusy = flights.size + asked.size > 0;
    if (isBusy === isHeld) return;
    isHeld = isBusy;
    if (isBusy) worker.ref();
    else worker.unref();
  }

  const post = (letter: ToThread, moved: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(letter, moved);

  function sendBatch(): void {
    if (waiting.length === 0) return;
    sentAt = performance.now();
    const items = waiting.splice(0, batchLimit);
    const batch = packBatch(items.map(({ item }) => item));
    number += 1;
    flights.set(number, items);
    hold();
    post({ kind: "batch", number, batch }, [batch.bytes.buffer, batch.numbers.buffer]);
  }

  function sendNow(): void {
    isSending = false;
    gathering = null;
    if (flights.size === 0) sendBatch();
  }

  /** What else this turn of the loop brings goes into the same batch; while one is being written the next one gathers. */
  function sendSoon(): void {
    if (flights.size > 0) return;
    const isEnough = waiting.length >= gatherEnough;
    if (gathering !== null && isEnough) {
      clearTimeout(gathering);
      gathering = null;
      isSending = false;
    }
    if (isSending) return;
    isSending = true;
    const restMs = sentAt + gatherMs - performance.now();
    if (isEnough || restMs <= 0) setImmediate(sendNow);
    else gathering = setTimeout(sendNow, restMs);
  }

  function written(flight: number, errors: readonly (SentError | null)[] | null): void {
    const batch = flights.get(flight) ?? [];
    flights.delete(flight);
    // The next one first: it is written while this one's acknowledgements go out.
    if (waiting.length >= followEnough) {
      if (flights.size === 0) sendBatch();
    } else if (waiting.length > 0) sendSoon();
    for (const [index, { done }] of batch.entries()) {
      const error = errors?.[index] ?? null;
      done(error === null ? null : received(error));
    }
    hold();
    whenWritten?.();
  }

  function fail(error: FeiyanError): void {
    broken = error;
    for (const { done } of [...flights.values(), waiting].flat()) done(error);
    for (const { reject } of asked.values()) reject(error);
    flights.clear();
    waiting = [];
    asked.clear();
    whenWritten?.();
    whenClosed?.();
  }

  const opened = await new Promise<Extract<FromThread, { kind: "opened" }>>((resolve, reject) => {
    worker.on("message", (letter: FromThread) => {
      switch (letter.kind) {
        case "opened":
          resolve(letter);
          return;
        case "refused":
          reject(received(letter.error));
          return;
        case "written":
          written(letter.number, letter.errors);
          return;
        case "answer":
        case "fault": {
          const one = asked.get(letter.number);
          asked.delete(letter.number);
          hold();
          if (letter.kind === "answer") one?.resolve(letter.value);
          else one?.reject(received(letter.error));
          return;
        }
        case "closed":
          whenClosed?.();
          return;
        default:
          letter satisfies never;
      }
    });
    const onEnd = (text: string): void => {
      const error = new FeiyanError("store-failed", text, { file: options.file, text });
      reject(error);
      fail(error);
    };
    worker.on("error", (cause) => onEnd(cause.message));
    worker.on("exit", () => onEnd("the writing thread ended"));
  });
  // Only what is under way keeps the program alive.
  worker.unref();

  function ask<N extends EngineCall>(
    name: N,
    ...given: Parameters<HistoryEngine[N]>
  ): Promise<ReturnType<HistoryEngine[N]>> {
    if (broken !== null || closing !== null) return Promise.reject(broken ?? closedError());
    // Questions see what was written before them.
    while (waiting.length > 0) sendBatch();
    return new Promise((resolve, reject) => {
      number += 1;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the thread answers with what this call gives
      asked.set(number, { resolve: (value) => resolve(value as ReturnType<HistoryEngine[N]>), reject });
      hold();
      post({ kind: "call", number, name, given });
    });
  }

  async function closeDown(): Promise<void> {
    const isUnderWay = (): boolean => broken === null && flights.size + waiting.length > 0;
    while (isUnderWay()) {
      while (waiting.length > 0) sendBatch();
      // oxlint-disable-next-line no-await-in-loop -- until the last batch is written
      await new Promise<void>((resolve) => {
        whenWritten = resolve;
      });
    }
    if (broken === null) {
      await new Promise<void>((resolve) => {
        whenClosed = resolve;
        worker.ref();
        post({ kind: "close" });
      });
    }
    await worker.terminate();
  }

  function put(item: HistoryWrite, done: Waiting["done"]): void {
    if (broken !== null || closing !== null) {
      const error = broken ?? closedError();
      queueMicrotask(() => done(error));
      return;
    }
    waiting.push({ item, done });
    sendSoon();
  }

  const store: HistoryStore = {
    write: (item) => promised((done) => put(item, done)),
    put,
    state: (recentSinceMs) => ask("state", recentSinceMs),
    waiting: () => ask("waiting"),
    value: (name) => ask("value", name),
    page: (request) => ask("page", request),
    message: (id) => ask("message", id),
    ledger: (id) => ask("ledger", id),
    conversations: () => ask("conversations"),
    search: (request) => ask("search", request),
    rewrite: (changes) => ask("rewrite", changes),
    import: (messages) => ask("import", messages),
    remove: (request) => untilNone(() => ask("removeSome", request)),
    retain: (rule) => untilNone(() => ask("retainSome", rule)),
    sizes: () => ask("sizes"),
    check: () => ask("check"),
    close() {
      closing ??= closeDown();
      return closing;
    },
  };
  return { store, driver: opened.driver, recovery: opened.recovery };
}

function closedError(): FeiyanError {
  return new FeiyanError("node-closed", "the history was closed");
}
