// Where keys go now: to what lies on top, else to the region with the focus.
import { completionsOf } from "../completion.js";
import type { KeyContext } from "../key-table.js";
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
    case "welcome":
    case "lab":
      return state.dialog.kind;
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
