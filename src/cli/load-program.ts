// Loads the program from the one file the build makes of it, together with what V8 compiled of it then: that halves the time to the
// first frame. Knows nothing of commands; called by main.ts. A cache of another Node version is refused by V8 and costs nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import type * as run from "./run.js";

type Program = typeof run;

/** The bundle is one function, in ASCII, so that it is read as bytes and compiled without another copy. */
const bundleName = "program.cjs";
const cacheName = "program.cache";

/** How far the heap may grow past what is in use. */
const heapGrowingPercent = 25;
/** Once the program has started: before, the space for what is new may grow as it likes. */
const laterMs = 300;

type Bundle = (
  exports: Partial<Program>,
  require: NodeJS.Require,
  module: { exports: Partial<Program> },
  fileName: string,
  directory: string,
) => void;

/** Reads and runs the bundle in a folder; throws when it is not there. */
export const loadProgram = (directory: string): Program => {
  const file = join(directory, bundleName);
  const cachedData = readCache(join(directory, cacheName));
  const script = new Script(readFileSync(file, "latin1"), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module: { exports: Partial<Program> } = { exports: {} };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the build wraps the bundle in this function
  const bundle = script.runInThisContext() as Bundle;
  bundle(module.exports, createRequire(file), module, file, dirname(file));
  if (!isProgram(module.exports)) throw new Error(`${file} is not the program`);
  return module.exports;
};

/**
 * V8 lets a heap grow to a multiple of what is in use before it collects, and the space for new objects to 48 MB in a flood; with a long
 * history that is eighty megabytes of nothing. Later, because a cache made with other flags would be refused, and because short
 * commands never need it.
 */
export const keepHeapSmall = (): void => {
  setTimeout(limitHeap, laterMs).unref();
};

const limitHeap = (): void => {
  const v8 = process.getBuiltinModule("node:v8");
  v8.setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  v8.setFlagsFromString("--semi-space-growth-factor=1");
};

const isProgram = (exports: Partial<Program>): exports is Program =>
  typeof exports.runCommandLine === "function";

const readCache = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
