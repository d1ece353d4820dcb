// Loads the program from the parts that the build makes of it (build-parts.mjs), each with what V8 compiled of it then: that halves the
// time to the first frame. A part is read when something of it is wanted. Knows nothing of commands; called by main.ts. A cache of
// another Node version is refused by V8 and costs nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import type * as run from "./run.js";

type Program = typeof run;

/** `part/number` of the module that is the program's beginning. */
const entryName = "program/0";

/** How far the heap may grow past what is in use. */
const heapGrowingPercent = 25;
/** Once the program has started: before, the space for what is new may grow as it likes. */
const laterMs = 300;

/**
 * Modules of Node that the screen needs only once it stands, or never: each takes up to 3 ms to load. The program gets something that
 * loads them when one of their names is read.
 */
const later = new Set(
  [
    "child_process",
    "crypto",
    "dgram",
    "fs/promises",
    "http",
    "perf_hooks",
    "readline",
    "worker_threads",
    "zlib",
  ].map((name) => `node:${name}`),
);

type Exports = Readonly<Record<string, unknown>>;

/** One module of a part: takes from others, gives its own names, and asks for Node's modules and packages, later or at once. */
type Module = (
  take: (name: string) => Exports,
  give: (exports: Exports) => void,
  require: (name: string) => unknown,
  requireAtOnce: NodeJS.Require,
  directory: string,
) => void;

/** Reads and runs the program in a folder; throws when it is not there. */
export const loadProgram = (directory: string): Program => {
  const requireAtOnce = createRequire(join(directory, "program.cjs"));
  const requireLater = (name: string): unknown =>
    later.has(name) ? onceAsked(() => requireAtOnce(name)) : requireAtOnce(name);
  const parts = new Map<string, readonly Module[]>();
  const given = new Map<string, Exports>();
  const take = (name: string): Exports => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const [partName = "", number = ""] = name.split("/");
    const part = parts.get(partName) ?? readPart(directory, partName);
    parts.set(partName, part);
    const give = (exports: Exports): void => void given.set(name, exports);
    part[Number(number)]?.(take, give, requireLater, requireAtOnce, directory);
    const exports = given.get(name) ?? {};
    given.set(name, exports);
    return exports;
  };
  const program = take(entryName);
  if (!isProgram(program)) throw new Error(`${join(directory, "program.cjs")} is not the program`);
  return program;
};

/** A part is one list of functions, in ASCII, so that it is read as bytes and compiled without another copy. */
const readPart = (directory: string, name: string): readonly Module[] => {
  const file = join(directory, `${name}.cjs`);
  const cachedData = readCache(join(directory, `${name}.cache`));
  const script = new Script(readFileSync(file, "latin1"), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the build writes such a list
  return script.runInThisContext() as readonly Module[];
};

const onceAsked = (load: () => object): object => {
  let loaded: object | undefined;
  return new Proxy(
    {},
    {
      get: (_empty, name): unknown => {
        loaded ??= load();
        return Reflect.get(loaded, name);
      },
    },
  );
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

const isProgram = (exports: Exports): exports is Exports & Program =>
  typeof exports["runCommandLine"] === "function";

const readCache = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
