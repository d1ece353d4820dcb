// From what the terminal tells to an action: keys through the key table by where the focus is, everything else as it is. Where nothing
// is written a single letter is a key too.
import type { Action } from "./action.js";
import { formatChord } from "./input/event.js";
import type { InputEvent } from "./input/event.js";
import { letterContexts, numberContexts } from "./key-context.js";
import type { KeyRow } from "./key-row.js";
import { splitClusters } from "./text/clusters.js";
import type { UiState } from "./ui-state.js";
import { contextOf } from "./update/context.js";
import type { World } from "./world.js";

/** Nothing for what means nothing to the UI; several for keys that came in one read. */
export function actionsOf(event: InputEvent, state: UiState, world: World): readonly Action[] {
  if (event.kind === "text") return textActions(event.text, state, world);
  const action = actionOf(event, state, world);
  return action === null ? [] : [action];
}

function actionOf(event: Exclude<InputEvent, { kind: "text" }>, state: UiState, world: World): Action | null {
  switch (event.kind) {
    case "key": {
      const chord = formatChord(event);
      const row = world.keymap.find(contextOf(state, world), chord);
      if (row === null) return { kind: "key", key: event };
      return { kind: "do", name: row.action, argument: row.action === "go" ? digitOf(chord) : "" };
    }
    case "paste":
      return { kind: "paste", text: event.text };
    case "mouse":
      return { kind: "mouse", mouse: event };
    case "focus":
      return { kind: "window", hasFocus: event.focused };
    case "cursor-report":
    case "device-report":
      return null;
    default: {
      const unreachable: never = event;
      return unreachable;
    }
  }
}

/**
 * Letters that are keys here, each of them; with a single one that is none the whole is text. Where numbers are typed among keys each
 * character is for itself.
 */
function textActions(text: string, state: UiState, world: World): readonly Action[] {
  const clusters = splitClusters(text);
  const rows = clusters.map((cluster) => letterRow(cluster, state, world));
  if (numberContexts.includes(contextOf(state, world))) {
    return clusters.map((cluster, index): Action => {
      const row = rows[index] ?? null;
      return row === null ? { kind: "text", text: cluster } : { kind: "do", name: row.action, argument: "" };
    });
  }
  return rows.every((row) => row !== null)
    ? rows.map((row): Action => ({ kind: "do", name: row.action, argument: "" }))
    : [{ kind: "text", text }];
}

/** The row a typed character calls; a letter whose action cannot be done now is text again, as is everything that is no letter. */
function letterRow(text: string, state: UiState, world: World): KeyRow | null {
  const context = contextOf(state, world);
  // Typing narrows these lists; the blank is a key in them all the same.
  const isList = context === "peers" || context === "wire";
  if (!(isList && text === " ") && !letterContexts.includes(context)) return null;
  const row = world.keymap.find(context, text === " " ? "space" : text);
  if (row === null || !row.contexts.includes(context)) return null;
  return (row.disabled?.(state, world) ?? null) === null ? row : null;
}

/** Alt-3 goes to the third conversation. */
function digitOf(chord: string): string {
  return /[1-9]$/.exec(chord)?.[0] ?? "";
}
