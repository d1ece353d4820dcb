// Where each region of the screen lies for a size: one pane with overlays on small screens, list and log on usual ones, a third
// column on wide ones. Pure arithmetic; updates use it too, for page sizes and mouse clicks.
import { editorRows } from "../edit/layout.js";
import { draftOf } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { Rect, Size } from "./scene.js";

export type LayoutKind = "tiny" | "narrow" | "medium" | "wide";

export interface Layout {
  readonly kind: LayoutKind;
  readonly screen: Rect;
  /** Menu bar; on narrow screens the one header row. */
  readonly menu: Rect;
  /** Peer list without its title row; on narrow screens the place of its overlay. */
  readonly list: Rect;
  /** Title rows of list and log; null where the header row says it. */
  readonly listTitle: Rect | null;
  readonly title: Rect | null;
  readonly log: Rect;
  readonly detailsTitle: Rect | null;
  readonly details: Rect | null;
  /** Columns of the vertical rules, and the row of the horizontal one. */
  readonly rules: readonly Rect[];
  readonly input: Rect;
  /** The row under the input for hints and errors; null where the status row must serve. */
  readonly notice: Rect | null;
  readonly status: Rect;
}

/** Smallest screen that is drawn at all. */
export const smallest: Size = { columns: 20, rows: 6 };

const rect = (column: number, row: number, columns: number, rows: number): Rect => ({
  column,
  row,
  columns: Math.max(0, columns),
  rows: Math.max(0, rows),
});

export function layoutKind(size: Size): LayoutKind {
  if (size.columns < smallest.columns || size.rows < smallest.rows) return "tiny";
  if (size.columns < 60 || size.rows < 15) return "narrow";
  return size.columns < 110 ? "medium" : "wide";
}

/** Lays the screen out for what the state wants to show. */
export function layoutOf(state: UiState): Layout {
  const { size } = state;
  const kind = layoutKind(size);
  const wanted = editorRows(draftOf(state).editor, size.rows);
  return kind === "tiny" || kind === "narrow"
    ? smallLayout(size, kind, wanted)
    : largeLayout(state, kind, wanted);
}

function smallLayout(size: Size, kind: LayoutKind, wantedRows: number): Layout {
  const { columns, rows } = size;
  const hasNotice = rows >= 15;
  const inputRows = Math.max(1, Math.min(wantedRows, rows - 4));
  const statusRow = rows - 1;
  const inputRow = statusRow - inputRows - (hasNotice ? 1 : 0);
  const log = rect(0, 1, columns, inputRow - 1);
  return {
    kind,
    screen: rect(0, 0, columns, rows),
    menu: rect(0, 0, columns, 1),
    list: rect(1, 2, columns - 2, inputRow - 3),
    listTitle: null,
    title: null,
    log,
    detailsTitle: null,
    details: null,
    rules: [],
    input: rect(0, inputRow, columns, inputRows),
    notice: hasNotice ? rect(0, statusRow - 1, columns, 1) : null,
    status: rect(0, statusRow, columns, 1),
  };
}

function largeLayout(state: UiState, kind: LayoutKind, wantedRows: number): Layout {
  const { columns, rows } = state.size;
  const listColumns = columns >= 140 ? 24 : columns >= 110 ? 22 : 18;
  const hasDetails = kind === "wide" && state.showDetails !== false;
  const detailColumns = hasDetails ? (columns >= 140 ? 32 : 26) : 0;
  const inputRows = Math.max(1, Math.min(wantedRows, rows - 10));
  const statusRow = rows - 1;
  const inputRow = statusRow - 1 - inputRows;
  const ruleRow = inputRow - 1;
  const logColumn = listColumns + 1;
  const logColumns = columns - logColumn - (hasDetails ? detailColumns + 1 : 0);
  const bodyRows = ruleRow - 2;
  const detailColumn = columns - detailColumns;
  const rules = [rect(listColumns, 1, 1, ruleRow - 1), rect(0, ruleRow, columns, 1)];
  if (hasDetails) rules.push(rect(detailColumn - 1, 1, 1, ruleRow - 1));
  return {
    kind,
    screen: rect(0, 0, columns, rows),
    menu: rect(0, 0, columns, 1),
    list: rect(0, 2, listColumns, bodyRows),
    listTitle: rect(0, 1, listColumns, 1),
    title: rect(logColumn, 1, logColumns, 1),
    log: rect(logColumn, 2, logColumns, bodyRows),
    detailsTitle: hasDetails ? rect(detailColumn, 1, detailColumns, 1) : null,
    details: hasDetails ? rect(detailColumn, 2, detailColumns, bodyRows) : null,
    rules,
    input: rect(0, inputRow, columns, inputRows),
    notice: rect(0, statusRow - 1, columns, 1),
    status: rect(0, statusRow, columns, 1),
  };
}

/** Whether a cell lies in a rectangle. */
export function isInside(place: { readonly column: number; readonly row: number }, area: Rect): boolean {
  return (
    place.column >= area.column &&
    place.column < area.column + area.columns &&
    place.row >= area.row &&
    place.row < area.row + area.rows
  );
}
