// Whether there can be a screen at all; asked by the command line before it starts the application.

import type { TerminalInput, TerminalOutput } from "./streams.js";

/** Why there can be no screen here, or undefined when there can. */
export function terminalProblem(
  input: TerminalInput = process.stdin,
  output: TerminalOutput = process.stdout,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): "not-a-terminal" | "dumb-terminal" | undefined {
  if (input.isTTY !== true || output.isTTY !== true || input.setRawMode === undefined)
    return "not-a-terminal";
  return environment["TERM"] === "dumb" ? "dumb-terminal" : undefined;
}
