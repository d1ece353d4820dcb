// Every command of docs/cli.md section 1, with its arguments and flags. The one place where they are defined; what belongs to
// a running instance stands here too, so that help lists it and a call says why it cannot be.
import { labCommands } from "./commands/lab/lab-commands.js";
import { historyCommands } from "./commands/history/command-specs.js";
import type { ArgumentSpec, Availability, Command, CommandSpec, OptionSpec } from "./command-spec.js";
import { groupCommands } from "./commands/group-specs.js";
import { labDemoCommands } from "./commands/lab-demos/command-specs.js";
import { peersCommand } from "./commands/peers/command-specs.js";

const here = (load: () => Promise<Command>): Availability => ({ kind: "here", load });
const group: Availability = { kind: "group" };

const to: OptionSpec = {
  flag: "to",
  short: "t",
  placeholder: "T",
  value: { kind: "list" },
  summary: "cli.option.to",
};
const timeout: OptionSpec = {
  flag: "timeout",
  placeholder: "S",
  value: { kind: "number", min: 0, max: 86_400, fraction: true },
  summary: "cli.option.timeout",
};
const count: OptionSpec = {
  flag: "count",
  placeholder: "N",
  value: { kind: "number", min: 1, max: 1_000_000_000 },
  summary: "cli.option.count",
};

/** What may be said about a message; `--charset` is a flag of every command and means the message here. */
const messageOptions: readonly OptionSpec[] = [
  { flag: "raw", value: { kind: "switch" }, summary: "cli.option.raw" },
  { flag: "no-check", value: { kind: "switch" }, summary: "cli.option.no-check" },
  {
    flag: "retries",
    placeholder: "N",
    value: { kind: "number", min: 0, max: 20 },
    summary: "cli.option.retries",
  },
  timeout,
  { flag: "lossy", value: { kind: "switch" }, summary: "cli.option.lossy" },
  { flag: "split", value: { kind: "switch" }, summary: "cli.option.split" },
  { flag: "seal", value: { kind: "switch" }, summary: "cli.option.seal" },
  { flag: "lock", value: { kind: "switch" }, summary: "cli.option.lock" },
  { flag: "plain", value: { kind: "switch" }, summary: "cli.option.plain" },
  { flag: "queue", value: { kind: "switch" }, summary: "cli.option.queue" },
  { flag: "file", placeholder: "PATH", value: { kind: "words" }, summary: "cli.option.file" },
];

const wideOptions: readonly OptionSpec[] = [
  { flag: "broadcast", value: { kind: "switch" }, summary: "cli.option.broadcast" },
  { flag: "yes", short: "y", value: { kind: "switch" }, summary: "cli.option.yes" },
  {
    flag: "rate",
    placeholder: "N",
    value: { kind: "number", min: 1, max: 100_000 },
    summary: "cli.option.rate",
  },
];

const fileOptions: readonly OptionSpec[] = [
  { flag: "from", placeholder: "T", value: { kind: "list" }, summary: "cli.option.from" },
  { flag: "dir", placeholder: "D", value: { kind: "text" }, summary: "cli.option.dir" },
  {
    flag: "accept",
    placeholder: "ask|all|known|never",
    value: { kind: "choice", members: ["ask", "all", "known", "never"] },
    summary: "cli.option.accept",
  },
  { flag: "max-size", placeholder: "2G", value: { kind: "text" }, summary: "cli.option.max-size" },
  { flag: "limit", placeholder: "5M", value: { kind: "text" }, summary: "cli.option.limit" },
  {
    flag: "overwrite",
    placeholder: "never|rename|replace",
    value: { kind: "choice", members: ["never", "rename", "replace"] },
    summary: "cli.option.overwrite",
  },
  {
    flag: "resume",
    placeholder: "auto|never",
    value: { kind: "choice", members: ["auto", "never"] },
    summary: "cli.option.resume",
  },
];

const text: ArgumentSpec = { name: "TEXT", variadic: true };
const requiredText: ArgumentSpec = { ...text, required: true };
const offerId: readonly ArgumentSpec[] = [{ name: "OFFERID", required: true }];
const messageId: readonly ArgumentSpec[] = [{ name: "MESSAGEID", required: true }];
const words: readonly ArgumentSpec[] = [{ name: "ARG", variadic: true }];

interface Parts {
  readonly needsInstance?: true;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
  readonly subcommands?: readonly CommandSpec[];
}

const command = (
  name: string,
  summary: CommandSpec["summary"],
  run: Availability,
  parts: Parts = {},
): CommandSpec => ({
  name,
  summary,
  run,
  arguments: [],
  options: [],
  ...parts,
});

const labSubcommands: readonly CommandSpec[] = [...labCommands, ...labDemoCommands];

export const commandTable: readonly CommandSpec[] = [
  command(
    "chat",
    "cli.summary.chat",
    here(async () => (await import("./commands/chat.js")).chat),
  ),
  command(
    "send",
    "cli.summary.send",
    here(async () => (await import("./commands/send.js")).send),
    {
      arguments: [text],
      options: [to, ...wideOptions, ...messageOptions],
      examples: [
        "feiyan send --to 小明 三点开会",
        "git log -1 | feiyan send --to 小明,192.168.1.20 -",
        "feiyan send --to 192.168.1.100-120 --yes 下班关灯",
      ],
    },
  ),
  command(
    "ask",
    "cli.summary.ask",
    here(async () => (await import("./commands/ask.js")).ask),
    {
      arguments: [requiredText],
      options: [to, ...messageOptions],
      examples: ["feiyan ask --to 小明 --timeout 60 几点到？"],
    },
  ),
  command(
    "watch",
    "cli.summary.watch",
    here(async () => (await import("./commands/watch.js")).watch),
    {
      options: [
        count,
        timeout,
        {
          flag: "type",
          placeholder: "TYPE",
          value: { kind: "list" },
          summary: "cli.option.type",
        },
      ],
      examples: ["feiyan watch --json --type message --count 1"],
    },
  ),
  peersCommand,
  command(
    "knock",
    "cli.summary.knock",
    here(async () => (await import("./commands/knock.js")).knock),
    { options: [to], examples: ["feiyan knock --to 小明"] },
  ),
  command(
    "away",
    "cli.summary.away",
    here(async () => (await import("./commands/away.js")).away),
    { needsInstance: true, arguments: [text], examples: ["feiyan away 午饭，一点回来"] },
  ),
  command(
    "back",
    "cli.summary.back",
    here(async () => (await import("./commands/away.js")).back),
    { needsInstance: true },
  ),
  command("files", "cli.summary.files", group, {
    subcommands: [
      command(
        "offer",
        "cli.summary.files.offer",
        here(async () => (await import("./commands/files-offer.js")).offerFiles),
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
            { flag: "as", placeholder: "NAME", value: { kind: "text" }, summary: "cli.option.as" },
          ],
        },
      ),
      command(
        "picture",
        "cli.summary.files.picture",
        here(async () => (await import("./commands/files-picture.js")).sendPicture),
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
        here(async () => (await import("./commands/files-receive.js")).receiveFiles),
        { options: [...fileOptions, count], examples: ["feiyan files receive --accept all --dir 收到"] },
      ),
      command(
        "policy",
        "cli.summary.files.policy",
        here(async () => (await import("./commands/files-policy.js")).filePolicy),
        {
          needsInstance: true,
          arguments: [{ name: "T", required: true }],
          examples: ["feiyan files policy 小明 --accept always --max-size 2G --dir 小明"],
          options: [
            {
              flag: "accept",
              placeholder: "ask|always|never|default",
              value: { kind: "choice", members: ["ask", "always", "never", "default"] },
              summary: "cli.option.accept",
            },
            ...fileOptions.filter(({ flag }) => flag === "max-size" || flag === "dir"),
          ],
        },
      ),
      command(
        "list",
        "cli.summary.files.list",
        here(async () => (await import("./commands/files-manage.js")).listFiles),
      ),
      command(
        "accept",
        "cli.summary.files.accept",
        here(async () => (await import("./commands/files-manage.js")).acceptOffer),
        {
          arguments: offerId,
          options: fileOptions,
        },
      ),
      command(
        "open",
        "cli.summary.files.open",
        here(async () => (await import("./commands/files-manage.js")).openOffer),
        { arguments: offerId },
      ),
      command(
        "refuse",
        "cli.summary.files.refuse",
        here(async () => (await import("./commands/files-manage.js")).refuseOffer),
        { arguments: offerId },
      ),
      command(
        "cancel",
        "cli.summary.files.cancel",
        here(async () => (await import("./commands/files-manage.js")).cancelOffer),
        { arguments: offerId },
      ),
    ],
  }),
  command(
    "open",
    "cli.summary.open",
    here(async () => (await import("./commands/open.js")).open),
    {
      needsInstance: true,
      arguments: messageId,
      options: [
        { flag: "password", placeholder: "TEXT", value: { kind: "text" }, summary: "cli.option.password" },
      ],
    },
  ),
  command(
    "resend",
    "cli.summary.resend",
    here(async () => (await import("./commands/resend.js")).resend),
    { needsInstance: true, arguments: messageId },
  ),
  command("group", "cli.summary.group", group, { subcommands: groupCommands }),
  command("history", "cli.summary.history", group, { subcommands: historyCommands }),
  command(
    "inspect",
    "cli.summary.inspect",
    here(async () => (await import("./commands/inspect.js")).inspectInput),
    {
      arguments: [{ name: "HEX", variadic: true }],
      options: [
        { flag: "file", placeholder: "F", value: { kind: "text" }, summary: "cli.option.inspect-file" },
        { flag: "pcap", placeholder: "F", value: { kind: "text" }, summary: "cli.option.pcap" },
        { flag: "context", placeholder: "JSON", value: { kind: "text" }, summary: "cli.option.context" },
        { flag: "keys", placeholder: "F", value: { kind: "text" }, summary: "cli.option.keys" },
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
  command(
    "doctor",
    "cli.summary.doctor",
    here(async () => (await import("./commands/doctor.js")).doctor),
    {
      options: [
        { flag: "tester", placeholder: "T", value: { kind: "text" }, summary: "cli.option.tester" },
        {
          flag: "wait",
          placeholder: "S",
          value: { kind: "number", min: 0, max: 60, fraction: true },
          summary: "cli.option.wait",
        },
      ],
      examples: ["feiyan doctor", "feiyan doctor --json | jq 'select(.severity == \"error\")'"],
    },
  ),
  command(
    "lab",
    "cli.summary.lab",
    here(async () =>
      (await import("./commands/lab.js")).createLab(
        async (context) => await (await import("./commands/chat.js")).openLabScreen(context),
        labSubcommands,
      ),
    ),
    { subcommands: labSubcommands },
  ),
  command(
    "sim",
    "cli.summary.sim",
    here(async () => (await import("./commands/sim.js")).sim),
    {
      options: [
        {
          flag: "for",
          placeholder: "S",
          value: { kind: "number", min: 0, max: 86_400, fraction: true },
          summary: "cli.option.for",
        },
      ],
    },
  ),
  command(
    "daemon",
    "cli.summary.daemon",
    here(async () => (await import("./commands/daemon.js")).daemon),
    {
      subcommands: [
        command(
          "status",
          "cli.summary.daemon.status",
          here(async () => (await import("./commands/daemon.js")).daemonStatus),
          { needsInstance: true },
        ),
        command(
          "stop",
          "cli.summary.daemon.stop",
          here(async () => (await import("./commands/daemon.js")).daemonStop),
          { needsInstance: true },
        ),
      ],
    },
  ),
  command("config", "cli.summary.config", group, {
    subcommands: [
      command(
        "show",
        "cli.summary.config.show",
        here(async () => (await import("./commands/config.js")).showConfig),
      ),
      command(
        "path",
        "cli.summary.config.path",
        here(async () => (await import("./commands/config.js")).showConfigPath),
      ),
      command(
        "check",
        "cli.summary.config.check",
        here(async () => (await import("./commands/config.js")).checkConfig),
      ),
      command(
        "template",
        "cli.summary.config.template",
        here(async () => (await import("./commands/config-template.js")).printTemplate),
        { arguments: [{ name: "FILE" }], examples: ["feiyan config template ~/.config/feiyan/config.toml"] },
      ),
      command(
        "reload",
        "cli.summary.config.reload",
        here(async () => (await import("./commands/config-template.js")).reloadConfig),
        { needsInstance: true },
      ),
    ],
  }),
  command(
    "completion",
    "cli.summary.completion",
    here(async () => (await import("./commands/completion.js")).printCompletion),
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
    here(async () => (await import("./commands/man.js")).createManual(commandTable)),
    { examples: ["feiyan man > ~/.local/share/man/man1/feiyan.1"] },
  ),
  {
    ...command(
      "complete",
      "cli.summary.complete",
      here(async () => (await import("./commands/completion.js")).createComplete(commandTable)),
      { arguments: words },
    ),
    hidden: true,
  },
];
