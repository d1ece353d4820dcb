// A lab's desk made of plain data, for views and updates: nothing runs, a test says what is there.
import type { DeskSnapshot } from "../../../src/lab/desk/desk-types.js";
import { defaultExperiment } from "../../../src/lab/experiment.js";
import type { LabSnapshot } from "../../../src/lab/lab-run.js";
import type { World } from "../../../src/tui/world.js";

export const idleRun: LabSnapshot = {
  state: "ready",
  experiment: defaultExperiment,
  prediction: { upLost: { lo: 16, hi: 35, level: 0.95 }, downLost: { lo: 15, hi: 33, level: 0.95 } },
  strip: "",
  sent: 0,
  answered: 0,
  copies: 0,
  arrivedThere: 0,
  live: { up: { n: 0, lost: 0 }, down: { n: 0, lost: 0 } },
  rttUs: null,
  histogramUs: [],
  held: [],
  isHandOn: false,
  report: null,
  failure: null,
};

/** A run on its way. */
export const runningRun: LabSnapshot = {
  ...idleRun,
  state: "running",
  strip: "..u.d.l.2.?".repeat(20),
  sent: 220,
  answered: 180,
  copies: 20,
  arrivedThere: 200,
  live: { up: { n: 219, lost: 20 }, down: { n: 199, lost: 19 } },
  rttUs: { p50: 430, p95: 1_290, max: 12_000 },
  histogramUs: [
    [400, 20],
    [800, 120],
    [1_600, 38],
  ],
};

export const idleDesk: DeskSnapshot = {
  run: idleRun,
  race: null,
  runningDemo: null,
  demos: new Map(),
  runningStep: null,
  steps: new Map(),
  teaching: null,
  joining: null,
};

export function desk(part: Partial<DeskSnapshot> = {}): NonNullable<World["lab"]> {
  return { snapshot: () => ({ ...idleDesk, ...part }) };
}
