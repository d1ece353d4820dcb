// What was chosen for a run of the lab as an experiment, and the steps its numbers go in.
import { parseImpairment } from "../index.js";
import type { Experiment } from "../lab/experiment.js";
import type { LabField, LabWish } from "./ui-state.js";

/** Values in reach of one key; odd ones are for the command line. */
export const labSteps: Readonly<Record<LabField, readonly number[]>> = {
  lossUp: [0, 1, 2, 5, 10, 20, 30, 50, 75],
  lossDown: [0, 1, 2, 5, 10, 20, 30, 50, 75],
  delayMs: [0, 1, 5, 20, 50, 100, 200],
  duplicate: [0, 1, 5, 10, 25],
  n: [50, 100, 200, 500, 1_000, 2_000, 5_000],
  ratePps: [5, 10, 20, 50, 100, 200, 500, 1_000],
  sizeBytes: [64, 128, 512, 1_024, 1_400, 4_096, 16_384],
};

export function experimentOf(wish: LabWish): Partial<Experiment> {
  const up = [`loss=${wish.lossUp}%`, `delay=${wish.delayMs}ms`, `dup=${wish.duplicate}%`];
  return {
    up: parseImpairment(up.filter((part) => !/=0(?:%|ms)$/.test(part)).join(",")),
    down: parseImpairment(wish.lossDown === 0 ? "" : `loss=${wish.lossDown}%`),
    n: wish.n,
    ratePps: wish.ratePps,
    sizeBytes: wish.sizeBytes,
  };
}
