// Where keys go now: to what lies on top, else to the region with the focus.
import { completionsOf } from "../completion.js";
import type { KeyContext } from "../key-context.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";

export function contextOf(state: UiState, world: World): KeyContext {
  switch (state.dialog?.kind) {
    case "form":
    case "receive":
    case "help":
    case "details":
    case "packet":
    case "wire":
    case "themes":
    case "files":
    case "welcome":
    case "impair":
      return state.dialog.kind;
    case "picture":
      return "details";
    case "lab":
      return labContext(state, world);
    case "palette":
      return "completion";
    case "paste":
    case "alarm":
      return "question";
    case undefined:
      break;
    default: {
      const unreachable: never = state.dialog;
      return unreachable;
    }
  }
  if (state.focus !== "input") return state.focus;
  return completionsOf(state, world).length > 0 ? "completion" : "input";
}

/** Letters are keys on most pages of the lab, and text where something is typed. */
function labContext({ lab: { page } }: UiState, world: World): KeyContext {
  const desk = world.lab?.snapshot() ?? null;
  switch (page) {
    case "solo":
      return (desk?.run.held.length ?? 0) > 0 ? "lab-hand" : "lab";
    case "race":
      return "lab-race";
    case "demos":
    case "demo":
    case "lessons":
      return "lab-list";
    case "lesson":
      return "lab-lesson";
    case "class":
      return desk === null || desk.teaching === null ? "lab-form" : "lab-class";
    case "join": {
      const joining = desk?.joining ?? null;
      if (joining === null) return "lab-form";
      return joining.state === "searching" || joining.state === "choosing" ? "lab-list" : "lab-student";
    }
    default:
      return page satisfies never;
  }
}
