// Runs the contract suite of the history on the Node versions we support: `node test/nodes.mjs [22 24 …]`. Each Node comes from the npm
// registry into node_modules/.cache; 20 is not fetched when it is the one that runs this. A version that cannot be fetched fails the run.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const versions = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(versions);
const suites = ["test/contract/history-store.test.ts", "test/history"];

const binaryOf = (major) => {
  if (process.versions.node.split(".")[0] === major) return process.execPath;
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(root, "node_modules", ".cache", "nodes", major);
  const binary = join(
    folder,
    "node_modules",
    name,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  const words = [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    `${name}@${versions[major]}`,
  ];
  execFileSync(command, words, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return binary;
};

let failed = false;
for (const major of wanted) {
  const binary = binaryOf(major);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const { status, stdout } = spawnSync(binary, [vitest, "run", "--project", "unit", ...suites], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const lines = stdout.split("\n").filter((line) => /FAIL|Tests|history in/.test(line));
  process.stdout.write(
    `Node ${execFileSync(binary, ["--version"], { encoding: "utf8" })}${lines.join("\n")}\n`,
  );
  if (status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
