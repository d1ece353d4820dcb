// `feiyan history …` as data: what each command takes. The commands themselves are loaded when one is called.
import { choiceOption, command, listOption, textOption, toggle, wholeOption } from "../../command-parts.js";
import type { CommandSpec, OptionSpec } from "../../command-spec.js";

const withPeer: OptionSpec = textOption("with", "T", "cli.option.history-with");
const limit: OptionSpec = wholeOption("limit", "N", [1, 1_000_000_000], "cli.option.history-limit");
const after: OptionSpec = textOption("after", "DATE", "cli.option.history-after");
const before: OptionSpec = textOption("before", "DATE", "cli.option.history-before");

export const historyCommands: readonly CommandSpec[] = [
  command("list", "cli.summary.history.list", async () => (await import("./read.js")).listHistory, {
    options: [withPeer, after, before, limit],
    examples: ["feiyan history list --with 小明 --after 11-20"],
  }),
  command("search", "cli.summary.history.search", async () => (await import("./read.js")).searchHistory, {
    arguments: [{ name: "QUERY", variadic: true, required: true }],
    options: [withPeer, limit],
    examples: [
      "feiyan history search 会议",
      "feiyan history search 'from:小明 (报告 OR 方案) NOT 草稿 after:11-01'",
    ],
  }),
  command("export", "cli.summary.history.export", async () => (await import("./exchange.js")).exportHistory, {
    arguments: [{ name: "FILE" }],
    options: [
      choiceOption("format", ["text", "ndjson", "html", "ipmsg"], "cli.option.format"),
      withPeer,
      after,
      before,
      textOption("query", "QUERY", "cli.option.history-query"),
    ],
    examples: ["feiyan history export --with 小明 --format html 小明.html"],
  }),
  command("import", "cli.summary.history.import", async () => (await import("./exchange.js")).importHistory, {
    arguments: [{ name: "FILE", variadic: true, required: true }],
    options: [choiceOption("format", ["ndjson", "ipmsg", "iptux"], "cli.option.import-format")],
    examples: [
      "feiyan history import ipmsg.log",
      "feiyan history import ~/.config/iptux/log/communicate.log",
    ],
  }),
  command("redecode", "cli.summary.history.redecode", async () => (await import("./change.js")).redecode, {
    options: [
      withPeer,
      toggle("fix", "cli.option.history-fix"),
      toggle("dry-run", "cli.option.history-dry-run"),
    ],
    examples: ["feiyan history redecode --with 小明 --charset big5 --fix"],
  }),
  command("delete", "cli.summary.history.delete", async () => (await import("./change.js")).deleteHistory, {
    options: [
      withPeer,
      before,
      listOption("id", "ID", "cli.option.history-id"),
      toggle("everything", "cli.option.history-everything"),
      toggle("yes", "cli.option.yes", "y"),
    ],
    examples: ["feiyan history delete --with 小明 --before 2026-01-01"],
  }),
  command("queue", "cli.summary.history.queue", async () => (await import("./queue.js")).manageQueue, {
    options: [listOption("cancel", "ID", "cli.option.history-cancel")],
    examples: ["feiyan history queue --cancel 01J…"],
  }),
  command("check", "cli.summary.history.check", async () => (await import("./read.js")).checkHistory),
];
