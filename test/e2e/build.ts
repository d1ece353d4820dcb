// Global setup of the end-to-end tests: the program is built once, so that they run what users run.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, "..", "..", "build.mjs"), "--quiet"], {
    stdio: "inherit",
  });
}
