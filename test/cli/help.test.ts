import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../../src/cli/command-spec.js";
import { formatHelp } from "../../src/cli/help.js";
import { programSpec } from "../../src/cli/parse.js";
import { cutWidth, formatTable, measureWidth, wrapWidth } from "../../src/cli/width.js";
import { createTranslate, languages } from "../../src/i18n/catalogue.js";

function pages(path: readonly CommandSpec[]): readonly (readonly CommandSpec[])[] {
  const command = path.at(-1)!;
  return [path, ...(command.subcommands ?? []).flatMap((sub) => pages([...path, sub]))];
}

describe.each(languages)("help in %s", (language) => {
  const text = createTranslate(language);

  it("fits 80 columns on every page", () => {
    for (const path of pages([programSpec])) {
      const lines = formatHelp(path, text).split("\n");
      expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    }
  });

  it("of the program", () => {
    expect(formatHelp([programSpec], text)).toMatchSnapshot();
  });

  it("of send", () => {
    const send = programSpec.subcommands!.find((command) => command.name === "send")!;
    expect(formatHelp([programSpec, send], text)).toMatchSnapshot();
  });
});

describe("columns", () => {
  it("counts as a terminal does", () => {
    for (const text of ["abc", "飞雁 chat", "“…”—", "１２", "é", ""]) {
      expect([text, measureWidth(text)]).toEqual([text, stringWidth(text)]);
    }
  });

  it("breaks Chinese anywhere but before closing punctuation", () => {
    expect(wrapWidth("一二三四，五", 8)).toEqual(["一二三", "四，五"]);
    expect(wrapWidth("one two three", 8)).toEqual(["one two", "three"]);
  });

  it("cuts to a width without half characters", () => {
    expect(cutWidth("一二三四", 6)).toBe("一二…");
    expect(cutWidth("abc", 3)).toBe("abc");
  });

  it("aligns columns of different scripts", () => {
    expect(
      formatTable([
        ["名字", "x"],
        ["ab", "y"],
      ]),
    ).toEqual(["名字  x", "ab    y"]);
  });
});
