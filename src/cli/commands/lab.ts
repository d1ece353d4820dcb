// `feiyan lab` without a subcommand: the lab's screen, where one is given and a terminal can show it; else help, as for any group.
import type { CommandSpec } from "../command-spec.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { formatHelp } from "../help.js";

/** Opens the screen and resolves with the exit code when it is left. */
export type OpenLabScreen = (context: CommandContext) => Promise<number>;

const program: CommandSpec = {
  name: "feiyan",
  arguments: [],
  options: [],
  summary: "cli.summary.program",
  run: { kind: "group" },
};

/** The command with a screen behind it, or with none: then it explains itself on stderr and ends as a wrong usage. */
export const createLab =
  (openScreen: OpenLabScreen | null, subcommands: readonly CommandSpec[]) =>
  async (context: CommandContext): Promise<number> => {
    const { stdin, stdout, stderr } = context.surroundings;
    if (openScreen !== null && stdin.isTTY === true && stdout.isTTY === true)
      return await openScreen(context);
    const lab: CommandSpec = { ...program, name: "lab", summary: "cli.summary.lab", subcommands };
    stderr.write(formatHelp([program, lab], context.text));
    return exitCodes.usage;
  };
