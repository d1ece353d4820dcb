// The walls of the house (docs/architecture.md section 5) hold: imports, cycles, purity, file names, no left-over marks.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { layers, pureFolders } from "./layers.js";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesBelow(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

/** Module names in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`, outside of comments. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//gu, "").replace(/^\s*\/\/.*$/gmu, "");
  const statement = /^[ \t]*(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"'\s]+)["']/gmu;
  const bare = /^[ \t]*import\s*["']([^"'\s]+)["']/gmu;
  const dynamic = /\bimport\s*\(\s*["']([^"'\s]+)["']\s*\)/gu;
  return [statement, bare, dynamic].flatMap((pattern) =>
    Array.from(code.matchAll(pattern), (match) => match[1] ?? ""),
  );
}

const files = filesBelow(src);
const sources = files.map((path) => ({ path, name: relative(src, path), text: readFileSync(path, "utf8") }));

function layerOf(name: string): string {
  const parts = name.split("/");
  const two = parts.slice(0, 2).join("/");
  if (parts.length > 2 && two in layers) return two;
  return parts[0] ?? "";
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly target: string | null;
}

const allImports: Import[] = sources.flatMap(({ path, name, text }) =>
  importsOf(text).map((to) => ({
    from: name,
    to,
    target: to.startsWith(".") ? relative(src, resolve(dirname(path), to.replace(/\.js$/u, ".ts"))) : null,
  })),
);

function fault({ from, to, target }: Import): string | null {
  const layer = layerOf(from);
  const rule = layers[layer];
  if (rule === undefined) return `${from}: no row for ${layer}`;
  if (target !== null) {
    if (target.startsWith("..")) return `${from} imports ${to} outside src`;
    const other = layerOf(target);
    const sameHouse = other === layer || other.startsWith(`${layer}/`) || layer.startsWith(`${other}/`);
    return sameHouse || rule.sources.includes(other) ? null : `${from} -> ${target}`;
  }
  if (to.startsWith("node:"))
    return rule.node.includes(to.slice(5).split("/")[0] ?? "") ? null : `${from} -> ${to}`;
  const name = to.startsWith("@") ? to.split("/").slice(0, 2).join("/") : (to.split("/")[0] ?? "");
  return rule.packages.includes(name) ? null : `${from} -> package ${to}`;
}

describe("architecture", () => {
  it("finds the imports it checks", () => {
    expect(
      importsOf(
        'import a from "x";\nimport type {\n B } from \'./b.js\';\nexport * from "c";\nawait import("d")\nimport "e"\nconst from = "f";',
      ),
    ).toEqual(["x", "./b.js", "c", "e", "d"]);
    expect(allImports.length).toBeGreaterThan(100);
  });

  it("keeps every import within the table", () => {
    expect(allImports.map(fault).filter((one) => one !== null)).toEqual([]);
  });

  it("resolves every relative import", () => {
    expect(allImports.filter(({ target }) => target !== null && !existsSync(join(src, target)))).toEqual([]);
  });

  // docs/decisions/0005-first-frame.md: what stands here is asked for by import(), or every start reads it.
  it("brings to the first frame nothing that is wanted after it or seldom", () => {
    const seldom =
      /^(?:lab\/(?:runner|session|wire|demos|servers|class\/class-host|lab-run)|history\/sqlite\/(?!driver)|control\/server|doctor|sim)/;
    const begun = ["cli/run.ts", "cli/commands/chat.ts", "cli/screen-node.ts", "tui/app.ts"];
    const reached = new Map(begun.map((name) => [name, "the start"]));
    for (const name of reached.keys()) {
      const text = sources.find((source) => source.name === name)?.text ?? "";
      const statement = /^(?:import|export)(?! type)\b[^"'`;()]*?\bfrom\s*["'](\.[^"'\s]+)["']/gmu;
      for (const [, to = ""] of text.matchAll(statement)) {
        const target = relative(src, resolve(src, dirname(name), to.replace(/\.js$/u, ".ts")));
        if (!reached.has(target)) reached.set(target, name);
      }
    }
    expect(reached.size).toBeGreaterThan(200);
    expect(
      [...reached].filter(([name]) => seldom.test(name)).map(([name, by]) => `${by} -> ${name}`),
    ).toEqual([]);
  });

  it("imports ports only as types from protocol and core", () => {
    const values = sources
      .filter(({ name }) => name.startsWith("ports/"))
      .flatMap(({ name, text }) =>
        [...text.matchAll(/^import (?!type).*$/gmu)].map((match) => `${name}: ${match[0]}`),
      );
    expect(values).toEqual([]);
  });

  it("has no import cycles", () => {
    const values = new Map<string, string[]>();
    for (const { path, name, text } of sources) {
      // Types vanish when compiled: only imports of values can make a cycle that runs.
      const code = text.replace(/^(?:import|export) type [\s\S]*?from ["'][^"']+["'];?$/gmu, "");
      const targets = importsOf(code)
        .filter((to) => to.startsWith("."))
        .map((to) => relative(src, resolve(dirname(path), to.replace(/\.js$/u, ".ts"))));
      values.set(name, targets);
    }
    const state = new Map<string, "open" | "done">();
    const cycles: string[] = [];
    const visit = (name: string, trail: readonly string[]): void => {
      if (state.get(name) === "done") return;
      if (state.get(name) === "open") {
        cycles.push([...trail.slice(trail.indexOf(name)), name].join(" -> "));
        return;
      }
      state.set(name, "open");
      for (const target of values.get(name) ?? []) visit(target, [...trail, name]);
      state.set(name, "done");
    };
    for (const name of values.keys()) visit(name, []);
    expect(cycles).toEqual([]);
  });

  it("keeps clock and chance out of the pure folders", () => {
    const banned = /\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bperformance\b|\bsetTimeout\b/u;
    const found = sources.filter(
      ({ name, text }) =>
        pureFolders.includes(layerOf(name)) && banned.test(text.replace(/^\s*(?:\/\/|\*).*$/gmu, "")),
    );
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  it("imports blessed under tui/paint only", () => {
    const found = allImports.filter(
      ({ from, to }) => /blessed/u.test(to) && !from.startsWith("tui/paint/") && !from.startsWith("types/"),
    );
    expect(found).toEqual([]);
  });

  it("names files after what they are", () => {
    const odd = files
      .map((path) => relative(src, path))
      .filter(
        (name) =>
          !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*(?:\.d)?\.ts$/u.test(name) ||
          /(?:^|\/)(?:utils?|helpers?|common|manager|misc)\b/u.test(name),
      );
    expect(odd).toEqual([]);
  });

  it("opens every file with what it is", () => {
    expect(
      sources.filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/|\/\*\*)/u.test(text)).map(({ name }) => name),
    ).toEqual([]);
  });

  it("leaves no marks and no default exports behind", () => {
    const found = sources.filter(({ text }) => /\b(?:TODO|FIXME|XXX)\b|^export default /mu.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });
});

/** What is loaded with a file: imports of values, not of types, and none that happen later. */
function loadedWith(first: string): ReadonlySet<string> {
  const statement = /^[ \t]*(?:import|export)\s+(?!type\b)([^"'`;()]*?)\s*\bfrom\s*["']([^"'\s]+)["']/gmu;
  const found = new Set<string>();
  const waiting = [first];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const { text = "", path = "" } = sources.find((source) => source.name === name) ?? {};
    for (const [, clause = "", to = ""] of text.matchAll(statement)) {
      const names = clause.replace(/[{}]/gu, "").split(",");
      const isTypes = clause.startsWith("{") && names.every((one) => /^\s*(?:type\b|$)/u.test(one));
      if (to.startsWith(".") && !isTypes)
        waiting.push(relative(src, resolve(dirname(path), to.replace(/\.js$/u, ".ts"))));
    }
  }
  return found;
}

it("a command that only asks a running instance does not load the node", () => {
  for (const command of ["peers/list.ts", "away.ts", "completion.ts"]) {
    const loaded = [...loadedWith(`cli/commands/${command}`)];
    expect(loaded).toContain("light.ts");
    const heavy =
      /^(?:index|create-node)\.ts$|^(?:crypto|files|history|pictures|net\/udp|node\/node|tui|lab|sim)\b/u;
    expect(loaded.filter((name) => heavy.test(name))).toEqual([]);
  }
});
