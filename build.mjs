// Bundles the program: src/cli/main.ts to dist/bin/feiyan.js, with one file per part that is loaded on demand (help must not load the
// screen). Called by `npm start` each time, so it leaves at once when nothing changed. `--quiet` prints errors only, `--force` always builds.
// The library's own files are made by `tsc -p tsconfig.build.json`.
import { readdirSync, rmSync, statSync } from "node:fs";
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

const isFresh = () => {
  const built = statSync(join(outDir, "feiyan.js"), { throwIfNoEntry: false });
  if (built === undefined) return false;
  const inputs = ["build.mjs", "package.json", "package-lock.json"].map(
    (name) => statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(newestBelow(join(root, "src")), ...inputs) < built.mtimeMs;
};

if (process.argv.includes("--force") || !isFresh()) {
  const started = performance.now();
  const { build } = await import("esbuild");
  const result = await build({
    absWorkingDir: root,
    entryPoints: { feiyan: "src/cli/main.ts" },
    outdir: outDir,
    chunkNames: "parts/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    // It requires widgets by computed name and reads files beside itself.
    external: ["neo-blessed"],
    // CommonJS packages in an ES module: `require` must exist, `main.ts` gets the line that makes it a command.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
    metafile: true,
    // It has printed the error itself.
  }).catch(() => process.exit(1));
  // Parts of an earlier build have other names and would stay behind.
  const parts = join(outDir, "parts");
  for (const name of readdirSync(parts)) {
    if (!(`dist/bin/parts/${name}` in result.metafile.outputs)) rmSync(join(parts, name));
  }
  if (!quiet) {
    const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
    const ms = Math.round(performance.now() - started);
    process.stdout.write(
      `dist/bin: ${Object.keys(result.metafile.outputs).length} files, ${Math.round(bytes / 1024)} KB, ${ms} ms\n`,
    );
  }
}
