// Words of the command line to a command with its arguments and flags, by commander from the tables. Commander only parses: help,
// messages and exit codes are ours, so that both languages and every error have one form. Loads no command.
import { Command as Parser, CommanderError, Option } from "commander";
import { findNearest } from "../config/nearest.js";
import type { SettingKey } from "../config/schema.js";
import type { CommandSpec, OptionSpec } from "./command-spec.js";
import { commandTable } from "./command-table.js";
import { globalOptions } from "./global-options.js";
import { CliProblem } from "./problem.js";

export type OptionValue = string | number | boolean | readonly string[];

export interface ParsedLine {
  /** The program, then the command and its subcommand; the last one is meant. */
  readonly path: readonly CommandSpec[];
  readonly command: CommandSpec;
  readonly args: readonly string[];
  /** By flag without dashes: `timeout`, `no-check`; values are converted and checked. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Flags that are settings, as written; the settings table checks them. */
  readonly settingFlags: Readonly<Partial<Record<SettingKey, string | boolean | readonly string[]>>>;
  readonly configFile: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** The program itself: `feiyan` without a command is the terminal UI. */
export const programSpec: CommandSpec = {
  name: "feiyan",
  arguments: [],
  options: [],
  summary: "cli.summary.program",
  subcommands: commandTable,
  run: commandTable[0]?.run ?? { kind: "group" },
};

/**
 * Parses the words after the program's name. Throws a CliProblem for what does not fit the tables.
 *
 * @example parseLine(["send", "--to", "小明", "你好"]).command.name === "send"
 */
export const parseLine = (words: readonly string[]): ParsedLine => {
  let found: ParsedLine | undefined;
  const program = buildParser(programSpec, [], words, (parsed) => {
    found = parsed;
  });
  try {
    program.parse([...words], { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? translateError(error, program) : error;
  }
  if (found === undefined) throw new CliProblem("own-fault", { reason: "no command parsed" }, 1);
  return found;
};

const buildParser = (
  spec: CommandSpec,
  above: readonly CommandSpec[],
  words: readonly string[],
  done: (parsed: ParsedLine) => void,
): Parser => {
  const path = [...above, spec];
  const parser = new Parser(spec.name)
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
    // The names of flags are kept as written; a `no-` flag is one of its own.
    .allowExcessArguments(true);
  for (const option of above.length === 0 ? globalOptions : spec.options) {
    // As with commands below: commander compares each flag with all before it.
    if (isTyped(option, words)) parser.addOption(toParserOption(option));
  }
  // All optional for the parser: `feiyan ask --help` must not fail for want of a text.
  parser.argument("[words...]");
  // Of a hundred commands with their flags only those can be meant whose names were typed; the first frame waits for all of this.
  for (const subcommand of spec.subcommands ?? []) {
    if (words.includes(subcommand.name)) parser.addCommand(buildParser(subcommand, path, words, done));
  }
  parser.action(() => {
    done(finish(path, parser));
  });
  return parser;
};

/** Whether a flag may be meant by what was typed. */
const isTyped = ({ flag, short }: OptionSpec, words: readonly string[]): boolean =>
  words.some(
    (word) =>
      word === `--${flag}` ||
      word.startsWith(`--${flag}=`) ||
      (short !== undefined && word.startsWith("-") && !word.startsWith("--") && word.includes(short)),
  );

const toParserOption = (option: OptionSpec): Option => {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const flags = `${short}--${option.flag}`;
  const kind = option.value;
  // Commander would turn `--no-check` into `check: false` with a default of true: what was not written must stay absent.
  const named = (parsed: Option): Option => {
    parsed.attributeName = () => option.flag;
    parsed.negate = false;
    return parsed;
  };
  switch (kind.kind) {
    case "switch":
      return named(new Option(flags));
    case "words":
      return named(new Option(`${flags} <words...>`));
    case "list":
      return named(new Option(`${flags} <text>`)).argParser(
        (text: string, before: readonly string[] | undefined) => [...(before ?? []), ...splitList(text)],
      );
    case "number":
      return named(new Option(`${flags} <number>`)).argParser((text) => toNumber(option.flag, text, kind));
    case "choice":
      return named(new Option(`${flags} <choice>`)).argParser((text) =>
        toChoice(option.flag, text, kind.members),
      );
    case "text":
      return named(new Option(`${flags} <text>`));
    default: {
      const never: never = kind;
      return never;
    }
  }
};

const splitList = (text: string): readonly string[] =>
  text
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

const toNumber = (
  flag: string,
  text: string,
  limits: { readonly min: number; readonly max: number; readonly fraction?: true },
): number => {
  const value = /^\d{1,10}(?:\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  const fits = value >= limits.min && value <= limits.max;
  if (fits && (limits.fraction === true || Number.isInteger(value))) return value;
  throw new CliProblem("bad-flag-value", {
    flag: `--${flag}`,
    got: text,
    expected: `${limits.min}-${limits.max}`,
  });
};

const toChoice = (flag: string, text: string, members: readonly string[]): string => {
  if (members.includes(text)) return text;
  throw new CliProblem("bad-flag-value", { flag: `--${flag}`, got: text, expected: members.join(", ") });
};

const finish = (path: readonly CommandSpec[], parser: Parser): ParsedLine => {
  const command = path.at(-1) ?? programSpec;
  const globals: Record<string, OptionValue> = rootOf(parser).opts();
  const settingFlags: Record<string, string | boolean | readonly string[]> = {};
  for (const option of globalOptions) {
    const value = globals[option.flag];
    if (option.setting === undefined || value === undefined || typeof value === "number") continue;
    settingFlags[option.setting] = option.flag.startsWith("no-") ? false : value;
  }
  const parsed: ParsedLine = {
    path,
    command,
    args: parser.args,
    options: parser.parent === null ? {} : parser.opts(),
    settingFlags,
    configFile: typeof globals["config"] === "string" ? globals["config"] : undefined,
    json: globals["json"] === true,
    quiet: globals["quiet"] === true,
    help: globals["help"] === true,
    version: globals["version"] === true,
  };
  if (!parsed.help && !parsed.version) checkArguments(parsed);
  return parsed;
};

const rootOf = (parser: Parser): Parser => (parser.parent === null ? parser : rootOf(parser.parent));

const checkArguments = ({ path, command, args }: ParsedLine): void => {
  const first = args[0];
  if (first !== undefined && command.subcommands !== undefined) throw unknownCommand(path, first);
  const takesAll = command.arguments.some((argument) => argument.variadic === true);
  const excess = args[command.arguments.length];
  if (!takesAll && excess !== undefined) throw new CliProblem("excess-argument", { argument: excess });
  const needed = command.arguments.findIndex(
    (argument, index) => argument.required && args[index] === undefined,
  );
  if (needed >= 0) throw new CliProblem("missing-argument", { argument: command.arguments[needed]?.name });
};

const unknownCommand = (path: readonly CommandSpec[], word: string): CliProblem => {
  const names = (path.at(-1)?.subcommands ?? []).map((command) => command.name);
  const before = path.slice(1).map((command) => `${command.name} `);
  return new CliProblem("unknown-command", {
    command: `${before.join("")}${word}`,
    nearest: nearestWith(word, names, before.join("")),
  });
};

const nearestWith = (word: string, names: readonly string[], prefix: string): string | undefined => {
  const nearest = findNearest(word, names);
  return nearest === undefined ? undefined : `${prefix}${nearest}`;
};

/** Commander's errors carry a code and, in quotes, the word that was wrong. */
const translateError = (error: CommanderError, program: Parser): CliProblem => {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      // A mistyped command makes its flags unknown too: name the command, it is the cause.
      const first = program.args[0] ?? "";
      const command = commandTable.find((each) => each.name === first);
      if (command === undefined && first !== "" && !first.startsWith("-"))
        return unknownCommand([programSpec], first);
      const sub = command?.subcommands?.find((each) => program.args.includes(each.name));
      const known = [...globalOptions, ...(command?.options ?? []), ...(sub?.options ?? [])];
      const flag = quoted.split("=", 1)[0] ?? quoted;
      return new CliProblem("unknown-flag", {
        flag,
        nearest: nearestWith(
          flag.replace(/^-+/, ""),
          known.map((option) => option.flag),
          "--",
        ),
      });
    }
    case "commander.optionMissingArgument":
      return new CliProblem("flag-needs-value", {
        flag: quoted.split(" ").find((part) => part.startsWith("--")),
      });
    default:
      return new CliProblem("own-fault", { reason: error.code }, 1);
  }
};
