// The measuring commands of the lab as data: names, arguments and flags, for the command table. Loads nothing but when called.
import { choiceOption, command, textOption, toggle, wholeOption } from "../../command-parts.js";
import type { CommandSpec, OptionSpec } from "../../command-spec.js";

const impairments: readonly OptionSpec[] = [
  textOption("loss", "5%", "cli.option.lab.loss"),
  textOption("burst", "5", "cli.option.lab.burst"),
  textOption("dup", "3%", "cli.option.lab.dup"),
  textOption("reorder", "5%:3", "cli.option.lab.reorder"),
  textOption("corrupt", "1%", "cli.option.lab.corrupt"),
  textOption("delay", "20ms+-5ms", "cli.option.lab.delay"),
  textOption("mtu", "1500", "cli.option.lab.mtu"),
  textOption("up", "SPEC", "cli.option.lab.up"),
  textOption("down", "SPEC", "cli.option.lab.down"),
  textOption("seed", "42", "cli.option.lab.seed"),
];

const traffic: readonly OptionSpec[] = [
  choiceOption("mode", ["echo", "up", "down"], "cli.option.lab.mode"),
  wholeOption("datagrams", "500", [1, 1_000_000], "cli.option.lab.datagrams", "n"),
  textOption("rate", "100|flood", "cli.option.lab.rate"),
  wholeOption("size", "128", [32, 65_507], "cli.option.lab.size"),
  textOption("wait", "auto|2s", "cli.option.lab.wait"),
  textOption("deadline", "50ms", "cli.option.lab.deadline"),
];

const exports: readonly OptionSpec[] = [
  textOption("save", "F.json", "cli.option.lab.save"),
  textOption("csv", "F", "cli.option.lab.csv"),
  textOption("svg", "F", "cli.option.lab.svg"),
];

const running: readonly OptionSpec[] = [
  toggle("check", "cli.option.lab.check"),
  toggle("precise", "cli.option.lab.precise"),
  toggle("impair-control", "cli.option.lab.impair-control"),
];

const code = textOption("code", "4711", "cli.option.lab.code");
const labPort: OptionSpec = wholeOption("lab-port", "2426", [0, 65_535], "cli.option.lab.lab-port");

export const labCommands: readonly CommandSpec[] = [
  command("solo", "cli.summary.lab.solo", async () => (await import("./solo.js")).labSolo, {
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
  command("run", "cli.summary.lab.run", async () => (await import("./run.js")).labRun, {
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
  command("serve", "cli.summary.lab.serve", async () => (await import("./serve.js")).labServe, {
    options: [
      textOption("class", "NAME", "cli.option.lab.class"),
      code,
      toggle("open", "cli.option.lab.open"),
      labPort,
      wholeOption("max-rate", "2000", [1, 50_000], "cli.option.lab.max-rate"),
      wholeOption("students", "N", [1, 256], "cli.option.lab.students"),
      toggle("pairs", "cli.option.lab.pairs"),
      ...traffic,
      ...impairments,
      ...exports,
    ],
    examples: ["feiyan lab serve --class 三班 --code 4711 --loss 5%"],
  }),
  command("join", "cli.summary.lab.join", async () => (await import("./join.js")).labJoin, {
    arguments: [{ name: "HOST" }],
    options: [
      code,
      labPort,
      wholeOption("students", "N", [1, 256], "cli.option.lab.join-students"),
      wholeOption("plans", "N", [1, 1_000], "cli.option.lab.plans"),
    ],
    examples: ["feiyan lab join 192.168.1.20 --code 4711 --name 小明"],
  }),
  command("relay", "cli.summary.lab.relay", async () => (await import("./relay.js")).labRelay, {
    options: [
      textOption("listen", "2500", "cli.option.lab.listen"),
      textOption("to", "ADDR:PORT", "cli.option.lab.relay-to"),
      toggle("lan", "cli.option.lab.lan"),
      ...impairments,
      toggle("impair-control", "cli.option.lab.impair-control"),
    ],
    examples: ["feiyan lab relay --listen 2500 --to 127.0.0.1:2425 --loss 30%"],
  }),
  command("report", "cli.summary.lab.report", async () => (await import("./report.js")).labReport, {
    arguments: [{ name: "FILE", required: true }],
    options: [toggle("replay", "cli.option.lab.replay"), ...exports.slice(1)],
    examples: ["feiyan lab report lesson.json --svg lesson.svg"],
  }),
  command("doctor", "cli.summary.lab.doctor", async () => (await import("./doctor.js")).labDoctor, {}),
];
