// The lab as a program of its own (`feiyan lab`): what can be done there, and that it is always what lies below. And what the lab
// answers, as a line for people.
import type { DeskAnswer } from "../../../lab/desk/desk-types.js";
import { isLabAction, isPlaced, type ActionName } from "../../action-name.js";
import { shownText } from "../../roster.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { withNotice, type Step } from "../step.js";

const alsoThere: ReadonlySet<ActionName> = new Set<ActionName>([
  "help",
  "theme",
  "language",
  "cursor",
  "mouse",
  "pause",
  "quit",
  "interrupt",
  "redraw",
  "suspend",
]);

export function isOfLab(name: ActionName): boolean {
  return isLabAction(name) || isPlaced(name) || alsoThere.has(name);
}

/** Whatever was closed, the lab is below it. */
export function stayInLab(step: Step): Step {
  const { state } = step;
  return state.isLabOnly && state.dialog === null
    ? { ...step, state: { ...state, focus: "input", dialog: { kind: "lab" } } }
    : step;
}

export function noteAnswer(state: UiState, world: World, answer: DeskAnswer): UiState {
  switch (answer.kind) {
    case "done":
      return state;
    case "exported":
      return withNotice(state, world, world.text("lab.exported", { file: shownText(answer.file) }));
    case "refused": {
      const words = world.text(`lab.refused.${answer.why}`, { detail: shownText(answer.detail ?? "") });
      return withNotice(state, world, words, "warning");
    }
    default:
      return answer satisfies never;
  }
}
