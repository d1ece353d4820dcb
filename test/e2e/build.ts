// Global setup of the end-to-end tests: the program and the library are built once, so that they run what users run.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

export function setup(): void {
  for (const words of [
    [join(root, "build.mjs"), "--quiet"],
    [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", join(root, "tsconfig.build.json")],
  ]) {
    execFileSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  }
}
