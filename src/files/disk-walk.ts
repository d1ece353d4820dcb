// What can be offered: one look at a path, and a walk through a folder, one step at a time, depth first, names in the order of their
// code units. Links are followed to files inside the folder only; what cannot be read is told, not passed over.
import { constants, lstatSync, promises, realpathSync, statSync, accessSync, type Stats } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { FeiyanError, type ErrorCode } from "../ports/error.js";
import type { LocalEntry, WalkStep } from "../ports/file-store.js";
import { toReadError } from "./disk-error.js";

const mostDepth = 64;

function entryOf(path: string, name: string, stats: Stats): LocalEntry {
  return {
    path,
    name,
    kind: stats.isDirectory() ? "folder" : "file",
    sizeBytes: stats.isDirectory() ? 0 : stats.size,
    mtime: Math.max(0, Math.floor(stats.mtimeMs / 1000)),
    readOnly: (stats.mode & 0o222) === 0,
  };
}

/** A link given by the user is followed: that is what was meant. */
export function lookAtPath(given: string): LocalEntry {
  const path = resolve(given);
  let stats: Stats;
  try {
    stats = statSync(path);
    accessSync(path, stats.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
  } catch (error) {
    throw toReadError(error, path);
  }
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new FeiyanError("file-kind-unsupported", "neither file nor folder", { path });
  }
  return entryOf(path, basename(path), stats);
}

/** One entry as it can be sent: null where it is neither file nor folder of this tree. */
function lookInside(path: string, name: string, root: string): LocalEntry | null {
  const stats = lstatSync(path);
  if (stats.isFile() || stats.isDirectory()) return entryOf(path, name, stats);
  if (!stats.isSymbolicLink()) return null;
  const real = realpathSync(path);
  if (!real.startsWith(root + sep)) return null;
  const target = statSync(real);
  // A link to a folder could lead round and round; the folder itself comes anyway.
  return target.isFile() ? entryOf(real, name, target) : null;
}

function unreadable(path: string, name: string, reason: ErrorCode): WalkStep {
  return {
    kind: "unreadable",
    reason,
    entry: { path, name, kind: "file", sizeBytes: 0, mtime: 0, readOnly: false },
  };
}

export async function* walkFolder(folder: LocalEntry): AsyncGenerator<WalkStep> {
  const root = realpathSync(folder.path);
  yield* walkInto(folder, root, 1);
}

async function* walkInto(folder: LocalEntry, root: string, depth: number): AsyncGenerator<WalkStep> {
  let names: string[];
  try {
    names = (await promises.readdir(folder.path)).toSorted();
  } catch {
    yield unreadable(folder.path, folder.name, "file-not-readable");
    return;
  }
  yield { kind: "enter", entry: folder };
  for (const name of names) {
    const path = join(folder.path, name);
    const step = stepFor(path, name, root, depth);
    if (step.kind === "enter") yield* walkInto(step.entry, root, depth + 1);
    else yield step;
  }
  yield { kind: "leave" };
}

function stepFor(path: string, name: string, root: string, depth: number): WalkStep {
  // The system gives names that are no text with replacement characters: such a path leads nowhere.
  try {
    const entry = lookInside(path, name, root);
    if (entry === null) return unreadable(path, name, "file-kind-unsupported");
    if (entry.kind === "file") return { kind: "file", entry };
    return depth >= mostDepth ? unreadable(path, name, "file-kind-unsupported") : { kind: "enter", entry };
  } catch {
    return unreadable(path, name, "file-not-readable");
  }
}
