import { describe, expect, it } from "vitest";
import { parseLine } from "../../../src/cli/parse.js";
import { createSystemCounters } from "../../../src/lab/counters/linux-counters.js";
import { lessonNamed, lessons } from "../../../src/lab/lessons/lesson-table.js";
import { runExperiment } from "../../../src/lab/lessons/run-experiment.js";
import { runLesson, runStep, type StepOutcome } from "../../../src/lab/lessons/run-lesson.js";
import type { LessonStep } from "../../../src/lab/lessons/lesson.js";

const hasTables = createSystemCounters().source === "linux";
const steps = lessons.flatMap((lesson) =>
  lesson.steps.map((step) => [`${lesson.name} ${step.name}`, step] as const),
);

describe("lessons", () => {
  it("have names of their own, texts in both languages, and a command", () => {
    expect(new Set(lessons.map((lesson) => lesson.name)).size).toBe(lessons.length);
    expect(lessons.length).toBeGreaterThanOrEqual(16);
    for (const lesson of lessons) {
      expect(new Set(lesson.steps.map((step) => step.name)).size).toBe(lesson.steps.length);
      const texts = [lesson.title, lesson.text];
      for (const step of lesson.steps) {
        texts.push(step.title, step.question, step.prediction, step.why);
        expect(step.command).toMatch(/^feiyan lab /);
        expect(step.expected.length).toBeGreaterThan(0);
        for (const { lo, hi } of step.expected) expect(lo).toBeLessThanOrEqual(hi);
      }
      for (const text of texts) {
        expect(text["zh-CN"]).toMatch(/\p{Script=Han}/u);
        expect(text.en).not.toBe("");
      }
    }
    expect(lessonNamed("no such")).toBeNull();
  });

  it("fill 45 minutes in order", () => {
    const minutes = lessonNamed("first-hour")!.steps.flatMap((step) => step.minute ?? []);
    expect(minutes).toEqual([0, 3, 8, 12, 16, 19, 22, 27, 30, 34, 39, 41, 44]);
  });

  // Bands are those of a machine that has time; a busy one gets another try, as a class would.
  it.each(steps)("%s is in its band", { retry: 3 }, async (_name, step) => {
    const outcome = await runStep(step);
    if (outcome.kind === "not-here") {
      expect(hasTables).toBe(false);
      return;
    }
    for (const { what } of step.expected) {
      if (hasTables || what !== "lostNotByKernel") expect(Object.keys(outcome.measurement)).toContain(what);
    }
    expect(outcome.comparisons.filter((one) => !one.holds)).toEqual([]);
    expect(outcome.holds).toBe(true);
  });
});

describe("the commands of the lessons", () => {
  it.each([...new Set(steps.map(([, step]) => step.command))])("%s is a command line", (command) => {
    expect(parseLine(command.split(" ").slice(1)).command.run.kind).toBe("here");
  });
});

describe("the line of a lesson", () => {
  it("loses the numbers that seed 42 always loses", async () => {
    const measured = await runExperiment({ kind: "path", spec: "loss=5%", datagrams: 500, seed: "42" });
    expect(measured?.numbers).toMatchObject({
      sent: 500,
      lostThere: 24,
      lostBack: 20,
      longestRun: 2,
      copies: 0,
    });
    expect(measured?.strips).toHaveLength(1);
    const cells = measured?.strips[0]?.cells ?? "";
    expect([cells.slice(0, 50), cells.slice(50, 100)]).toEqual([
      "d.............d..........................ud.......",
      "...u............................d.u.............d.",
    ]);
  });
});

describe("running a lesson", () => {
  const lesson = lessonNamed("udp-echo")!;

  it("asks before each step and tells after it", async () => {
    const told: [string, StepOutcome["kind"]][] = [];
    const outside = await runLesson(lesson, {
      ready: async () => true,
      done: (step, _index, outcome) => {
        told.push([step.name, outcome.kind]);
      },
    });
    expect([outside, told]).toEqual([0, [["echo", "measured"]]]);
  });

  it("stops when nobody wants to go on", async () => {
    let runs = 0;
    await runLesson(lesson, { ready: async () => false, done: () => void (runs += 1) });
    expect(runs).toBe(0);
  });

  it("says what lies outside its band", async () => {
    const step: LessonStep = { ...lesson.steps[0]!, expected: [{ what: "same", lo: 4, hi: 9 }] };
    const outcome = await runStep(step);
    expect(outcome).toMatchObject({
      holds: false,
      comparisons: [{ what: "same", measured: 3, holds: false }],
    });
    expect(
      await runLesson({ ...lesson, steps: [step] }, { ready: async () => true, done: () => undefined }),
    ).toBe(1);
  });
});
