// The version of the installed package, from its package.json: the one place where it is written.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** `0.1.0`, or `?` when the package was taken apart. */
export const readVersion = (packageDir: string): string => {
  try {
    const found = /"version":\s*"([^"]+)"/.exec(readFileSync(join(packageDir, "package.json"), "utf8"));
    return found?.[1] ?? "?";
  } catch {
    return "?";
  }
};
