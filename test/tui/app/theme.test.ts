// Themes: the shipped ones are sound, faults are named by file and key, and without colour the plain one is used.
import { join } from "node:path";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseThemeName, listThemes, parseTheme, plainTheme, readTheme } from "../../../src/tui/theme.js";
import { roles } from "../../../src/tui/view/scene.js";

const shipped = join(import.meta.dirname, "..", "..", "..", "themes");

describe("shipped themes", () => {
  it.each(["feiyan-dark", "feiyan-light", "mono"])(
    "%s has a look for every role and no problem",
    async (name) => {
      const { theme, problems } = await readTheme(shipped, name);
      expect(problems).toEqual([]);
      expect(Object.keys(theme.styles).toSorted()).toEqual([...roles].toSorted());
    },
  );

  it("lists them", async () => {
    expect(await listThemes(shipped)).toEqual(["feiyan-dark", "feiyan-light", "mono"]);
    expect(await listThemes(join(shipped, "nothing"))).toEqual([]);
  });

  it.each(["feiyan-dark", "feiyan-light"])(
    "%s gives names eight colours, none the background's",
    async (name) => {
      const { theme } = await readTheme(shipped, name);
      const hues = roles.filter((role) => /^message\.name\.\d$/.test(role)).map((role) => theme.styles[role]);
      expect(new Set(hues.map((style) => style.foreground)).size).toBe(8);
      for (const style of hues) expect(style.foreground).not.toBe(theme.styles.screen.background);
    },
  );

  it("mono has no colour", async () => {
    const { theme } = await readTheme(shipped, "mono");
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
    const { theme, problems } = await readTheme(directory, name);
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
