// What a lab screen shows and what it may ask for: plain data in both directions, so that a screen can be tested without a lab. Types
// only.
import type { Endpoint, Impairment } from "../../index.js";
import type { Plan } from "../class/class-messages.js";
import type { FoundClass } from "../class/student-run.js";
import type { StudentRow } from "../class/teacher-types.js";
import type { BacklogResult } from "../demos/backlog.js";
import type { ErrorCase } from "../demos/errors.js";
import type { HandshakeResult } from "../demos/handshake.js";
import type { OverflowResult } from "../demos/overflow.js";
import type { RealResult } from "../demos/real.js";
import type { SizeRow } from "../demos/sizes.js";
import type { StickyResult } from "../demos/sticky.js";
import type { Experiment } from "../experiment.js";
import type { LabSnapshot } from "../lab-run.js";
import type { LaneName } from "../lanes/lane.js";
import type { LaneResult } from "../lanes/lane-result.js";
import type { PlannedRace } from "../lanes/race-plan.js";
import type { StepOutcome } from "../lessons/run-lesson.js";
import type { LabReport } from "../report/report-shape.js";
import type { HandAct } from "../runner/hand.js";

/** Demonstrations, in the order in which a course would take them. */
export const demoNames = [
  "handshake",
  "backlog",
  "sticky",
  "overflow",
  "overflow-burst",
  "overflow-buffer",
  "sizes",
  "errors",
  "real",
] as const;

export type DemoName = (typeof demoNames)[number];

export type DemoResult =
  | { readonly kind: "handshake"; readonly result: HandshakeResult }
  | { readonly kind: "backlog"; readonly result: BacklogResult }
  | { readonly kind: "sticky"; readonly result: StickyResult }
  | { readonly kind: "overflow"; readonly result: OverflowResult; readonly wanted: OverflowWish }
  | {
      readonly kind: "sizes";
      readonly rows: readonly SizeRow[];
      readonly loss: number;
      readonly seed: string;
    }
  | { readonly kind: "errors"; readonly cases: readonly ErrorCase[] }
  | { readonly kind: "real"; readonly result: RealResult };

export interface OverflowWish {
  readonly datagrams: number;
  readonly ratePps: number;
  readonly sizeBytes: number;
  readonly serviceMs: number;
  readonly bufferBytes: number | null;
  readonly burst: number;
}

export interface RaceWish {
  readonly lanes: readonly LaneName[];
  readonly there: Impairment;
  readonly back: Impairment;
  readonly messages: number;
  readonly window: number;
  /** On the memory network: exact, at once. */
  readonly simulated: boolean;
}

export interface RaceSnapshot {
  readonly wish: RaceWish;
  readonly planned: PlannedRace;
  readonly isRunning: boolean;
  /** The lane on its way. */
  readonly current: { readonly lane: LaneName; readonly delivered: number; readonly sent: number } | null;
  readonly results: readonly LaneResult[];
}

export interface TeachingSnapshot {
  readonly name: string;
  /** Null: open to everybody on the network. */
  readonly code: string | null;
  readonly port: number;
  /** Of this machine, where students can reach it. */
  readonly addresses: readonly string[];
  readonly rows: readonly StudentRow[];
  readonly plan: "none" | "running" | "over";
  /** Datagrams that were not answered. */
  readonly refused: number;
}

export interface JoiningSnapshot {
  readonly state: "searching" | "choosing" | "joining" | "waiting" | "asked" | "running" | "silent";
  readonly classes: readonly FoundClass[];
  readonly className: string;
  readonly ordinal: number | null;
  /** The plan that is asked about, runs or ran last. */
  readonly plan: Plan | null;
  /** When a plan that is not answered begins, in milliseconds of the desk's clock from now. */
  readonly beginsInMs: number | null;
  readonly isRefused: boolean;
  readonly strip: string;
  readonly report: LabReport | null;
}

export interface DeskSnapshot {
  readonly run: LabSnapshot;
  readonly race: RaceSnapshot | null;
  /** The demonstration at work, and what each one came to last. */
  readonly runningDemo: DemoName | null;
  readonly demos: ReadonlyMap<DemoName, DemoResult>;
  /** `lesson/step` at work, and what each step came to last. */
  readonly runningStep: string | null;
  readonly steps: ReadonlyMap<string, StepOutcome>;
  readonly teaching: TeachingSnapshot | null;
  readonly joining: JoiningSnapshot | null;
}

/** What a screen may ask for. */
export type DeskWish =
  | { readonly kind: "start"; readonly experiment: Partial<Experiment> }
  | { readonly kind: "stop" | "pause" | "resume" | "step" }
  | { readonly kind: "hand"; readonly on: boolean }
  | { readonly kind: "act"; readonly id: number; readonly act: HandAct }
  | { readonly kind: "race"; readonly wish: RaceWish }
  | { readonly kind: "demo"; readonly name: DemoName }
  | { readonly kind: "lesson-step"; readonly lesson: string; readonly step: number }
  /** Ends the race, demonstration or lesson step at work. */
  | { readonly kind: "stop-bench" }
  | { readonly kind: "teach"; readonly name: string; readonly code: string | null; readonly port: number }
  | { readonly kind: "plan"; readonly experiment: Partial<Experiment>; readonly isPaired: boolean }
  | { readonly kind: "end-class" }
  | { readonly kind: "search"; readonly port: number }
  | { readonly kind: "join"; readonly to: Endpoint; readonly name: string; readonly code: string | null }
  | { readonly kind: "consent"; readonly yes: boolean }
  | { readonly kind: "leave" }
  | { readonly kind: "export"; readonly what: "run" | "race" | "class" | "student" };

/** The key of a lesson's step in `DeskSnapshot.steps`. */
export function stepKey(lesson: string, step: number): string {
  return `${lesson}/${step}`;
}

/** What came of a wish. */
export type DeskAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "exported"; readonly file: string }
  | {
      readonly kind: "refused";
      readonly why: "busy" | "nobody-joined" | "not-local" | "no-report" | "cannot-write";
      readonly detail?: string;
    };

export const done: DeskAnswer = { kind: "done" };
