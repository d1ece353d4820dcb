// The difference between two cell arrays as bytes. Wide pairs count as one thing; the cursor is placed absolutely before each run and
// after every cluster that a terminal might measure otherwise, so a wrong width spoils at most that cluster and never shifts a row.

import { clusterWidth } from "../text/width.js";
import { formatWord } from "./half-block.js";
import { defaultAttribute } from "./style.js";
import { type CellRow, rightHalf } from "./toolkit.js";

/** Moves to a cell, counted from 0. */
export function moveTo(column: number, row: number): string {
  return `\u001b[${row + 1};${column + 1}H`;
}

/**
 * Repairs a row after overlapping: a wide cluster without its right half, or in the last column, is a blank, and so is a right half
 * without its left.
 */
function normalise(row: CellRow): void {
  for (let x = 0; x < row.length; x += 1) {
    const cell = row[x];
    if (cell === undefined) return;
    const text = cell[1];
    if (text === rightHalf) cell[1] = " ";
    // Nearly every cell is blank or ASCII.
    else if ((text.length > 1 || text > "~") && clusterWidth(text) === 2) {
      const next = row[x + 1];
      if (next?.[1] === rightHalf) {
        next[0] = cell[0];
        x += 1;
      } else cell[1] = " ";
    }
  }
}

/** Whether every terminal gives this cluster the columns we count: ASCII, Latin, line drawing, hanzi, kana, Hangul, full width. */
function isTrusted(text: string): boolean {
  if (text.length !== 1) return false;
  const code = text.charCodeAt(0);
  return (
    code < 0x300 ||
    (code >= 0x2010 && code <= 0x2027) ||
    (code >= 0x2500 && code <= 0x259f) ||
    (code >= 0x3000 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xff01 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6)
  );
}

/** A cluster of unknown width may have run over this many cells: they are painted again. */
const suspectCells = 2;

/** What the terminal would print next with, and where; kept from frame to frame, so that a typed character needs neither again. */
export interface Pen {
  attribute: number;
  /** -1 where the terminal's cursor is not known. */
  column: number;
  row: number;
}

/** The pen of a terminal just cleared. */
export function createPen(): Pen {
  return { attribute: defaultAttribute, column: -1, row: -1 };
}

function drawRow(wanted: CellRow, painted: CellRow, y: number, pen: Pen): string {
  let out = "";
  let suspects = 0;
  for (let x = 0; x < wanted.length;) {
    const cell = wanted[x];
    const old = painted[x];
    if (cell === undefined || old === undefined) break;
    const right = wanted[x + 1];
    const oldRight = painted[x + 1];
    const isWide = right?.[1] === rightHalf && oldRight !== undefined;
    const columns = isWide ? 2 : 1;
    const isSame =
      cell[0] === old[0] &&
      cell[1] === old[1] &&
      (!isWide || (right[0] === oldRight[0] && right[1] === oldRight[1]));
    if (isSame && suspects <= 0) {
      x += columns;
      continue;
    }
    if (pen.column !== x || pen.row !== y) out += moveTo(x, y);
    if (pen.attribute !== cell[0]) {
      out += formatWord(cell[0]);
      pen.attribute = cell[0];
    }
    const trusted = isTrusted(cell[1]);
    // Where the terminal draws it narrower than we count, the second cell must not keep its old glyph.
    if (!trusted && isWide) out += `  ${moveTo(x, y)}`;
    out += cell[1];
    old[0] = cell[0];
    old[1] = cell[1];
    if (isWide) {
      oldRight[0] = right[0];
      oldRight[1] = right[1];
    }
    x += columns;
    // Behind the last column terminals disagree where the cursor is.
    pen.column = trusted && x < wanted.length ? x : -1;
    pen.row = y;
    suspects = trusted ? suspects - columns : suspectCells;
  }
  return out;
}

/**
 * Bytes that turn the painted cells into the wanted ones, and copies these over. Only dirty rows are looked at. The pen is taken as
 * the terminal holds it and left as it will.
 */
export function drawCells(
  wanted: readonly CellRow[],
  painted: readonly CellRow[],
  pen: Pen = createPen(),
): string {
  let out = "";
  for (const [y, row] of wanted.entries()) {
    const old = painted[y];
    if (row.dirty !== true || old === undefined) continue;
    row.dirty = false;
    normalise(row);
    out += drawRow(row, old, y, pen);
  }
  return out;
}
