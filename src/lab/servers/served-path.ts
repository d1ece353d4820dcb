// From the target of a request to a file below the served folder, or a refusal: the part where naive file servers leak. Links are
// resolved before anything is compared, so a link that leads out leads nowhere; names that begin with a dot do not exist here.
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { serverLimits } from "./server-limits.js";

export type Served =
  | { readonly kind: "file"; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: "folder"; readonly path: string; readonly entries: readonly FolderEntry[] }
  | { readonly kind: "refused"; readonly status: 400 | 403 | 404 | 413 };

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * The names in the path of a target, or null for what no honest client sends. Decoded once: `%252e` stays `%2e`, a name.
 *
 * @example parseTarget("/a/b%20c.txt?x=1") // ["a", "b c.txt"]
 */
export function parseTarget(target: string): readonly string[] | null {
  if (!target.startsWith("/") || target.length > 2_000) return null;
  const path = target.split(/[?#]/u, 1)[0] ?? "";
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // Percent signs that are no UTF-8.
    return null;
  }
  // oxlint-disable-next-line no-control-regex -- a name with control characters is no name
  if (/[\u0000-\u001f\u007f\\]/u.test(decoded)) return null;
  const names = decoded.split("/").filter((name) => name !== "");
  // On Windows a colon begins a drive or a stream.
  return names.some((name) => name.startsWith(".") || name.includes(":")) ? null : names;
}

/** What a target stands for below `root`. Anything odd is refused in the same words, so that nobody learns what exists outside. */
export async function findServed(root: string, target: string): Promise<Served> {
  const names = parseTarget(target);
  if (names === null) return { kind: "refused", status: 400 };
  try {
    const base = await realpath(root);
    const path = await realpath(join(base, ...names));
    if (!isBelow(base, path)) return { kind: "refused", status: 404 };
    const facts = await stat(path);
    if (facts.isDirectory()) {
      return { kind: "folder", path, entries: await listFolder(path, names.length === 0) };
    }
    return describeFile(path, facts);
  } catch {
    // Missing, not permitted, a loop of links: not there, as far as a client is concerned.
    return { kind: "refused", status: 404 };
  }
}

function describeFile(path: string, facts: Stats): Served {
  // A pipe or a device would wait for ever.
  if (!facts.isFile()) return { kind: "refused", status: 403 };
  if (facts.size > serverLimits.fileBytes) return { kind: "refused", status: 413 };
  return { kind: "file", path, sizeBytes: facts.size };
}

/** The same folder, or below it; also when names on the way begin with a dot behind a link. */
function isBelow(base: string, path: string): boolean {
  const way = relative(base, path);
  return way === "" || !way.split(sep).some((name) => name === ".." || name.startsWith("."));
}

async function listFolder(path: string, isTop: boolean): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entries.length >= serverLimits.listedEntries) break;
    if (entry.name.startsWith(".") || (!entry.isFile() && !entry.isDirectory())) continue;
    entries.push({ name: entry.name, isFolder: entry.isDirectory() });
  }
  entries.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
  return isTop ? entries : [{ name: "..", isFolder: true }, ...entries];
}

/**
 * Opens a file that `findServed` named. It may have been exchanged for a link in the meantime: then this refuses.
 */
export async function openServed(path: string): Promise<FileHandle | null> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return null;
    // Non-blocking, so that a pipe put in its place does not hold us.
    const handle = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch {
    // Gone since it was found: the same as not there.
    return null;
  }
}
