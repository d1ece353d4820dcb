// Runs of the lab on simulated time, for tests.
import { parseImpairment } from "../../../src/index.js";
import { defaultExperiment, type Experiment } from "../../../src/lab/experiment.js";
import { createSimulatedParts } from "../../../src/lab/runner/lab-parts.js";
import type { LabOutcome, MeasurementOptions } from "../../../src/lab/runner/measurement.js";
import { createSimulation } from "../../../src/lab/runner/simulation.js";
import { openSolo } from "../../../src/lab/runner/solo.js";
import { createTestCrypto } from "../session/machines.js";

export function experiment(up: string, down: string, part: Partial<Experiment> = {}): Experiment {
  return { ...defaultExperiment, ...part, up: parseImpairment(up), down: parseImpairment(down) };
}

/** A solo run on simulated time. */
export async function simulate(
  what: Experiment,
  options: Partial<MeasurementOptions> = {},
): Promise<Extract<LabOutcome, { kind: "report" }> & { readonly elapsedMs: number }> {
  const simulation = createSimulation();
  const parts = createSimulatedParts(simulation.time, createTestCrypto());
  const startMs = simulation.time.clock.now();
  const solo = await simulation.run(openSolo(parts, { experiment: what, isSimulated: true, ...options }));
  const outcome = await simulation.run(solo.outcome);
  if (outcome.kind !== "report") throw new Error(`no report: ${JSON.stringify(outcome)}`);
  return { ...outcome, elapsedMs: simulation.time.clock.now() - startMs };
}
