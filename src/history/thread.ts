// The writing thread: opens the file, writes each batch in one transaction and answers questions between two batches; when there is
// nothing to do, it puts messages into the index. Started by thread-store.ts; has no other door than its letters.
import { parentPort, workerData } from "node:worker_threads";
import { FeiyanError } from "../ports/error.js";
import { indexPortion, writeBatch } from "./direct-store.js";
import type { HistoryEngine } from "./engine.js";
import type { EngineCall, FromThread, SentError, ToThread } from "./letters.js";
import { unpackBatch } from "./packed-rows.js";
import { toStoreError } from "./sqlite/driver.js";
import { openHistoryFile } from "./sqlite/open.js";
import type { FileOptions } from "./sqlite/open.js";

/** Some thirty milliseconds, for which a message or a question has to wait; more at once would not be faster. */
const largestPortion = 500;
/** Idle for so long: time for the index. */
const idleMs = 50;

function sent(cause: unknown, file: string): SentError {
  const error = toStoreError(cause, file);
  const {
    code,
    message: text,
    fields,
  } = error instanceof FeiyanError ? error : new FeiyanError("store-failed", "");
  return { code, text, fields };
}

function call(engine: HistoryEngine, name: EngineCall, given: readonly unknown[]): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- thread-store.ts gives each call what it takes
  const method = engine[name] as (...values: readonly unknown[]) => unknown;
  return method(...given);
}

async function serve(options: FileOptions): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const { file } = options;
  const post = (letter: FromThread): void => port.postMessage(letter);
  let engine: HistoryEngine;
  try {
    const opened = await openHistoryFile(options);
    ({ engine } = opened);
    post({ kind: "opened", driver: opened.driver, recovery: opened.recovery });
  } catch (cause) {
    post({ kind: "refused", error: sent(cause, file) });
    port.close();
    return;
  }

  let idle: NodeJS.Timeout | undefined;
  /** Small at first, as a message may come; larger the longer nothing does. */
  let portion = indexPortion;
  const indexSome = (): void => {
    try {
      if (engine.indexSome(portion)) idle = setTimeout(indexSome, 0);
      portion = Math.min(2 * portion, largestPortion);
    } catch {
      // Locked, or a full disk: searching looks at those messages one by one until it works.
      idle = undefined;
    }
  };

  const heed = (letter: ToThread): void => {
    clearTimeout(idle);
    portion = indexPortion;
    switch (letter.kind) {
      case "batch": {
        const errors = writeBatch(engine, unpackBatch(letter.batch), file);
        const isWritten = errors.every((error) => error === null);
        const told = isWritten ? null : errors.map((error) => (error === null ? null : sent(error, file)));
        post({ kind: "written", number: letter.number, errors: told });
        break;
      }
      case "call":
        try {
          post({ kind: "answer", number: letter.number, value: call(engine, letter.name, letter.given) });
        } catch (cause) {
          post({ kind: "fault", number: letter.number, error: sent(cause, file) });
        }
        break;
      case "close":
        engine.close();
        post({ kind: "closed" });
        port.close();
        return;
      default: {
        const never: never = letter;
        return never;
      }
    }
    idle = setTimeout(indexSome, idleMs);
  };
  port.on("message", heed);
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- thread-store.ts gives these
await serve(workerData as FileOptions);
