// The measuring commands of the lab as data: names, arguments and flags, for the command table. Loads nothing but when called.
import type { Command, CommandSpec, OptionSpec } from "../../command-spec.js";

const option = (flag: string, placeholder: string, summary: OptionSpec["summary"]): OptionSpec => ({
  flag,
  placeholder,
  value: { kind: "text" },
  summary,
});
const toggle = (flag: string, summary: OptionSpec["summary"]): OptionSpec => ({
  flag,
  value: { kind: "switch" },
  summary,
});

const impairments: readonly OptionSpec[] = [
  option("loss", "5%", "cli.option.lab.loss"),
  option("burst", "5", "cli.option.lab.burst"),
  option("dup", "3%", "cli.option.lab.dup"),
  option("reorder", "5%:3", "cli.option.lab.reorder"),
  option("corrupt", "1%", "cli.option.lab.corrupt"),
  option("delay", "20ms+-5ms", "cli.option.lab.delay"),
  option("mtu", "1500", "cli.option.lab.mtu"),
  option("up", "SPEC", "cli.option.lab.up"),
  option("down", "SPEC", "cli.option.lab.down"),
  option("seed", "42", "cli.option.lab.seed"),
];

const traffic: readonly OptionSpec[] = [
  {
    flag: "mode",
    placeholder: "echo|up|down",
    value: { kind: "choice", members: ["echo", "up", "down"] },
    summary: "cli.option.lab.mode",
  },
  {
    flag: "datagrams",
    short: "n",
    placeholder: "500",
    value: { kind: "number", min: 1, max: 1_000_000 },
    summary: "cli.option.lab.datagrams",
  },
  option("rate", "100|flood", "cli.option.lab.rate"),
  {
    flag: "size",
    placeholder: "128",
    value: { kind: "number", min: 32, max: 65_507 },
    summary: "cli.option.lab.size",
  },
  option("wait", "auto|2s", "cli.option.lab.wait"),
  option("deadline", "50ms", "cli.option.lab.deadline"),
];

const exports: readonly OptionSpec[] = [
  option("save", "F.json", "cli.option.lab.save"),
  option("csv", "F", "cli.option.lab.csv"),
  option("svg", "F", "cli.option.lab.svg"),
];

const running: readonly OptionSpec[] = [
  toggle("check", "cli.option.lab.check"),
  toggle("precise", "cli.option.lab.precise"),
  toggle("impair-control", "cli.option.lab.impair-control"),
];

const code = option("code", "4711", "cli.option.lab.code");
const labPort: OptionSpec = {
  flag: "lab-port",
  placeholder: "2426",
  value: { kind: "number", min: 0, max: 65_535 },
  summary: "cli.option.lab.lab-port",
};

const spec = (
  name: string,
  summary: CommandSpec["summary"],
  load: () => Promise<Command>,
  parts: Partial<Pick<CommandSpec, "arguments" | "options" | "examples">>,
): CommandSpec => ({ name, summary, run: { kind: "here", load }, arguments: [], options: [], ...parts });

export const labCommands: readonly CommandSpec[] = [
  spec("solo", "cli.summary.lab.solo", async () => (await import("./solo.js")).labSolo, {
    options: [
      ...impairments,
      ...traffic,
      toggle("hand", "cli.option.lab.hand"),
      toggle("simulate", "cli.option.lab.simulate"),
      ...running,
      ...exports,
    ],
    examples: [
      "feiyan lab solo --loss 5% --seed 42",
      "feiyan lab solo --loss 5% --burst 5 -n 2000 --rate 1000",
    ],
  }),
  spec("run", "cli.summary.lab.run", async () => (await import("./run.js")).labRun, {
    arguments: [{ name: "HOST", required: true }],
    options: [
      ...traffic,
      ...impairments,
      code,
      toggle("strict", "cli.option.lab.strict"),
      ...running,
      ...exports,
    ],
    examples: ["feiyan lab run 192.168.1.20 --mode up --rate 1000 -n 5000"],
  }),
  spec("serve", "cli.summary.lab.serve", async () => (await import("./serve.js")).labServe, {
    options: [
      option("class", "NAME", "cli.option.lab.class"),
      code,
      toggle("open", "cli.option.lab.open"),
      labPort,
      {
        flag: "max-rate",
        placeholder: "2000",
        value: { kind: "number", min: 1, max: 50_000 },
        summary: "cli.option.lab.max-rate",
      },
      {
        flag: "students",
        placeholder: "N",
        value: { kind: "number", min: 1, max: 256 },
        summary: "cli.option.lab.students",
      },
      toggle("pairs", "cli.option.lab.pairs"),
      ...traffic,
      ...impairments,
      ...exports,
    ],
    examples: ["feiyan lab serve --class 三班 --code 4711 --loss 5%"],
  }),
  spec("join", "cli.summary.lab.join", async () => (await import("./join.js")).labJoin, {
    arguments: [{ name: "HOST" }],
    options: [
      code,
      labPort,
      {
        flag: "students",
        placeholder: "N",
        value: { kind: "number", min: 1, max: 256 },
        summary: "cli.option.lab.join-students",
      },
      {
        flag: "plans",
        placeholder: "N",
        value: { kind: "number", min: 1, max: 1_000 },
        summary: "cli.option.lab.plans",
      },
    ],
    examples: ["feiyan lab join 192.168.1.20 --code 4711 --name 小明"],
  }),
  spec("relay", "cli.summary.lab.relay", async () => (await import("./relay.js")).labRelay, {
    options: [
      option("listen", "2500", "cli.option.lab.listen"),
      option("to", "ADDR:PORT", "cli.option.lab.relay-to"),
      toggle("lan", "cli.option.lab.lan"),
      ...impairments,
      toggle("impair-control", "cli.option.lab.impair-control"),
    ],
    examples: ["feiyan lab relay --listen 2500 --to 127.0.0.1:2425 --loss 30%"],
  }),
  spec("report", "cli.summary.lab.report", async () => (await import("./report.js")).labReport, {
    arguments: [{ name: "FILE", required: true }],
    options: [toggle("replay", "cli.option.lab.replay"), ...exports.slice(1)],
    examples: ["feiyan lab report lesson.json --svg lesson.svg"],
  }),
  spec("doctor", "cli.summary.lab.doctor", async () => (await import("./doctor.js")).labDoctor, {}),
];
