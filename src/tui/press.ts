// From what the terminal tells to an action: keys through the key table by where the focus is, everything else as it is.
import type { Action } from "./action.js";
import { formatChord } from "./input/event.js";
import type { InputEvent } from "./input/event.js";
import type { UiState } from "./ui-state.js";
import { contextOf } from "./update/update.js";
import type { World } from "./world.js";

/** Null for what means nothing to the UI. */
export function actionOf(event: InputEvent, state: UiState, world: World): Action | null {
  switch (event.kind) {
    case "key": {
      const chord = formatChord(event);
      const row = world.keymap.find(contextOf(state, world), chord);
      if (row === null) return { kind: "key", key: event };
      return { kind: "do", name: row.action, argument: row.action === "go" ? digitOf(chord) : "" };
    }
    case "text":
      return { kind: "text", text: event.text };
    case "paste":
      return { kind: "paste", text: event.text };
    case "mouse":
      return { kind: "mouse", mouse: event };
    case "focus":
    case "cursor-report":
    case "device-report":
      return null;
    default: {
      const unreachable: never = event;
      return unreachable;
    }
  }
}

/** Alt-3 goes to the third conversation. */
function digitOf(chord: string): string {
  return /[1-9]$/.exec(chord)?.[0] ?? "";
}
