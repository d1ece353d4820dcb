// What the screen would make of this terminal without asking it anything: whether it can be shown, and in how many colours. Called by
// the command line's `doctor`.
import { colourDepth } from "./paint/style.js";
import { terminalProblem } from "./paint/terminal-problem.js";

export interface TerminalFacts {
  /** Why there can be no screen; null when there can. */
  readonly problem: string | null;
  /** `none`, `16` or `256`. */
  readonly colours: string;
}

export function terminalFacts(environment: Readonly<Record<string, string | undefined>>): TerminalFacts {
  const problem = terminalProblem(process.stdin, process.stdout, environment);
  return { problem: problem ?? null, colours: colourDepth(environment) };
}
