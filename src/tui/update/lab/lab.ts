// The lab's screen: opening and leaving it, going from page to page, moving in what a page shows, and Enter. What is measured is the
// desk's; an update only asks for it.
import { parseEndpoint } from "../../../index.js";
import { demoNames, stepKey, type DeskSnapshot, type DeskWish } from "../../../lab/desk/desk-types.js";
import { lessons } from "../../../lab/lessons/lesson-table.js";
import type { Request } from "../../action.js";
import { valueOf } from "../../lab/fields.js";
import { formOf } from "../../lab/lab-form.js";
import type { LabPage } from "../../lab/lab-state.js";
import { byHand, readExperiment, readRace, type Reading } from "../../lab/read-fields.js";
import { shownText } from "../../roster.js";
import { splitClusters } from "../../text/clusters.js";
import type { UiState } from "../../ui-state.js";
import { layoutOf } from "../../view/layout.js";
import { labScroll } from "../../view/lab/scroll.js";
import type { World } from "../../world.js";
import type { ListMove } from "../peers.js";
import { stepTo } from "../step.js";
import type { Step } from "../step.js";
import { eraseInField, moveField, moveRow, stepField, typeInField, withLab } from "./fields.js";

const lab = (wish: DeskWish): Request => ({ kind: "lab", wish });

/** Longest guess worth writing down. */
const guessLimit = 60;

/** F4, and the commands that name a page. Closing leaves a run to its end; it is there when the lab is opened again. */
export function openLab(state: UiState, world: World, page: LabPage | null): Step {
  const isOpen = state.dialog?.kind === "lab";
  if (page === null && isOpen) return leaveLab(state);
  const next = page === null ? state : showPage(state, page);
  if (isOpen) return stepTo(next);
  return world.lab === null ? stepTo(next, { kind: "open-lab" }) : stepTo(showLab(next));
}

export function showLab(state: UiState): UiState {
  return { ...state, focus: "input", filter: null, dialog: { kind: "lab" } };
}

export function showPage(state: UiState, page: LabPage): UiState {
  return withLab(state, { page, top: null, isFresh: true, error: null });
}

function leaveLab(state: UiState): Step {
  return state.isLabOnly ? stepTo(state, { kind: "quit" }) : stepTo({ ...state, dialog: null });
}

const pageBefore: Readonly<Record<LabPage, LabPage | null>> = {
  solo: null,
  race: "solo",
  demos: "solo",
  demo: "demos",
  lessons: "solo",
  lesson: "lessons",
  class: "solo",
  join: "solo",
};

/** Escape: one page back, at last out. A class goes on until it is ended. */
export function cancelLab(state: UiState, world: World): Step {
  const before = pageBefore[state.lab.page];
  if (before === null) return leaveLab(state);
  const joining = world.lab?.snapshot().joining?.state;
  const isLooking = state.lab.page === "join" && ["searching", "choosing", "silent"].includes(joining ?? "");
  return stepTo(showPage(state, before), ...(isLooking ? [lab({ kind: "leave" })] : []));
}

export function moveInLab(state: UiState, world: World, move: ListMove): Step {
  if (move === "page-up" || move === "page-down" || move === "first" || move === "last") {
    const top = labScroll(state, world, layoutOf(state), move);
    return stepTo(withLab(state, { top }));
  }
  const delta = move === "up" ? -1 : 1;
  const desk = world.lab?.snapshot() ?? null;
  const { page } = state.lab;
  const count = desk?.run.held.length ?? 0;
  if (page === "solo" && count > 0) {
    return stepTo(withLab(state, { held: within(state.lab.held + delta, count) }));
  }
  const form = formOf(state, world);
  if (form !== null) return stepTo(moveRow(state, form, delta));
  switch (page) {
    case "demos":
      return stepTo(withLab(state, { demo: within(state.lab.demo + delta, demoNames.length) }));
    case "lessons":
      return stepTo(withLab(state, { lesson: within(state.lab.lesson + delta, lessons.length), step: 0 }));
    case "join":
      return stepTo(
        withLab(state, { found: within(state.lab.found + delta, desk?.joining?.classes.length ?? 0) }),
      );
    case "solo":
    case "race":
    case "demo":
    case "lesson":
    case "class":
      return stepTo(withLab(state, { top: labScroll(state, world, layoutOf(state), move) }));
    default: {
      const unreachable: never = page;
      return unreachable;
    }
  }
}

function within(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}

/** Tab and Shift-Tab. */
export function nextLabField(state: UiState, world: World, delta: 1 | -1): UiState {
  const form = formOf(state, world);
  return form === null ? state : moveField(state, form, delta);
}

/** Left and Right: the value in a form, the step in a lesson. */
export function turnInLab(state: UiState, world: World, delta: 1 | -1): UiState {
  const form = formOf(state, world);
  if (form !== null) return stepField(state, form, delta);
  if (state.lab.page !== "lesson") return state;
  const count = lessons[state.lab.lesson]?.steps.length ?? 0;
  return withLab(state, { step: within(state.lab.step + delta, count), top: null });
}

export function typeInLab(state: UiState, world: World, text: string): UiState {
  const form = formOf(state, world);
  if (form !== null) return typeInField(state, form, text);
  if (state.lab.page !== "lesson" || !isGuessOpen(state, world)) return state;
  return withGuess(state, (guessOf(state) + text.replaceAll(/\s+/gu, " ")).slice(0, guessLimit));
}

export function eraseInLab(state: UiState, world: World): UiState {
  const form = formOf(state, world);
  if (form !== null) return eraseInField(state, form);
  if (state.lab.page !== "lesson" || !isGuessOpen(state, world)) return state;
  return withGuess(state, splitClusters(guessOf(state)).slice(0, -1).join(""));
}

function stepKeyOf(state: UiState): string {
  return stepKey(lessons[state.lab.lesson]?.name ?? "", state.lab.step);
}

function guessOf(state: UiState): string {
  return state.lab.guesses[stepKeyOf(state)] ?? "";
}

/** A guess is made before the run: afterwards it stands. */
function isGuessOpen(state: UiState, world: World): boolean {
  return world.lab?.snapshot().steps.has(stepKeyOf(state)) !== true;
}

function withGuess(state: UiState, guess: string): UiState {
  return withLab(state, { guesses: { ...state.lab.guesses, [stepKeyOf(state)]: guess } });
}

/** Enter. */
export function acceptInLab(state: UiState, world: World): Step {
  const desk = world.lab?.snapshot() ?? null;
  if (desk === null) return stepTo(state);
  const { page, demo } = state.lab;
  switch (page) {
    case "solo":
      return startRun(state, world, desk);
    case "race":
      if (desk.race?.isRunning === true) return stepTo(state, lab({ kind: "stop-bench" }));
      return read(state, readRace(state.lab.values, world), (wish) => lab({ kind: "race", wish }));
    case "demos": {
      const name = demoNames[demo] ?? "handshake";
      const opened = showPage(state, "demo");
      // That one changes something, if only in a namespace of its own: it is asked for on its page.
      const isAtOnce = name !== "real" && desk.runningDemo === null && !desk.demos.has(name);
      return isAtOnce ? stepTo(opened, lab({ kind: "demo", name })) : stepTo(opened);
    }
    case "demo":
      return stepTo(
        withLab(state, { top: null }),
        lab(
          desk.runningDemo === null
            ? { kind: "demo", name: demoNames[demo] ?? "handshake" }
            : { kind: "stop-bench" },
        ),
      );
    case "lessons":
      return stepTo(withLab(showPage(state, "lesson"), { step: 0 }));
    case "lesson":
      return acceptStep(state, desk);
    case "class":
      return desk.teaching === null
        ? stepTo(state, lab(classWish(state, world)))
        : read(state, readExperiment(state.lab.values, world), (experiment) =>
            lab({
              kind: "plan",
              isPaired: state.lab.isPlanPaired,
              experiment: state.lab.isPlanImpaired ? experiment : { ...experiment, up: {}, down: {} },
            }),
          );
    case "join":
      return acceptJoin(state, world, desk);
    default: {
      const unreachable: never = page;
      return unreachable;
    }
  }
}

function read<Value>(state: UiState, reading: Reading<Value>, ask: (value: Value) => Request): Step {
  return reading.ok
    ? stepTo(withLab(state, { error: null, top: null }), ask(reading.value))
    : stepTo(withLab(state, { error: reading.text }));
}

/** One run at a time; during one Enter ends it. */
function startRun(state: UiState, world: World, { run }: DeskSnapshot): Step {
  const isOver = run.state === "ready" || run.state === "done" || run.state === "failed";
  if (!isOver) return stepTo(state, lab({ kind: "stop" }));
  return read(state, readExperiment(state.lab.values, world), (experiment) =>
    lab({ kind: "start", experiment: run.isHandOn ? byHand(experiment) : experiment }),
  );
}

/** Guess, run, then the next step; after the last one the list again. */
function acceptStep(state: UiState, desk: DeskSnapshot): Step {
  if (desk.runningStep !== null) return stepTo(state);
  const lesson = lessons[state.lab.lesson];
  const { step } = state.lab;
  if (lesson === undefined) return stepTo(state);
  if (!desk.steps.has(stepKeyOf(state))) {
    return stepTo(withLab(state, { top: null }), lab({ kind: "lesson-step", lesson: lesson.name, step }));
  }
  return step + 1 < lesson.steps.length
    ? stepTo(withLab(state, { step: step + 1, top: null }))
    : stepTo(showPage(state, "lessons"));
}

/** Once more the same step, to be sure. */
export function repeatStep(state: UiState, world: World): Step {
  const lesson = lessons[state.lab.lesson];
  if (state.lab.page !== "lesson" || lesson === undefined || world.lab?.snapshot().runningStep !== null) {
    return stepTo(state);
  }
  return stepTo(state, lab({ kind: "lesson-step", lesson: lesson.name, step: state.lab.step }));
}

function classWish(state: UiState, world: World): DeskWish {
  const { values } = state.lab;
  const typed = valueOf(values, "class", "className").trim();
  const { nick, user } = world.node.self;
  const own = world.text("lab.classOf", { name: shownText(nick === "" ? user : nick) });
  const code = valueOf(values, "class", "code").trim();
  const port = Number(valueOf(values, "class", "port"));
  return { kind: "teach", name: typed === "" ? own : typed, code: code === "" ? null : code, port };
}

function acceptJoin(state: UiState, world: World, { joining }: DeskSnapshot): Step {
  const { values } = state.lab;
  const port = Number(valueOf(values, "join", "port"));
  const typed = valueOf(values, "join", "to").trim();
  const code = valueOf(values, "join", "code").trim();
  const { nick, user } = world.node.self;
  const who = { name: nick === "" ? user : nick, code: code === "" ? null : code };
  if (joining === null) {
    if (typed === "") return stepTo(withLab(state, { found: 0 }), lab({ kind: "search", port }));
    const to = parseEndpoint(typed, port);
    return to === null
      ? stepTo(withLab(state, { error: world.text("lab.notAnAddress", { text: shownText(typed) }) }))
      : stepTo(state, lab({ kind: "join", to, ...who }));
  }
  switch (joining.state) {
    case "choosing": {
      const found = joining.classes[state.lab.found];
      return found === undefined
        ? stepTo(state, lab({ kind: "leave" }))
        : stepTo(state, lab({ kind: "join", to: { address: found.address, port: found.port }, ...who }));
    }
    case "asked":
      return stepTo(state, lab({ kind: "consent", yes: true }));
    case "silent":
      return stepTo(state, lab({ kind: "leave" }));
    case "searching":
    case "joining":
    case "waiting":
    case "running":
      return stepTo(state);
    default: {
      const unreachable: never = joining.state;
      return unreachable;
    }
  }
}
