// `feiyan peers …` as data: the list, and what we decide about those in it. The commands themselves are loaded when one is called.
import { choiceOption, command, decimalOption, textOption } from "../../command-parts.js";
import type { CommandSpec, OptionSpec } from "../../command-spec.js";

const flag = (name: string, summary: OptionSpec["summary"]): OptionSpec => ({
  flag: name,
  value: { kind: "switch" },
  summary,
});

const setOptions: readonly OptionSpec[] = [
  flag("block", "cli.option.block"),
  flag("unblock", "cli.option.unblock"),
  flag("mute", "cli.option.mute"),
  flag("unmute", "cli.option.unmute"),
  flag("favourite", "cli.option.favourite"),
  flag("unfavourite", "cli.option.unfavourite"),
  flag("unlogged", "cli.option.unlogged"),
  flag("logged", "cli.option.logged"),
  choiceOption("key", ["accept", "reject", "verify", "forget"], "cli.option.key"),
  textOption("note", "TEXT", "cli.option.note"),
];

const peerCommands: readonly CommandSpec[] = [
  command("set", "cli.summary.peers.set", async () => (await import("./set.js")).setPeer, {
    arguments: [{ name: "T", required: true }],
    options: setOptions,
    examples: [
      "feiyan peers set 小明 --charset utf-8",
      "feiyan peers set 小明 --favourite --note 三楼，教研室",
    ],
  }),
  command("ask", "cli.summary.peers.ask", async () => (await import("./ask.js")).askPeer, {
    arguments: [{ name: "T", required: true }],
    options: [decimalOption("timeout", "S", [0, 3600], "cli.option.timeout")],
    examples: ["feiyan peers ask 小明"],
  }),
  command("merge", "cli.summary.peers.merge", async () => (await import("./merge.js")).mergePeers, {
    arguments: [
      { name: "FROM", required: true },
      { name: "INTO", required: true },
    ],

    examples: ["feiyan peers merge 192.168.1.20 小明"],
  }),
  command("split", "cli.summary.peers.split", async () => (await import("./merge.js")).splitPeers, {
    arguments: [{ name: "T", required: true }],

    examples: ["feiyan peers split 小明"],
  }),
];

export const peersCommand: CommandSpec = command(
  "peers",
  "cli.summary.peers",
  async () => (await import("./list.js")).listPeers,
  { options: [decimalOption("wait", "S", [0, 3600], "cli.option.wait")], subcommands: peerCommands },
);
