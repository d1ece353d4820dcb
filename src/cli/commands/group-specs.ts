// `feiyan group …` as data: what each command takes. The commands themselves are loaded when one is called.
import { command } from "../command-parts.js";
import type { ArgumentSpec, CommandSpec } from "../command-spec.js";

const groups = async () => await import("./group.js");
const name: ArgumentSpec = { name: "NAME", required: true };
const members: ArgumentSpec = { name: "T", variadic: true };

export const groupCommands: readonly CommandSpec[] = [
  command("list", "cli.summary.group.list", async () => (await groups()).listGroups),
  command("add", "cli.summary.group.add", async () => (await groups()).addToGroup, {
    arguments: [name, { ...members, required: true }],

    examples: ["feiyan group add 一班 小明 小红 192.168.1.20", "feiyan send --to @一班 明天春游"],
  }),
  command("remove", "cli.summary.group.remove", async () => (await groups()).removeFromGroup, {
    arguments: [name, members],
  }),
  command("import", "cli.summary.group.import", async () => (await groups()).importGroups, {
    arguments: [{ name: "FILE", required: true }],
  }),
  command("export", "cli.summary.group.export", async () => (await groups()).exportGroups, {
    arguments: [{ name: "FILE" }],
  }),
];
