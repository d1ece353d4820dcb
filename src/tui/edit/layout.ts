// The editor as rows of the screen: a window over its lines that always shows the caret. Lines scroll sideways together; what is
// hidden at an edge, also a wide character cut in half, is a marker. Keeps no state: the last window goes in, the next comes out.

import { columnOf, lineStart, linesOf, shownCells, shownWidth } from "./lines.js";
import type { Snapshot } from "./editor.js";

/** The first column and line shown; belongs to the caller's state, so that the view moves no more than it must. */
export interface EditorWindow {
  readonly left: number;
  readonly top: number;
}

export interface EditorRun {
  readonly text: string;
  readonly isMarker: boolean;
}

export interface EditorLayout {
  /** One row per visible line; at least one. */
  readonly rows: readonly (readonly EditorRun[])[];
  /** Where the hardware cursor belongs, within the rows. */
  readonly caret: { readonly column: number; readonly row: number };
  readonly window: EditorWindow;
  /** Whether lines are hidden above or below. */
  readonly hasAbove: boolean;
  readonly hasBelow: boolean;
}

export const startWindow: EditorWindow = { left: 0, top: 0 };

/** Rows the editor wants on a screen of this height: it grows with its lines up to 5, on small screens to 3. */
export function editorRows(state: Snapshot, screenRows: number): number {
  const most = screenRows <= 24 ? 3 : 5;
  return Math.min(most, linesOf(state.clusters).length);
}

/** Lays the editor out in a rectangle; works down to one cell. */
export function layoutEditor(
  state: Snapshot,
  columns: number,
  rows: number,
  last: EditorWindow = startWindow,
): EditorLayout {
  const width = Math.max(1, columns);
  const height = Math.max(1, rows);
  const { clusters, caret } = state;
  const lines = linesOf(clusters);
  const caretLine = lines.findIndex(({ end }) => caret <= end);
  const caretColumn = columnOf(clusters, caret);
  const under = clusters[caret];
  const need = under === undefined || under === "\n" ? 1 : shownWidth(under) + 1;
  const left = scrollLeft(last.left, caretColumn, need, width);
  const lowestTop = Math.max(0, lines.length - height);
  const top = Math.min(lowestTop, Math.min(caretLine, Math.max(last.top, caretLine - height + 1)));
  const shown = lines.slice(top, top + height);
  return {
    rows: shown.map(({ start, end }) => rowOf(clusters.slice(start, end), left, width)),
    caret: { column: Math.min(width - 1, caretColumn - left), row: caretLine - top },
    window: { left, top },
    hasAbove: top > 0,
    hasBelow: top + height < lines.length,
  };
}

/**
 * First column to show: the last one, moved no further than the caret needs. `need` is what must be seen from the caret on: one
 * cell at the end of a line, else the cluster under the caret and the cell of the right marker.
 */
function scrollLeft(last: number, caretColumn: number, need: number, width: number): number {
  const isNarrow = width <= 4;
  // Wider windows move by more than a step, so that typing at the edge does not move the line each time.
  const jump = width > 12 ? 4 : 0;
  let left = Math.max(0, last);
  const rightmost = caretColumn + need - width;
  if (left < rightmost) left = rightmost + jump;
  // Two columns: the left marker may have to stand on both halves of a wide character.
  const leftmost = Math.max(0, caretColumn - (isNarrow ? 0 : 2));
  if (left > leftmost) left = Math.max(0, leftmost - jump);
  return left;
}

function rowOf(clusters: readonly string[], left: number, width: number): readonly EditorRun[] {
  const right = left + width;
  let total = 0;
  for (const cluster of clusters) total += shownWidth(cluster);
  const firstFree = left > 0 && total > 0 ? left + 1 : left;
  const lastFree = total > right ? right - 1 : right;
  const runs: EditorRun[] = [];
  const add = (text: string, isMarker: boolean): void => {
    const previous = runs.at(-1);
    if (previous !== undefined && previous.isMarker === isMarker) {
      runs[runs.length - 1] = { text: previous.text + text, isMarker };
    } else runs.push({ text, isMarker });
  };
  let column = 0;
  let painted = left;
  if (firstFree > left) {
    add("<", true);
    painted = firstFree;
  }
  for (const cluster of clusters) {
    for (const cell of shownCells(cluster)) {
      const start = column;
      column += cell.columns;
      if (column <= painted || painted >= right) continue;
      // Cut in half by an edge or a marker: the half that is in view is a marker too.
      if (start < painted) {
        add("<".repeat(Math.min(column, right) - painted), true);
        painted = Math.min(column, right);
      } else if (column <= lastFree) {
        add(cell.text, false);
        painted = column;
      } else {
        add(">".repeat(right - start), true);
        painted = right;
      }
    }
  }
  return runs;
}

/** The cluster index under a cell of the layout, for the mouse. */
export function caretAt(state: Snapshot, window: EditorWindow, column: number, row: number): number {
  const lines = linesOf(state.clusters);
  const line = lines[Math.max(0, Math.min(lines.length - 1, window.top + row))];
  if (line === undefined) return state.caret;
  let reached = 0;
  for (let index = line.start; index < line.end; index += 1) {
    reached += shownWidth(state.clusters[index] ?? "");
    if (reached > window.left + column) return index;
  }
  return line.end;
}

/** Line and column of the caret in the whole text, from 0. */
export function caretPlace(state: Snapshot): { readonly line: number; readonly column: number } {
  const start = lineStart(state.clusters, state.caret);
  const line = linesOf(state.clusters).findIndex((range) => range.start === start);
  return { line, column: columnOf(state.clusters, state.caret) };
}
