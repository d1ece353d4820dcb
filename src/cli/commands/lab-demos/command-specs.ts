// The commands of the lab's demonstrations, servers and lessons with their arguments and flags: entries of `command-table.ts`, here
// because they are many and belong together.
import type { TextKey } from "../../../i18n/catalogue.js";
import type { LabServerName } from "../../../lab/servers/lab-server.js";
import type { Command, CommandSpec, OptionKind, OptionSpec } from "../../command-spec.js";

const option = (
  flag: string,
  placeholder: string | undefined,
  value: OptionKind,
  summary: TextKey,
  short?: string,
): OptionSpec => ({
  flag,
  value,
  summary,
  ...(placeholder === undefined ? {} : { placeholder }),
  ...(short === undefined ? {} : { short }),
});

const text: OptionKind = { kind: "text" };
const on: OptionKind = { kind: "switch" };
const whole = (min: number, max: number): OptionKind => ({ kind: "number", min, max });

const count = (max: number): OptionSpec =>
  option("count", "N", whole(1, max), "cli.option.lab.demo-count", "n");
const seed = option("seed", "N", text, "cli.option.lab.seed");
const yes = option("yes", undefined, on, "cli.option.lab.demo-yes", "y");
const saving: readonly OptionSpec[] = [
  option("save", "F.json", text, "cli.option.lab.save"),
  option("csv", "F.csv", text, "cli.option.lab.csv"),
  option("svg", "F.svg", text, "cli.option.lab.svg"),
];

const command = (
  name: string,
  summary: TextKey,
  load: () => Promise<Command>,
  parts: Partial<Pick<CommandSpec, "arguments" | "options" | "examples">> = {},
): CommandSpec => ({ name, summary, run: { kind: "here", load }, arguments: [], options: [], ...parts });

const server = (name: LabServerName, more: readonly OptionSpec[] = []): CommandSpec =>
  command(name, `cli.summary.lab.${name}`, async () => (await import("./servers.js")).serve(name), {
    options: [
      option("listen", "ADDR:PORT", text, "cli.option.lab.listen"),
      ...more,
      option("for", "S", { kind: "number", min: 0, max: 86_400, fraction: true }, "cli.option.lab.for"),
    ],
    examples: [`feiyan lab ${name} --listen 127.0.0.1:9000`],
  });

/** Subcommands of `feiyan lab`. */
export const labDemoCommands: readonly CommandSpec[] = [
  command("race", "cli.summary.lab.race", async () => (await import("./race.js")).race, {
    options: [
      option("lanes", "LIST", { kind: "list" }, "cli.option.lab.lanes"),
      option("loss", "P%", text, "cli.option.lab.race-loss"),
      option("burst", "N", text, "cli.option.lab.burst"),
      option("dup", "P%", text, "cli.option.lab.dup"),
      option("reorder", "X%:K", text, "cli.option.lab.reorder"),
      option("corrupt", "P%", text, "cli.option.lab.corrupt"),
      option("delay", "MS", text, "cli.option.lab.race-delay"),
      option("up", "SPEC", text, "cli.option.lab.up"),
      option("down", "SPEC", text, "cli.option.lab.down"),
      seed,
      option("window", "N", whole(1, 64), "cli.option.lab.window"),
      count(5_000),
      option("size", "BYTES", whole(96, 1_472), "cli.option.lab.demo-size"),
      option(
        "profile",
        "NAME",
        { kind: "choice", members: ["feiyan", "ipmsg3", "ipmsg4", "ipmsg-mac", "iptux", "qipmsg"] },
        "cli.option.lab.profile",
      ),
      option("simulate", undefined, on, "cli.option.lab.demo-simulate"),
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
      option("backlog", "N", whole(1, 50), "cli.option.lab.backlog"),
      option("clients", "N", whole(1, 100), "cli.option.lab.clients"),
      option("blocked", "2s", text, "cli.option.lab.blocked"),
      ...saving,
    ],
    examples: ["feiyan lab handshake", "feiyan lab handshake --backlog 2 --clients 6"],
  }),
  command("overflow", "cli.summary.lab.overflow", async () => (await import("./overflow.js")).overflow, {
    options: [
      option("service", "2ms", text, "cli.option.lab.service"),
      option("buffer", "16k", text, "cli.option.lab.buffer"),
      option("burst", "N", whole(1, 10_000), "cli.option.lab.overflow-burst"),
      option("rate", "N", whole(1, 20_000), "cli.option.lab.overflow-rate"),
      count(100_000),
      option("size", "BYTES", whole(1, 1_472), "cli.option.lab.demo-size"),
      option("capacity", undefined, on, "cli.option.lab.capacity"),
      ...saving,
    ],
    examples: [
      "feiyan lab overflow --service 2ms --rate 1000",
      "feiyan lab overflow --rate 200 --burst 100 --buffer 16k",
    ],
  }),
  command("sizes", "cli.summary.lab.sizes", async () => (await import("./sizes.js")).sizes, {
    options: [
      option("loss", "P%", text, "cli.option.lab.sizes-loss"),
      option("mtu", "BYTES", whole(68, 65_535), "cli.option.lab.mtu"),
      count(20_000),
      seed,
      ...saving,
    ],
  }),
  command("errors", "cli.summary.lab.errors", async () => (await import("./errors.js")).errors, {
    options: saving,
  }),
  command("real", "cli.summary.lab.real", async () => (await import("./real.js")).real, {
    options: [option("loss", "P%", text, "cli.option.lab.real-loss"), count(2_000), yes, ...saving],
  }),
  command("lesson", "cli.summary.lab.lesson", async () => (await import("./lesson.js")).lesson, {
    arguments: [{ name: "NAME|list" }],
    options: [yes, option("check", undefined, on, "cli.option.lab.demo-check"), ...saving],
    examples: ["feiyan lab lesson list", "feiyan lab lesson first-hour"],
  }),
  server("echo"),
  server("upper"),
  server("tcp-echo"),
  server("tcp-upper"),
  server("tcp-chat"),
  server("http"),
  server("file-server", [option("root", "DIR", text, "cli.option.lab.root")]),
];
