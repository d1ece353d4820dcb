// What of a wish is granted before a run begins, and the remark where it is less: numbers above the limits, `--precise` for long.
import type { Experiment, Reduction } from "../../../lab/experiment.js";
import { hasFlag, type CommandContext } from "../../context.js";
import { labText } from "./measure.js";

/** Spinning keeps a core busy. */
const mostPreciseSeconds = 10;

/** Whether this run is paced by spinning; says so when it was wanted and is not done. */
export const isPreciseRun = (context: CommandContext, { n, ratePps }: Experiment): boolean => {
  if (!hasFlag(context, "precise")) return false;
  if (n / ratePps <= mostPreciseSeconds) return true;
  context.output.remark(` ${labText(context)("run.notPrecise", { seconds: mostPreciseSeconds })}`);
  return false;
};

/** What the limits made smaller. */
export const sayReductions = (context: CommandContext, reductions: readonly Reduction[]): void => {
  const text = labText(context);
  for (const reduction of reductions) context.output.remark(` ${text("run.reduced", { ...reduction })}`);
};
