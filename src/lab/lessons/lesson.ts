// A lesson as data: a page of text and steps, each with a question, a prediction, an experiment, the band its measurement must fall
// into, and one sentence why. In both languages. Run by `run-lesson`; a test runs every step.
import type { Language } from "../../i18n/catalogue.js";
import type { LessonExperiment } from "./lesson-experiment.js";

export type LocalText = Readonly<Record<Language, string>>;

/** What a run measured, by name; every name stands in the step's bands or is shown only. */
export type Measurement = Readonly<Record<string, number>>;

/** One letter per datagram of a run, as in the lab's strip. */
export interface LessonStrip {
  /** Of a run that is one of several. */
  readonly seed: string | null;
  readonly cells: string;
}

/** What an experiment gives: numbers, and where single datagrams can be told apart, what became of each. */
export interface Measured {
  readonly numbers: Measurement;
  readonly strips: readonly LessonStrip[];
}

export interface Expectation {
  /** A name of the measurement. */
  readonly what: string;
  readonly lo: number;
  readonly hi: number;
}

export interface LessonStep {
  readonly name: string;
  /** Minute of the lesson at which it begins. */
  readonly minute?: number;
  readonly title: LocalText;
  readonly question: LocalText;
  /** What a good guess would say. */
  readonly prediction: LocalText;
  /** The command that does the same by hand. */
  readonly command: string;
  readonly experiment: LessonExperiment;
  readonly expected: readonly Expectation[];
  /** One sentence. */
  readonly why: LocalText;
}

export interface Lesson {
  readonly name: string;
  readonly title: LocalText;
  readonly text: LocalText;
  readonly steps: readonly LessonStep[];
}
