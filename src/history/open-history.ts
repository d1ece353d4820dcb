// Opens the history for the program: in a thread of its own where the build has one, else in this thread. The one door to this folder
// for `create-node` and the commands.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { HistoryStore } from "../ports/history-store.js";
import { createDirectStore } from "./direct-store.js";
import { createMemoryEngine } from "./memory-engine.js";
import type { FileOptions } from "./sqlite/open.js";
import type { Recovery } from "./sqlite/recover.js";
import { openThreadStore } from "./thread-store.js";

export interface HistoryOptions extends FileOptions {
  /** In a thread: for what runs long. Default true. */
  readonly thread?: boolean | undefined;
}

export interface OpenedHistory {
  readonly store: HistoryStore;
  /** `node:sqlite` or `@photostructure/sqlite`. */
  readonly driver: string;
  /** A damaged file was set aside, and what could be read of it recovered; null as a rule. */
  readonly recovery: Recovery | null;
}

/** Beside the bundle, or among the library's files; from the sources there is none. */
function threadFile(): string | undefined {
  return ["history-thread.mjs", "thread.js"]
    .map((name) => join(import.meta.dirname, name))
    .find((name) => existsSync(name));
}

/**
 * Opens the file, making it when it is new. Rejects with `store-unavailable`, `store-read-only`, `store-locked`, `store-full`,
 * `store-newer`, `store-foreign` or `store-corrupt`, and has changed nothing then.
 *
 * @example const { store } = await openHistory({ file: "history.db" }); const node = createNode({ history: store });
 */
export async function openHistory({ thread = true, ...options }: HistoryOptions): Promise<OpenedHistory> {
  const file = thread ? threadFile() : undefined;
  if (file !== undefined) return openThreadStore(file, options);
  // Hardly ever: what the thread runs instead would be a part of every start.
  const { openHistoryFile } = await import("./sqlite/open.js");
  const { engine, driver, recovery } = await openHistoryFile(options);
  return { store: createDirectStore(engine, options.file), driver, recovery };
}

/** A history that is gone with the program. */
export function createMemoryHistory(): HistoryStore {
  return createDirectStore(createMemoryEngine());
}
