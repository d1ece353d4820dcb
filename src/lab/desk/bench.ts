// The part of the desk that runs one thing at a time: a race, a demonstration, a step of a lesson. Keeps what each came to, so that a
// screen can go away and come back. Knows no screen.
import { runBacklog } from "../demos/backlog.js";
import { runErrors } from "../demos/errors.js";
import { runHandshake } from "../demos/handshake.js";
import { runOverflow } from "../demos/overflow.js";
import { runReal } from "../demos/real.js";
import { runSizes } from "../demos/sizes.js";
import { runSticky } from "../demos/sticky.js";
import { planRace } from "../lanes/race-plan.js";
import { runRace } from "../lanes/race.js";
import { lessonNamed } from "../lessons/lesson-table.js";
import { runStep, type StepOutcome } from "../lessons/run-lesson.js";
import {
  done,
  stepKey,
  type DeskAnswer,
  type DemoName,
  type DemoResult,
  type DeskSnapshot,
  type OverflowWish,
  type RaceSnapshot,
  type RaceWish,
} from "./desk-types.js";

export interface Bench {
  snapshot(): Pick<DeskSnapshot, "race" | "runningDemo" | "demos" | "runningStep" | "steps">;
  race(wish: RaceWish): Promise<DeskAnswer>;
  demo(name: DemoName): Promise<DeskAnswer>;
  lessonStep(lesson: string, step: number): Promise<DeskAnswer>;
  stop(): void;
}

const steady: OverflowWish = {
  datagrams: 2_000,
  ratePps: 1_000,
  sizeBytes: 1_000,
  serviceMs: 2,
  bufferBytes: null,
  burst: 1,
};

export function createBench(changed: () => void): Bench {
  const demos = new Map<DemoName, DemoResult>();
  const steps = new Map<string, StepOutcome>();
  let race: RaceSnapshot | null = null;
  let runningDemo: DemoName | null = null;
  let runningStep: string | null = null;
  let atWork: AbortController | null = null;

  async function alone(work: (stop: AbortSignal) => Promise<void>): Promise<DeskAnswer> {
    // One after the other: two at a time would disturb each other's times.
    if (atWork !== null) return { kind: "refused", why: "busy" };
    atWork = new AbortController();
    const { signal } = atWork;
    changed();
    try {
      await work(signal);
      return done;
    } finally {
      atWork = null;
      changed();
    }
  }

  return {
    snapshot: () => ({ race, runningDemo, demos, runningStep, steps }),
    race: (wish) =>
      alone(async (stop) => {
        const planned = planRace({ messages: wish.messages, window: wish.window }, wish.there, wish.back);
        const begun: RaceSnapshot = { wish, planned, isRunning: true, current: null, results: [] };
        race = begun;
        let now = begun;
        const show = (part: Partial<RaceSnapshot>): void => {
          now = { ...now, ...part };
          race = now;
          changed();
        };
        try {
          await runRace({
            ...wish,
            plan: planned.plan,
            stop,
            moved: (lane, delivered, sent) => show({ current: { lane, delivered, sent } }),
            ended: (result) => show({ current: null, results: [...now.results, result] }),
          });
        } finally {
          show({ isRunning: false, current: null });
        }
      }),
    demo: (name) =>
      alone(async (stop) => {
        runningDemo = name;
        changed();
        try {
          demos.set(name, await runDemo(name, stop));
        } finally {
          runningDemo = null;
        }
      }),
    lessonStep: (lesson, step) =>
      alone(async () => {
        const found = lessonNamed(lesson)?.steps[step];
        if (found === undefined) return;
        runningStep = stepKey(lesson, step);
        changed();
        try {
          steps.set(runningStep, await runStep(found));
        } finally {
          runningStep = null;
        }
      }),
    stop: () => atWork?.abort(),
  };
}

async function overflow(wanted: OverflowWish, stop: AbortSignal): Promise<DemoResult> {
  return { kind: "overflow", wanted, result: await runOverflow({ ...wanted, stop }) };
}

async function runDemo(name: DemoName, stop: AbortSignal): Promise<DemoResult> {
  switch (name) {
    case "handshake":
      return { kind: "handshake", result: await runHandshake({ halfOpenMs: 300, watchMs: 300 }) };
    case "backlog":
      return { kind: "backlog", result: await runBacklog({ stop }) };
    case "sticky":
      return { kind: "sticky", result: await runSticky({ messages: 1_000 }) };
    case "overflow":
      return await overflow(steady, stop);
    case "overflow-burst":
      return await overflow({ ...steady, ratePps: 200, serviceMs: 1, datagrams: 600, burst: 300 }, stop);
    case "overflow-buffer":
      return await overflow(
        { ...steady, ratePps: 200, serviceMs: 1, datagrams: 600, burst: 300, bufferBytes: 4 * 1024 * 1024 },
        stop,
      );
    case "sizes": {
      const [loss, seed] = [0.05, "42"];
      return { kind: "sizes", rows: await runSizes({ loss, seed }), loss, seed };
    }
    case "errors":
      return { kind: "errors", cases: await runErrors() };
    case "real":
      return { kind: "real", result: await runReal({ loss: 0.1, messages: 300 }) };
    default:
      return name satisfies never;
  }
}
