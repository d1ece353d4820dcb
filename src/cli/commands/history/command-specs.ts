// `feiyan history …` as data: what each command takes. The commands themselves are loaded when one is called.
import type { Availability, Command, CommandSpec, OptionSpec } from "../../command-spec.js";

const here = (load: () => Promise<Command>): Availability => ({ kind: "here", load });

const withPeer: OptionSpec = {
  flag: "with",
  placeholder: "T",
  value: { kind: "text" },
  summary: "cli.option.history-with",
};
const limit: OptionSpec = {
  flag: "limit",
  placeholder: "N",
  value: { kind: "number", min: 1, max: 1_000_000_000 },
  summary: "cli.option.history-limit",
};
const after: OptionSpec = {
  flag: "after",
  placeholder: "DATE",
  value: { kind: "text" },
  summary: "cli.option.history-after",
};
const before: OptionSpec = {
  flag: "before",
  placeholder: "DATE",
  value: { kind: "text" },
  summary: "cli.option.history-before",
};

export const historyCommands: readonly CommandSpec[] = [
  {
    name: "list",
    summary: "cli.summary.history.list",
    arguments: [],
    options: [withPeer, after, before, limit],
    examples: ["feiyan history list --with 小明 --after 11-20"],
    run: here(async () => (await import("./read.js")).listHistory),
  },
  {
    name: "search",
    summary: "cli.summary.history.search",
    arguments: [{ name: "QUERY", variadic: true, required: true }],
    options: [withPeer, limit],
    examples: [
      "feiyan history search 会议",
      "feiyan history search 'from:小明 (报告 OR 方案) NOT 草稿 after:11-01'",
    ],
    run: here(async () => (await import("./read.js")).searchHistory),
  },
  {
    name: "export",
    summary: "cli.summary.history.export",
    arguments: [{ name: "FILE" }],
    options: [
      {
        flag: "format",
        placeholder: "text|ndjson|html|ipmsg",
        value: { kind: "choice", members: ["text", "ndjson", "html", "ipmsg"] },
        summary: "cli.option.format",
      },
      withPeer,
      after,
      before,
      { flag: "query", placeholder: "QUERY", value: { kind: "text" }, summary: "cli.option.history-query" },
    ],
    examples: ["feiyan history export --with 小明 --format html 小明.html"],
    run: here(async () => (await import("./exchange.js")).exportHistory),
  },
  {
    name: "import",
    summary: "cli.summary.history.import",
    arguments: [{ name: "FILE", variadic: true, required: true }],
    options: [
      {
        flag: "format",
        placeholder: "ndjson|ipmsg|iptux",
        value: { kind: "choice", members: ["ndjson", "ipmsg", "iptux"] },
        summary: "cli.option.import-format",
      },
    ],
    examples: [
      "feiyan history import ipmsg.log",
      "feiyan history import ~/.config/iptux/log/communicate.log",
    ],
    run: here(async () => (await import("./exchange.js")).importHistory),
  },
  {
    name: "redecode",
    summary: "cli.summary.history.redecode",
    arguments: [],
    options: [
      withPeer,
      { flag: "fix", value: { kind: "switch" }, summary: "cli.option.history-fix" },
      { flag: "dry-run", value: { kind: "switch" }, summary: "cli.option.history-dry-run" },
    ],
    examples: ["feiyan history redecode --with 小明 --charset big5 --fix"],
    run: here(async () => (await import("./change.js")).redecode),
  },
  {
    name: "delete",
    summary: "cli.summary.history.delete",
    arguments: [],
    options: [
      withPeer,
      before,
      { flag: "id", placeholder: "ID", value: { kind: "list" }, summary: "cli.option.history-id" },
      { flag: "everything", value: { kind: "switch" }, summary: "cli.option.history-everything" },
      { flag: "yes", short: "y", value: { kind: "switch" }, summary: "cli.option.yes" },
    ],
    examples: ["feiyan history delete --with 小明 --before 2026-01-01"],
    run: here(async () => (await import("./change.js")).deleteHistory),
  },
  {
    name: "queue",
    summary: "cli.summary.history.queue",
    arguments: [],
    options: [
      {
        flag: "cancel",
        placeholder: "ID",
        value: { kind: "list" },
        summary: "cli.option.history-cancel",
      },
    ],
    examples: ["feiyan history queue --cancel 01J…"],
    run: here(async () => (await import("./queue.js")).manageQueue),
  },
  {
    name: "check",
    summary: "cli.summary.history.check",
    arguments: [],
    options: [],
    run: here(async () => (await import("./read.js")).checkHistory),
  },
];
