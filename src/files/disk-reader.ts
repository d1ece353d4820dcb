// One file of ours, read from an offset to the size it was announced with, one block ahead of who sends it. Small files are read in
// one call: a folder has thousands of them.
import { hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { LocalEntry, LocalReader } from "../ports/file-store.js";
import { toReadError } from "./disk-error.js";
import { closeFd, openFd, readFd, statFd } from "./fs-calls.js";

const blockBytes = 512 * 1024;
const smallBytes = 64 * 1024;

// The walk has looked at the entry: what is a link by now was exchanged. What the user named may lie behind one.
const flags = constants.O_RDONLY;

export async function openDiskReader(entry: LocalEntry, offset: number): Promise<LocalReader> {
  try {
    return entry.sizeBytes <= smallBytes ? readSmall(entry, offset) : await readBlocks(entry, offset);
  } catch (error) {
    throw toReadError(error, entry.path);
  }
}

function readSmall(entry: LocalEntry, offset: number): LocalReader {
  const fd = openSync(entry.path, flags);
  const bytes = new Uint8Array(entry.sizeBytes - offset);
  let length = 0;
  let isSame: boolean;
  try {
    while (length < bytes.length) {
      const count = readSync(fd, bytes, length, bytes.length - length, offset + length);
      if (count === 0) break;
      length += count;
    }
    isSame = fstatSync(fd).size === entry.sizeBytes;
  } finally {
    closeSync(fd);
  }
  let isGiven = length === 0;
  return {
    read() {
      if (isGiven) return Promise.resolve(null);
      isGiven = true;
      return Promise.resolve(bytes.subarray(0, length));
    },
    hasChanged: () => Promise.resolve(!isSame),
    sha256: () => (offset === 0 ? hash("sha256", bytes, "hex") : null),
    close: () => Promise.resolve(),
  };
}

async function readBlocks(entry: LocalEntry, offset: number): Promise<LocalReader> {
  const fd = await openFd(entry.path, flags);
  const blocks = [new Uint8Array(blockBytes), new Uint8Array(blockBytes)];
  let position = offset;
  let turn = 0;
  return {
    async read() {
      const wanted = Math.min(blockBytes, entry.sizeBytes - position);
      const block = blocks[turn];
      if (wanted <= 0 || block === undefined) return null;
      turn = 1 - turn;
      const count = await readFd(fd, block, wanted, position);
      position += count;
      return count === 0 ? null : block.subarray(0, count);
    },
    async hasChanged() {
      const stats = await statFd(fd);
      return stats.size !== entry.sizeBytes || Math.floor(stats.mtimeMs / 1000) !== entry.mtime;
    },
    sha256: () => null,
    close: () => closeFd(fd),
  };
}
