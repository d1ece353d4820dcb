// A store over an engine in this very thread: what was written in one turn of the loop becomes durable in one transaction. For one-shot
// commands, for tests, and where no thread can be started. A screen uses thread-store.ts, whose waiting is somebody else's.
import { FeiyanError } from "../ports/error.js";
import type { HistoryStore, HistoryWrite } from "../ports/history-store.js";
import { isBusy, toStoreError } from "./sqlite/driver.js";
import type { EngineWrite, HistoryEngine } from "./engine.js";

interface Waiting {
  readonly item: HistoryWrite;
  readonly done: (error: FeiyanError | null) => void;
}

/** Items of one transaction. */
const batchLimit = 1_000;
/** Pauses before the index takes some more, and how many it takes. */
const indexPauseMs = 100;
export const indexPortion = 100;
/** How often somebody else's lock is waited for anew, each time for the busy timeout. */
const busyRetries = 5;

/**
 * Writes all of them or tells why each could not be: one that the engine refuses must not take the others with it.
 */
export function writeBatch(
  engine: HistoryEngine,
  items: readonly EngineWrite[],
  file: string,
): readonly (FeiyanError | null)[] {
  try {
    writePatiently(engine, items);
    return items.map(() => null);
  } catch (cause) {
    const error = toStoreError(cause, file);
    const isOfOne = error.code === "store-failed" || error.code === "queue-taken";
    if (!isOfOne || items.length === 1) return items.map(() => error);
    return items.map((item) => {
      try {
        engine.write([item]);
        return null;
      } catch (single) {
        return toStoreError(single, file);
      }
    });
  }
}

/** A call that tells by calling back, as a promise. */
export function promised(act: (done: Waiting["done"]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => (error === null ? resolve() : reject(error)));
  });
}

/** Removes some and some more, and lets others in between; how many went in all. */
export async function untilNone(removeSome: () => Promise<number>): Promise<number> {
  for (let sum = 0; ;) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const gone = await removeSome();
    if (gone === 0) return sum;
    sum += gone;
  }
}

function writePatiently(engine: HistoryEngine, items: readonly EngineWrite[]): void {
  for (let attempt = 0; ; attempt++) {
    try {
      engine.write(items);
      return;
    } catch (cause) {
      if (!isBusy(cause) || attempt >= busyRetries) throw cause;
    }
  }
}

/** `file` stands in what is said of an error. */
export function createDirectStore(engine: HistoryEngine, file = ""): HistoryStore {
  let waiting: Waiting[] = [];
  let closed = false;
  let indexTimer: NodeJS.Timeout | undefined;

  function flush(): void {
    const batch = waiting.splice(0, batchLimit);
    if (batch.length === 0) return;
    const faults = writeBatch(
      engine,
      batch.map(({ item }) => item),
      file,
    );
    for (const [index, { done }] of batch.entries()) done(faults[index] ?? null);
    if (waiting.length > 0) setImmediate(flush);
    else indexLater();
  }

  function put(item: HistoryWrite, done: Waiting["done"]): void {
    if (closed) queueMicrotask(() => done(new FeiyanError("node-closed", "the history was closed")));
    else if (waiting.push({ item, done }) === 1) setImmediate(flush);
  }

  function indexLater(): void {
    if (indexTimer !== undefined || closed) return;
    indexTimer = setTimeout(() => {
      indexTimer = undefined;
      let hasMore = false;
      try {
        hasMore = waiting.length === 0 && !closed && engine.indexSome(indexPortion);
      } catch {
        // Locked, or a full disk: searching looks at those messages one by one until it works.
        return;
      }
      if (hasMore) indexLater();
    }, indexPauseMs);
    indexTimer.unref();
  }

  async function ask<T>(work: () => T): Promise<T> {
    if (closed) throw new FeiyanError("node-closed", "the history was closed");
    // Questions see what was written before them.
    flush();
    try {
      return work();
    } catch (cause) {
      throw toStoreError(cause, file);
    }
  }

  return {
    write: (item) => promised((done) => put(item, done)),
    put,
    state: (recentSinceMs) => ask(() => engine.state(recentSinceMs)),
    waiting: () => ask(() => engine.waiting()),
    value: (name) => ask(() => engine.value(name)),
    page: (request) => ask(() => engine.page(request)),
    message: (id) => ask(() => engine.message(id)),
    ledger: (id) => ask(() => engine.ledger(id)),
    conversations: () => ask(() => engine.conversations()),
    search: (request) => ask(() => engine.search(request)),
    rewrite: (changes) => ask(() => engine.rewrite(changes)),
    import: (messages) => ask(() => engine.import(messages)),
    remove: (request) => untilNone(() => ask(() => engine.removeSome(request))),
    retain: (rule) => untilNone(() => ask(() => engine.retainSome(rule))),
    sizes: () => ask(() => engine.sizes()),
    check: () => ask(() => engine.check()),
    async close() {
      if (closed) return;
      while (waiting.length > 0) flush();
      closed = true;
      clearTimeout(indexTimer);
      engine.close();
    },
  };
}
