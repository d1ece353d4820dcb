// The lab's view: choosing what the path does, starting, stopping, pausing and stepping a run.
import { labSteps } from "../lab-wish.js";
import { labFields } from "../ui-state.js";
import type { LabField, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { ListMove } from "./peers.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";

/** Closing leaves a run to its end; it is there when the view is opened again. */
export function toggleLab(state: UiState): Step {
  return state.dialog?.kind === "lab"
    ? stepTo({ ...state, dialog: null })
    : stepTo(state, { kind: "open-lab" });
}

export function moveField(state: UiState, field: LabField, move: ListMove): UiState {
  const last = labFields.length - 1;
  const at = labFields.indexOf(field);
  const steps: Readonly<Record<ListMove, number>> = {
    up: Math.max(0, at - 1),
    down: Math.min(last, at + 1),
    "page-up": 0,
    "page-down": last,
    first: 0,
    last,
  };
  return { ...state, dialog: { kind: "lab", field: labFields[steps[move]] ?? field } };
}

export function changeWish(state: UiState, field: LabField, delta: -1 | 1): UiState {
  const steps = labSteps[field];
  const at = steps.indexOf(state.lab[field]);
  const value = steps[Math.max(0, Math.min(steps.length - 1, at + delta))];
  return value === undefined ? state : { ...state, lab: { ...state.lab, [field]: value } };
}

/** Enter: one run at a time; during one it ends it. */
export function startLab(state: UiState, world: World): Step {
  const now = world.lab?.snapshot().state ?? "ready";
  const isOver = now === "ready" || now === "done" || now === "failed";
  return stepTo(state, isOver ? { kind: "run-lab", wish: state.lab } : { kind: "lab", what: "stop" });
}

export function pauseLab(state: UiState, world: World): Step {
  const isPaused = world.lab?.snapshot().state === "paused";
  return stepTo(state, { kind: "lab", what: isPaused ? "resume" : "pause" });
}
