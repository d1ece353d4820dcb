// The desk behind the lab's screen, on simulated time: a run, a race, a class from both sides, what is refused.
import { describe, expect, it } from "vitest";
import { parseImpairment } from "../../../src/index.js";
import { createLabDesk } from "../../../src/lab/desk/desk.js";
import { createSimulatedParts } from "../../../src/lab/runner/lab-parts.js";
import { createSimulation } from "../../../src/lab/runner/simulation.js";
import { createTestCrypto } from "../session/machines.js";

function open() {
  const simulation = createSimulation();
  const parts = createSimulatedParts(simulation.time, createTestCrypto());
  const make = () => createLabDesk({ parts, exportFolder: "/nowhere/at/all", classAddress: "127.0.0.1" });
  const wait = (ms: number): Promise<void> =>
    simulation.run(
      new Promise((resolve) => {
        simulation.time.at(simulation.time.nowNs() + ms * 1e6, resolve);
      }),
    );
  return { simulation, make, wait };
}

const bad = { up: parseImpairment("loss=5%"), down: parseImpairment("loss=5%"), seed: "42" };

describe("a run", () => {
  it("shows which way was lost while it goes on, and closes its account", async () => {
    const { simulation, make, wait } = open();
    const desk = make();
    const run = desk.perform({ kind: "start", experiment: bad });
    await wait(2_500);
    const live = desk.snapshot().run;
    expect(live.state).toBe("running");
    expect(await desk.perform({ kind: "start", experiment: bad })).toEqual({ kind: "refused", why: "busy" });
    expect(await simulation.run(run)).toEqual({ kind: "done" });
    const { report, strip } = desk.snapshot().run;
    expect(report).toMatchObject({
      up: { lost: 24 },
      down: { lost: 20 },
      ledger: { up: { unexplained: 0 } },
    });
    // What was shown while it ran is what came out, but for what could not be told yet.
    const shown = Array.from(live.strip).filter((cell, at) => cell !== "?" && cell !== strip[at]);
    expect(shown).toEqual([]);
    expect(live.strip).toMatch(/u.*d/u);
    expect(await desk.perform({ kind: "export", what: "run" })).toMatchObject({ why: "cannot-write" });
    await desk.close();
  });
});

describe("the bench", () => {
  it("races one thing at a time, with a bar that moves", async () => {
    const { make } = open();
    const desk = make();
    const seen = new Set<number>();
    desk.subscribe(() => seen.add(desk.snapshot().race?.current?.delivered ?? 0));
    const way = parseImpairment("loss=10%,delay=10,seed=42");
    const wish = {
      lanes: ["udp", "sr"] as const,
      there: way,
      back: way,
      messages: 50,
      window: 8,
      simulated: true,
    };
    const race = desk.perform({ kind: "race", wish });
    expect(await desk.perform({ kind: "demo", name: "errors" })).toMatchObject({ why: "busy" });
    expect(await race).toEqual({ kind: "done" });
    expect(desk.snapshot().race?.results.map((one) => one.lane)).toEqual(["udp", "sr"]);
    expect(seen.size).toBeGreaterThan(20);
    expect(await desk.perform({ kind: "export", what: "class" })).toMatchObject({ why: "no-report" });
  });

  it("keeps what a step of a lesson came to", async () => {
    const { make } = open();
    const desk = make();
    await desk.perform({ kind: "lesson-step", lesson: "first-hour", step: 0 });
    expect(desk.snapshot().steps.get("first-hour/0")).toMatchObject({ kind: "measured", holds: true });
  });
});

describe("a class", () => {
  it("is held at one desk and taken part in at others", async () => {
    const { simulation, make, wait } = open();
    const [teacher, ming, hong] = [make(), make(), make()];
    expect(await teacher.perform({ kind: "plan", experiment: {}, isPaired: false })).toMatchObject({
      why: "nobody-joined",
    });
    await simulation.run(teacher.perform({ kind: "teach", name: "三班", code: "4711", port: 2_426 }));
    const to = { address: "127.0.0.1", port: 2_426 };
    expect(
      await ming.perform({ kind: "join", to: { address: "8.8.8.8", port: 1 }, name: "小明", code: null }),
    ).toMatchObject({ why: "not-local" });
    await simulation.run(ming.perform({ kind: "join", to, name: "小明", code: "4711" }));
    await simulation.run(hong.perform({ kind: "join", to, name: "小红", code: "4711" }));
    await wait(500);
    expect(ming.snapshot().joining).toMatchObject({ state: "waiting", className: "三班", ordinal: 1 });
    const plan = { ...bad, n: 100, ratePps: 100 };
    expect(await teacher.perform({ kind: "plan", experiment: plan, isPaired: false })).toEqual({
      kind: "done",
    });
    await wait(500);
    expect(ming.snapshot().joining).toMatchObject({ state: "asked", plan: { experiment: { n: 100 } } });
    await hong.perform({ kind: "consent", yes: false });
    expect(hong.snapshot().joining).toMatchObject({ state: "waiting", isRefused: true });
    await wait(3_500);
    expect(ming.snapshot().joining?.strip).toMatch(/^[.ud?2rlx]{5,}$/u);
    await wait(5_000);
    expect(ming.snapshot().joining).toMatchObject({ state: "waiting", report: { up: { sent: 100 } } });
    await simulation.run(ming.perform({ kind: "leave" }));
    await wait(500);
    // Who has gone home is still in the table of what was measured.
    const { plan: state, rows } = teacher.snapshot().teaching!;
    expect(state).toBe("over");
    expect(rows.map(({ name, consent, report }) => [name, consent, report?.up?.n ?? null])).toEqual([
      ["小红", "no", null],
      ["小明", "yes", 100],
    ]);
    await Promise.all([teacher, hong].map((one) => simulation.run(one.close())));
    expect(teacher.snapshot().teaching).toBeNull();
  });
});
