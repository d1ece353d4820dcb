// `feiyan completion SHELL` prints a script; the shell then calls `feiyan complete -- WORDS…` at each Tab. Commands, flags and choices
// come from the command table, names of peers from the running instance, when there is one and it answers at once.
import { RootCommand, script, type Command as CompletedCommand, type OptionHandler } from "@bomb.sh/tab";
import { settingSpecs, specOf } from "../../config/schema.js";
import { locatePaths } from "../../config/paths.js";
import { peerName, safeText } from "../../index.js";
import type { TextKey, Translate } from "../../i18n/catalogue.js";
import type { Command, CommandSpec, OptionSpec } from "../command-spec.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { globalOptions, type GlobalOption } from "../global-options.js";
import { CliProblem } from "../problem.js";
import { findInstance } from "../session.js";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

/** Arguments that are somebody. */
const peerArguments: readonly string[] = ["T", "FROM", "INTO"];

export const printCompletion = async (context: CommandContext): Promise<number> => {
  const shell = shells.find((one) => one === context.args[0]);
  if (shell === undefined) {
    const got = context.args[0] ?? "";
    throw new CliProblem("bad-flag-value", { flag: "SHELL", got, expected: shells.join(", ") });
  }
  const made = captured(() => script(shell, "feiyan", "feiyan"));
  context.surroundings.stdout.write(shell === "bash" ? withoutPackage(made) : made);
  return exitCodes.done;
};

/** The table comes from outside: it names this command too. */
export const createComplete =
  (commandTable: readonly CommandSpec[]): Command =>
  async (context) => {
    const words = [...context.args];
    const names = await peerNames(meant(context, words));
    const root = new RootCommand();
    for (const option of globalOptions) addOption(root, option, names, context.text);
    for (const spec of commandTable) addCommand(root, spec, "", names, context.text);
    // Directive 0: the shell's own completion of file names.
    const answer = wantsPath(words) ? ":0\n" : captured(() => root.parse(words));
    context.surroundings.stdout.write(answer);
    return exitCodes.done;
  };

const addCommand = (
  root: RootCommand,
  spec: CommandSpec,
  before: string,
  names: readonly string[],
  text: Translate<TextKey>,
): void => {
  if (spec.hidden === true) return;
  const path = before === "" ? spec.name : `${before} ${spec.name}`;
  const command = root.command(path, text(spec.summary));
  for (const option of [...spec.options, ...globalOptions]) addOption(command, option, names, text);
  for (const argument of spec.arguments) {
    command.argument(argument.name, (tell) => {
      if (peerArguments.includes(argument.name)) for (const name of names) tell(name, "");
      if (argument.name.includes("|")) for (const word of argument.name.split("|")) tell(word, "");
    });
  }
  for (const sub of spec.subcommands ?? []) addCommand(root, sub, path, names, text);
};

const addOption = (
  command: CompletedCommand,
  option: OptionSpec | GlobalOption,
  names: readonly string[],
  text: Translate<TextKey>,
): void => {
  if (option.hidden === true) return;
  const summary = text(option.summary);
  if (option.value.kind === "switch") {
    command.option(option.flag, summary, option.short ?? "");
    return;
  }
  const handler: OptionHandler = (tell) => {
    for (const value of valuesOf(option, names)) tell(value, "");
  };
  command.option(option.flag, summary, handler, option.short);
};

const valuesOf = (option: OptionSpec | GlobalOption, names: readonly string[]): readonly string[] => {
  if (option.flag === "to" || option.flag === "from" || option.flag === "tester") return names;
  if (option.value.kind === "choice") return option.value.members;
  const key = "setting" in option ? option.setting : undefined;
  if (key === undefined || !(key in settingSpecs)) return [];
  const { kind, range } = specOf(key);
  return kind === "choice" && range !== undefined ? range.split(", ") : [];
};

/** The instance that the line being written is about: its own `--home` and `--port` count. */
const meant = (context: CommandContext, words: readonly string[]): CommandContext => {
  const valueOf = (flag: string): string | undefined => {
    const at = words.indexOf(flag);
    const joined = words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
    return joined ?? (at < 0 || at >= words.length - 1 ? undefined : words[at + 1]);
  };
  const [home, port] = [valueOf("--home"), Number(valueOf("--port"))];
  const { loaded, settings } = context;
  return {
    ...context,
    ...(home === undefined ? {} : { loaded: { ...loaded, paths: locatePaths(home) } }),
    settings: {
      ...settings,
      home: home ?? settings.home,
      port: Number.isInteger(port) && port > 0 ? port : settings.port,
    },
  };
};

/** Nicknames that can be written as they are; others would need quotes that each shell wants differently. */
const peerNames = async (context: CommandContext): Promise<readonly string[]> => {
  const attached = await findInstance(context).catch(() => null);
  if (attached === null) return [];
  try {
    const present = attached.node.peers().filter((peer) => peer.state !== "offline");
    return [...new Set(present.map((peer) => safeText(peerName(peer), { newlines: "space" })))].filter(
      (name) => /^[^\s'"`$\\|&;<>()*?[\]{}!#~=:,，]+$/u.test(name),
    );
  } finally {
    await attached.node.close();
  }
};

/** Flags whose value is a path; the package knows none. */
const pathFlags = ["--config", "--file", "--dir", "--home", "--log-file", "--pcap", "--keys"];

const wantsPath = (words: readonly string[]): boolean => {
  const before = words.slice(0, -1).filter((word) => !word.startsWith("-"));
  return pathFlags.includes(words.at(-2) ?? "") || before.join(" ") === "config template";
};

/**
 * The package's bash script leans on the functions of bash-completion, which is not installed everywhere, and cannot be read twice in one
 * shell because its constants are read-only.
 */
const withoutPackage = (made: string): string => `${bashWords}\n${made.replaceAll(/^readonly /gm, "")}`;

const bashWords = `# Where bash-completion is not installed: the words as bash has cut them.
if ! declare -F _get_comp_words_by_ref > /dev/null; then
    _get_comp_words_by_ref() {
        cur="\${COMP_WORDS[COMP_CWORD]}"
        prev="\${COMP_WORDS[COMP_CWORD-1]}"
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
    }
fi`;

/** The package prints by itself. */
const captured = (run: () => void): string => {
  /* oxlint-disable no-console -- the package knows no other way out */
  const { log } = console;
  let printed = "";
  console.log = (...parts: unknown[]) => {
    printed += `${parts.join(" ")}\n`;
  };
  try {
    run();
  } finally {
    console.log = log;
  }
  /* oxlint-enable no-console */
  return printed;
};
