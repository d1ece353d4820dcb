// One call of the program from words to exit code: language, parsing, settings, the command, and every error in one form. Knows no
// command; loads the one that is meant.
import { loadSettings, type LoadedSettings } from "../config/load.js";
import {
  chooseLanguage,
  createTranslate,
  type Language,
  type TextKey,
  type Translate,
} from "../i18n/catalogue.js";
import type { CommandContext, Surroundings } from "./context.js";
import { exitCodeOf, exitCodes } from "./exit-code.js";
import { formatHelp } from "./help.js";
import { createOutput, type Output } from "./output.js";
import { parseLine, programSpec, type ParsedLine } from "./parse.js";
import { CliProblem } from "./problem.js";
import { describeConfigProblem, describeProblem, formatProblem, type ProblemText } from "./problem-text.js";
import { readVersion } from "./version.js";

/** Runs one command line and resolves with the exit code; never rejects. */
export const runCommandLine = async (surroundings: Surroundings): Promise<number> => {
  const { words, environment, stdout, stderr } = surroundings;
  // Before anything is parsed: an unknown flag is reported in the right language and form too.
  let language = guessLanguage(words, environment);
  let output = createOutput({
    json: words.includes("--json"),
    quiet: false,
    stdout,
    stderr,
    now: Date.now,
  });
  try {
    const parsed = parseLine(words);
    output = createOutput({ json: parsed.json, quiet: parsed.quiet, stdout, stderr, now: Date.now });
    const readSettings = (): LoadedSettings =>
      loadSettings({ flags: parsed.settingFlags, environment, configFile: parsed.configFile });
    const loaded = readSettings();
    if (loaded.origins.lang !== "default") language = loaded.settings.lang;
    const text = createTranslate(language);
    if (parsed.version) {
      stdout.write(`feiyan ${readVersion(surroundings.packageDir)}\n`);
      return exitCodes.done;
    }
    if (parsed.help) {
      stdout.write(formatHelp(parsed.path, text));
      return exitCodes.done;
    }
    return await runParsed(parsed, loaded, {
      language,
      text,
      output,
      surroundings,
      readSettings,
    });
  } catch (error) {
    return await report(error, output, createTranslate(language));
  }
};

interface Common {
  readonly language: Language;
  readonly text: Translate<TextKey>;
  readonly output: Output;
  readonly surroundings: Surroundings;
  readonly readSettings: () => LoadedSettings;
}

const runParsed = async (parsed: ParsedLine, loaded: LoadedSettings, common: Common): Promise<number> => {
  const { command } = parsed;
  const name = parsed.path
    .slice(1)
    .map((each) => each.name)
    .join(" ");
  const isChat = command === programSpec || command.name === "chat";
  if (!isChat && name !== "config check" && loaded.problems.length > 0) {
    return reportSettings(loaded, common);
  }
  switch (command.run.kind) {
    case "group":
      common.surroundings.stderr.write(formatHelp(parsed.path, common.text));
      return exitCodes.usage;
    case "here": {
      const run = await command.run.load();
      const context: CommandContext = {
        ...common,
        args: parsed.args,
        options: parsed.options,
        loaded,
        settings: loaded.settings,
      };
      return await run(context);
    }
    default: {
      const never: never = command.run;
      return never;
    }
  }
};

const reportSettings = (loaded: LoadedSettings, { text, output }: Common): number => {
  for (const problem of loaded.problems) {
    writeProblem(describeConfigProblem(problem, text), { ...problem.fields }, output, text);
  }
  return exitCodes.usage;
};

const writeProblem = (
  problem: ProblemText,
  fields: Readonly<Record<string, unknown>>,
  output: Output,
  text: Translate<TextKey>,
): void => {
  output.object("error", { ...problem, fields });
  if (!output.json) output.complain(formatProblem(problem, text));
};

/** Prints an error once, in the user's language, and gives its exit code. */
const report = async (error: unknown, output: Output, text: Translate<TextKey>): Promise<number> => {
  if (error instanceof CliProblem) {
    // Somebody who pipes the chat screen needs to know what else there is.
    if (error.code === "no-terminal" && !output.json) {
      output.complain(formatHelp([programSpec], text).trimEnd());
      return error.exitCode;
    }
    writeProblem(describeProblem(error.code, error.fields, text), error.fields, output, text);
    return error.exitCode;
  }
  // Loaded here only: a wrong flag must not wait for the library.
  const { FeiyanError } = await import("../index.js");
  if (error instanceof FeiyanError) {
    writeProblem(describeProblem(error.code, error.fields, text), error.fields, output, text);
    return exitCodeOf(error.code);
  }
  const reason = error instanceof Error ? error.message : String(error);
  writeProblem(describeProblem("own-fault", { reason }, text), { reason }, output, text);
  if (error instanceof Error && error.stack !== undefined) output.complain(error.stack);
  return exitCodes.ownFault;
};

const guessLanguage = (words: readonly string[], environment: Surroundings["environment"]): Language => {
  const at = words.indexOf("--lang");
  const joined = words.find((word) => word.startsWith("--lang="))?.slice("--lang=".length);
  return chooseLanguage([
    joined ?? (at < 0 ? undefined : words[at + 1]),
    environment["FEIYAN_LANG"],
    environment["LC_ALL"],
    environment["LC_MESSAGES"],
    environment["LANG"],
  ]);
};
