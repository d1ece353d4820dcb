// `feiyan history export|import`: messages out as text, NDJSON, a page of HTML or IP Messenger's log; in from the logs of others.
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  createTextCodec,
  FeiyanError,
  formatHtml,
  formatIpmsgLog,
  parseSearch,
  readDate,
  readLog,
  type HistoryStore,
  type KeptMessage,
  type LogFormat,
  type PeerId,
  type SearchQuery,
} from "../../../index.js";
import { textFlag, type CommandContext, type TextSink } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatObject } from "../../output.js";
import { CliProblem } from "../../problem.js";
import { readInput } from "../../read-input.js";
import { conversationFlag } from "./find-conversation.js";
import { formatMoment, keptFields, keptLine } from "./kept-lines.js";
import { dateFlag, withKept } from "./read.js";

const pageSize = 500;
/** Logs of decades; more is no log. */
const importLimitBytes = 1_000_000_000;
const importPortion = 2_000;

interface Writer {
  readonly head: string;
  readonly one: (kept: KeptMessage) => string;
  readonly end: string;
}

const writerFor = (format: string, context: CommandContext): Writer => {
  const { text, language } = context;
  switch (format) {
    case "ndjson":
      return {
        head: "",
        one: (kept) => `${formatObject("message", keptFields(kept), kept.message.at)}\n`,
        end: "",
      };
    case "ipmsg":
      return { head: "", one: formatIpmsgLog, end: "" };
    case "html": {
      const page = formatHtml({
        title: text("cli.history.pageTitle"),
        self: text("cli.history.self"),
        lang: language,
        formatDay: (at) => formatMoment(at).slice(0, 10),
        formatTime: (at) => formatMoment(at).slice(11),
      });
      return { head: page.head, one: (kept) => page.message(kept), end: page.end };
    }
    default:
      return { head: "", one: (kept) => `${keptLine(kept, context)}\n`, end: "" };
  }
};

export const exportHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const json = context.output.json ? "ndjson" : "text";
    const writer = writerFor(textFlag(context, "format") ?? json, context);
    const [name] = context.args;
    const target = name === undefined || name === "-" ? stdoutOf(context) : fileOf(name);
    try {
      await target.write(writer.head);
      for await (const kept of wanted(context, store)) {
        if (context.surroundings.stop.aborted) break;
        await target.write(writer.one(kept));
      }
      await target.write(writer.end);
    } finally {
      await target.close();
    }
    return exitCodes.done;
  });

/** Oldest first; with `--query` those that fit. */
async function* wanted(context: CommandContext, store: HistoryStore): AsyncGenerator<KeptMessage> {
  const conversation = (await conversationFlag(context, store)) ?? null;
  const query = textFlag(context, "query");
  const now = Date.now();
  const beforeMs = dateFlag(context, "before") ?? Infinity;
  const afterMs = dateFlag(context, "after") ?? 0;
  if (query !== undefined) {
    const found = await allFound(
      store,
      parseSearch(query, (text) => readDate(text, now)),
      conversation,
    );
    for (const kept of found.toReversed()) {
      if (kept.message.at >= afterMs && kept.message.at < beforeMs) yield kept;
    }
    return;
  }
  let after: number | undefined;
  for (;;) {
    const from = after === undefined ? { sinceMs: afterMs } : { after };
    const page = await store.page({ conversation, limit: pageSize, ...from });
    for (const kept of page.messages) {
      if (kept.message.at >= beforeMs) return;
      yield kept;
    }
    after = page.messages.at(-1)?.place;
    if (!page.hasNewer || after === undefined) return;
  }
}

const allFound = async (
  store: HistoryStore,
  query: SearchQuery,
  conversation: PeerId | null,
): Promise<readonly KeptMessage[]> => {
  const found: KeptMessage[] = [];
  let before: number | undefined;
  for (;;) {
    const within = conversation === null ? {} : { conversation };
    const page = await store.search({ query, before, limit: pageSize, ...within });
    found.push(...page.hits);
    if (page.next === null) return found;
    before = page.next;
  }
};

interface Target {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

const isStream = (sink: TextSink): sink is TextSink & Pick<NodeJS.WritableStream, "once"> => "once" in sink;

const stdoutOf = ({ surroundings }: CommandContext): Target => ({
  write: async (text) => {
    const sink = surroundings.stdout;
    if (text === "" || sink.write(text) !== false || !isStream(sink)) return;
    await new Promise<void>((resolve) => {
      sink.once("drain", resolve);
      surroundings.stop.addEventListener("abort", () => resolve(), { once: true });
    });
  },
  close: async () => undefined,
});

/** Never over an existing file: an export is for keeping. */
const fileOf = (name: string): Target => {
  const stream = createWriteStream(name, { flags: "wx", mode: 0o600 });
  let failure: Error | null = null;
  stream.on("error", (error) => {
    failure = error;
  });
  const check = (): void => {
    if (failure !== null) {
      throw new CliProblem(
        "output-unwritable",
        { file: name, reason: reasonOf(failure) },
        exitCodes.ownFault,
      );
    }
  };
  return {
    async write(text) {
      check();
      if (text === "" || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        stream.once("drain", resolve);
        stream.once("error", () => resolve());
      });
      check();
    },
    async close() {
      await new Promise<void>((resolve) => {
        stream.once("close", resolve);
        stream.end();
      });
      check();
    },
  };
};

export const importHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const { output, text, surroundings, settings } = context;
    let added = 0;
    let known = 0;
    for (const name of context.args) {
      const bytes =
        name === "-" ? await readInput(surroundings.stdin, importLimitBytes) : await readLogFile(name);
      const log = readLog(bytes, {
        codec: createTextCodec(),
        legacyCharset: settings.charset,
        format: formatFlag(context),
      });
      if (log === null) throw new FeiyanError("import-unreadable", `${name} is no log`, { file: name });
      for (let at = 0; at < log.messages.length; at += importPortion) {
        const result = await store.import(log.messages.slice(at, at + importPortion));
        added += result.added;
        known += result.known;
      }
    }
    output.object("imported", { added, known });
    output.line(text("cli.history.imported", { added, known }));
    return exitCodes.done;
  });

const formatFlag = (context: CommandContext): LogFormat | undefined => {
  const given = textFlag(context, "format");
  return given === "ndjson" || given === "ipmsg" || given === "iptux" ? given : undefined;
};

const readLogFile = async (name: string): Promise<Uint8Array> => {
  try {
    return await readFile(name);
  } catch (cause) {
    throw new CliProblem("input-unreadable", { file: name, reason: reasonOf(cause) });
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
