// Makes the program's parts: esbuild cuts the sources at every import() into modules that load each other; here these are put together
// to a few files by when they are wanted (what every start needs, the node, the screen, the rest), as lists of functions that
// load-program.ts calls. One file of everything made V8 read back a third of a megabyte that no first frame needs. Called by build.mjs.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** In the order of wanting: a module stands in the first part that one of its entry points leads to. */
const parts = {
  program: ["src/cli/run.ts"],
  node: ["src/cli/screen-node.ts", "src/control/server.ts"],
  screen: ["src/cli/commands/chat.ts", "src/tui/app.ts"],
};
const rest = "rest";

/** Names of a list of imports or exports, `a as b,c`, as pairs. */
const pairsOf = (list) =>
  list
    .split(",")
    .filter((each) => each !== "")
    .map((each) => each.split(" as "))
    .map(([first, second = first]) => [first, second]);

/** Writes `<part>.cjs` for each; rejects when esbuild could not build, and has printed why. */
export const writeParts = async ({ build, transform }, options, outDir) => {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { program: parts.program[0] },
    format: "esm",
    splitting: true,
    write: false,
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const leadsTo = (file, found = new Set()) => {
    if (found.has(file)) return found;
    found.add(file);
    for (const { path, kind, external } of outputs.get(file)?.imports ?? []) {
      if (kind === "import-statement" && external !== true) leadsTo(basename(path), found);
    }
    return found;
  };
  const fileOf = (entryPoint) => {
    const found = [...outputs].find(([, output]) => output.entryPoint === entryPoint);
    if (found === undefined) throw new Error(`${entryPoint} is no longer imported by import()`);
    return found[0];
  };
  const members = new Map();
  const places = new Map();
  const place = (part, file) => {
    if (places.has(file)) return;
    const list = members.get(part) ?? [];
    members.set(part, list);
    places.set(file, `${part}/${list.length}`);
    list.push(file);
  };
  for (const [part, entryPoints] of Object.entries(parts)) {
    for (const entryPoint of entryPoints) for (const file of leadsTo(fileOf(entryPoint))) place(part, file);
  }
  for (const file of outputs.keys()) place(rest, file);

  const textOf = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const sizes = await Promise.all(
    [...members].map(async ([part, files]) => {
      const functions = await Promise.all(
        files.map(async (file) => {
          const linked = link(textOf.get(file), outputs.get(file), places);
          const { code } = await transform(linked, {
            format: "cjs",
            platform: "node",
            target: options.target,
            charset: "ascii",
            minifySyntax: true,
            minifyWhitespace: true,
            supported: { "dynamic-import": false },
          });
          return `function(__take,__give,require,__requireAtOnce,__dirname){"use strict";${code}}`;
        }),
      );
      const text = toAscii(`[${functions.join(",\n")}]`);
      writeFileSync(join(outDir, `${part}.cjs`), text);
      return text.length;
    }),
  );
  return { names: [...members.keys()], bytes: sizes.reduce((sum, size) => sum + size, 0) };
};

/** Imports from other modules and exports as calls. */
const link = (text, { imports }, places) => {
  let count = 0;
  const placeOf = (file) => {
    count += 1;
    return JSON.stringify(places.get(file));
  };
  const linked = text
    .replaceAll(/\bimport\{([^}]*)\}from"\.\/([\w-]+\.js)";/g, (_whole, list, file) => {
      const names = pairsOf(list).map(([theirs, ours]) => `${theirs}:${ours}`);
      return `const{${names.join(",")}}=__take(${placeOf(file)});`;
    })
    .replaceAll(/\bimport"\.\/([\w-]+\.js)";/g, (_whole, file) => `__take(${placeOf(file)});`)
    .replaceAll(
      /\bimport\("\.\/([\w-]+\.js)"\)/g,
      (_whole, file) => `Promise.resolve().then(()=>__take(${placeOf(file)}))`,
    )
    .replace(/\bexport\{([^}]*)\};\s*$/, (_whole, list) => {
      const names = pairsOf(list).map(([ours, theirs]) => `${theirs}:${ours}`);
      return `__give({${names.join(",")}});`;
    });
  const wanted = imports.filter(({ external }) => external !== true).length;
  // The same module may be imported by a call in several places; fewer than are known would be one left as it was.
  if (count < wanted || /\bfrom"\.\/|\bexport\{/.test(linked))
    throw new Error("esbuild writes imports in another form");
  return linked;
};

/** The parts are read byte by byte; esbuild leaves regular expressions as they are written, and `/[,，]/` would never match. */
const toAscii = (text) =>
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
