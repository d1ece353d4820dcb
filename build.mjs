// Builds the program: `src/cli/main.ts` to dist/bin/feiyan.js, which starts it, and everything else to a few parts beside it
// (build-parts.mjs), each with the code V8 makes of it (compile-cache.mjs). Called by `npm start` each time, so it leaves at once when nothing
// changed. `--quiet` prints errors only, `--force` always builds. The library's own files are made by `tsc -p tsconfig.build.json`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

/** Beside the program: what kind of files these are, and which Node made their caches, as another one would refuse them. */
const kindFile = join(outDir, "package.json");
const kindText = `${JSON.stringify({ type: "commonjs", builtWith: process.version })}\n`;

const isFresh = () => {
  if (!existsSync(kindFile) || readFileSync(kindFile, "utf8") !== kindText) return false;
  const built = Math.min(changedAt("dist", "bin", "feiyan.js"), changedAt("dist", "bin", "program.cjs"));
  const inputs = ["build.mjs", "build-parts.mjs", "compile-cache.mjs", "package.json", "package-lock.json"];
  return Math.max(newestBelow(join(root, "src")), ...inputs.map((name) => changedAt(name))) < built;
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
        const load = () => __requireAtOnce(${JSON.stringify(path)});
        module.exports = new Proxy(function () {}, {
          get: (_, name) => load()[name],
          apply: (_, self, values) => Reflect.apply(load(), self, values),
        });`,
    }));
  },
};

if (process.argv.includes("--force") || !isFresh()) {
  const started = performance.now();
  const esbuild = await import("esbuild");
  const { build } = esbuild;
  const { writeParts } = await import("./build-parts.mjs");
  const { writeCodeCaches } = await import("./compile-cache.mjs");
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
  mkdirSync(outDir, { recursive: true });
  // V8 knows the code of a cache by its length only.
  for (const name of oldFiles()) rmSync(join(outDir, name));
  // The program first: a start without it would be worth nothing. Of an error esbuild has printed all there is to say.
  const program = await writeParts(
    esbuild,
    {
      ...common,
      plugins: [seldom],
      external: ["pinyin-pro", "pino", "@photostructure/sqlite", "pngjs", "jpeg-js"],
      define: { "import.meta.dirname": "__dirname" },
    },
    outDir,
  ).catch((error) => {
    // Of what esbuild refuses it has printed all there is to say.
    if (!Array.isArray(error.errors)) process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(1);
  });
  // CommonJS too, although the package is not: Node's module loader takes 5 ms before it looks at a file.
  writeFileSync(kindFile, kindText);
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
  const start = await build({
    ...common,
    entryPoints: { feiyan: "src/cli/main.ts" },
    format: "cjs",
    define: { "import.meta.dirname": "__dirname" },
  }).catch(() => process.exit(1));
  await writeCodeCaches(outDir, program.names);
  // An earlier layout of the build.
  rmSync(join(outDir, "parts"), { recursive: true, force: true });
  if (!quiet) {
    const outputs = [start, thread, pictures].flatMap(({ metafile }) => Object.values(metafile.outputs));
    const bytes = outputs.reduce((sum, output) => sum + output.bytes, program.bytes);
    const count = outputs.length + program.names.length;
    const ms = Math.round(performance.now() - started);
    process.stdout.write(`dist/bin: ${count} files, ${Math.round(bytes / 1024)} KB, ${ms} ms\n`);
  }
}

/** Caches of an earlier build. */
function oldFiles() {
  return readdirSync(outDir).filter((name) => name.endsWith(".cache"));
}
