// One folder on its way to the disk: everything inside a folder with a hidden name, which gets its own name when all is there. Each
// name is checked again here, each folder on the way must be a real one, and files are made, never opened: links planted inside
// lead nowhere. Small files are written in one go, as a folder of thousands has mostly those.
import { createHash, hash as hashAtOnce, type Hash } from "node:crypto";
import {
  closeSync,
  constants,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readFileSync,
  writeSync,
} from "node:fs";
import { sep } from "node:path";
import { FeiyanError } from "../ports/error.js";
import type { PartClaim, TreeFile, TreeHeld, TreePart } from "../ports/file-store.js";
import { beginHash, createBlockWriter, type BlockWriter } from "./block-writer.js";
import { systemCode, toDiskError } from "./disk-error.js";
import { openFd } from "./fs-calls.js";
import type { Hasher } from "./hash-worker.js";
import { partPath, statePath, writeState } from "./part-state.js";
import { placePart } from "./place.js";
import { isSafeName } from "./safe-name.js";

/** Files up to this size are written as they come and hashed here. */
const smallBytes = 128 * 1024;
const mostDepth = 64;
/** SHA-256 of nothing. */
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

interface About {
  readonly mtime: number | null;
  readonly readOnly: boolean;
  readonly sizeBytes: number;
}

function refused(reason: string): FeiyanError {
  return new FeiyanError("tree-refused", "the folder's stream is broken", { reason });
}

function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export async function openDiskTree(
  dir: string,
  key: string,
  claim: PartClaim,
  resume: boolean,
  hasher: Hasher,
  platform: "posix" | "windows",
  released: () => void,
): Promise<TreePart> {
  const root = partPath(dir, key);
  /** Folders known to be real, by path. */
  const folders = new Set<string>();
  /** Files of this run, by path. */
  const made = new Set<string>();
  const times = new Map<string, number>();
  let isResumed = false;

  function makeFolder(path: string): void {
    if (folders.has(path)) return;
    try {
      mkdirSync(path);
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw toDiskError(error, path);
      if (!isRealFolder(path)) throw refused("a folder's name is taken by something else");
    }
    folders.add(path);
  }

  /** The path on the disk, every name on the way checked and every folder real. */
  function resolve(names: readonly string[], makesLast: boolean): string {
    if (names.length > mostDepth) throw refused("folders too deep");
    let path = root;
    for (const [at, name] of names.entries()) {
      const next = path + sep + name;
      // Checked when it was made, and most names of a path are folders of the file before.
      if (folders.has(next)) {
        path = next;
        continue;
      }
      if (!isSafeName(name, platform))
        throw new FeiyanError("name-not-safe", "a name that must not be written", { name });
      path = next;
      if (makesLast || at < names.length - 1) makeFolder(path);
    }
    return path;
  }

  async function begin(): Promise<void> {
    if (resume && isRealFolder(root)) {
      isResumed = true;
      folders.add(root);
    } else {
      // Removes a link itself, never what it leads to.
      await promises.rm(root, { recursive: true, force: true });
      makeFolder(root);
    }
    await writeState(dir, key, claim, { heldBytes: 0, sha256: "" });
  }

  function create(path: string): number {
    if (made.has(path)) throw refused("the same name twice");
    made.add(path);
    try {
      return openSync(path, createFlags, 0o666);
    } catch (error) {
      if (systemCode(error) === "EEXIST" && isResumed) return -1;
      if (systemCode(error) === "EEXIST") throw refused("the same name twice");
      throw toDiskError(error, path);
    }
  }

  async function createOver(path: string): Promise<number> {
    const fd = create(path);
    if (fd >= 0) return fd;
    await promises.rm(path, { force: true, recursive: true });
    return await openFd(path, createFlags, 0o666);
  }

  function file(path: string, fd: number, about: About): TreeFile {
    const isSmall = about.sizeBytes <= smallBytes;
    let writer: BlockWriter | null = null;
    /** Of a small file that comes in pieces. */
    let running: Hash | null = null;
    let sha256 = emptyHash;

    /** Calls of some microseconds, where four trips through the thread pool take a hundred. */
    function appendSmall(bytes: Uint8Array): void {
      if (bytes.length === about.sizeBytes) sha256 = hashAtOnce("sha256", bytes, "hex");
      else (running ??= createHash("sha256")).update(bytes);
      writeAll(fd, bytes);
    }

    function closeSmall(): string {
      if (about.mtime !== null) futimesSync(fd, about.mtime, about.mtime);
      closeSync(fd);
      return running === null ? sha256 : running.digest("hex");
    }

    return {
      async append(bytes) {
        try {
          if (isSmall) appendSmall(bytes);
          else {
            writer ??= createBlockWriter(fd, 0, beginHash(hasher));
            await writer.append(bytes);
          }
        } catch (error) {
          throw toDiskError(error, path);
        }
      },

      async close() {
        try {
          const found = writer === null ? closeSmall() : await writer.finish();
          if (writer !== null && about.mtime !== null) await promises.utimes(path, about.mtime, about.mtime);
          if (about.readOnly) await promises.chmod(path, 0o444);
          return found;
        } catch (error) {
          throw toDiskError(error, path);
        }
      },

      async discard() {
        if (writer === null) closeSync(fd);
        else await writer.abandon();
        await promises.rm(path, { force: true });
      },
    };
  }

  /** Deepest first: a change inside a folder changes its time. */
  async function setTimes(): Promise<void> {
    for (const [path, mtime] of [...times].toSorted(([a], [b]) => b.length - a.length)) {
      // oxlint-disable-next-line no-await-in-loop -- from below to above
      await promises.utimes(path, mtime, mtime);
    }
  }

  try {
    await begin();
  } catch (error) {
    released();
    throw toDiskError(error, root);
  }

  return {
    isResumed,
    enter(path) {
      resolve(path, true);
      return Promise.resolve();
    },

    async file(names, about) {
      if (names.length === 0) throw refused("a file without a name");
      const path = resolve(names, false);
      return file(path, await createOver(path), about);
    },

    async held(names): Promise<TreeHeld | null> {
      const path = resolve(names, false);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() !== true) return null;
      const sizeBytes = stats.size;
      if (sizeBytes <= smallBytes) {
        return { sizeBytes, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
      }
      const hash = hasher.begin(null);
      try {
        return { sizeBytes, sha256: await hash.addFile(path, sizeBytes) };
      } finally {
        hash.drop();
      }
    },

    setFolderTime(path, mtime) {
      times.set(resolve(path, true), mtime);
    },

    async finish(overwrite) {
      try {
        await setTimes();
        if (claim.mtime > 0) await promises.utimes(root, claim.mtime, claim.mtime);
      } catch (error) {
        throw toDiskError(error, root);
      }
      const placed = await placePart(root, dir, claim.name, overwrite, true);
      await promises.rm(statePath(dir, key), { force: true });
      released();
      return placed;
    },

    keep() {
      released();
      return Promise.resolve();
    },

    async discard() {
      await promises.rm(root, { recursive: true, force: true });
      await promises.rm(statePath(dir, key), { force: true });
      released();
    },
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at);
}
