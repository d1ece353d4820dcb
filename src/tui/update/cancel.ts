// Closing: of what lies open the topmost thing, then the way back into the input.
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { closeCompletion } from "./input.js";
import { cancelLab } from "./lab/lab.js";
import { leaveMenu } from "./menu.js";
import { leavePeers } from "./peers.js";
import { endSearch } from "./search.js";
import { dropTheme, endWelcome } from "./settings.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";

/** Escape, and Ctrl-C where something is open: one thing less on the screen. */
export function cancel(state: UiState, world: World): Step {
  const { dialog } = state;
  if (dialog?.kind === "themes") return dropTheme(state, dialog);
  if (dialog?.kind === "welcome") return endWelcome(state, world, false);
  if (dialog?.kind === "lab") return cancelLab(state, world);
  if (dialog?.kind === "packet" || dialog?.kind === "picture" || dialog?.kind === "help") {
    return stepTo({ ...state, dialog: dialog.under ?? null });
  }
  if (dialog !== null) return stepTo({ ...state, dialog: null });
  switch (state.focus) {
    case "menu":
      return stepTo(leaveMenu(state));
    case "peers":
      return stepTo(leavePeers(state));
    case "log":
    case "search":
      return stepTo(endSearch(state));
    case "input":
      return stepTo(closeCompletion(state));
    default: {
      const unreachable: never = state.focus;
      return unreachable;
    }
  }
}
