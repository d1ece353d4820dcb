// Every command of docs/cli.md section 1, with its arguments and flags. The one place where they are defined; what belongs to
// a running instance stands here too, so that help lists it and a call says why it cannot be.
import { labCommands } from "./commands/lab/lab-commands.js";
import { historyCommands } from "./commands/history/command-specs.js";
import {
  choiceOption,
  command,
  commandGroup,
  decimalOption,
  listOption,
  textOption,
  toggle,
  wholeOption,
  wordsOption,
} from "./command-parts.js";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command-spec.js";
import { groupCommands } from "./commands/group-specs.js";
import { labDemoCommands } from "./commands/lab-demos/command-specs.js";
import { peersCommand } from "./commands/peers/command-specs.js";

const to: OptionSpec = listOption("to", "T", "cli.option.to", "t");
const timeout: OptionSpec = decimalOption("timeout", "S", [0, 86_400], "cli.option.timeout");
const count: OptionSpec = wholeOption("count", "N", [1, 1_000_000_000], "cli.option.count");

/** What may be said about a message; `--charset` is a flag of every command and means the message here. */
const messageOptions: readonly OptionSpec[] = [
  toggle("raw", "cli.option.raw"),
  toggle("no-check", "cli.option.no-check"),
  wholeOption("retries", "N", [0, 20], "cli.option.retries"),
  timeout,
  toggle("lossy", "cli.option.lossy"),
  toggle("split", "cli.option.split"),
  toggle("seal", "cli.option.seal"),
  toggle("lock", "cli.option.lock"),
  toggle("plain", "cli.option.plain"),
  toggle("queue", "cli.option.queue"),
  wordsOption("file", "PATH", "cli.option.file"),
];

const wideOptions: readonly OptionSpec[] = [
  toggle("broadcast", "cli.option.broadcast"),
  toggle("yes", "cli.option.yes", "y"),
  wholeOption("rate", "N", [1, 100_000], "cli.option.rate"),
];

const fileOptions: readonly OptionSpec[] = [
  listOption("from", "T", "cli.option.from"),
  textOption("dir", "D", "cli.option.dir"),
  choiceOption("accept", ["ask", "all", "known", "never"], "cli.option.accept"),
  textOption("max-size", "2G", "cli.option.max-size"),
  textOption("limit", "5M", "cli.option.limit"),
  choiceOption("overwrite", ["never", "rename", "replace"], "cli.option.overwrite"),
  choiceOption("resume", ["auto", "never"], "cli.option.resume"),
];

const text: ArgumentSpec = { name: "TEXT", variadic: true };
const requiredText: ArgumentSpec = { ...text, required: true };
const offerId: readonly ArgumentSpec[] = [{ name: "OFFERID", required: true }];
const messageId: readonly ArgumentSpec[] = [{ name: "MESSAGEID", required: true }];
const words: readonly ArgumentSpec[] = [{ name: "ARG", variadic: true }];

const labSubcommands: readonly CommandSpec[] = [...labCommands, ...labDemoCommands];

export const commandTable: readonly CommandSpec[] = [
  command("chat", "cli.summary.chat", async () => (await import("./commands/chat.js")).chat),
  command("send", "cli.summary.send", async () => (await import("./commands/send.js")).send, {
    arguments: [text],
    options: [to, ...wideOptions, ...messageOptions],
    examples: [
      "feiyan send --to 小明 三点开会",
      "git log -1 | feiyan send --to 小明,192.168.1.20 -",
      "feiyan send --to 192.168.1.100-120 --yes 下班关灯",
    ],
  }),
  command("ask", "cli.summary.ask", async () => (await import("./commands/ask.js")).ask, {
    arguments: [requiredText],
    options: [to, ...messageOptions],
    examples: ["feiyan ask --to 小明 --timeout 60 几点到？"],
  }),
  command("watch", "cli.summary.watch", async () => (await import("./commands/watch.js")).watch, {
    options: [count, timeout, listOption("type", "TYPE", "cli.option.type")],
    examples: ["feiyan watch --json --type message --count 1"],
  }),
  peersCommand,
  command("knock", "cli.summary.knock", async () => (await import("./commands/knock.js")).knock, {
    options: [to],
    examples: ["feiyan knock --to 小明"],
  }),
  command("away", "cli.summary.away", async () => (await import("./commands/away.js")).away, {
    needsInstance: true,
    arguments: [text],
    examples: ["feiyan away 午饭，一点回来"],
  }),
  command("back", "cli.summary.back", async () => (await import("./commands/away.js")).back, {
    needsInstance: true,
  }),
  commandGroup("files", "cli.summary.files", [
    command(
      "offer",
      "cli.summary.files.offer",
      async () => (await import("./commands/files-offer.js")).offerFiles,
      {
        arguments: [{ name: "PATH", required: true, variadic: true }],
        examples: [
          "feiyan files offer --to 小明 报告.doc 照片",
          "tar c . | feiyan files offer --to 小明 --as all.tar -",
        ],
        options: [
          to,
          timeout,
          ...wideOptions.filter(({ flag }) => flag === "yes"),
          ...fileOptions.filter(({ flag }) => flag === "limit"),
          ...messageOptions.filter(({ flag }) => flag === "lossy"),
          textOption("as", "NAME", "cli.option.as"),
        ],
      },
    ),
    command(
      "picture",
      "cli.summary.files.picture",
      async () => (await import("./commands/files-picture.js")).sendPicture,
      {
        arguments: [{ name: "FILE", required: true }, text],
        examples: ["feiyan files picture --to 小明 照片.png 看这个"],
        options: [
          to,
          timeout,
          ...wideOptions.filter(({ flag }) => flag === "yes"),
          ...fileOptions.filter(({ flag }) => flag === "limit"),
        ],
      },
    ),
    command(
      "receive",
      "cli.summary.files.receive",
      async () => (await import("./commands/files-receive.js")).receiveFiles,
      { options: [...fileOptions, count], examples: ["feiyan files receive --accept all --dir 收到"] },
    ),
    command(
      "policy",
      "cli.summary.files.policy",
      async () => (await import("./commands/files-policy.js")).filePolicy,
      {
        needsInstance: true,
        arguments: [{ name: "T", required: true }],
        examples: ["feiyan files policy 小明 --accept always --max-size 2G --dir 小明"],
        options: [
          choiceOption("accept", ["ask", "always", "never", "default"], "cli.option.accept"),
          ...fileOptions.filter(({ flag }) => flag === "max-size" || flag === "dir"),
        ],
      },
    ),
    command(
      "list",
      "cli.summary.files.list",
      async () => (await import("./commands/files-manage.js")).listFiles,
    ),
    command(
      "accept",
      "cli.summary.files.accept",
      async () => (await import("./commands/files-manage.js")).acceptOffer,
      {
        arguments: offerId,
        options: fileOptions,
      },
    ),
    command(
      "open",
      "cli.summary.files.open",
      async () => (await import("./commands/files-manage.js")).openOffer,
      { arguments: offerId },
    ),
    command(
      "refuse",
      "cli.summary.files.refuse",
      async () => (await import("./commands/files-manage.js")).refuseOffer,
      { arguments: offerId },
    ),
    command(
      "cancel",
      "cli.summary.files.cancel",
      async () => (await import("./commands/files-manage.js")).cancelOffer,
      { arguments: offerId },
    ),
  ]),
  command("open", "cli.summary.open", async () => (await import("./commands/open.js")).open, {
    needsInstance: true,
    arguments: messageId,
    options: [textOption("password", "TEXT", "cli.option.password")],
  }),
  command("resend", "cli.summary.resend", async () => (await import("./commands/resend.js")).resend, {
    needsInstance: true,
    arguments: messageId,
  }),
  commandGroup("group", "cli.summary.group", groupCommands),
  commandGroup("history", "cli.summary.history", historyCommands),
  command(
    "inspect",
    "cli.summary.inspect",
    async () => (await import("./commands/inspect.js")).inspectInput,
    {
      arguments: [{ name: "HEX", variadic: true }],
      options: [
        textOption("file", "F", "cli.option.inspect-file"),
        textOption("pcap", "F", "cli.option.pcap"),
        textOption("context", "JSON", "cli.option.context"),
        textOption("keys", "F", "cli.option.keys"),
        {
          flag: "kind",
          placeholder: "KIND",
          value: { kind: "choice", members: ["datagram", "tcp-request", "dir-stream"] },
          summary: "cli.option.kind",
        },
      ],
      examples: ["feiyan inspect 313a3130303a736869726f757a753a6a7570697465723a33323a48656c6c6f"],
    },
  ),
  command("doctor", "cli.summary.doctor", async () => (await import("./commands/doctor.js")).doctor, {
    options: [
      textOption("tester", "T", "cli.option.tester"),
      decimalOption("wait", "S", [0, 60], "cli.option.wait"),
    ],
    examples: ["feiyan doctor", "feiyan doctor --json | jq 'select(.severity == \"error\")'"],
  }),
  command(
    "lab",
    "cli.summary.lab",
    async () =>
      (await import("./commands/lab.js")).createLab(
        async (context) => await (await import("./commands/chat.js")).openLabScreen(context),
        labSubcommands,
      ),
    { subcommands: labSubcommands },
  ),
  command("sim", "cli.summary.sim", async () => (await import("./commands/sim.js")).sim, {
    options: [decimalOption("for", "S", [0, 86_400], "cli.option.for")],
  }),
  command("daemon", "cli.summary.daemon", async () => (await import("./commands/daemon.js")).daemon, {
    subcommands: [
      command(
        "status",
        "cli.summary.daemon.status",
        async () => (await import("./commands/daemon.js")).daemonStatus,
        { needsInstance: true },
      ),
      command(
        "stop",
        "cli.summary.daemon.stop",
        async () => (await import("./commands/daemon.js")).daemonStop,
        { needsInstance: true },
      ),
    ],
  }),
  commandGroup("config", "cli.summary.config", [
    command("show", "cli.summary.config.show", async () => (await import("./commands/config.js")).showConfig),
    command(
      "path",
      "cli.summary.config.path",
      async () => (await import("./commands/config.js")).showConfigPath,
    ),
    command(
      "check",
      "cli.summary.config.check",
      async () => (await import("./commands/config.js")).checkConfig,
    ),
    command(
      "template",
      "cli.summary.config.template",
      async () => (await import("./commands/config-template.js")).printTemplate,
      { arguments: [{ name: "FILE" }], examples: ["feiyan config template ~/.config/feiyan/config.toml"] },
    ),
    command(
      "reload",
      "cli.summary.config.reload",
      async () => (await import("./commands/config-template.js")).reloadConfig,
      { needsInstance: true },
    ),
  ]),
  command(
    "completion",
    "cli.summary.completion",
    async () => (await import("./commands/completion.js")).printCompletion,
    {
      arguments: [{ name: "bash|zsh|fish|powershell", required: true }],
      examples: [
        "source <(feiyan completion bash)",
        "feiyan completion fish > ~/.config/fish/completions/feiyan.fish",
      ],
    },
  ),
  command(
    "man",
    "cli.summary.man",
    async () => (await import("./commands/man.js")).createManual(commandTable),
    { examples: ["feiyan man > ~/.local/share/man/man1/feiyan.1"] },
  ),
  {
    ...command(
      "complete",
      "cli.summary.complete",
      async () => (await import("./commands/completion.js")).createComplete(commandTable),
      { arguments: words },
    ),
    hidden: true,
  },
];
