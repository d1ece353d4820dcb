// `feiyan man`: the manual page in roff, from the same tables as parsing and help.
import { environmentNameOf, specOf } from "../../config/schema.js";
import type { TextKey, Translate } from "../../i18n/catalogue.js";
import type { Command, CommandSpec, OptionSpec } from "../command-spec.js";
import { exitCodes } from "../exit-code.js";
import { globalOptions } from "../global-options.js";
import { readVersion } from "../version.js";

/** The table comes from outside: it names this command too. */
export const createManual =
  (commandTable: readonly CommandSpec[]): Command =>
  async (context) => {
    const version = readVersion(context.surroundings.packageDir);
    context.surroundings.stdout.write(formatManual(commandTable, context.text, version));
    return exitCodes.done;
  };

/** The whole page. */
const formatManual = (
  commandTable: readonly CommandSpec[],
  text: Translate<TextKey>,
  version: string,
): string => {
  const lines = [
    `.TH FEIYAN 1 "" "feiyan ${roff(version)}"`,
    `.SH ${roff(text("cli.man.name"))}`,
    `feiyan \\- ${roff(text("cli.summary.program"))}`,
    `.SH ${roff(text("cli.man.commands"))}`,
    ...commandTable.flatMap((spec) => commandLines(spec, "feiyan", text)),
    `.SH ${roff(text("cli.man.flags"))}`,
    ...globalOptions
      .filter(isShown)
      .flatMap((option) => [
        ...optionLines(option, text),
        ...(option.setting === undefined
          ? []
          : [
              `(\\fB${roff(environmentNameOf(option.setting))}\\fR, \\fB${roff(option.setting)}\\fR${
                specOf(option.setting).range === undefined
                  ? ""
                  : `: ${roff(specOf(option.setting).range ?? "")}`
              })`,
            ]),
      ]),
    `.SH ${roff(text("cli.man.exit"))}`,
    ...text("cli.man.exitCodes")
      .split("\n")
      .flatMap((row) => [".br", roff(row)]),
  ];
  return `${lines.join("\n")}\n`;
};

const commandLines = (spec: CommandSpec, before: string, text: Translate<TextKey>): readonly string[] => {
  if (spec.hidden === true) return [];
  const path = `${before} ${spec.name}`;
  const words = spec.arguments.map(({ name, required, variadic }) => {
    const shown = `${name}${variadic === true ? "…" : ""}`;
    return required === true ? shown : `[${shown}]`;
  });
  return [
    ".TP",
    `\\fB${roff(path)}\\fR ${roff(words.join(" "))}`.trimEnd(),
    roff(text(spec.summary)),
    ...(spec.options.length === 0
      ? []
      : [".RS", ...spec.options.filter(isShown).flatMap((option) => optionLines(option, text)), ".RE"]),
    ...(spec.examples ?? []).flatMap((example) => [".RS", ".nf", roff(example), ".fi", ".RE"]),
    ...(spec.subcommands ?? []).flatMap((sub) => commandLines(sub, path, text)),
  ];
};

const optionLines = (option: OptionSpec, text: Translate<TextKey>): readonly string[] => [
  ".TP",
  `${option.short === undefined ? "" : `\\fB\\-${option.short}\\fR, `}\\fB\\-\\-${roff(option.flag)}\\fR${
    option.placeholder === undefined ? "" : ` \\fI${roff(option.placeholder)}\\fR`
  }`,
  roff(text(option.summary)),
];

const isShown = (option: OptionSpec): boolean => option.hidden !== true;

/** Text in which nothing is a command of roff. */
const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("\n", " ")
    .replace(/^([.'])/, "\\&$1");
