// `feiyan config show|path|check`: the effective settings with their origins, where the files are, and whether they are right.
import { existsSync } from "node:fs";
import { environmentNameOf, flagOf, settingKeys } from "../../config/schema.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { describeConfigProblem, formatProblem } from "../problem-text.js";
import { formatTable } from "../width.js";

export const showConfig = async ({ loaded, output, text }: CommandContext): Promise<number> => {
  const rows = settingKeys.map((key) => {
    const value = loaded.settings[key];
    const origin = loaded.origins[key];
    output.object("setting", { key, value, origin });
    const where = {
      flag: `--${flagOf(key)}`,
      environment: environmentNameOf(key),
      "config-file": loaded.configFile ?? "",
      "user-file": loaded.paths.configFile,
      default: "",
    }[origin];
    const from = text(`cli.origin.${origin}`);
    return [
      key,
      escapeControls(JSON.stringify(value)),
      where === "" ? from : `${from} ${escapeControls(where)}`,
    ];
  });
  for (const row of formatTable(rows)) output.line(row);
  return exitCodes.done;
};

export const showConfigPath = async ({ loaded, output, text }: CommandContext): Promise<number> => {
  const { configFile, dataDir, stateDir, cacheDir } = loaded.paths;
  const places = { configFile, dataDir, stateDir, cacheDir };
  const rows = Object.entries(places).map(([key, value]) => {
    const present = existsSync(value);
    output.object("setting", { key, value, origin: present ? "present" : "missing" });
    return [key, escapeControls(value), present ? "" : text("cli.config.missing")];
  });
  for (const row of formatTable(rows)) output.line(row);
  return exitCodes.done;
};

export const checkConfig = async ({ loaded, output, text }: CommandContext): Promise<number> => {
  for (const problem of loaded.problems) {
    const described = describeConfigProblem(problem, text);
    const place = { file: problem.file, line: problem.line, column: problem.column };
    output.object("error", { ...described, ...place, fields: problem.fields });
    if (!output.json) output.complain(formatProblem(described, text));
  }
  if (loaded.problems.length > 0) return exitCodes.usage;
  output.line(text("cli.config.fine", { file: escapeControls(loaded.paths.configFile) }));
  return exitCodes.done;
};

/** A path or a value may hold anything; JSON escapes C0 only. */
const escapeControls = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
