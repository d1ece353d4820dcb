import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { loadSettings, type LoadOptions } from "../../src/config/load.js";
import { countSlips, findNearest } from "../../src/config/nearest.js";
import { locatePaths } from "../../src/config/paths.js";
import { parseSettings, readSettingsFile } from "../../src/config/read-file.js";
import { environmentNameOf, flagOf, settingKeys, settingSpecs, specOf } from "../../src/config/schema.js";

let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "feiyan-config-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function load(
  parts: Partial<LoadOptions> & { readonly userFile?: string; readonly namedFile?: string } = {},
) {
  if (parts.userFile !== undefined) writeFileSync(join(home, "config.toml"), parts.userFile);
  const configFile = join(home, "named.toml");
  if (parts.namedFile !== undefined) writeFileSync(configFile, parts.namedFile);
  return loadSettings({
    flags: { home, ...parts.flags },
    environment: parts.environment ?? {},
    configFile: parts.namedFile === undefined ? undefined : configFile,
  });
}

describe("the settings table", () => {
  it("derives flags and variables from keys", () => {
    expect(flagOf("hostList")).toBe("host-list");
    expect(environmentNameOf("hostList")).toBe("FEIYAN_HOST_LIST");
    expect(environmentNameOf("announceUtf8")).toBe("FEIYAN_ANNOUNCE_UTF8");
  });

  it("has examples and defaults that pass its own checks", () => {
    for (const key of settingKeys) {
      const spec = specOf(key);
      const text = spec.kind === "table" ? `[${key}]\n${spec.example}` : `${key} = ${spec.example}`;
      expect([key, parseSettings(text, "f").problems]).toEqual([key, []]);
    }
    expect(load().problems).toEqual([]);
  });
});

describe("loadSettings", () => {
  it("takes defaults when nobody says anything", () => {
    const { settings, origins } = load();
    expect(settings.port).toBe(2425);
    expect(settings.charset).toBe("gbk");
    expect(origins.port).toBe("default");
  });

  it("prefers flag over environment over named file over user's file", () => {
    const layers = {
      userFile: 'port = 1001\nname = "a"\ngroup = "a"\ntheme = "a"',
      namedFile: 'port = 1002\nname = "b"\ngroup = "b"',
      environment: { FEIYAN_PORT: "1003", FEIYAN_NAME: "c" },
      flags: { port: "1004" },
    };
    const { settings, origins, problems } = load(layers);
    expect(problems).toEqual([]);
    expect([settings.port, settings.name, settings.group, settings.theme]).toEqual([1004, "c", "b", "a"]);
    expect([origins.port, origins.name, origins.group, origins.theme, origins.mouse]).toEqual([
      "flag",
      "environment",
      "config-file",
      "user-file",
      "default",
    ]);
  });

  it("reads lists, switches and numbers from text", () => {
    const { settings, problems } = load({
      environment: { FEIYAN_BIND: "10.0.0.1, 10.0.0.2", FEIYAN_MOUSE: "off", FEIYAN_AMBIGUOUS_WIDTH: "2" },
      flags: { peer: ["10.0.0.9:1", "10.0.0.8"], history: false },
    });
    expect(problems).toEqual([]);
    expect(settings.bind).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(settings.peer).toEqual(["10.0.0.9:1", "10.0.0.8"]);
    expect([settings.mouse, settings.history, settings.ambiguousWidth]).toEqual([false, false, 2]);
  });

  it("says what a flag or variable must be, and keeps the weaker source", () => {
    const { settings, problems } = load({
      userFile: "port = 1001",
      flags: { port: "many" },
      environment: { FEIYAN_CHARSET: "gkb" },
    });
    expect(settings.port).toBe(1001);
    expect(problems).toEqual([
      {
        code: "config-bad-value",
        fields: {
          key: "port",
          expects: "integer",
          range: "0-65535",
          got: '"many"',
          example: "--port 2425",
          where: "--port",
        },
      },
      {
        code: "config-bad-value",
        fields: expect.objectContaining({ where: "FEIYAN_CHARSET", example: "FEIYAN_CHARSET=gbk" }),
      },
    ]);
  });

  it("names misspelt variables", () => {
    const { problems } = load({ environment: { FEIYAN_PROT: "1", FEIYAN_SOMETHING_ELSE_ENTIRELY: "1" } });
    expect(problems).toEqual([
      { code: "config-unknown-variable", fields: { key: "FEIYAN_PROT", nearest: "FEIYAN_PORT" } },
    ]);
  });

  it("does not let a file move the home it lies in", () => {
    expect(load({ userFile: 'home = "/elsewhere"' }).settings.home).toBe(home);
  });

  it("reports a --config file that is missing, but not a missing user's file", () => {
    const problems = loadSettings({
      flags: { home },
      environment: {},
      configFile: join(home, "none.toml"),
    }).problems;
    expect(problems).toEqual([
      { code: "config-unreadable", file: join(home, "none.toml"), fields: { reason: "ENOENT" } },
    ]);
  });
});

describe("settings files", () => {
  it("points at a syntax error", () => {
    const { problems } = parseSettings("port = 1\nname = 小李\n", "f.toml");
    expect(problems).toMatchObject([{ code: "config-syntax", file: "f.toml", line: 2 }]);
    expect(problems[0]?.column).toBeGreaterThan(1);
  });

  it("points at an unknown key and names the nearest", () => {
    const { problems, values } = parseSettings("port = 1\n  hostlist = true\n", "f.toml");
    expect(problems).toEqual([
      {
        code: "config-unknown-key",
        file: "f.toml",
        line: 2,
        column: 3,
        fields: { key: "hostlist", nearest: "hostList" },
      },
    ]);
    expect(values.get("port")).toBe(1);
  });

  it("says what a value must be, with an example", () => {
    const { problems } = parseSettings('# a remark\nport = "2425"', "f.toml");
    expect(problems).toEqual([
      {
        code: "config-bad-value",
        file: "f.toml",
        line: 2,
        column: 1,
        fields: { key: "port", expects: "integer", range: "0-65535", got: '"2425"', example: "port = 2425" },
      },
    ]);
  });

  it("keeps the keys table, one key or several", () => {
    const { values, problems } = parseSettings(
      '[keys]\nsearch = ["ctrl-r", "f3"]\nquit = "ctrl-q"',
      "f.toml",
    );
    expect(problems).toEqual([]);
    expect(values.get("keys")).toEqual({ search: ["ctrl-r", "f3"], quit: ["ctrl-q"] });
  });

  it("reads no folder and no giant", () => {
    expect(readSettingsFile(home, false).problems).toMatchObject([{ code: "config-unreadable" }]);
    expect(parseSettings("#".repeat(1_000_001), "f").problems).toMatchObject([{ code: "config-unreadable" }]);
  });

  it("gives values or problems with a line for any text, never an exception", () => {
    const line = fc.oneof(
      anyText(),
      fc
        .tuple(fc.constantFrom(...settingKeys, "__proto__", "x"), fc.string())
        .map(([key, value]) => `${key} = ${value}`),
      fc.constantFrom(
        "[keys]",
        "[[peer]]",
        "a.b = 1",
        'port = """',
        "[".repeat(3000),
        "port = 1e400",
        "keys = {a=[[]]}",
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const { problems, values } = parseSettings(lines.join("\n"), "f");
        for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
        for (const key of values.keys()) expect(settingSpecs).toHaveProperty(key);
      }),
    );
  });
});

describe("nearest names", () => {
  it("counts one slip for an insertion, a deletion, a change or a swap", () => {
    expect(["prot", "por", "portt", "pork", "port"].map((word) => countSlips(word, "port"))).toEqual([
      1, 1, 1, 1, 0,
    ]);
  });

  it("is symmetrical and bounded by the longer word", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
        const slips = countSlips(left, right);
        expect(slips).toBe(countSlips(right, left));
        expect(slips).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(slips === 0).toBe(left === right);
      }),
    );
  });

  it("finds near names only", () => {
    expect(findNearest("annouceutf8", settingKeys)).toBe("announceUtf8");
    expect(findNearest("zzzzzzzz", settingKeys)).toBeUndefined();
  });
});

describe("places", () => {
  it("keeps everything below --home", () => {
    const paths = locatePaths("/tmp/f");
    expect(Object.values(paths).every((path) => path.startsWith("/tmp/f/"))).toBe(true);
  });

  it("follows the platform without it", () => {
    expect(locatePaths("").configFile).toMatch(/feiyan.*config\.toml$/);
  });
});
