// `feiyan lab solo`: sender, relay and echo on this machine; with `--simulate` in memory, with `--hand` by hand.
import { reduceExperiment } from "../../../lab/experiment.js";
import { createLabRun, type LabRun } from "../../../lab/lab-run.js";
import { createLabParts, createSimulatedParts } from "../../../lab/runner/lab-parts.js";
import { createSimulation } from "../../../lab/runner/simulation.js";
import { hasFlag, type CommandContext, textFlag } from "../../context.js";
import { CliProblem } from "../../problem.js";
import { watchHand } from "./hand-keys.js";
import { isPreciseRun, sayReductions } from "./granted.js";
import { experimentOf, isLineNamed } from "./lab-flags.js";
import { measure } from "./measure.js";

/** Both ways. */
const usualLine = "loss=5%";

export const labSolo = async (context: CommandContext): Promise<number> => {
  const wantsHand = hasFlag(context, "hand");
  const simulate = hasFlag(context, "simulate");
  if (wantsHand && simulate) throw new CliProblem("flags-conflict", { flags: "--hand, --simulate" });
  // Where nothing is said about the line, it is one that shows something; a hand decides alone.
  const usual = wantsHand || isLineNamed(context) ? "" : usualLine;
  const { experiment, reductions } = reduceExperiment(experimentOf(context, usual), "loopback");
  sayReductions(context, reductions);
  const common = {
    experiment,
    keepsDatagrams: textFlag(context, "csv") !== undefined || textFlag(context, "save") !== undefined,
    ...(hasFlag(context, "impair-control") ? { impairControl: true } : {}),
  };
  if (!simulate) {
    const lab = createLabRun({
      ...common,
      parts: createLabParts({ precise: isPreciseRun(context, experiment) }),
    });
    return await measure(context, lab, "127.0.0.1", wantsHand ? watchHand(context) : undefined);
  }
  const simulation = createSimulation(Date.now());
  const lab = createLabRun({ ...common, isSimulated: true, parts: createSimulatedParts(simulation.time) });
  const simulated: LabRun = { ...lab, start: () => simulation.run(lab.start()) };
  return await measure(context, simulated, "127.0.0.1");
};
