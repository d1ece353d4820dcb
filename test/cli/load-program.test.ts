// The program in parts: run with caches that fit, with some that do not, and without; a part is read when something of it is wanted.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Script } from "node:vm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadProgram } from "../../src/cli/load-program.js";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "feiyan-program-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const part = (...bodies: readonly string[]): string =>
  `[${bodies.map((body) => `function (take, give, require, requireAtOnce, directory) { ${body} }`).join(",")}]`;
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const sound = part(
  `const { base } = take("program/1");
   give({ runCommandLine: async ({ words }) => words.length + base.length + take("other/0").one + take("other/0").one });`,
  `const path = require("node:path"); give({ base: path.basename(directory) });`,
);
const run = async (): Promise<number> => {
  const { runCommandLine } = loadProgram(folder);
  const surroundings = { words: ["a", "b"] } as unknown as Parameters<typeof runCommandLine>[0];
  return await runCommandLine(surroundings);
};

it.each([
  ["no cache", null],
  ["a cache of its own", () => new Script(sound).createCachedData()],
  ["a cache of something else", () => new Script("1 + 1").createCachedData()],
  ["a cache of nothing", () => Buffer.from("no cache at all")],
])("runs with %s", async (_name, cache) => {
  write("program.cjs", sound);
  if (cache !== null) writeFileSync(join(folder, "program.cache"), cache());
  write("other.cjs", part(`globalThis.timesLoaded = (globalThis.timesLoaded ?? 0) + 1; give({ one: 1 });`));
  expect(await run()).toBe(2 + basename(folder).length + 2);
  // Once, whoever asks for it.
  expect(globalThis).toMatchObject({ timesLoaded: 1 });
  Reflect.deleteProperty(globalThis, "timesLoaded");
});

it("loads what is seldom wanted when one of its names is read", async () => {
  write(
    "program.cjs",
    part(`const zlib = require("node:zlib");
      give({ runCommandLine: async () => [typeof zlib, zlib.constants.Z_BEST_SPEED, zlib === requireAtOnce("node:zlib")] });`),
  );
  expect(await run()).toEqual(["object", 1, false]);
});

it("says what is wrong with a file that is not the program", () => {
  expect(() => loadProgram(folder)).toThrow("program.cjs");
  write("program.cjs", part("give({});"));
  expect(() => loadProgram(folder)).toThrow("is not the program");
});
