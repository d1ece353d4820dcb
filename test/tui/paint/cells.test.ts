// Layer 1: panes to cells and cells to bytes, without a terminal.
import { describe, expect, it } from "vitest";
import { blankCells, paintPane } from "../../../src/tui/paint/cells.js";
import { drawCells } from "../../../src/tui/paint/draw.js";
import { defaultAttribute } from "../../../src/tui/paint/style.js";
import { type Cell, type CellRow, rightHalf } from "../../../src/tui/paint/toolkit.js";
import { line, pane } from "../terminal.js";

function createRows(columns: number, rows: number): CellRow[] {
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Cell => [defaultAttribute, " "]),
  );
}

const show = (rows: readonly CellRow[]): string[] =>
  rows.map((row) => row.map(([, text]) => (text === rightHalf ? "·" : text)).join(""));

const plain = (): number => defaultAttribute;

function paint(rows: CellRow[], text: string, xi: number, xl: number): void {
  paintPane(rows, { xi, xl, yi: 0, yl: 1 }, pane("a", [0, 0, 0, 0], [line(text)]), plain);
}

describe("cells", () => {
  it("gives a wide character two cells and fills the rest", () => {
    const rows = createRows(8, 1);
    paint(rows, "a你b", 1, 7);
    expect(show(rows)).toEqual([" a你·b   "]);
  });

  it("leaves out what is beyond any edge", () => {
    const rows = createRows(4, 1);
    paint(rows, "你好世界", -1, 9);
    expect(show(rows)).toEqual(["·好·世"]);
    expect(drawCells(dirty(rows), createRows(4, 1))).toContain("好");
    expect(show(rows)).toEqual([" 好· "]);
  });

  it("cuts a wide character that half fits", () => {
    const rows = createRows(6, 1);
    paint(rows, "xxxxxx", 0, 6);
    paint(rows, "你好", 1, 4);
    expect(show(rows)).toEqual(["x你· xx"]);
  });

  it("looks only at what can be seen of a long line", () => {
    // Behind a hundred stacked marks the next letter is found; behind four thousand, past what is looked at, it is not.
    expect(shownBehind(100)).toContain("b");
    expect(shownBehind(4_000)).not.toContain("b");
  });
});

function dirty(rows: CellRow[]): CellRow[] {
  for (const row of rows) row.dirty = true;
  return rows;
}

/** A letter under so many stacked marks, and one behind it. */
function shownBehind(marks: number): string {
  const [row = []] = rowsOf(`a${"\u0301".repeat(marks)}b`, 10);
  return row.map(([, text]) => text).join("");
}

function rowsOf(text: string, columns = 10): CellRow[] {
  const rows = createRows(columns, 1);
  blankCells(rows, defaultAttribute);
  paint(rows, text, 0, columns);
  return rows;
}

function difference(before: string, after: string): string {
  const painted = createRows(10, 1);
  drawCells(rowsOf(before), painted);
  return drawCells(rowsOf(after), painted);
}

describe("difference", () => {
  it.each([
    ["abc", "abc", ""],
    ["abc", "axc", "\u001b[1;2Hx"],
    ["abcdef", "xbcdey", "\u001b[1;1Hx\u001b[1;6Hy"],
    ["你好", "你们", "\u001b[1;3H们"],
    ["你", "ab", "\u001b[1;1Hab"],
    ["a你", "你b", "\u001b[1;1H你b"],
    // Placed anew after an emoji, over blanks in case it is drawn narrow, and what follows twice, in case it is drawn wide.
    ["ab", "a😀", "\u001b[1;2H  \u001b[1;2H😀\u001b[1;4H  "],
  ])("%j to %j is %j", (before, after, bytes) => {
    expect(difference(before, after)).toBe(bytes);
  });

  it("leaves rows alone that nobody touched", () => {
    const wanted = rowsOf("abc");
    for (const row of wanted) row.dirty = false;
    expect(drawCells(wanted, createRows(10, 1))).toBe("");
  });

  it("never prints the mark of a right half", () => {
    const wanted = rowsOf("你好");
    wanted[0]![0] = [defaultAttribute, "x"];
    const bytes = drawCells(wanted, createRows(10, 1));
    expect(bytes).not.toContain(rightHalf);
    expect(show(wanted)).toEqual(["x 好·      "]);
  });
});
