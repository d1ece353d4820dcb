// Help pages from the command and flag tables, in the user's language, never wider than 80 columns. Called for `--help`, for
// `feiyan` without a terminal, and by the snapshot tests.
import type { TextKey, Translate } from "../i18n/catalogue.js";
import type { CommandSpec, OptionSpec } from "./command-spec.js";
import { globalOptions } from "./global-options.js";
import { measureWidth, padWidth, wrapWidth } from "./width.js";

const pageColumns = 80;
/** Terms wider than this stand on a row of their own. */
const widestTerm = 30;

type Row = readonly [term: string, summary: string];

/**
 * The help page of a command.
 *
 * @example formatHelp([programSpec], createTranslate("zh-CN"))
 */
export const formatHelp = (path: readonly CommandSpec[], text: Translate<TextKey>): string => {
  const command = path.at(-1);
  if (command === undefined) return "";
  const isProgram = path.length === 1;
  const blocks: string[] = [
    `${text("cli.help.usage")} ${formatUsage(path)}`,
    wrapWidth(text(command.summary) + formatAvailability(command, text), pageColumns).join("\n"),
  ];
  const commands = (command.subcommands ?? [])
    .filter((sub) => sub.hidden !== true)
    .map((sub): Row => [
      isProgram ? sub.name : [...path.slice(1), sub].map((each) => each.name).join(" "),
      text(sub.summary) + formatAvailability(sub, text),
    ]);
  const sections: readonly (readonly [TextKey, readonly Row[]])[] = [
    ["cli.help.commands", commands],
    ["cli.help.flags", command.options.filter(isShown).map((option) => optionRow(option, text))],
    [
      "cli.help.globalFlags",
      globalOptions
        .filter((option) => isShown(option) && option.common)
        .map((option) => optionRow(option, text)),
    ],
    [
      "cli.help.moreFlags",
      globalOptions
        .filter((option) => isProgram && isShown(option) && !option.common)
        .map((option) => optionRow(option, text)),
    ],
  ];
  for (const [heading, rows] of sections) {
    if (rows.length > 0) blocks.push([text(heading), ...formatRows(rows)].join("\n"));
  }
  if (command.options.some((option) => option.flag === "to"))
    blocks.push(formatNote("cli.help.targets", text));
  if (command.examples !== undefined) {
    blocks.push([text("cli.help.examples"), ...command.examples.map((example) => `  ${example}`)].join("\n"));
  }
  if (isProgram) blocks.push(formatNote("cli.help.more", text));
  return `${blocks.join("\n\n")}\n`;
};

const formatNote = (key: TextKey, text: Translate<TextKey>): string =>
  wrapWidth(text(key), pageColumns).join("\n");

const formatUsage = (path: readonly CommandSpec[]): string => {
  const command = path.at(-1);
  const parts = path.map((each) => each.name);
  if (command?.subcommands !== undefined) parts.push(command.run.kind === "group" ? "COMMAND" : "[COMMAND]");
  parts.push("[FLAG…]");
  for (const argument of command?.arguments ?? []) {
    const name = argument.name + (argument.variadic === true ? "…" : "");
    parts.push(argument.required === true ? name : `[${name}]`);
  }
  return parts.join(" ");
};

const formatAvailability = (command: CommandSpec, text: Translate<TextKey>): string => {
  switch (command.run.kind) {
    case "here":
    case "group":
      return command.needsInstance === true ? text("cli.help.needsInstance") : "";
    default: {
      const never: never = command.run;
      return never;
    }
  }
};

const isShown = (option: OptionSpec): boolean => option.hidden !== true;

const optionRow = (option: OptionSpec, text: Translate<TextKey>): Row => {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.placeholder === undefined ? "" : ` ${option.placeholder}`;
  return [`${short}--${option.flag}${value}`, text(option.summary)];
};

const formatRows = (rows: readonly Row[]): readonly string[] => {
  const widths = rows.map(([term]) => measureWidth(term)).filter((width) => width <= widestTerm);
  const termColumns = Math.max(...widths, 8);
  const indent = " ".repeat(termColumns + 4);
  return rows.flatMap(([term, summary]) => {
    const [first = "", ...others] = wrapWidth(summary, pageColumns - indent.length);
    const rest = others.map((row) => indent + row);
    return measureWidth(term) > termColumns
      ? [`  ${term}`, indent + first, ...rest]
      : [`  ${padWidth(term, termColumns)}  ${first}`.trimEnd(), ...rest];
  });
};
