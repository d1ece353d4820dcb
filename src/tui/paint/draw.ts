// The difference between two cell arrays as bytes. Wide pairs count as one thing; the cursor is placed absolutely before each run and
// after every cluster that a terminal might measure otherwise, so a wrong width spoils at most that cluster and never shifts a row.

import { clusterWidth } from "../text/width.js";
import { defaultAttribute, formatAttribute } from "./style.js";
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
    if (cell[1] === rightHalf) cell[1] = " ";
    else if (clusterWidth(cell[1]) === 2) {
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

interface Pen {
  attribute: number;
}

function drawRow(wanted: CellRow, painted: CellRow, y: number, pen: Pen): string {
  let out = "";
  let cursor = -1;
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
    if (cursor !== x) out += moveTo(x, y);
    if (pen.attribute !== cell[0]) {
      out += formatAttribute(cell[0]);
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
    cursor = trusted ? x : -1;
    suspects = trusted ? suspects - columns : suspectCells;
  }
  return out;
}

/**
 * Bytes that turn the painted cells into the wanted ones, and copies these over. Only dirty rows are looked at. Begins and ends
 * with the terminal's default look.
 */
export function drawCells(wanted: readonly CellRow[], painted: readonly CellRow[]): string {
  const pen: Pen = { attribute: defaultAttribute };
  let out = "";
  for (const [y, row] of wanted.entries()) {
    const old = painted[y];
    if (row.dirty !== true || old === undefined) continue;
    row.dirty = false;
    normalise(row);
    out += drawRow(row, old, y, pen);
  }
  if (pen.attribute !== defaultAttribute) out += "\u001b[m";
  return out;
}
