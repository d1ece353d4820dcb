// Themes: the shipped ones are sound, faults are named by file and key, and without colour the plain one is used.
import { join } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attributeOf } from "../../../src/tui/paint/style.js";
import { readJsonLines } from "../../../src/tui/json-lines.js";
import {
  chooseThemeName,
  listThemes,
  parseTheme,
  parseThemeText,
  plainTheme,
  readTheme,
} from "../../../src/tui/theme.js";
import { type Role, roles } from "../../../src/tui/view/scene.js";

const shipped = join(import.meta.dirname, "..", "..", "..", "themes");

const names = ["feiq-blue", "feiyan-dark", "feiyan-light", "high-contrast", "mono", "solarized"] as const;
const coloured = names.filter((name) => name !== "mono");

/** Lines and bars: no text stands in them. */
const rules = new Set<Role>(["border", "border.focused", "popup.border", "scrollbar", "scrollbar.thumb"]);
/** What may step back behind the text. */
const dim = new Set<Role>([
  "menu.disabled",
  "peer.offline",
  "peer.dialect",
  "message.time",
  "delivery.sent",
  "delivery.queued",
  "line.day",
  "input.marker",
  "popup.disabled",
  "popup.hint",
  "hex.offset",
]);

/** The colours of the table as most terminals show them: sixteen named, a cube of six steps, 24 greys. */
function rgbOf(index: number): readonly number[] {
  const named = [
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5",
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
  ].flatMap((row) => row.split(" "))[index];
  if (named !== undefined) return [0, 2, 4].map((at) => Number.parseInt(named.slice(at, at + 2), 16));
  if (index >= 232) return [0, 1, 2].map(() => 8 + (index - 232) * 10);
  return [36, 6, 1].map((unit) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / unit) % 6] ?? 0);
}

/** Contrast of two colours as WCAG 2 reckons it: 1 to 21. */
function contrast(one: number, other: number): number {
  const [light = 0, dark = 0] = [one, other]
    .map((index) => {
      const [red = 0, green = 0, blue = 0] = rgbOf(index).map((value) =>
        value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe("shipped themes", () => {
  it.each(names)("%s has a look for every role and no problem", async (name) => {
    const { theme, problems } = readTheme(shipped, name);
    expect(problems).toEqual([]);
    expect(Object.keys(theme.styles).toSorted()).toEqual([...roles].toSorted());
  });

  it("lists them, each once, with the user's own", async () => {
    expect(listThemes(shipped)).toEqual(names);
    expect(listThemes(join(shipped, "nothing"))).toEqual([]);
    expect(listThemes([join(shipped, "nothing"), shipped, shipped])).toEqual(names);
  });

  it("the reckoning of contrast is WCAG's", () => {
    expect(contrast(16, 231)).toBeCloseTo(21, 5);
    expect(contrast(231, 231)).toBe(1);
    expect(contrast(243, 255)).toBeCloseTo(3.95, 1);
  });

  it.each(coloured)("%s can be read: contrast 4.5, where dim 3", async (name) => {
    const { theme } = readTheme(shipped, name);
    const least = name === "high-contrast" ? 7 : 4.5;
    const poor = roles
      .filter((role) => !rules.has(role))
      .map((role) => ({ role, ...theme.styles[role] }))
      .filter(
        ({ role, foreground, background }) =>
          contrast(foreground, background) < (dim.has(role) ? Math.min(3, least) : least),
      );
    expect(poor).toEqual([]);
  });

  it.each(coloured)("%s can be read with sixteen colours too", async (name) => {
    const { theme } = readTheme(shipped, name);
    const poor = roles.filter((role) => {
      const word = attributeOf(theme.styles[role], "16");
      return !rules.has(role) && contrast((word >> 9) & 0x1ff, word & 0x1ff) < 1.5;
    });
    expect(poor).toEqual([]);
  });

  it.each(coloured)(
    "%s gives names eight colours that can be told apart from each other and the background",
    async (name) => {
      const { theme } = readTheme(shipped, name);
      const hues = roles.filter((role) => /^message\.name\.\d$/.test(role)).map((role) => theme.styles[role]);
      expect(new Set(hues.map((style) => style.foreground)).size).toBe(8);
      for (const style of hues) {
        expect(style.background).toBe(theme.styles.screen.background);
        expect(contrast(style.foreground, style.background)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it("without colour every theme still sets apart what is chosen", async () => {
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- few and small
      const { theme } = readTheme(shipped, name);
      const look = (role: Role): number =>
        attributeOf(theme.styles[role], "none", theme.styles.screen.background);
      expect(look("popup.selected"), name).not.toBe(look("popup"));
      expect(look("peer.selected"), name).not.toBe(look("peer.online"));
      expect(look("menu.active"), name).not.toBe(look("menu"));
      expect(look("form.field.focused"), name).not.toBe(look("form.label"));
    }
  });

  it("mono has no colour", async () => {
    const { theme } = readTheme(shipped, "mono");
    for (const style of Object.values(theme.styles))
      expect(style).toMatchObject({ foreground: -1, background: -1 });
    // What is chosen differs from what is open, and both from the rest.
    expect(theme.styles["popup.selected"]).toMatchObject({ inverse: true });
    expect(theme.styles["peer.selected"]).toMatchObject({ bold: true, underline: true });
  });
});

describe("theme files", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "feiyan-theme-"));
    await writeFile(join(directory, "broken.json"), "{ not json");
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([
    ["broken", "not-json"],
    ["absent", "not-found"],
    ["../../etc/passwd", "not-found"],
  ])("%s: %s", async (name, problem) => {
    const { theme, problems } = readTheme(directory, name);
    expect(theme.styles).toEqual(plainTheme.styles);
    expect(problems).toMatchObject([{ key: "", problem }]);
    expect(problems[0]?.file).toContain(name);
  });

  it("names the key of each fault and uses the rest", () => {
    const { theme, problems } = parseTheme("t", "t.json", {
      palette: { sky: 75, sea: 999 },
      colours: {},
      roles: {
        screen: "white on black",
        "message.name": "sky bold",
        menu: "sky on sea",
        status: "white blue",
        "message.own": 7,
        "no.role": "white",
      },
    });
    expect(problems.map(({ key, problem, value }) => [key, problem, value])).toEqual([
      ["colours", "unknown-key", "colours"],
      ["palette.sea", "not-a-colour", "999"],
      ["roles.menu", "unknown-word", "sea"],
      ["roles.status", "unknown-word", "blue"],
      ["roles.message.own", "not-text", "7"],
      ["roles.no.role", "unknown-role", "no.role"],
    ]);
    expect(theme.styles["message.name.3"]).toEqual({ foreground: 75, background: 0, bold: true });
    expect(theme.styles["popup.title"]).toEqual({ foreground: 7, background: 0 });
  });

  it("names file and line", () => {
    const text = `{
  "palette": { "sky": 75,
    "sea": 999 },
  "roles": {
    "screen": "white on black",

    "menu": "sky on sea",
    "no.role": "white"
  }
}`;
    const { problems } = parseThemeText("t", "themes/t.json", text);
    expect(problems.map(({ file, key }) => [file, key])).toEqual([
      ["themes/t.json:3", "palette.sea"],
      ["themes/t.json:7", "roles.menu"],
      ["themes/t.json:8", "roles.no.role"],
    ]);
    const broken = parseThemeText(
      "t",
      "themes/t.json",
      text.replace('"white on black",', '"white on black"'),
    );
    expect(broken.problems).toEqual([
      { file: "themes/t.json:7", key: "", problem: "not-json", value: '"menu": "sky on sea"' },
    ]);
    expect(parseThemeText("t", "t.json", '{\n"roles": {}\n}').problems).toMatchObject([
      { file: "t.json:2", key: "roles.screen", problem: "missing" },
    ]);
  });

  it("prefers the user's own folder, whatever is there", async () => {
    await writeFile(join(directory, "feiyan-dark.json"), '{ "roles": { "screen": "7 on 0" } }');
    await writeFile(join(directory, "sea.json"), '{ "roles": { "screen": "7 on 4" } }');
    const own = readTheme([directory, shipped], "feiyan-dark");
    expect(own.theme.styles.screen).toEqual({ foreground: 7, background: 0 });
    expect(readTheme([directory, shipped], "solarized").problems).toEqual([]);
    expect(readTheme([join(directory, "none"), shipped], "mono").problems).toEqual([]);
    expect(listThemes([directory, shipped])).toEqual([...names, "broken", "sea"].toSorted());
  });

  it("needs a look for the screen", () => {
    expect(parseTheme("t", "t.json", { roles: {} }).problems).toMatchObject([
      { key: "roles.screen", problem: "missing" },
    ]);
    expect(parseTheme("t", "t.json", []).problems).toMatchObject([{ key: "", problem: "not-an-object" }]);
  });
});

describe("choice of the theme", () => {
  const wish = { theme: "feiyan-light", color: "auto" } as const;
  it.each([
    ["auto", {}, "feiyan-light"],
    ["auto", { NO_COLOR: "1" }, "mono"],
    ["auto", { NO_COLOR: "" }, "feiyan-light"],
    ["auto", { TERM: "dumb" }, "mono"],
    ["never", {}, "mono"],
    ["always", { NO_COLOR: "1" }, "feiyan-light"],
  ] as const)("color %s with %o is %s", (color, environment, name) => {
    expect(chooseThemeName({ ...wish, color }, environment)).toBe(name);
  });
});

describe("JSON with lines", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readJsonLines(text)).toMatchObject({ kind: "read" });
        expect(readJsonLines(text)).toHaveProperty("value", JSON.parse(text));
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"\\q"',
      "1",
      "01",
      "-",
      "1.",
      "true",
      "nul",
      " ",
      "\n",
      "'",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(readJsonLines(text).kind).toBe(isJson ? "read" : "fault");
      }),
      { numRuns: 2_000 },
    );
  });

  it("knows where keys and faults stand", () => {
    const read = readJsonLines('\ufeff{\n"a": 1,\n\n"b": {"c":\n[{"d": 2}]}}');
    expect(read).toHaveProperty(
      "lines",
      new Map([
        ["", 1],
        ["a", 2],
        ["b", 4],
        ["b.c", 4],
        ["b.c.0.d", 5],
      ]),
    );
    expect(readJsonLines('{\n"a": 1\n  oh no\n}')).toEqual({ kind: "fault", line: 3, found: "oh no" });
    expect(readJsonLines('{\n"a": 1\n')).toEqual({ kind: "fault", line: 3, found: "" });
    expect(readJsonLines('{"a": "line\nbreak"}')).toEqual({ kind: "fault", line: 1, found: '"line' });
    expect(readJsonLines("[".repeat(100_000))).toMatchObject({ kind: "fault", line: 1 });
  });
});
