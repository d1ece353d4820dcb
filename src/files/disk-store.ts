// The disk behind the `FileStore` port: puts the parts of this folder together and sees to it that no two transfers write to one part.
import { constants, mkdirSync, promises } from "node:fs";
import { FeiyanError } from "../ports/error.js";
import type { FileStore, PartClaim } from "../ports/file-store.js";
import { systemCode, toDiskError, toReadError } from "./disk-error.js";
import { openDiskPart } from "./disk-part.js";
import { openDiskReader } from "./disk-reader.js";
import { openDiskTree } from "./disk-tree.js";
import { lookAtPath, walkFolder } from "./disk-walk.js";
import { closeFd, openFd, writeFd } from "./fs-calls.js";
import { createHasher } from "./hash-worker.js";
import { findStates, partKey, partPath } from "./part-state.js";
import { placePart } from "./place.js";
import { isSafeName } from "./safe-name.js";

export interface DiskStoreOptions {
  /** Whose names are refused besides; default the system's. */
  readonly platform?: "posix" | "windows";
}

function makeDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw toDiskError(error, dir);
  }
}

/**
 * Files on the disk. Nothing is opened before it is needed.
 *
 * @example const store = createDiskStore(); const entry = await store.look("报告.doc");
 */
export function createDiskStore(options: DiskStoreOptions = {}): FileStore {
  const platform = options.platform ?? (process.platform === "win32" ? "windows" : "posix");
  const hasher = createHasher();
  const inUse = new Set<string>();

  /** The key of a part that nobody writes to: the same thing may come twice at one time. */
  function take(dir: string, claim: PartClaim): { readonly key: string; readonly released: () => void } {
    if (!isSafeName(claim.name, platform)) {
      throw new FeiyanError("name-not-safe", "a name that must not be written", { name: claim.name });
    }
    makeDir(dir);
    const own = partKey(claim);
    let key = own;
    for (let number = 2; inUse.has(partPath(dir, key)); number++) key = `${own}-${number}`;
    const path = partPath(dir, key);
    inUse.add(path);
    return { key, released: () => void inUse.delete(path) };
  }

  async function save(dir: string, name: string, bytes: Uint8Array): Promise<string> {
    if (!isSafeName(name, platform)) {
      throw new FeiyanError("name-not-safe", "a name that must not be written", { name });
    }
    makeDir(dir);
    const scratch = partPath(dir, `picture-${process.pid}-${name}`);
    try {
      const fd = await openFd(scratch, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
      try {
        await writeFd(fd, bytes, 0);
      } finally {
        await closeFd(fd);
      }
      return await placePart(scratch, dir, name, "rename", false);
    } catch (error) {
      // Left by a run that ended in the middle, or by this one.
      await promises.rm(scratch, { force: true });
      throw toDiskError(error, scratch);
    }
  }

  return {
    look: async (path) => lookAtPath(path),
    walk: walkFolder,
    open: openDiskReader,

    hashes: (entries) => hasher.files(entries.map(({ path, sizeBytes }) => ({ path, count: sizeBytes }))),

    async freeBytes(dir) {
      makeDir(dir);
      try {
        const { bavail, bsize } = await promises.statfs(dir);
        return bavail * bsize;
      } catch {
        // Some file systems do not tell.
        return null;
      }
    },

    async openPart(dir, claim, resume) {
      const { key, released } = take(dir, claim);
      return await openDiskPart(dir, key, claim, resume, hasher, released);
    },

    async openTree(dir, claim, resume) {
      const { key, released } = take(dir, claim);
      return await openDiskTree(dir, key, claim, resume, hasher, platform, released);
    },

    save,

    async load(path, limit) {
      const entry = lookAtPath(path);
      if (entry.kind !== "file") throw new FeiyanError("file-kind-unsupported", "no file", { path });
      if (entry.sizeBytes > limit) {
        throw new FeiyanError("size-over-limit", "larger than allowed", {
          sizeBytes: entry.sizeBytes,
          limit,
        });
      }
      try {
        return await promises.readFile(entry.path);
      } catch (error) {
        throw toReadError(error, systemCode(error) === "" ? path : entry.path);
      }
    },

    unfinished: findStates,
    close: () => hasher.close(),
  };
}
