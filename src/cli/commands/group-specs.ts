// `feiyan group …` as data: what each command takes. The commands themselves are loaded when one is called.
import type { ArgumentSpec, CommandSpec } from "../command-spec.js";

const groups = async () => await import("./group.js");
const feiqGroups = async () => await import("./feiq-group.js");
const number: ArgumentSpec = { name: "NUMBER", required: true };
const name: ArgumentSpec = { name: "NAME", required: true };
const members: ArgumentSpec = { name: "T", variadic: true };

export const groupCommands: readonly CommandSpec[] = [
  {
    name: "list",
    summary: "cli.summary.group.list",
    arguments: [],
    options: [],
    run: { kind: "here", load: async () => (await groups()).listGroups },
  },
  {
    name: "add",
    summary: "cli.summary.group.add",
    arguments: [name, { ...members, required: true }],
    options: [],
    examples: ["feiyan group add 一班 小明 小红 192.168.1.20", "feiyan send --to @一班 明天春游"],
    run: { kind: "here", load: async () => (await groups()).addToGroup },
  },
  {
    name: "remove",
    summary: "cli.summary.group.remove",
    arguments: [name, members],
    options: [],
    run: { kind: "here", load: async () => (await groups()).removeFromGroup },
  },
  {
    name: "join",
    summary: "cli.summary.group.join",
    arguments: [number],
    options: [],
    examples: ["feiyan group join 3b199b07", "feiyan send --to group:3b199b07 大家好"],
    run: { kind: "here", load: async () => (await feiqGroups()).joinFeiqGroup },
  },
  {
    name: "leave",
    summary: "cli.summary.group.leave",
    arguments: [number],
    options: [],
    run: { kind: "here", load: async () => (await feiqGroups()).leaveFeiqGroup },
  },
  {
    name: "import",
    summary: "cli.summary.group.import",
    arguments: [{ name: "FILE", required: true }],
    options: [],
    run: { kind: "here", load: async () => (await groups()).importGroups },
  },
  {
    name: "export",
    summary: "cli.summary.group.export",
    arguments: [{ name: "FILE" }],
    options: [],
    run: { kind: "here", load: async () => (await groups()).exportGroups },
  },
];
