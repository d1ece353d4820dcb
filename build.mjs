// Builds the program: `src/cli/main.ts` to dist/bin/feiyan.js, which starts it, and everything else to dist/bin/program.cjs with the
// code V8 makes of it in program.cache (compile-cache.mjs). Called by `npm start` each time, so it leaves at once when nothing
// changed. `--quiet` prints errors only, `--force` always builds. The library's own files are made by `tsc -p tsconfig.build.json`.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = import.meta.dirname;
const outDir = join(root, "dist", "bin");
const quiet = process.argv.includes("--quiet");

/** The latest change of a file below `folder`; folders count too, so that a removed file is seen. */
const newestBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (newest, entry) => Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
    statSync(folder).mtimeMs,
  );

const changedAt = (...names) => statSync(join(root, ...names), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const isFresh = () => {
  const built = Math.min(changedAt("dist", "bin", "feiyan.js"), changedAt("dist", "bin", "program.cjs"));
  const inputs = ["build.mjs", "compile-cache.mjs", "package.json", "package-lock.json"];
  return Math.max(newestBelow(join(root, "src")), ...inputs.map((name) => changedAt(name))) < built;
};

/**
 * Modules of Node that the screen needs only once it stands, or never: each takes up to 3 ms to load. Our own code gets something that
 * loads them when one of their names is read.
 */
const later = [
  "child_process",
  "crypto",
  "dgram",
  "fs/promises",
  "http",
  "perf_hooks",
  "readline",
  "worker_threads",
  "zlib",
];

/** Part of the program: its `require`, from which `names` come when they are used. */
const requireLater = (load, names) => (name) => {
  if (!names.includes(name)) return load(name);
  let loaded;
  return new Proxy({}, { get: (_, key) => (loaded ??= load(name))[key] });
};

/** What stays outside of the bundle: it is read when it is wanted, which is seldom. */
const seldom = {
  name: "seldom",
  setup(build) {
    // Charset tables: half a megabyte that only the charset in use needs.
    build.onResolve({ filter: /^\.\/tables\/.*\.json$/ }, ({ path, importer }) =>
      importer.includes("iconv-lite")
        ? { path: `iconv-lite/encodings/${path.slice(2)}`, external: true }
        : null,
    );
    // A part of blessed that would bring in the whole of it, for a debugging aid.
    build.onResolve({ filter: /^\.\.\/$/ }, ({ importer }) =>
      importer.endsWith("unicode.js") ? { path: "neo-blessed", external: true } : null,
    );
    // Modules of Node that packages ask for on loading and use hardly ever; the two take 6 ms.
    build.onResolve({ filter: /^(?:node:)?(?:assert|child_process)$/ }, ({ path, importer }) =>
      importer.includes("node_modules") ? { path: path.replace("node:", ""), namespace: "seldom" } : null,
    );
    build.onLoad({ filter: /.*/, namespace: "seldom" }, ({ path }) => ({
      contents: `
        const load = () => __require(${JSON.stringify(path)});
        module.exports = new Proxy(function () {}, {
          get: (_, name) => load()[name],
          apply: (_, self, values) => Reflect.apply(load(), self, values),
        });`,
    }));
  },
};

if (process.argv.includes("--force") || !isFresh()) {
  const started = performance.now();
  const { build } = await import("esbuild");
  const common = {
    absWorkingDir: root,
    outdir: outDir,
    bundle: true,
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  };
  // The program first: a start without it would be worth nothing. Of an error esbuild has printed all there is to say.
  const program = await build({
    ...common,
    entryPoints: { program: "src/cli/run.ts" },
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    charset: "ascii",
    plugins: [seldom],
    external: ["pinyin-pro", "pino", "@photostructure/sqlite", "pngjs", "jpeg-js"],
    // The script has no loader for import(); packages it asks for are found by require.
    supported: { "dynamic-import": false },
    define: {
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
      "import.meta.url": "__url",
    },
    banner: {
      js: `(function (exports, require, module, __filename, __dirname) { const __require = require; require = (${String(requireLater)})(require, ${JSON.stringify(later.map((name) => `node:${name}`))});`,
    },
    footer: { js: "})" },
  }).catch(() => process.exit(1));
  escapeTheRest(join(outDir, "program.cjs"));
  const { writeCodeCache } = await import("./compile-cache.mjs");
  await writeCodeCache(outDir);
  // CommonJS too, although the package is not: Node's module loader takes 5 ms before it looks at a file.
  writeFileSync(join(outDir, "package.json"), '{ "type": "commonjs" }\n');
  const start = await build({
    ...common,
    entryPoints: { feiyan: "src/cli/main.ts" },
    format: "cjs",
    define: { "import.meta.dirname": "__dirname" },
  }).catch(() => process.exit(1));
  // The thread that writes the history: a file of its own, loaded when there is a history to write.
  const thread = await build({
    ...common,
    entryPoints: { "history-thread": "src/history/thread.ts" },
    outExtension: { ".js": ".mjs" },
    format: "esm",
    external: ["@photostructure/sqlite"],
  }).catch(() => process.exit(1));
  // The thread for pictures: its decoders are no part of the program itself.
  const pictures = await build({
    ...common,
    entryPoints: { "picture-thread": "src/pictures/picture-thread.ts" },
    outExtension: { ".js": ".cjs" },
    format: "cjs",
  }).catch(() => process.exit(1));
  // An earlier layout of the build.
  rmSync(join(outDir, "parts"), { recursive: true, force: true });
  if (!quiet) {
    const outputs = [program, start, thread, pictures].flatMap(({ metafile }) =>
      Object.values(metafile.outputs),
    );
    const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
    const ms = Math.round(performance.now() - started);
    process.stdout.write(`dist/bin: ${outputs.length} files, ${Math.round(bytes / 1024)} KB, ${ms} ms\n`);
  }
}

/** The bundle is read byte by byte; esbuild leaves regular expressions as they are written, and `/[,，]/` would never match. */
function escapeTheRest(file) {
  const text = readFileSync(file, "utf8");
  const ascii = text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (ascii !== text) writeFileSync(file, ascii);
}
