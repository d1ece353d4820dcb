import { describe, expect, it } from "vitest";
import {
  attributeOf,
  colourDepth,
  defaultAttribute,
  formatAttribute,
  withMarks,
} from "../../../src/tui/paint/style.js";

const plain = { foreground: -1, background: -1 };

describe("styles", () => {
  it.each([
    [plain, "256", "\u001b[m"],
    [{ ...plain, foreground: 1, bold: true }, "256", "\u001b[0;1;31m"],
    [{ ...plain, foreground: 9, background: 12 }, "16", "\u001b[0;91;104m"],
    [{ foreground: 208, background: 235 }, "256", "\u001b[0;38;5;208;48;5;235m"],
    [{ foreground: 196, background: 231 }, "16", "\u001b[0;91;107m"],
    [{ foreground: 1, background: 4, underline: true }, "none", "\u001b[0;4;7m"],
    [{ ...plain, dim: true, italic: true }, "none", "\u001b[0;2;3m"],
    [{ foreground: 999, background: -7 }, "256", "\u001b[m"],
  ] as const)("%j at depth %s is %j", (spec, depth, sequence) => {
    expect(formatAttribute(attributeOf(spec, depth))).toBe(sequence);
  });

  it("keeps the screen's own background out of monochrome inverse", () => {
    expect(attributeOf({ foreground: 7, background: 0 }, "none", 0)).toBe(defaultAttribute);
  });

  it("adds marks; inverse twice is plain", () => {
    const inverse = withMarks(defaultAttribute, { inverse: true, bold: true });
    expect(formatAttribute(inverse)).toBe("\u001b[0;1;7m");
    expect(formatAttribute(withMarks(inverse, { inverse: true }))).toBe("\u001b[0;1m");
  });

  it.each([
    [{ TERM: "xterm-256color" }, "256"],
    [{ TERM: "tmux-256color", NO_COLOR: "1" }, "none"],
    [{ TERM: "xterm", NO_COLOR: "" }, "16"],
    [{ TERM: "screen" }, "16"],
    [{ TERM: "linux" }, "16"],
    [{ TERM: "vt100" }, "none"],
    [{ TERM: "xterm", COLORTERM: "truecolor" }, "256"],
    [{}, "16"],
  ] as const)("%j has depth %s", (environment, depth) => {
    expect(colourDepth(environment)).toBe(depth);
  });
});
