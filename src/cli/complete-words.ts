// What may stand at the end of a command line that is being typed, from the tables of commands and flags. Knows no shell, no instance: the
// names of peers are handed in. Called by `feiyan complete`.
import { specOf } from "../config/schema.js";
import type { TextKey } from "../i18n/catalogue.js";
import type { CommandSpec, OptionSpec } from "./command-spec.js";
import { globalOptions, type GlobalOption } from "./global-options.js";

export interface Suggestion {
  readonly value: string;
  /** What it means: a text, a key of the catalogue, or nothing. */
  readonly note?: string;
  readonly summary?: TextKey;
}

export interface Completion {
  readonly suggestions: readonly Suggestion[];
  /** A path may stand there. */
  readonly wantsPath: boolean;
}

type AnyOption = OptionSpec | GlobalOption;

/** Arguments and flags that are somebody, or a path. */
const peerArguments: readonly string[] = ["T", "FROM", "INTO"];
const peerFlags: readonly string[] = ["to", "from", "tester", "with"];
const pathArguments: readonly string[] = ["PATH", "FILE"];
const pathFlags: readonly string[] = [
  "config",
  "file",
  "dir",
  "home",
  "log-file",
  "pcap",
  "keys",
  "download-dir",
];

/**
 * Everything that begins with the last of the words; the others say where it stands.
 *
 * @example completeWords(commandTable, ["daemon", "st"], []).suggestions // status, stop
 */
export function completeWords(
  commandTable: readonly CommandSpec[],
  words: readonly string[],
  peers: readonly Suggestion[],
): Completion {
  const last = words.at(-1) ?? "";
  const place = walk(commandTable, words.slice(0, -1));
  const joined = /^--([a-z-]+)=/.exec(last);
  const option =
    place.option ?? (joined === null ? undefined : place.options.find((one) => one.flag === joined[1]));
  const prefix = place.option === undefined ? (joined?.[0] ?? "") : "";
  if (option !== undefined) {
    const all = valuesOf(option, peers).map((one) => ({ ...one, value: `${prefix}${one.value}` }));
    return { suggestions: startingWith(all, last), wantsPath: pathFlags.includes(option.flag) };
  }
  if (last.startsWith("-") && !place.isText) {
    // Some fifty settings are flags of every command: all of them where none is named yet, or one is begun.
    const isAsked = place.isProgram || last.length > 2;
    const flags = place.options
      .filter((one) => one.hidden !== true && (isAsked || !("common" in one) || one.common))
      .map(({ flag, summary }) => ({ value: `--${flag}`, summary }));
    return { suggestions: startingWith(flags, last), wantsPath: false };
  }
  const { arguments: names } = place.command;
  const argument = names[place.positional] ?? (names.at(-1)?.variadic === true ? names.at(-1) : undefined);
  const name = argument?.name ?? "";
  const choices = name.includes("|") ? name.split("|").map((value) => ({ value })) : [];
  const commands = place.subcommands
    .filter(({ hidden }) => hidden !== true)
    .map((spec) => ({ value: spec.name, summary: spec.summary }));
  const found = [...commands, ...choices, ...(peerArguments.includes(name) ? peers : [])];
  return { suggestions: startingWith(found, last), wantsPath: pathArguments.includes(name) };
}

interface Place {
  readonly command: Pick<CommandSpec, "arguments">;
  /** Empty once an argument has come. */
  readonly subcommands: readonly CommandSpec[];
  readonly options: readonly AnyOption[];
  /** The flag whose value stands next. */
  readonly option: AnyOption | undefined;
  /** No command has come yet. */
  readonly isProgram: boolean;
  /** How many arguments have come. */
  readonly positional: number;
  /** After `--` nothing is a flag. */
  readonly isText: boolean;
}

/** Where the words before the last lead. */
function walk(commandTable: readonly CommandSpec[], words: readonly string[]): Place {
  let command: Pick<CommandSpec, "arguments"> = { arguments: [] };
  let subcommands = commandTable;
  let options: readonly AnyOption[] = globalOptions;
  let option: AnyOption | undefined;
  let positional = 0;
  let isText = false;
  let isProgram = true;
  for (const word of words) {
    if (!isText && word.startsWith("-") && word !== "-") {
      isText = word === "--";
      option = options.find(({ flag, short }) => `--${flag}` === word || `-${short}` === word);
      if (option?.value.kind === "switch") option = undefined;
    } else if (option !== undefined) {
      // Some flags take several words, to the next flag.
      if (option.value.kind !== "words") option = undefined;
    } else {
      const next = isText ? undefined : subcommands.find(({ name }) => name === word);
      if (next === undefined) {
        positional += 1;
        subcommands = [];
      } else {
        command = next;
        isProgram = false;
        subcommands = next.subcommands ?? [];
        options = [...next.options, ...globalOptions];
      }
    }
  }
  return { command, subcommands, options, option, isProgram, positional, isText };
}

function startingWith(all: readonly Suggestion[], last: string): readonly Suggestion[] {
  return all.filter(({ value }) => value.startsWith(last));
}

function valuesOf(option: AnyOption, peers: readonly Suggestion[]): readonly Suggestion[] {
  if (peerFlags.includes(option.flag)) return peers;
  const { value } = option;
  if (value.kind === "choice") return value.members.map((member) => ({ value: member }));
  if (!("setting" in option) || option.setting === undefined) return [];
  const { kind, range } = specOf(option.setting);
  return kind === "choice" && range !== undefined
    ? range.split(", ").map((member) => ({ value: member }))
    : [];
}
