// Runs a lesson step by step: asks, waits for whoever leads it, measures, compares with the expected band, says why. Knows no
// terminal: what is shown and what is waited for are the caller's. Called by the command and the lesson screen.
import { runExperiment } from "./run-experiment.js";
import type { Expectation, Lesson, LessonStep, LessonStrip, Measurement } from "./lesson.js";

export interface Comparison extends Expectation {
  readonly measured: number;
  readonly holds: boolean;
}

export type StepOutcome =
  | {
      readonly kind: "measured";
      readonly measurement: Measurement;
      /** Datagram by datagram; empty where single ones cannot be told apart. */
      readonly strips: readonly LessonStrip[];
      readonly comparisons: readonly Comparison[];
      /** Every number is where it was predicted. */
      readonly holds: boolean;
    }
  /** This system cannot show it. */
  | { readonly kind: "not-here" };

export interface LessonHooks {
  /** Before the experiment: show the question; resolve when it may run, with false to stop the lesson. */
  ready(step: LessonStep, index: number): Promise<boolean>;
  /** After it. */
  done(step: LessonStep, index: number, outcome: StepOutcome): Promise<void> | void;
}

/** Runs one step. */
export async function runStep(step: LessonStep): Promise<StepOutcome> {
  const found = await runExperiment(step.experiment);
  if (found === null) return { kind: "not-here" };
  const { numbers: measurement, strips } = found;
  const comparisons = step.expected.flatMap((expectation): readonly Comparison[] => {
    const measured = measurement[expectation.what];
    // A counter that this system does not have is left out; a wrong name is caught by the test of the lessons.
    if (measured === undefined) return [];
    return [{ ...expectation, measured, holds: measured >= expectation.lo && measured <= expectation.hi }];
  });
  const holds = comparisons.every((one) => one.holds);
  return { kind: "measured", measurement, strips, comparisons, holds };
}

/** Runs all steps; gives how many were outside their band. */
export async function runLesson(lesson: Lesson, hooks: LessonHooks): Promise<number> {
  let outside = 0;
  for (const [index, step] of lesson.steps.entries()) {
    if (!(await hooks.ready(step, index))) break;
    const outcome = await runStep(step);
    if (outcome.kind === "measured" && !outcome.holds) outside += 1;
    await hooks.done(step, index, outcome);
  }
  return outside;
}
