import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { join, win32 } from "node:path";
import { isSafeName } from "../../src/files/safe-name.js";

describe("isSafeName", () => {
  it.each([
    "a",
    "报告.doc",
    "a:b:c.txt",
    "僜_攟.txt",
    "...",
    ".bashrc",
    "locked.doc (Can't open)",
    " x ",
    "あ".repeat(85),
  ])("takes %j", (name) => {
    expect(isSafeName(name)).toBe(true);
  });

  it.each([
    "",
    ".",
    "..",
    "a/b",
    "/etc/passwd",
    "../x",
    "..\\..\\x.exe",
    "C:\\boot.ini",
    "a\0b",
    "a\nb",
    "a\x1b[2Jb",
    "a\x7fb",
    "a\x9bb",
    "a\ud800b",
    "x".repeat(256),
    "あ".repeat(86),
  ])("refuses %j", (name) => {
    expect(isSafeName(name)).toBe(false);
    expect(isSafeName(name, "windows")).toBe(false);
  });

  it.each([
    "C:x",
    "a:b",
    "con",
    "NUL.txt",
    "Lpt1",
    "com¹.log",
    "x.",
    "x ",
    'a"b',
    "a?b",
    "a*b",
    "a<b",
    "a|b",
    "CONIN$",
  ])("refuses %j on Windows only", (name) => {
    expect(isSafeName(name, "posix")).toBe(true);
    expect(isSafeName(name, "windows")).toBe(false);
  });

  it.each(["console", "nul1", "com10", "a.con", "报告.doc"])("takes %j on Windows too", (name) => {
    expect(isSafeName(name, "windows")).toBe(true);
  });

  it("never lets a path leave its folder", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "/", "\\", "a", "C:", "\0", "~"), anyText(4));
    const names = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(names, (name) => {
        expect(!isSafeName(name) || join("/base", name) === `/base/${name}`).toBe(true);
        expect(!isSafeName(name, "windows") || win32.join("C:\\base", name) === `C:\\base\\${name}`).toBe(
          true,
        );
      }),
    );
  });
});
