// The measure against string-width, display form, fitting; wrapping has its own file.
import * as fc from "fast-check";
import stringWidth from "string-width";
import { afterEach, describe, expect, it } from "vitest";
import { anyText } from "../../any-text.js";
import { splitClusters } from "../../../src/tui/text/clusters.js";
import { cellClusters, displayText } from "../../../src/tui/text/display.js";
import { fitText, padText, takeColumns, truncateText } from "../../../src/tui/text/fit.js";
import { cellWidth, clusterWidth, setAmbiguousWidth, widthEpoch } from "../../../src/tui/text/width.js";

afterEach(() => setAmbiguousWidth(1));

const corpus = [
  "Please be on time!",
  "你好，今天下午三点在机房开会，请大家带上笔记本电脑。",
  "课程设计报告(最终版).docx  1.2 MB",
  "“引号”……——·①②★→─│┌",
  "カタカナ ひらがな ｶﾞｷﾞ ﾊﾟ",
  "한국어 각",
  "ＡＢＣ１２３，。",
  "😀😃👍🎉🇨🇳🇯🇵⌚⭐❤☺",
  "é à ñ ç",
  "नमस्ते क्षि สวัสดี กำ العربية עברית",
  "Ωμέγα Привет",
  "𠮷野家 𝕏 🀄",
];

describe("width", () => {
  it.each(corpus)("equals string-width: %s", (text) => {
    expect(cellWidth(text)).toBe(stringWidth(text));
  });

  // Rules, arrows and stars keep one column, because they are sent as ASCII there.
  it.each(corpus.filter((text) => !/[─│┌→·★]/.test(text)))(
    "equals string-width with wide ambiguous characters: %s",
    (text) => {
      setAmbiguousWidth(2);
      expect(cellWidth(text)).toBe(stringWidth(text, { ambiguousIsNarrow: false }));
    },
  );

  it("equals string-width for every single character of the planes in use", () => {
    const different: string[] = [];
    for (let point = 0x20; point < 0x30000; point += point < 0x3000 ? 1 : 7) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = displayText(String.fromCodePoint(point));
      if (character === "") continue;
      if (clusterWidth(character) !== stringWidth(character)) different.push(point.toString(16));
    }
    // Spacing marks alone, format characters with a glyph and jamo without partner: drawn, and so counted here.
    expect(
      different.filter(
        (hex) => !/\p{M}|\p{Cf}|[\u1160-\u11ff\ud7b0-\ud7ff]/u.test(String.fromCodePoint(parseInt(hex, 16))),
      ),
    ).toEqual([]);
  });

  it.each([
    ["🇨🇳", 2],
    ["🇨", 1],
    ["👍", 2],
    ["\u0301", 0],
    ["e\u0301", 1],
    ["\u200b", 0],
    ["\u001b", 0],
    ["각", 2],
    ["", 0],
  ])("%j takes %i", (cluster, width) => {
    expect(clusterWidth(cluster)).toBe(width);
  });

  it("follows the terminal for ambiguous characters, but rules stay one column", () => {
    const before = widthEpoch();
    expect(cellWidth("“”…①─→│")).toBe(7);
    setAmbiguousWidth(2);
    expect(widthEpoch()).toBe(before + 1);
    expect(cellWidth("“”…①─→│")).toBe(11);
    expect(cellClusters("─→│“").map(({ text }) => text)).toEqual(["-", ">", "|", "“"]);
  });
});

describe("display form", () => {
  it.each([
    ["👍🏽", "👍"],
    ["❤️", "❤"],
    ["👨‍👩‍👧", "👨👩👧"],
    ["a\u200b\u2060\ufeffb\u00adc\u3164", "abc"],
    ["\u202eabc\u2069\u061c", "abc"],
    ["a\tb\u2028c\nd", "a b cde".replace("e", "")],
    ["\u001b[31m\u009bx\u0000\u007f", "[31mx"],
    ["\ud800x", "\ufffdx"],
    ["\u{e0061}\u{e007f}🏴", "🏴"],
  ])("%j becomes %j", (text, shown) => {
    expect(displayText(text)).toBe(shown);
  });

  it("caps a tower of marks at eight code points", () => {
    expect(displayText(`z${"\u0301".repeat(4000)}!`)).toBe(`z${"\u0301".repeat(7)}!`);
  });

  it("lets no control, direction or invisible character into a cell, whatever comes", () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        let columns = 0;
        const bad = /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cs}]/u;
        for (const cell of cellClusters(text)) {
          if (bad.test(cell.text) || Array.from(cell.text).length > 8) expect(cell.text).toBe("harmless");
          columns += cell.columns;
        }
        expect(columns).toBe(cellWidth(displayText(text)));
        expect(displayText(displayText(text))).toBe(displayText(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("clusters", () => {
  it("agree with the segmenter, whichever way is taken", () => {
    const segmenter = new Intl.Segmenter("zh", { granularity: "grapheme" });
    const unit = fc.oneof(
      fc.constantFrom(...Array.from("你好，か\u3099ガ각\u1100\u1161é\u0301a \r\n")),
      fc.string({ unit: "grapheme", maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        expect(splitClusters(text)).toEqual([...segmenter.segment(text)].map(({ segment }) => segment));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("fitting", () => {
  it.each([
    ["你好世界", 6, "你好…"],
    ["你好世界", 8, "你好世界"],
    ["你好世界", 1, "…"],
    ["你好", 0, ""],
    ["hello", 4, "hel…"],
  ])("truncates %j to %i columns: %j", (text, columns, cut) => {
    expect(truncateText(text, columns)).toBe(cut);
  });

  it("pads and fits exactly", () => {
    expect(padText("你", 4)).toBe("你  ");
    expect(padText("你", 4, "right")).toBe("  你");
    expect(padText("你", 5, "center")).toBe(" 你  ");
    expect(takeColumns("a你好", 2)).toBe("a");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), fc.nat(20), (text, columns) => {
        const shown = displayText(text);
        expect(cellWidth(fitText(shown, columns))).toBe(columns);
        expect(cellWidth(takeColumns(shown, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
