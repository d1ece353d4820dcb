// The program in one file: run with a cache that fits, with one that does not, and without.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Script } from "node:vm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadProgram } from "../../src/cli/load-program.js";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "feiyan-program-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const bundle = (body: string): string =>
  `(function (exports, require, module, __filename, __dirname) { ${body} })`;
const sound = bundle(
  `module.exports.runCommandLine = async ({ words }) => words.length + require("node:path").basename(__filename).length;`,
);

it.each([
  ["no cache", null],
  ["a cache of its own", () => new Script(sound).createCachedData()],
  ["a cache of something else", () => new Script("1 + 1").createCachedData()],
  ["a cache of nothing", () => Buffer.from("no cache at all")],
])("runs with %s", async (_name, cache) => {
  writeFileSync(join(folder, "program.cjs"), sound);
  if (cache !== null) writeFileSync(join(folder, "program.cache"), cache());
  const { runCommandLine } = loadProgram(folder);
  const surroundings = { words: ["a", "b"] } as unknown as Parameters<typeof runCommandLine>[0];
  expect(await runCommandLine(surroundings)).toBe(2 + "program.cjs".length);
});

it("says what is wrong with a file that is not the program", () => {
  expect(() => loadProgram(folder)).toThrow("program.cjs");
  writeFileSync(join(folder, "program.cjs"), bundle("module.exports = {};"));
  expect(() => loadProgram(folder)).toThrow("is not the program");
});
