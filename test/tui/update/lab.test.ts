// The lab as updates: what a key changes on the page, what it asks of the desk.
import { describe, expect, it } from "vitest";
import { demoNames, stepKey, type DeskSnapshot, type DeskWish } from "../../../src/lab/desk/desk-types.js";
import type { Request } from "../../../src/tui/action.js";
import { actionsOf } from "../../../src/tui/press.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { desk, idleRun, runningRun } from "../support/desk.js";
import { act, run, type } from "../support/steps.js";
import { peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const wishes = (requests: readonly Request[]): readonly DeskWish[] =>
  requests.flatMap((one) => (one.kind === "lab" ? [one.wish] : []));

function open(part: Partial<DeskSnapshot> = {}): { w: TestWorld; state: UiState } {
  const w = world({ lab: desk(part) });
  return { w, state: run(uiState(80, 24), w, { kind: "lab-open" }).state };
}

/** Characters as they are typed: keys where a place has them, else text. */
function typed(state: UiState, w: TestWorld, text: string) {
  let current = state;
  const requests: Request[] = [];
  for (const letter of text) {
    const step = run(current, w, ...actionsOf({ kind: "text", text: letter }, current, w));
    current = step.state;
    requests.push(...step.requests);
  }
  return { state: current, requests };
}

describe("the lab's form", () => {
  it("is asked for by F4, and by the commands that name a page", () => {
    const closed = world({ hasLab: true });
    expect(run(uiState(80, 24), closed, act("lab")).requests).toEqual([{ kind: "open-lab" }]);
    const race = run(uiState(80, 24), closed, act("lab-race"), { kind: "lab-open" });
    expect(race.state).toMatchObject({ dialog: { kind: "lab" }, lab: { page: "race" } });
    expect(run(uiState(80, 24), world(), act("lab")).state.notice?.text).toContain("feiyan lab");
  });

  it("takes typed numbers and steps, and starts with them", () => {
    const { w, state } = open();
    const filled = typed(state, w, "12.5").state;
    const more = run(filled, w, act("next-field"), act("right"), act("next-field"), act("right")).state;
    const { requests } = run(more, w, act("accept"));
    expect(wishes(requests)).toMatchObject([
      {
        kind: "start",
        experiment: {
          n: 500,
          seed: "42",
          up: { loss: { kind: "bursts", probability: 0.125, meanBurst: 2 }, duplicate: 0.01 },
          down: { loss: { kind: "independent", probability: 0.05 } },
        },
      },
    ]);
  });

  it("says what is wrong instead of starting", () => {
    const { w, state } = open();
    const bad = typed(state, w, "250").state;
    const refused = run(bad, w, act("accept"));
    expect(refused.requests).toEqual([]);
    expect(refused.state.lab.error).toContain("loss=250%");
    const few = typed(run(state, w, act("down"), act("down")).state, w, "0").state;
    expect(run(few, w, act("accept")).state.lab.error).toContain("1");
    expect(run(few, w, act("accept"), act("right")).state.lab.error).toBeNull();
  });

  it("has letters for loss, bursts and seeds, and leaves other letters alone", () => {
    const { w, state } = open();
    const { lab } = typed(state, w, "++-bn").state;
    expect(lab.values).toMatchObject({
      "solo.upLoss": "10",
      "solo.downLoss": "10",
      "solo.upBurst": "2",
      "solo.downBurst": "2",
      "solo.seed": "43",
    });
    expect(typed(state, w, "zq").state.lab).toEqual(state.lab);
    // Several in one read, numbers and a key among them.
    const together = run(state, w, ...actionsOf({ kind: "text", text: "25r" }, state, w)).state.lab;
    expect(together).toMatchObject({ page: "race", values: { "solo.upLoss": "25" } });
  });
});

const backspace = { kind: "key", key: "backspace", ctrl: false, alt: false, shift: false } as const;

describe("a run", () => {
  it("is stopped, paused, stepped and given to the hand", () => {
    const { w, state } = open({ run: runningRun });
    expect(wishes(run(state, w, act("accept"), act("pause"), act("lab-step")).requests)).toEqual([
      { kind: "stop" },
      { kind: "pause" },
      { kind: "step" },
    ]);
    const paused = open({ run: { ...runningRun, state: "paused" } });
    expect(wishes(run(paused.state, paused.w, act("pause")).requests)).toEqual([{ kind: "resume" }]);
    const hand = open({ run: { ...idleRun, isHandOn: true } });
    expect(wishes(typed(hand.state, hand.w, "h").requests)).toEqual([{ kind: "hand", on: false }]);
    expect(wishes(run(hand.state, hand.w, act("accept")).requests)).toMatchObject([
      { kind: "start", experiment: { n: 20, ratePps: 2 } },
    ]);
  });

  it("lets a person decide about the datagram under the cursor", () => {
    const held = [7, 8, 9].map((seq) => ({
      id: seq + 100,
      seq,
      sizeBytes: 128,
      direction: "there" as const,
    }));
    const { w, state } = open({ run: { ...runningRun, isHandOn: true, held } });
    const down = run(state, w, act("down"), act("down"), act("down")).state;
    expect(wishes(typed(down, w, "k").requests)).toEqual([{ kind: "act", id: 109, act: "kill" }]);
    expect(typed(down, w, "k").state.lab.held).toBe(1);
    expect(wishes(typed(state, w, "2dc").requests)).toMatchObject([
      { id: 107, act: "double" },
      { id: 107, act: "delay" },
      { id: 107, act: "damage" },
    ]);
    // Enter is the hand's here, and ends no run.
    const [enter] = actionsOf({ ...backspace, key: "enter" }, state, w);
    expect(wishes(run(state, w, enter!).requests)).toEqual([{ kind: "act", id: 107, act: "pass" }]);
  });
});

describe("pages", () => {
  it("are one letter away and one Escape back", () => {
    const { w, state } = open();
    for (const [letter, page] of [
      ["r", "race"],
      ["m", "demos"],
      ["l", "lessons"],
      ["t", "class"],
      ["j", "join"],
    ] as const) {
      const there = typed(state, w, letter).state;
      expect(there.lab.page).toBe(page);
      expect(run(there, w, act("cancel")).state.lab.page).toBe("solo");
    }
    expect(run(state, w, act("cancel")).state.dialog).toBeNull();
  });

  it("race with the seed and the loss of the form", () => {
    const { w, state } = open();
    const race = run(typed(state, w, "r").state, w, act("previous-field"), act("right"), act("accept"));
    expect(wishes(race.requests)).toMatchObject([
      { kind: "race", wish: { simulated: true, messages: 300, window: 16, there: { seed: "42" } } },
    ]);
  });

  it("run a demonstration the first time it is opened", () => {
    const { w, state } = open();
    const opened = run(typed(state, w, "m").state, w, act("down"), act("accept"));
    expect(opened.state.lab.page).toBe("demo");
    expect(wishes(opened.requests)).toEqual([{ kind: "demo", name: "backlog" }]);
  });

  it("ask before the one that makes a firewall rule", () => {
    const { w, state } = open();
    const last = demoNames.map(() => act("down"));
    const opened = run(typed(state, w, "m").state, w, ...last, act("accept"));
    expect([opened.state.lab.page, wishes(opened.requests)]).toEqual(["demo", []]);
    expect(wishes(run(opened.state, w, act("accept")).requests)).toEqual([{ kind: "demo", name: "real" }]);
  });

  it("take a guess before a step of a lesson, and none afterwards", () => {
    const { w, state } = open();
    const lesson = run(typed(state, w, "l").state, w, act("accept")).state;
    const guessed = run(lesson, w, type("大约 50"), { kind: "key", key: backspace }).state;
    const key = stepKey("first-hour", 0);
    expect(guessed.lab.guesses).toEqual({ [key]: "大约 5" });
    expect(wishes(run(guessed, w, act("accept")).requests)).toEqual([
      { kind: "lesson-step", lesson: "first-hour", step: 0 },
    ]);
    const over = world({ lab: desk({ steps: new Map([[key, { kind: "not-here" }]]) }) });
    expect(run(guessed, over, type("0")).state.lab.guesses).toEqual(guessed.lab.guesses);
    expect(run(guessed, over, act("accept")).state.lab.step).toBe(1);
    expect(wishes(run(guessed, over, act("lab-again")).requests)).toMatchObject([{ kind: "lesson-step" }]);
  });

  it("open a class with a code, start a plan without the bad line, sort the table", () => {
    const { w, state } = open();
    const form = run(typed(state, w, "t").state, w, act("next-field"), type("4711")).state;
    expect(wishes(run(form, w, act("accept")).requests)).toEqual([
      { kind: "teach", name: "我的课", code: "4711", port: 2426 },
    ]);
    const teaching = {
      name: "三班",
      code: null,
      port: 2426,
      addresses: [],
      rows: [],
      plan: "none",
      refused: 0,
    } as const;
    const class3 = world({ lab: desk({ teaching }) });
    const table = typed(state, class3, "t").state;
    expect(wishes(run(table, class3, act("accept")).requests)).toMatchObject([
      { kind: "plan", isPaired: false, experiment: { n: 500, up: {}, down: {} } },
    ]);
    expect(wishes(run(typed(table, class3, "i").state, class3, act("accept")).requests)).toMatchObject([
      { kind: "plan", experiment: { up: { loss: { probability: 0.05 } } } },
    ]);
    const paired = run(typed(table, class3, "p").state, class3, act("accept"));
    expect(wishes(paired.requests)).toMatchObject([{ kind: "plan", isPaired: true }]);
    expect(typed(table, class3, "ooO").state.lab).toMatchObject({ order: "sent", isReversed: true });
    expect(wishes(typed(table, class3, "eq").requests)).toEqual([
      { kind: "export", what: "class" },
      { kind: "end-class" },
    ]);
  });

  it("look for a class, join it by its address, answer the teacher", () => {
    const { w, state } = open();
    const form = typed(state, w, "j").state;
    expect(wishes(run(form, w, act("accept")).requests)).toEqual([{ kind: "search", port: 2426 }]);
    const named = run(form, w, type("192.168.1.5")).state;
    expect(wishes(run(named, w, act("accept")).requests)).toEqual([
      { kind: "join", to: { address: "192.168.1.5", port: 2426 }, name: "我", code: null },
    ]);
    expect(run(run(form, w, type("老师")).state, w, act("accept")).state.lab.error).toContain("老师");
    const joining = {
      state: "asked",
      classes: [],
      className: "三班",
      ordinal: 1,
      plan: null,
      beginsInMs: 2_000,
      isRefused: false,
      strip: "",
      report: null,
    } as const;
    const asked = world({ lab: desk({ joining }) });
    expect(wishes(typed(form, asked, "ynxq").requests)).toEqual([
      { kind: "consent", yes: true },
      { kind: "consent", yes: false },
      { kind: "stop" },
      { kind: "leave" },
    ]);
  });
});

describe("the lab alone", () => {
  it("is what lies below everything, and quits when it is left", () => {
    const { w, state } = open();
    const alone: UiState = { ...state, isLabOnly: true };
    const helped = run(alone, w, act("help"));
    expect(helped.state.dialog?.kind).toBe("help");
    expect(run(helped.state, w, act("cancel")).state.dialog).toEqual({ kind: "lab" });
    expect(run(alone, w, act("send-form")).state).toMatchObject({ dialog: { kind: "lab" } });
    expect(run(alone, w, act("send-form")).state.notice?.text).toContain("feiyan");
    expect(run(alone, w, act("cancel")).requests).toContainEqual({ kind: "quit" });
  });

  it("tells what came of a wish", () => {
    const { w, state } = open();
    const say = (answer: Parameters<typeof run>[2] & { kind: "lab-answer" }): string =>
      run(state, w, answer).state.notice?.text ?? "";
    const saved = say({ kind: "lab-answer", answer: { kind: "exported", file: "/tmp/a\u001b[31m" } });
    expect(saved).toContain("/tmp/a");
    expect(saved).not.toContain("\u001b");
    expect(say({ kind: "lab-answer", answer: { kind: "refused", why: "nobody-joined" } })).not.toBe("");
    expect(say({ kind: "lab-answer", answer: { kind: "done" } })).toBe("");
  });
});

describe("a bad line", () => {
  const ming = peer("小明");
  const w = world({ peers: [ming] });
  const state = uiState(80, 24, { conversation: ming.id });

  it("is set and mended by a command", () => {
    expect(run(state, w, act("impair", "loss=30%,seed=42")).requests).toEqual([
      { kind: "impair", to: ming.id, spec: "loss=30%,seed=42" },
    ]);
    expect(run(state, w, act("impair", "off")).requests).toEqual([{ kind: "impair", to: ming.id, spec: "" }]);
    const slip = run(state, w, act("impair", "lose=3"));
    expect(slip.requests).toEqual([]);
    expect(slip.state.notice).toMatchObject({ tone: "warning" });
  });

  it("is set in a form that begins with what is in force, for everybody where no peer is open", () => {
    const spec = { loss: { kind: "independent", probability: 0.2 }, seed: "7" } as const;
    const bad = world({ peers: [ming], impairments: [{ to: ming.endpoint, spec }] });
    const form = run(state, bad, act("impair")).state;
    expect(form.dialog).toEqual({ kind: "impair", to: ming.id });
    expect(run(form, bad, act("right"), act("accept")).requests).toEqual([
      { kind: "impair", to: ming.id, spec: "loss=30%,seed=7" },
    ]);
    expect(typed(form, bad, "o").requests).toEqual([{ kind: "impair", to: ming.id, spec: "" }]);
    const everyone = run(uiState(80, 24), w, act("impair"), act("accept"));
    expect(everyone.requests).toMatchObject([{ kind: "impair", to: "everyone", spec: "loss=30%,seed=42" }]);
  });
});
