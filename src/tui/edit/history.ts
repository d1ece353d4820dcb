// Walking through what was sent before. The unsent draft is put aside at the first step and comes back at the last; entries are
// the caller's, newest last.

import { createEditor, type EditorState } from "./editor.js";

/**
 * One step back (older) or forward (newer). At the ends nothing changes.
 *
 * Binding Up: `isOnFirstLine(state) ? walkHistory(state, "older", sent) : applyEdit(state, "up")`.
 */
export function walkHistory(
  state: EditorState,
  direction: "older" | "newer",
  entries: readonly string[],
): EditorState {
  const at = state.walk?.back ?? -1;
  const back = direction === "older" ? at + 1 : at - 1;
  const draft = state.walk?.draft ?? { clusters: state.clusters, caret: state.caret };
  if (back < -1 || back >= entries.length || (back === -1 && at === -1)) return state;
  if (back === -1) return { ...state, ...draft, walk: null, undo: [], goalColumn: null, lastChange: "other" };
  const { clusters, caret } = createEditor(entries[entries.length - 1 - back] ?? "");
  return {
    ...state,
    clusters,
    caret,
    walk: { back, draft },
    undo: [],
    goalColumn: null,
    lastChange: "other",
  };
}
