// The line editor's model: operations and their outcome, drawn with the caret as `|`.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyEdit,
  createEditor,
  editOperations,
  type EditOperation,
  editorLimit,
  type EditorState,
  editorText,
  emptyEditor,
  insertText,
  isOnFirstLine,
  isOnLastLine,
  moveCaret,
  replaceRange,
  replaceText,
} from "../../../src/tui/edit/editor.js";
import { walkHistory } from "../../../src/tui/edit/history.js";
import { measurePaste } from "../../../src/tui/edit/paste.js";
import { splitClusters } from "../../../src/tui/text/clusters.js";

function draw(state: EditorState): string {
  return `${state.clusters.slice(0, state.caret).join("")}|${state.clusters.slice(state.caret).join("")}`;
}

function at(drawn: string): EditorState {
  const caret = splitClusters(drawn.slice(0, drawn.indexOf("|"))).length;
  return moveCaret(createEditor(drawn.replace("|", "")), caret);
}

function run(state: EditorState, ...steps: (EditOperation | { type: string })[]): EditorState {
  return steps.reduce(
    (current, step) => (typeof step === "string" ? applyEdit(current, step) : insertText(current, step.type)),
    state,
  );
}

describe("editing", () => {
  it.each<[string, EditOperation, string]>([
    ["你好😀🇨🇳é|", "left", "你好😀🇨🇳|é"],
    ["你好😀|🇨🇳é", "right", "你好😀🇨🇳|é"],
    ["|a", "left", "|a"],
    ["a|", "right", "a|"],
    ["你好😀🇨🇳|é", "backspace", "你好😀|é"],
    ["你好😀|é", "backspace", "你好|é"],
    ["你好👨‍👩‍👧|", "backspace", "你好|"],
    ["你|好", "backspace", "|好"],
    ["e\u0301|", "backspace", "|"],
    ["|😀好", "delete", "|好"],
    ["|", "backspace", "|"],
    ["|", "delete", "|"],
    ["hello world|", "word-left", "hello |world"],
    ["|hello world", "word-right", "hello| world"],
    ["今天下午开会|", "word-left", "今天下午|开会"],
    ["|今天下午开会", "word-right", "今天|下午开会"],
    ["a  😀|", "word-left", "a  |😀"],
    ["ab\n|cd", "word-left", "ab|\ncd"],
    ["hello world|", "delete-word-left", "hello |"],
    ["|hello world", "delete-word-right", "| world"],
    ["ab\ncd|ef", "line-start", "ab\n|cdef"],
    ["ab\n|cd\nef", "line-end", "ab\ncd|\nef"],
    ["ab\ncd|", "text-start", "|ab\ncd"],
    ["|ab\ncd", "text-end", "ab\ncd|"],
    ["ab\ncd|ef", "kill-to-line-start", "ab\n|ef"],
    ["a|b\ncd", "kill-to-line-end", "a|\ncd"],
    ["ab|\ncd", "kill-to-line-end", "ab|cd"],
    ["你好\nabc|d", "up", "你|好\nabcd"],
    ["ab|c\n你好", "down", "abc\n你|好"],
    ["a|b", "up", "a|b"],
    ["a|b", "new-line", "a\n|b"],
    ["ab|", "clear", "|"],
  ])("%j %s gives %j", (before, operation, after) => {
    expect(draw(applyEdit(at(before), operation))).toBe(after);
  });

  it("keeps the goal column over a short line", () => {
    expect(draw(run(at("abcdef|\nx\nabcdef"), "down", "down"))).toBe("abcdef\nx\nabcdef|");
  });

  it("joins what is one character, also when it comes in pieces", () => {
    expect(run(emptyEditor, { type: "e" }, { type: "\u0301" }).clusters).toEqual(["e\u0301"]);
    const flag = run(emptyEditor, { type: "🇨" }, { type: "🇳" });
    expect(flag.clusters).toEqual(["🇨🇳"]);
    expect(flag.caret).toBe(1);
    expect(run(at("a|b"), { type: "你好" }).caret).toBe(3);
  });

  it("takes pasted lines as lines, spaces for tabs, and no control character", () => {
    expect(editorText(insertText(emptyEditor, "一\r\n二\r\tx\u001b[0m\u0000"))).toBe("一\n二\n    x[0m");
  });

  it("kills, collects and yanks", () => {
    const killed = run(at("one two three|"), "delete-word-left", "delete-word-left");
    expect(draw(killed)).toBe("one |");
    expect(draw(run(killed, "text-start", "yank"))).toBe("two three|one ");
    expect(draw(run(at("a|b\nc"), "kill-to-line-end", "kill-to-line-end", "yank"))).toBe("ab\n|c");
    expect(run(emptyEditor, "yank")).toBe(emptyEditor);
  });

  it("undoes words of typing, deletions and replacements, back to the start", () => {
    const typed = run(emptyEditor, { type: "你" }, { type: "好" }, { type: " " }, { type: "x" }, "backspace");
    expect(draw(run(typed, "undo"))).toBe("你好 x|");
    expect(draw(run(typed, "undo", "undo"))).toBe("你好|");
    expect(draw(run(typed, "undo", "undo", "undo", "undo"))).toBe("|");
    expect(draw(run(replaceText(createEditor("old"), "new"), "undo"))).toBe("old|");
  });

  it("replaces a range for completion", () => {
    expect(draw(replaceRange(at("@xi|!"), 0, 3, "@小明 "))).toBe("@小明 |!");
  });

  it("refuses to grow without limit", () => {
    const full = createEditor("x".repeat(editorLimit));
    expect(insertText(full, "y")).toBe(full);
    expect(createEditor("x".repeat(editorLimit + 5)).clusters).toHaveLength(editorLimit);
  });

  it("keeps value and caret sound under any operations", () => {
    const step = fc.oneof(
      fc.constantFrom(...editOperations),
      fc.string({ unit: "grapheme", maxLength: 5 }).map((type) => ({ type })),
      fc.constantFrom("🇨", "🇳", "\u0301", "\u200d", "👩", "\n", "你好").map((type) => ({ type })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = emptyEditor;
        for (const one of steps) {
          state = run(state, one);
          expect(state.clusters).toEqual(splitClusters(editorText(state)));
          expect(state.caret).toBeGreaterThanOrEqual(0);
          expect(state.caret).toBeLessThanOrEqual(state.clusters.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("history", () => {
  const sent = ["first", "second", "第三"];

  it("walks back and forward, and the unsent draft survives with its caret", () => {
    const draft = at("未发|送");
    const back = walkHistory(draft, "older", sent);
    expect(draw(back)).toBe("第三|");
    const twice = walkHistory(walkHistory(back, "older", sent), "older", sent);
    expect(draw(twice)).toBe("first|");
    expect(walkHistory(twice, "older", sent)).toBe(twice);
    const home = ["newer", "newer", "newer"].reduce((state) => walkHistory(state, "newer", sent), twice);
    expect(draw(home)).toBe("未发|送");
    expect(walkHistory(home, "newer", sent)).toBe(home);
  });

  it("says when Up and Down leave the text", () => {
    expect(isOnFirstLine(at("a|b\nc"))).toBe(true);
    expect(isOnLastLine(at("a|b\nc"))).toBe(false);
    expect(isOnFirstLine(at("ab\n|c"))).toBe(false);
    expect(isOnLastLine(at("ab\n|c"))).toBe(true);
  });
});

describe("paste size", () => {
  it.each([
    ["一行", 1, 6, false],
    ["x\n".repeat(10), 10, 20, false],
    ["x\n".repeat(11), 11, 22, true],
    ["长".repeat(1400), 1, 4200, true],
  ])("%#", (text, lines, sizeBytes, isLarge) => {
    expect(measurePaste(text)).toEqual({ lines, sizeBytes, isLarge });
  });
});
