import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayText } from "../../../src/tui/text/display.js";
import { cellWidth } from "../../../src/tui/text/width.js";
import { wrapPieces, wrapRanges, wrapText } from "../../../src/tui/text/wrap.js";

describe("wrapping", () => {
  it.each([
    ["", 10, [""]],
    ["你好世界", 4, ["你好", "世界"]],
    ["你好，世界", 4, ["你", "好，", "世界"]],
    ["请大家（全部）来", 8, ["请大家", "（全部）", "来"]],
    ["他们说“好的”。", 8, ["他们说", "“好的”。"]],
    ["Please be on time!", 10, ["Please be", "on time!"]],
    ["Please   be", 6, ["Please", "be"]],
    ["don’t go", 5, ["don’t", "go"]],
    ["看 http://192.168.1.23/path/x", 12, ["看 http://19", "2.168.1.23/p", "ath/x"]],
    ["开会abc讨论", 6, ["开会", "abc讨", "论"]],
    ["！！！！！！", 4, ["！！", "！！", "！！"]],
    ["a\nb\n\nc", 10, ["a", "b", "", "c"]],
    ["a\n", 10, ["a", ""]],
    ["abcd \nef", 4, ["abcd", "ef"]],
    ["    x", 10, ["    x"]],
    ["abc    ", 3, ["abc"]],
    ["😀😀😀", 5, ["😀😀", "😀"]],
    ["价格是￥100元", 8, ["价格是", "￥100元"]],
    ["等等等……好", 6, ["等等", "等……好"]],
  ])("%j in %i columns", (text, columns, rows) => {
    expect(wrapText(text, { columns })).toEqual(rows);
  });

  it("gives the first row its own width", () => {
    expect(wrapText("一二三四五", { columns: 6, firstColumns: 2 })).toEqual(["一", "二三四", "五"]);
  });

  it("cuts styled pieces where rows break", () => {
    const pieces = [
      { text: "看 ", role: "a" },
      { text: "http://x/yz", role: "b" },
      { text: "。", role: "a" },
    ];
    expect(wrapPieces(pieces, { columns: 8 })).toEqual([
      [
        { text: "看 ", role: "a" },
        { text: "http:", role: "b" },
      ],
      [
        { text: "//x/yz", role: "b" },
        { text: "。", role: "a" },
      ],
    ]);
  });

  const unit = fc.oneof(
    fc.constantFrom(...Array.from("你好世，。！？（）“”…—、《》abcXYZ19 -/.:;,()[]\n  ")),
    fc.constantFrom("😀", "🇨🇳", "e\u0301", "http://a.b/c", "…", "ｶﾞ"),
    fc.string({ unit: "grapheme", maxLength: 2 }).map((text) => displayText(text)),
  );
  const text = fc.array(unit, { maxLength: 60 }).map((parts) => parts.join(""));

  it("loses nothing but spaces and line ends at the breaks, and no row is too wide", () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 2, max: 20 }),
        (whole, columns, firstColumns) => {
          const rows = wrapRanges(whole, { columns, firstColumns });
          let reached = 0;
          for (const [index, { start, end }] of rows.entries()) {
            expect(whole.slice(reached, start)).toMatch(/^[ \t\u3000]*\n?$/u);
            expect(end).toBeGreaterThanOrEqual(start);
            expect(cellWidth(whole.slice(start, end))).toBeLessThanOrEqual(
              index === 0 ? firstColumns : columns,
            );
            reached = end;
          }
          expect(whole.slice(reached)).toMatch(/^[ \t\u3000]*$/u);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("breaks before closing or after opening marks only when nothing else is possible", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^([一-龥]{1,3}[，。！）”]?)+$/u), (whole) => {
        for (const row of wrapText(whole, { columns: 10 })) expect(row).not.toMatch(/^[，。！）”]/u);
      }),
    );
  });

  // Squared work would run into the time limit of the tests.
  it("wraps 50 KB in one line", () => {
    expect(wrapText("长".repeat(17_000), { columns: 80 })).toHaveLength(425);
    expect(wrapText("x".repeat(50_000), { columns: 80 })).toHaveLength(625);
  });
});
