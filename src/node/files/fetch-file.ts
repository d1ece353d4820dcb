// Takes one file: goes on where an earlier run stopped, if the last bytes there are the peer's bytes too, and gives it its name when
// it is whole. Everything that came stays in the part whatever happens.
import { FeiyanError } from "../../ports/error.js";
import type { FilePart, FileStore } from "../../ports/file-store.js";
import type { FetchOrder } from "../../core/files/signals.js";
import type { Source } from "./source.js";

/** Of what we have is fetched again and compared before more is added. */
const overlapBytes = 64 * 1024;

export interface FetchHooks {
  started(heldBytes: number, totalBytes: number | null): void;
  moved(doneBytes: number, doneFiles: number): void;
}

export async function fetchFile(
  order: FetchOrder,
  store: FileStore,
  source: Source,
  hooks: FetchHooks,
): Promise<{ readonly path: string; readonly sha256: string; readonly doneBytes: number }> {
  const { claim, maxSizeBytes } = order;
  checkSize(claim.sizeBytes ?? 0, maxSizeBytes);
  const part = await store.openPart(order.dir, claim, order.resume && order.honoursOffset);
  try {
    await checkRoom(store, order.dir, (claim.sizeBytes ?? 0) - part.heldBytes);
    hooks.started(part.heldBytes, claim.sizeBytes);
    const done = await fill(part, order, source, hooks);
    const sha256 = await part.seal();
    return { path: await part.finish(order.overwrite), sha256, doneBytes: done };
  } catch (error) {
    await part.keep();
    throw error;
  }
}

export function checkSize(sizeBytes: number, limit: number | null): void {
  if (limit !== null && sizeBytes > limit) {
    throw new FeiyanError("size-over-limit", "larger than allowed", { sizeBytes, limit });
  }
}

/** The system keeps a little for itself; a full disk is noticed later all the same. */
const reserveBytes = 16 * 1024 * 1024;

export async function checkRoom(store: FileStore, dir: string, needBytes: number): Promise<void> {
  const free = await store.freeBytes(dir);
  if (free !== null && needBytes > 0 && needBytes > free - reserveBytes) {
    throw new FeiyanError("disk-full", "not enough room", { path: dir, needBytes, freeBytes: free });
  }
}

async function fill(part: FilePart, order: FetchOrder, source: Source, hooks: FetchHooks): Promise<number> {
  const fileId = BigInt(order.claim.fileId);
  if (part.heldBytes > 0) {
    const resumed = await goOn(part, order, source, hooks, fileId);
    if (resumed !== null) return resumed;
    await part.restart();
    hooks.started(0, order.claim.sizeBytes);
  }
  return await takeFrom(part, order, source, hooks, fileId, 0, new Uint8Array(0)).then((done) => done ?? 0);
}

/** Null: what we have is not the beginning of the peer's file. */
async function goOn(
  part: FilePart,
  order: FetchOrder,
  source: Source,
  hooks: FetchHooks,
  fileId: bigint,
): Promise<number | null> {
  const tail = await part.tail(Math.min(overlapBytes, part.heldBytes));
  return await takeFrom(part, order, source, hooks, fileId, part.heldBytes - tail.length, tail);
}

async function takeFrom(
  part: FilePart,
  order: FetchOrder,
  source: Source,
  hooks: FetchHooks,
  fileId: bigint,
  offset: number,
  tail: Uint8Array,
): Promise<number | null> {
  const { sizeBytes } = order.claim;
  let at = offset;
  let isOther = false;
  let isAny = false;

  async function take(bytes: Uint8Array): Promise<"more" | "enough"> {
    isAny = true;
    const wanted = sizeBytes === null ? bytes : bytes.subarray(0, Math.max(0, sizeBytes - at));
    const known = Math.min(wanted.length, Math.max(0, offset + tail.length - at));
    const start = at - offset;
    if (known > 0 && !isSame(wanted.subarray(0, known), tail.subarray(start, start + known))) {
      isOther = true;
      return "enough";
    }
    if (known < wanted.length) {
      checkSize(at + wanted.length, order.maxSizeBytes);
      await part.append(wanted.subarray(known));
    }
    at += wanted.length;
    hooks.moved(at, 0);
    return at === sizeBytes ? "enough" : "more";
  }

  try {
    await source.fetch({ type: "file", fileId, offset }, take);
  } catch (error) {
    // Of an empty file there is nothing to miss: iptux does not serve one at all (protocol.md section 24).
    if (sizeBytes !== 0 || source.isStopped) throw error;
  }
  if (isOther) return null;
  if (sizeBytes !== null && at < sizeBytes) {
    if (!isAny) throw new FeiyanError("file-not-served", "closed without a byte", { name: order.claim.name });
    throw new FeiyanError("stream-short", "ended early", { doneBytes: at, sizeBytes });
  }
  return at;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
