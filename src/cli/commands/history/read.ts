// `feiyan history list|search|check`: what was kept, in the order of time; what holds some words; whether the file is sound.
import {
  parseSearch,
  readDate,
  type HistoryStore,
  type KeptMessage,
  type PageRequest,
} from "../../../index.js";
import { numberFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { openKept } from "../../history.js";
import { CliProblem } from "../../problem.js";
import { conversationFlag } from "./find-conversation.js";
import { formatMoment, keptFields, keptLine } from "./kept-lines.js";

const defaultLimit = 50;

/** The history in this thread; a command about it makes no sense without. */
export const withKept = async (
  context: CommandContext,
  use: (store: HistoryStore) => Promise<number>,
): Promise<number> => {
  const store = await openKept(context, { thread: false });
  if (store === null) throw new CliProblem("flags-conflict", { flags: "history, --no-history" });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
};

export const dateFlag = (context: CommandContext, flag: string): number | undefined => {
  const given = textFlag(context, flag);
  if (given === undefined) return undefined;
  const moment = readDate(given, Date.now());
  if (moment !== null) return moment;
  throw new CliProblem("bad-flag-value", {
    flag: `--${flag}`,
    got: given,
    expected: "2026-11-20, 11-20 14:02, 3d",
  });
};

const print = (context: CommandContext, kept: KeptMessage): void => {
  context.output.line(keptLine(kept, context));
  context.output.object("message", keptFields(kept), kept.message.at);
};

export const listHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const conversation = (await conversationFlag(context, store)) ?? null;
    const limit = numberFlag(context, "limit") ?? defaultLimit;
    const sinceMs = dateFlag(context, "after");
    const beforeMs = dateFlag(context, "before");
    const request: PageRequest = { conversation, limit, ...(sinceMs === undefined ? {} : { sinceMs }) };
    if (beforeMs !== undefined) {
      await searchFor(context, store, { kind: "and", parts: datesOf(sinceMs, beforeMs) }, limit, true);
      return exitCodes.done;
    }
    for (const kept of (await store.page(request)).messages) print(context, kept);
    return exitCodes.done;
  });

type Query = ReturnType<typeof parseSearch>;

const datesOf = (sinceMs: number | undefined, beforeMs: number): readonly Query[] => [
  { kind: "before", at: beforeMs },
  ...(sinceMs === undefined ? [] : [{ kind: "after", at: sinceMs } as const]),
];

export const searchHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const now = Date.now();
    const query = parseSearch(context.args.join(" "), (text) => readDate(text, now));
    const limit = numberFlag(context, "limit") ?? defaultLimit;
    const count = await searchFor(context, store, query, limit, false);
    if (count === 0) context.output.remark(context.text("cli.history.nothing"));
    return exitCodes.done;
  });

/** Prints what is found, newest first, or in the order of time; resolves with how many. */
const searchFor = async (
  context: CommandContext,
  store: HistoryStore,
  query: Query,
  limit: number,
  inOrder: boolean,
): Promise<number> => {
  const conversation = await conversationFlag(context, store);
  const found: KeptMessage[] = [];
  let before: number | undefined;
  while (found.length < limit && !context.surroundings.stop.aborted) {
    const page = await store.search({
      query,
      conversation,
      before,
      limit: Math.min(500, limit - found.length),
    });
    found.push(...page.hits);
    if (!inOrder) for (const hit of page.hits) print(context, hit);
    if (page.next === null) break;
    before = page.next;
  }
  if (inOrder) for (const hit of found.toReversed()) print(context, hit);
  return found.length;
};

export const checkHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const faults = await store.check();
    const { messages, bytes, unindexed } = await store.sizes();
    const oldest = (await store.page({ conversation: null, sinceMs: 0, limit: 1 })).messages[0];
    const since = oldest === undefined ? null : formatMoment(oldest.message.at);
    context.output.object("history", { messages, bytes, unindexed, since, faults });
    context.output.line(
      context.text("cli.history.sizes", {
        messages,
        megabytes: (bytes / 1e6).toFixed(1),
        since: since ?? "-",
      }),
    );
    for (const fault of faults) context.output.complain(fault);
    return faults.length === 0 ? exitCodes.done : exitCodes.ownFault;
  });
