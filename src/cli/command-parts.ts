// One shape for the entries of the command table: a command and each kind of flag, said in a line. Loads no command. Used by
// command-table.ts and by the tables of features beside their commands.
import type { Command, CommandSpec, OptionKind, OptionSpec } from "./command-spec.js";

type Summary = CommandSpec["summary"];
type Parts = Partial<
  Pick<CommandSpec, "arguments" | "options" | "examples" | "subcommands" | "needsInstance" | "hidden">
>;

/** A command that is loaded when it is called. */
export const command = (
  name: string,
  summary: Summary,
  load: () => Promise<Command>,
  parts: Parts = {},
): CommandSpec => ({ name, summary, run: { kind: "here", load }, arguments: [], options: [], ...parts });

/** Commands below one word that means nothing alone. */
export const commandGroup = (
  name: string,
  summary: Summary,
  subcommands: readonly CommandSpec[],
): CommandSpec => ({ name, summary, run: { kind: "group" }, arguments: [], options: [], subcommands });

/** On when it is given. */
export const toggle = (flag: string, summary: Summary, short?: string): OptionSpec => ({
  flag,
  value: { kind: "switch" },
  summary,
  ...(short === undefined ? {} : { short }),
});

const option = (
  flag: string,
  placeholder: string,
  value: OptionKind,
  summary: Summary,
  short?: string,
): OptionSpec => ({ flag, placeholder, value, summary, ...(short === undefined ? {} : { short }) });

export const textOption = (flag: string, placeholder: string, summary: Summary): OptionSpec =>
  option(flag, placeholder, { kind: "text" }, summary);

/** Repeatable, and each may be a comma list. */
export const listOption = (flag: string, placeholder: string, summary: Summary, short?: string): OptionSpec =>
  option(flag, placeholder, { kind: "list" }, summary, short);

/** Several words after one flag. */
export const wordsOption = (flag: string, placeholder: string, summary: Summary): OptionSpec =>
  option(flag, placeholder, { kind: "words" }, summary);

export const choiceOption = (
  flag: string,
  members: readonly string[],
  summary: Summary,
  placeholder = members.join("|"),
): OptionSpec => option(flag, placeholder, { kind: "choice", members }, summary);

export const wholeOption = (
  flag: string,
  placeholder: string,
  [min, max]: readonly [number, number],
  summary: Summary,
  short?: string,
): OptionSpec => option(flag, placeholder, { kind: "number", min, max }, summary, short);

/** Seconds and the like: parts of them count. */
export const decimalOption = (
  flag: string,
  placeholder: string,
  [min, max]: readonly [number, number],
  summary: Summary,
): OptionSpec => option(flag, placeholder, { kind: "number", min, max, fraction: true }, summary);
