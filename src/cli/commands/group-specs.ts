// `feiyan group …` as data: what each command takes. The commands themselves are loaded when one is called.
import { command } from "../command-parts.js";
import type { ArgumentSpec, CommandSpec } from "../command-spec.js";

const groups = async () => await import("./group.js");
const feiqGroups = async () => await import("./feiq-group.js");
const number: ArgumentSpec = { name: "NUMBER", required: true };
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
  command("join", "cli.summary.group.join", async () => (await feiqGroups()).joinFeiqGroup, {
    arguments: [number],
    examples: ["feiyan group join 3b199b07", "feiyan send --to group:3b199b07 大家好"],
  }),
  command("leave", "cli.summary.group.leave", async () => (await feiqGroups()).leaveFeiqGroup, {
    arguments: [number],
  }),
  command("import", "cli.summary.group.import", async () => (await groups()).importGroups, {
    arguments: [{ name: "FILE", required: true }],
  }),
  command("export", "cli.summary.group.export", async () => (await groups()).exportGroups, {
    arguments: [{ name: "FILE" }],
  }),
];
