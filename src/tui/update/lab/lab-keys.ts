// The letters of the lab: pausing and stepping a run, the hand that decides over each datagram, more and less loss, exports, the order
// of the teacher's table, yes and no to a plan.
import type { DeskSnapshot, DeskWish } from "../../../lab/desk/desk-types.js";
import type { HandAct } from "../../../lab/runner/hand.js";
import type { Request } from "../../action.js";
import type { LabAction } from "../../action-name.js";
import { labFields, valueOf, withValue } from "../../lab/fields.js";
import { classOrders } from "../../lab/lab-state.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { stepTo } from "../step.js";
import type { Step } from "../step.js";
import { stepField, withLab } from "./fields.js";
import { openLab, repeatStep } from "./lab.js";

const lab = (wish: DeskWish): Request => ({ kind: "lab", wish });

const pages = {
  "lab-race": "race",
  "lab-demos": "demos",
  "lab-lessons": "lessons",
  "lab-class": "class",
  "lab-join": "join",
} as const;

const acts: Readonly<Record<"lab-pass" | "lab-kill" | "lab-double" | "lab-delay" | "lab-damage", HandAct>> = {
  "lab-pass": "pass",
  "lab-kill": "kill",
  "lab-double": "double",
  "lab-delay": "delay",
  "lab-damage": "damage",
};

export function performInLab(state: UiState, name: LabAction, world: World): Step {
  const desk = world.lab?.snapshot() ?? null;
  switch (name) {
    case "lab":
      return openLab(state, world, null);
    case "lab-race":
    case "lab-demos":
    case "lab-lessons":
    case "lab-class":
    case "lab-join":
      return openLab(state, world, pages[name]);
    case "lab-step":
      return stepTo(state, lab({ kind: "step" }));
    case "lab-hand":
      return stepTo(withLab(state, { held: 0 }), lab({ kind: "hand", on: desk?.run.isHandOn !== true }));
    case "lab-pass":
    case "lab-kill":
    case "lab-double":
    case "lab-delay":
    case "lab-damage":
      return decide(state, desk, acts[name]);
    case "lab-more":
      return stepTo(stepField(stepField(state, "solo", 1, "upLoss"), "solo", 1, "downLoss"));
    case "lab-less":
      return stepTo(stepField(stepField(state, "solo", -1, "upLoss"), "solo", -1, "downLoss"));
    case "lab-burst":
      return stepTo(turnBurst(state));
    case "lab-seed":
      return stepTo(nextSeed(state));
    case "lab-export":
      return stepTo(state, lab({ kind: "export", what: exported(state) }));
    case "lab-order":
      return stepTo(turnOrder(state));
    case "lab-reverse":
      return stepTo(withLab(state, { isReversed: !state.lab.isReversed, top: null }));
    case "lab-impaired":
      return stepTo(withLab(state, { isPlanImpaired: !state.lab.isPlanImpaired }));
    case "lab-pairs":
      return stepTo(withLab(state, { isPlanPaired: !state.lab.isPlanPaired }));
    case "lab-end":
      return stepTo(state, lab(state.lab.page === "join" ? { kind: "leave" } : { kind: "end-class" }));
    case "lab-yes":
    case "lab-no":
      return stepTo(state, lab({ kind: "consent", yes: name === "lab-yes" }));
    case "lab-stop":
      return stepTo(state, lab({ kind: "stop" }));
    case "lab-again":
      return repeatStep(state, world);
    default: {
      const unreachable: never = name;
      return unreachable;
    }
  }
}

/** Space. */
export function pauseLab(state: UiState, world: World): Step {
  const isPaused = world.lab?.snapshot().run.state === "paused";
  return stepTo(state, lab({ kind: isPaused ? "resume" : "pause" }));
}

/** The datagram under the cursor; the next one moves up to it. */
function decide(state: UiState, desk: DeskSnapshot | null, act: HandAct): Step {
  const held = desk?.run.held ?? [];
  const chosen = held[Math.min(state.lab.held, held.length - 1)];
  if (chosen === undefined) return stepTo(state);
  const last = Math.max(0, held.length - 2);
  return stepTo(
    withLab(state, { held: Math.min(state.lab.held, last) }),
    lab({ kind: "act", id: chosen.id, act }),
  );
}

/** Bursts on both ways: none, 2, 3, 5, 10, 20, and none again. */
function turnBurst(state: UiState): UiState {
  const field = labFields.solo.find((one) => one.name === "upBurst");
  const steps = field?.steps ?? [];
  const at = steps.findIndex((one) => String(one) === valueOf(state.lab.values, "solo", "upBurst"));
  const next = String(steps[(at + 1) % steps.length] ?? 0);
  const up = withValue(state.lab.values, "solo", "upBurst", next);
  return withLab(state, { values: withValue(up, "solo", "downBurst", next), error: null });
}

/** Another one; going through them in order, a class can name the one it liked. */
function nextSeed(state: UiState): UiState {
  const now = BigInt(valueOf(state.lab.values, "solo", "seed").replaceAll(/\D/gu, "") || "0");
  const next = String((now + 1n) % (1n << 64n));
  const solo = withValue(state.lab.values, "solo", "seed", next);
  return withLab(state, { values: withValue(solo, "race", "seed", next), error: null });
}

function exported({ lab: { page } }: UiState): Extract<DeskWish, { kind: "export" }>["what"] {
  if (page === "race" || page === "class") return page;
  return page === "join" ? "student" : "run";
}

function turnOrder(state: UiState): UiState {
  const at = classOrders.indexOf(state.lab.order);
  return withLab(state, { order: classOrders[(at + 1) % classOrders.length] ?? "there", top: null });
}
