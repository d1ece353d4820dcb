// A scene as text, the way a terminal would show it: panes over each other, wide characters on two cells, halves as blanks.
import { cellClusters } from "../../../src/tui/text/display.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import type { Role, Scene } from "../../../src/tui/view/scene.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import type { World } from "../../../src/tui/world.js";

interface Cell {
  /** Null is the right half of the cell before. */
  readonly text: string | null;
  readonly role: Role;
}

function grid(scene: Scene): Cell[][] {
  const { columns, rows } = scene.size;
  const cells: Cell[][] = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Cell => ({ text: " ", role: "screen" })),
  );
  const put = (row: number, column: number, cell: Cell): void => {
    const line = cells[row];
    if (line === undefined || column < 0 || column >= columns) return;
    // Half a wide character under something new leaves a blank.
    if (line[column]?.text === null && line[column - 1] !== undefined) {
      line[column - 1] = { text: " ", role: cell.role };
    }
    if (cell.text !== null && line[column + 1]?.text === null) {
      line[column + 1] = { text: " ", role: cell.role };
    }
    line[column] = cell;
  };
  for (const pane of scene.panes) {
    for (let row = 0; row < pane.rect.rows; row += 1) {
      const end = pane.rect.column + pane.rect.columns;
      for (let column = pane.rect.column; column < end; column += 1) {
        put(pane.rect.row + row, column, { text: " ", role: pane.fill });
      }
      let column = pane.rect.column;
      for (const span of pane.lines[row] ?? []) {
        for (const cluster of cellClusters(span.text)) {
          if (column + cluster.columns > end) {
            column = end;
            break;
          }
          put(pane.rect.row + row, column, { text: cluster.text, role: span.role });
          if (cluster.columns === 2) {
            const line = cells[pane.rect.row + row];
            if (line !== undefined) line[column + 1] = { text: null, role: span.role };
          }
          column += cluster.columns;
        }
      }
    }
  }
  return cells;
}

/** Rows without the blanks at their ends. */
export function drawScene(scene: Scene): string {
  return grid(scene)
    .map((line) =>
      line
        .map((cell) => cell.text ?? "")
        .join("")
        .trimEnd(),
    )
    .join("\n");
}

/** What role the cells of a text have on the screen; undefined when the text is not there. */
export function roleOf(scene: Scene, text: string): Role | undefined {
  for (const line of grid(scene)) {
    const row = line.map((cell) => cell.text ?? "").join("");
    const at = row.indexOf(text);
    if (at < 0) continue;
    let seen = 0;
    for (const cell of line) {
      if (seen >= at && cell.text !== null) return cell.role;
      seen += cell.text?.length ?? 0;
    }
  }
  return undefined;
}

/** The whole screen of a state, with a line before and after it, as drawn in a test. */
export function drawScreen(state: UiState, world: World): string {
  return framed(viewScreen(state, world));
}

/** A scene in the same manner. */
export function framed(scene: Scene): string {
  return `\n${drawScene(scene)}\n`;
}
