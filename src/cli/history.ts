// The message history for a command: where its file is, opened or refused with a remedy, tidied by the settings, closed with what it was
// opened for. Loads nothing of SQLite before it is asked.
import { join } from "node:path";
import type { FeiyanError, HistoryStore } from "../index.js";
import type { CommandContext } from "./context.js";
import { describeProblem, formatProblem } from "./problem-text.js";

const dayMs = 86_400_000;

export const historyFile = (context: CommandContext): string =>
  join(context.loaded.paths.dataDir, "history.db");

/** The history cannot be opened: the person may go on without. */
export class HistoryRefused extends Error {
  override readonly name = "HistoryRefused";
  declare readonly cause: FeiyanError;
  constructor(cause: FeiyanError) {
    super(cause.message, { cause });
  }
}

export interface OpenKeptOptions {
  readonly thread: boolean;
  /** Hears of a recovery, in the user's language; default stderr. */
  readonly tell?: (text: string) => void;
}

/** Opens it; null with `--no-history`. Rejects as `openHistory` does. */
export const openKept = async (
  context: CommandContext,
  { thread, tell }: OpenKeptOptions,
): Promise<HistoryStore | null> => {
  const { settings, output, text } = context;
  if (!settings.history) return null;
  const { openHistory } = await import("../index.js");
  const { store, recovery } = await openHistory({
    file: historyFile(context),
    thread,
    secureDelete: settings.secureDelete,
  });
  if (recovery !== null) {
    const { setAside, recovered, gaps } = recovery;
    const fields = { setAside, recovered, gaps };
    output.object("notice", { code: "store-recovered", text: "", fields });
    const told = formatProblem(describeProblem("store-recovered", fields, text), text);
    if (tell === undefined) output.remark(told);
    else tell(told);
  }
  return store;
};

/** Lets go what is too old or too much by the settings. */
export const tidyHistory = async (context: CommandContext, store: HistoryStore): Promise<void> => {
  const { historyDays, historySize } = context.settings;
  if (historyDays === 0 && historySize === 0) return;
  await store.retain({
    beforeMs: historyDays === 0 ? null : Date.now() - historyDays * dayMs,
    maxBytes: historySize === 0 ? null : historySize * 1_000_000,
  });
};

/** Opens it for `use`, and closes it in every case. */
export const withHistory = async <T>(
  context: CommandContext,
  how: { readonly thread: boolean },
  use: (store: HistoryStore | null) => Promise<T>,
): Promise<T> => {
  const store = await openKept(context, how);
  try {
    return await use(store);
  } finally {
    await store?.close();
  }
};

/** When a message that waits from now on is not wanted any more; undefined: it waits for ever. */
export const queueExpiry = (context: CommandContext): { readonly expiresAt?: number } => {
  const { queueDays } = context.settings;
  return queueDays === 0 ? {} : { expiresAt: Date.now() + queueDays * dayMs };
};

const two = (value: number): string => String(value).padStart(2, "0");

/** `[11-20 14:02] `: before a text that had to wait, in local time. */
export const queuePrefix = (atMs: number): string => {
  const at = new Date(atMs);
  return `[${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}] `;
};
