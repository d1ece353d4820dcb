// The commands of the lab's demonstrations, servers and lessons with their arguments and flags: entries of `command-table.ts`, here
// because they are many and belong together.
import type { LabServerName } from "../../../lab/servers/lab-server.js";
import {
  choiceOption,
  command,
  decimalOption,
  listOption,
  textOption,
  toggle,
  wholeOption,
} from "../../command-parts.js";
import type { CommandSpec, OptionSpec } from "../../command-spec.js";

const count = (max: number): OptionSpec =>
  wholeOption("count", "N", [1, max], "cli.option.lab.demo-count", "n");
const seed = textOption("seed", "N", "cli.option.lab.seed");
const yes = toggle("yes", "cli.option.lab.demo-yes", "y");
const saving: readonly OptionSpec[] = [
  textOption("save", "F.json", "cli.option.lab.save"),
  textOption("csv", "F.csv", "cli.option.lab.csv"),
  textOption("svg", "F.svg", "cli.option.lab.svg"),
];

const server = (name: LabServerName, more: readonly OptionSpec[] = []): CommandSpec =>
  command(name, `cli.summary.lab.${name}`, async () => (await import("./servers.js")).serve(name), {
    options: [
      textOption("listen", "ADDR:PORT", "cli.option.lab.listen"),
      ...more,
      decimalOption("for", "S", [0, 86_400], "cli.option.lab.for"),
    ],
    examples: [`feiyan lab ${name} --listen 127.0.0.1:9000`],
  });

/** Subcommands of `feiyan lab`. */
export const labDemoCommands: readonly CommandSpec[] = [
  command("race", "cli.summary.lab.race", async () => (await import("./race.js")).race, {
    options: [
      listOption("lanes", "LIST", "cli.option.lab.lanes"),
      textOption("loss", "P%", "cli.option.lab.race-loss"),
      textOption("burst", "N", "cli.option.lab.burst"),
      textOption("dup", "P%", "cli.option.lab.dup"),
      textOption("reorder", "X%:K", "cli.option.lab.reorder"),
      textOption("corrupt", "P%", "cli.option.lab.corrupt"),
      textOption("delay", "MS", "cli.option.lab.race-delay"),
      textOption("up", "SPEC", "cli.option.lab.up"),
      textOption("down", "SPEC", "cli.option.lab.down"),
      seed,
      wholeOption("window", "N", [1, 64], "cli.option.lab.window"),
      count(5_000),
      wholeOption("size", "BYTES", [96, 1_472], "cli.option.lab.demo-size"),
      choiceOption(
        "profile",
        ["feiyan", "ipmsg3", "ipmsg4", "ipmsg-mac", "iptux", "qipmsg"],
        "cli.option.lab.profile",
        "NAME",
      ),
      toggle("simulate", "cli.option.lab.demo-simulate"),
      ...saving,
    ],
    examples: [
      "feiyan lab race --loss 10% --delay 10ms --seed 7",
      "feiyan lab race --lanes ipmsg --loss 30% --simulate",
    ],
  }),
  command("sticky", "cli.summary.lab.sticky", async () => (await import("./sticky.js")).sticky, {
    options: [count(20_000), ...saving],
  }),
  command("handshake", "cli.summary.lab.handshake", async () => (await import("./handshake.js")).handshake, {
    options: [
      wholeOption("backlog", "N", [1, 50], "cli.option.lab.backlog"),
      wholeOption("clients", "N", [1, 100], "cli.option.lab.clients"),
      textOption("blocked", "2s", "cli.option.lab.blocked"),
      ...saving,
    ],
    examples: ["feiyan lab handshake", "feiyan lab handshake --backlog 2 --clients 6"],
  }),
  command("overflow", "cli.summary.lab.overflow", async () => (await import("./overflow.js")).overflow, {
    options: [
      textOption("service", "2ms", "cli.option.lab.service"),
      textOption("buffer", "16k", "cli.option.lab.buffer"),
      wholeOption("burst", "N", [1, 10_000], "cli.option.lab.overflow-burst"),
      wholeOption("rate", "N", [1, 20_000], "cli.option.lab.overflow-rate"),
      count(100_000),
      wholeOption("size", "BYTES", [1, 1_472], "cli.option.lab.demo-size"),
      toggle("capacity", "cli.option.lab.capacity"),
      ...saving,
    ],
    examples: [
      "feiyan lab overflow --service 2ms --rate 1000",
      "feiyan lab overflow --rate 200 --burst 100 --buffer 16k",
    ],
  }),
  command("sizes", "cli.summary.lab.sizes", async () => (await import("./sizes.js")).sizes, {
    options: [
      textOption("loss", "P%", "cli.option.lab.sizes-loss"),
      wholeOption("mtu", "BYTES", [68, 65_535], "cli.option.lab.mtu"),
      count(20_000),
      seed,
      ...saving,
    ],
  }),
  command("errors", "cli.summary.lab.errors", async () => (await import("./errors.js")).errors, {
    options: saving,
  }),
  command("real", "cli.summary.lab.real", async () => (await import("./real.js")).real, {
    options: [textOption("loss", "P%", "cli.option.lab.real-loss"), count(2_000), yes, ...saving],
  }),
  command("lesson", "cli.summary.lab.lesson", async () => (await import("./lesson.js")).lesson, {
    arguments: [{ name: "NAME|list" }],
    options: [yes, toggle("check", "cli.option.lab.demo-check"), ...saving],
    examples: ["feiyan lab lesson list", "feiyan lab lesson first-hour"],
  }),
  server("echo"),
  server("upper"),
  server("tcp-echo"),
  server("tcp-upper"),
  server("tcp-chat"),
  server("http"),
  server("file-server", [textOption("root", "DIR", "cli.option.lab.root")]),
];
