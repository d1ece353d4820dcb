// The state file of the terminal UI: choices made on the screen, as JSON below the state folder. Never the settings file, which
// belongs to the user. A file that is missing, broken or not writable costs only what it would have remembered.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadedSettings } from "../config/load.js";
import type { AppMemory } from "../tui/app-options.js";

export interface ScreenMemory {
  readonly forApp: AppMemory;
  /** The name given on the screen in an earlier run, where no setting names us. */
  readonly nick: string | null;
}

const fileName = "screen.json";
/** Favourites and folded groups; more is no file of ours. */
const sizeLimit = 1_000_000;

export const openScreenMemory = ({ paths, origins }: LoadedSettings): ScreenMemory => {
  const file = join(paths.stateDir, fileName);
  const value = readJson(file);
  const isNamed = origins.name !== "default";
  const given = (["theme", "lang"] as const).filter(
    (key) => origins[key] === "flag" || origins[key] === "environment",
  );
  return {
    nick: isNamed ? null : nickIn(value),
    forApp: {
      value,
      asksName: !isNamed,
      fixed: given,
      keep: async (next) => {
        mkdirSync(paths.stateDir, { recursive: true, mode: 0o700 });
        // Written beside it and moved: a crash leaves the old file or the new one.
        const fresh = `${file}.new`;
        writeFileSync(fresh, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
        renameSync(fresh, file);
      },
    },
  };
};

const readJson = (file: string): unknown => {
  try {
    const text = readFileSync(file, "utf8");
    return text.length > sizeLimit ? null : JSON.parse(text);
  } catch {
    return null;
  }
};

const nickIn = (value: unknown): string | null => {
  if (typeof value !== "object" || value === null || !("nick" in value)) return null;
  return typeof value.nick === "string" && value.nick !== "" ? value.nick.slice(0, 80) : null;
};
