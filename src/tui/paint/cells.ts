// Panes to cells: writes the lines of a pane into the rectangle of a cell array. A wide cluster takes two cells; what does not fit
// at the edge becomes a blank. Everything passes the display form here, so no control character can reach a cell.

import { cellClusters } from "../text/display.js";
import type { Pane, Role } from "../view/scene.js";
import { halfBlockCell, type PictureDepth } from "./half-block.js";
import { withMarks } from "./style.js";
import { type CellRow, type Coordinates, rightHalf } from "./toolkit.js";

export type Attributes = (role: Role) => number;

function put(row: CellRow, column: number, attribute: number, text: string): void {
  const cell = row[column];
  if (cell === undefined) return;
  cell[0] = attribute;
  cell[1] = text;
}

/** Makes every cell blank in one look and every row due for comparison. */
export function blankCells(rows: readonly CellRow[], attribute: number): void {
  for (const row of rows) {
    for (const cell of row) {
      cell[0] = attribute;
      cell[1] = " ";
    }
    row.dirty = true;
  }
}

/** UTF-16 units looked at for each column: enough for any cluster, however decorated. */
const unitsPerColumn = 64;

/** Paints a pane where the toolkit says it stands; parts outside the screen are left out. */
export function paintPane(
  rows: readonly CellRow[],
  place: Coordinates,
  pane: Pane,
  attributes: Attributes,
  depth: PictureDepth = "256",
): void {
  const fill = attributes(pane.fill);
  for (let y = Math.max(0, place.yi); y < place.yl; y += 1) {
    const row = rows[y];
    if (row === undefined) break;
    let x = place.xi;
    line: for (const span of pane.lines[y - place.yi] ?? []) {
      if (span.colours !== undefined) {
        if (x >= place.xl) break line;
        const { attribute, text } = halfBlockCell(...span.colours, depth);
        put(row, x, attribute, text);
        x += 1;
        continue;
      }
      const attribute = withMarks(attributes(span.role), span);
      // Views cut their lines; a line of 50 KB must not cost more than what can be seen of it.
      const inSight = span.text.slice(0, (place.xl - x) * unitsPerColumn);
      for (const { text, columns } of cellClusters(inSight)) {
        if (x + columns > place.xl) break line;
        put(row, x, attribute, text);
        if (columns === 2) put(row, x + 1, attribute, rightHalf);
        x += columns;
      }
    }
    for (; x < place.xl && x < row.length; x += 1) put(row, x, fill, " ");
  }
}
