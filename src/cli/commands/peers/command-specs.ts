// `feiyan peers …` as data: the list, and what we decide about those in it. The commands themselves are loaded when one is called.
import type { Availability, Command, CommandSpec, OptionSpec } from "../../command-spec.js";

const here = (load: () => Promise<Command>): Availability => ({ kind: "here", load });

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
  {
    flag: "key",
    placeholder: "accept|reject|verify|forget",
    value: { kind: "choice", members: ["accept", "reject", "verify", "forget"] },
    summary: "cli.option.key",
  },
  { flag: "note", placeholder: "TEXT", value: { kind: "text" }, summary: "cli.option.note" },
];

const peerCommands: readonly CommandSpec[] = [
  {
    name: "set",
    summary: "cli.summary.peers.set",
    arguments: [{ name: "T", required: true }],
    options: setOptions,
    examples: [
      "feiyan peers set 小明 --charset utf-8",
      "feiyan peers set 小明 --favourite --note 三楼，教研室",
    ],
    run: here(async () => (await import("./set.js")).setPeer),
  },
  {
    name: "ask",
    summary: "cli.summary.peers.ask",
    arguments: [{ name: "T", required: true }],
    options: [
      {
        flag: "timeout",
        placeholder: "S",
        value: { kind: "number", min: 0, max: 3600, fraction: true },
        summary: "cli.option.timeout",
      },
    ],
    examples: ["feiyan peers ask 小明"],
    run: here(async () => (await import("./ask.js")).askPeer),
  },
  {
    name: "merge",
    summary: "cli.summary.peers.merge",
    arguments: [
      { name: "FROM", required: true },
      { name: "INTO", required: true },
    ],
    options: [],
    examples: ["feiyan peers merge 192.168.1.20 小明"],
    run: here(async () => (await import("./merge.js")).mergePeers),
  },
  {
    name: "split",
    summary: "cli.summary.peers.split",
    arguments: [{ name: "T", required: true }],
    options: [],
    examples: ["feiyan peers split 小明"],
    run: here(async () => (await import("./merge.js")).splitPeers),
  },
];

export const peersCommand: CommandSpec = {
  name: "peers",
  summary: "cli.summary.peers",
  arguments: [],
  options: [
    {
      flag: "wait",
      placeholder: "S",
      value: { kind: "number", min: 0, max: 3600, fraction: true },
      summary: "cli.option.wait",
    },
  ],
  subcommands: peerCommands,
  run: here(async () => (await import("./list.js")).listPeers),
};
