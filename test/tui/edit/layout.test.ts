// The editor's window: what is shown at which scroll, where the caret stands.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEditor, moveCaret } from "../../../src/tui/edit/editor.js";
import { caretAt, caretPlace, editorRows, layoutEditor, startWindow } from "../../../src/tui/edit/layout.js";
import { cellWidth } from "../../../src/tui/text/width.js";

const textOf = (rows: ReturnType<typeof layoutEditor>["rows"]): string[] =>
  rows.map((runs) => runs.map(({ text }) => text).join(""));

describe("editor layout", () => {
  it("shows a short line as it is, with the caret behind it", () => {
    const { rows, caret } = layoutEditor(createEditor("你好😀🇨🇳é"), 20, 1);
    expect(textOf(rows)).toEqual(["你好😀🇨🇳é"]);
    expect(caret).toEqual({ column: 9, row: 0 });
  });

  it("gives the right column at each step to the left", () => {
    const state = createEditor("你好😀🇨🇳é");
    const columns = [5, 4, 3, 2, 1, 0].map(
      (caret) => layoutEditor(moveCaret(state, caret), 20, 1).caret.column,
    );
    expect(columns).toEqual([9, 8, 6, 4, 2, 0]);
  });

  it("scrolls a long line and marks what is hidden, never half a character", () => {
    const state = createEditor("一二三四五六七八九十");
    const end = layoutEditor(state, 10, 1);
    expect(textOf(end.rows)).toEqual(["<七八九十"]);
    expect(end.caret.column).toBe(9);
    const home = layoutEditor(moveCaret(state, 0), 10, 1, end.window);
    expect(home.window.left).toBe(0);
    expect(textOf(home.rows)).toEqual(["一二三四>>"]);
    expect(home.rows[0]?.map(({ isMarker }) => isMarker)).toEqual([false, true]);
  });

  it("shows display form, and a sign for what is invisible", () => {
    const { rows, caret } = layoutEditor(createEditor("👍🏽\u200b"), 10, 1);
    expect(textOf(rows)).toEqual(["👍?"]);
    expect(caret.column).toBe(3);
  });

  it("grows with its lines to 3 rows on small screens and 5 on larger, then scrolls", () => {
    const state = createEditor("1\n2\n3\n4\n5\n6");
    expect([editorRows(state, 24), editorRows(state, 40), editorRows(createEditor("x"), 40)]).toEqual([
      3, 5, 1,
    ]);
    const { rows, caret, hasAbove, hasBelow, window } = layoutEditor(state, 10, 3);
    expect(textOf(rows)).toEqual(["4", "5", "6"]);
    expect(caret).toEqual({ column: 1, row: 2 });
    expect([hasAbove, hasBelow]).toEqual([true, false]);
    const up = layoutEditor(moveCaret(state, 8), 10, 3, window);
    expect([up.window.top, up.caret.row]).toEqual([3, 1]);
  });

  it("finds the cluster under a cell", () => {
    const state = createEditor("你好a\nbc");
    expect([0, 1, 2, 4, 9].map((column) => caretAt(state, startWindow, column, 0))).toEqual([0, 0, 1, 2, 3]);
    expect(caretAt(state, startWindow, 1, 1)).toBe(5);
    expect(caretPlace(moveCaret(state, 5))).toEqual({ line: 1, column: 1 });
  });

  it("always shows the caret and never exceeds the rectangle", () => {
    const unit = fc.oneof(
      fc.constantFrom("你", "😀", "a", "\n", "🇨🇳", "👨‍👩‍👧", "\u200b", "ｶﾞ"),
      fc.string({ unit: "grapheme", maxLength: 1 }),
    );
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 40 }),
        fc.nat(40),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.record({ left: fc.nat(60), top: fc.nat(10) }),
        (parts, place, columns, rows, window) => {
          const state = moveCaret(createEditor(parts.join("")), place);
          const layout = layoutEditor(state, columns, rows, window);
          expect(layout.rows.length).toBeGreaterThan(0);
          expect(layout.rows.length).toBeLessThanOrEqual(rows);
          for (const text of textOf(layout.rows)) expect(cellWidth(text)).toBeLessThanOrEqual(columns);
          expect(layout.caret.column).toBeGreaterThanOrEqual(0);
          expect(layout.caret.column).toBeLessThan(columns);
          expect(layout.caret.row).toBeGreaterThanOrEqual(0);
          expect(layout.caret.row).toBeLessThan(layout.rows.length);
          // The caret is a real place, not a clamp: the window begins at or before it.
          expect(layout.window.left + layout.caret.column).toBe(caretPlace(state).column);
          // Stable: laying out again moves nothing.
          expect(layoutEditor(state, columns, rows, layout.window)).toEqual(layout);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
