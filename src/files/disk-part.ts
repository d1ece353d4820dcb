// One file on its way to the disk: a part with a hidden name, a state beside it every so often, its name at the end.
import { constants, lstatSync, promises } from "node:fs";
import type { FilePart, PartClaim } from "../ports/file-store.js";
import { beginHash, createBlockWriter, type BlockWriter } from "./block-writer.js";
import { toDiskError } from "./disk-error.js";
import { openFd, readFd, closeFd } from "./fs-calls.js";
import type { Hasher } from "./hash-worker.js";
import { partPath, readState, statePath, writeState } from "./part-state.js";
import { placePart } from "./place.js";

/** After so many bytes the state is written again: what a crash can cost. */
const checkpointBytes = 8 * 1024 * 1024;

// A link in the place of the part must not lead elsewhere; Windows has no such flag and needs a right to make links.
const noFollow = constants.O_NOFOLLOW ?? 0;

export async function openDiskPart(
  dir: string,
  key: string,
  claim: PartClaim,
  resume: boolean,
  hasher: Hasher,
  released: () => void,
): Promise<FilePart> {
  const path = partPath(dir, key);
  let writer: BlockWriter;
  let heldBytes = 0;
  let sealed: string | null = null;
  let checkpointing: Promise<void> | null = null;
  let lastCheckpoint = 0;
  let isOpen = true;

  /** What an earlier run left, if it is still what the state says. */
  async function takeUp(): Promise<BlockWriter | null> {
    const state = await readState(statePath(dir, key));
    const size = lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (state === null || state.heldBytes === 0 || size < state.heldBytes) return null;
    if (claim.sizeBytes !== null && state.heldBytes > claim.sizeBytes) return null;
    const begun = beginHash(hasher);
    const fd = await openFd(path, constants.O_RDWR | noFollow);
    try {
      if ((await begun.hash.addFile(path, state.heldBytes)) === state.sha256) {
        heldBytes = state.heldBytes;
        lastCheckpoint = heldBytes;
        return createBlockWriter(fd, heldBytes, begun);
      }
    } catch {
      // Unreadable is as good as changed: it begins anew.
    }
    begun.hash.drop();
    await closeFd(fd);
    return null;
  }

  async function beginAnew(): Promise<BlockWriter> {
    await promises.rm(path, { force: true, recursive: true });
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | noFollow;
    const fd = await openFd(path, flags, 0o666);
    heldBytes = 0;
    lastCheckpoint = 0;
    await writeState(dir, key, claim, { heldBytes: 0, sha256: "" });
    return createBlockWriter(fd, 0, beginHash(hasher));
  }

  async function checkpoint(): Promise<void> {
    const { length, sha256 } = await writer.checkpoint();
    await writeState(dir, key, claim, { heldBytes: length, sha256 });
  }

  async function release(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await checkpointing;
    released();
  }

  async function discard(): Promise<void> {
    if (!isOpen) return;
    if (sealed === null) await writer.abandon();
    await release();
    await promises.rm(path, { force: true });
    await promises.rm(statePath(dir, key), { force: true });
  }

  try {
    writer = (resume ? await takeUp() : null) ?? (await beginAnew());
  } catch (error) {
    released();
    throw toDiskError(error, path);
  }

  return {
    get heldBytes() {
      return heldBytes;
    },

    async tail(count) {
      const bytes = new Uint8Array(count);
      const fd = await openFd(path, constants.O_RDONLY | noFollow);
      try {
        const read = await readFd(fd, bytes, count, heldBytes - count);
        return bytes.subarray(0, read);
      } finally {
        await closeFd(fd);
      }
    },

    async restart() {
      await writer.abandon();
      writer = await beginAnew();
    },

    async append(bytes) {
      try {
        await writer.append(bytes);
      } catch (error) {
        throw toDiskError(error, path);
      }
      if (writer.length - lastCheckpoint < checkpointBytes || checkpointing !== null) return;
      lastCheckpoint = writer.length;
      checkpointing = checkpoint()
        // A full disk shows when the next bytes are written; an older state is still true.
        .catch(() => undefined)
        .finally(() => {
          checkpointing = null;
        });
    },

    async seal() {
      try {
        await checkpointing;
        const length = writer.length;
        sealed = await writer.finish();
        await promises.truncate(path, length);
        return sealed;
      } catch (error) {
        sealed ??= "";
        throw toDiskError(error, path);
      }
    },

    async finish(overwrite) {
      try {
        if (claim.mtime > 0) await promises.utimes(path, claim.mtime, claim.mtime);
        if (claim.readOnly) await promises.chmod(path, 0o444);
      } catch (error) {
        throw toDiskError(error, path);
      }
      const placed = await placePart(path, dir, claim.name, overwrite, false);
      await release();
      await promises.rm(statePath(dir, key), { force: true });
      return placed;
    },

    async keep() {
      if (!isOpen) return;
      try {
        await checkpointing;
        if (sealed === null) {
          await checkpoint();
          await writer.abandon();
        }
      } catch {
        // The disk is full or gone: the state before this one still holds.
        if (sealed === null) await writer.abandon().catch(() => undefined);
      }
      await release();
    },

    discard,
  };
}
