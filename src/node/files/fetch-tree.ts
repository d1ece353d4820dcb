// Takes a folder: as a stream of records, each name checked, or, when an earlier run left something and the peer has a list with
// hashes, file by file what is missing. With a list everything is compared at the end.
import { FeiyanError } from "../../ports/error.js";
import type { FileStore, TreeFile, TreePart } from "../../ports/file-store.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";
import { createDirStreamReader, type DirEvent } from "../../protocol/stream.js";
import type { TextCodec } from "../../protocol/text-codec.js";
import { isStrictUtf8 } from "../../protocol/utf8.js";
import type { FetchOrder } from "../../core/files/signals.js";
import { checkRoom, checkSize, type FetchHooks } from "./fetch-file.js";
import type { Source } from "./source.js";

export interface TreeParts {
  readonly store: FileStore;
  readonly source: Source;
  readonly codec: TextCodec;
  readonly isSafeName: (name: string) => boolean;
  /** The sender's list; null when it has none. */
  readonly manifest: () => Promise<readonly ManifestEntry[] | null>;
  readonly hooks: FetchHooks;
}

export interface TreeResult {
  readonly path: string;
  readonly doneBytes: number;
  readonly doneFiles: number;
  readonly skipped: number;
  readonly isVerified: boolean;
}

/** Records of one folder; a stream without end stops here. */
const mostEntries = 1_000_000;
/** Files that may still be on their way to the disk. */
const mostPending = 64;

/** What was written, to be compared with the list. */
interface Written {
  readonly sizeBytes: number;
  readonly sha256: string;
}

export async function fetchTree(order: FetchOrder, parts: TreeParts): Promise<TreeResult> {
  const { store, hooks } = parts;
  await checkRoom(store, order.dir, 1);
  const tree = await store.openTree(order.dir, order.claim, order.resume && order.hasManifests);
  try {
    const list = tree.isResumed ? await parts.manifest() : null;
    hooks.started(0, list === null ? null : sizeOf(list));
    const taken =
      list === null ? await takeStream(tree, order, parts) : await takeMissing(tree, list, order, parts);
    const isVerified = await verify(taken, order, parts, list);
    const { doneBytes, doneFiles, skipped } = taken;
    return { path: await tree.finish(order.overwrite), doneBytes, doneFiles, skipped, isVerified };
  } catch (error) {
    // Of somebody who tried to write elsewhere nothing is kept.
    const isHostile =
      error instanceof FeiyanError && (error.code === "tree-refused" || error.code === "name-not-safe");
    await (isHostile ? tree.discard() : tree.keep());
    throw error;
  }
}

interface Taken {
  readonly written: ReadonlyMap<string, Written>;
  readonly doneBytes: number;
  readonly doneFiles: number;
  readonly skipped: number;
}

const sizeOf = (list: readonly ManifestEntry[]): number =>
  list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

const keyOf = (path: readonly string[]): string => path.join("/");

/** Everything, as it comes. */
async function takeStream(tree: TreePart, order: FetchOrder, parts: TreeParts): Promise<Taken> {
  const { codec, isSafeName, source, hooks } = parts;
  const { charset, legacyCharset, skipLeading } = order.stream;
  const written = new Map<string, Written>();
  const pending = new Set<Promise<void>>();
  let fault: unknown = null;
  let doneBytes = 0;
  let doneFiles = 0;
  let entries = 0;
  let skipped = 0;
  let open: { readonly file: TreeFile; readonly key: string; readonly sizeBytes: number } | null = null;
  let isComplete = false;

  const reader = createDirStreamReader({
    // A peer may write UTF-8 in its messages and its local charset here, as iptux does to GBK peers.
    codec: {
      ...codec,
      decode: (bytes, as) => codec.decode(bytes, as === "utf-8" && !isStrictUtf8(bytes) ? legacyCharset : as),
    },
    charset,
    isSafeName,
    skipLeading,
  });

  function finishLater(file: TreeFile, key: string, sizeBytes: number): void {
    const task: Promise<void> = file.close().then(
      (sha256) => {
        pending.delete(task);
        written.set(key, { sizeBytes, sha256 });
        return undefined;
      },
      (error: unknown) => {
        pending.delete(task);
        fault ??= error;
      },
    );
    pending.add(task);
  }

  async function act(event: DirEvent): Promise<void> {
    switch (event.kind) {
      case "folder": {
        count();
        const { path, mtime } = event.entry;
        await tree.enter(path.slice(1));
        if (mtime !== null) tree.setFolderTime(path.slice(1), mtime);
        return;
      }
      case "file": {
        count();
        const { path, mtime, isReadOnly, sizeBytes, isUnreadable } = event.entry;
        if (isUnreadable) skipped += 1;
        checkSize(doneBytes + sizeBytes, order.maxSizeBytes);
        const file = await tree.file(path.slice(1), { mtime, readOnly: isReadOnly, sizeBytes });
        open = { file, key: keyOf(path.slice(1)), sizeBytes };
        return;
      }
      case "data":
        await open?.file.append(event.bytes);
        doneBytes += event.bytes.length;
        hooks.moved(doneBytes, doneFiles);
        return;
      case "file-end":
        if (open !== null) finishLater(open.file, open.key, open.sizeBytes);
        open = null;
        doneFiles += 1;
        hooks.moved(doneBytes, doneFiles);
        if (pending.size >= mostPending) await Promise.race(pending);
        if (fault !== null) throw fault;
        return;
      case "skipped":
        count();
        skipped += 1;
        return;
      case "folder-end":
        return;
      case "complete":
        isComplete = true;
        return;
      case "refused":
        throw isSafeName(event.reason) || event.reason.includes(" ")
          ? new FeiyanError("tree-refused", "the folder's stream is broken", { reason: event.reason })
          : new FeiyanError("name-not-safe", "a name that must not be written", { name: event.reason });
      case "incomplete":
        throw new FeiyanError("stream-short", "ended early", { doneBytes });
      default: {
        const never: never = event;
        return never;
      }
    }
  }

  function count(): void {
    entries += 1;
    if (entries > mostEntries)
      throw new FeiyanError("tree-refused", "too many entries", { reason: "too many entries" });
  }

  async function take(bytes: Uint8Array): Promise<"more" | "enough"> {
    for (const event of reader.feed(bytes)) {
      // oxlint-disable-next-line no-await-in-loop -- records are in order
      await act(event);
    }
    return isComplete ? "enough" : "more";
  }

  let isAny = false;
  try {
    const ask = { type: "dir", fileId: BigInt(order.claim.fileId), offset: 0 } as const;
    const isEnough = await source.fetch(ask, (bytes) => {
      isAny = true;
      return take(bytes);
    });
    if (!isEnough && !isAny) {
      throw new FeiyanError("file-not-served", "closed without a byte", { name: order.claim.name });
    }
    if (!isEnough) for (const event of reader.end()) await act(event);
  } catch (error) {
    await discard(open);
    throw error;
  } finally {
    await Promise.all(pending);
  }
  if (fault !== null) throw fault;
  return { written, doneBytes, doneFiles, skipped };
}

async function discard(open: { readonly file: TreeFile } | null): Promise<void> {
  await open?.file.discard();
}

/** Only what is not there yet, file by file; what is there is hashed. */
async function takeMissing(
  tree: TreePart,
  list: readonly ManifestEntry[],
  order: FetchOrder,
  { source, hooks }: TreeParts,
): Promise<Taken> {
  const written = new Map<string, Written>();
  let doneBytes = 0;
  let doneFiles = 0;
  let skipped = 0;
  checkSize(sizeOf(list), order.maxSizeBytes);
  // oxlint-disable no-await-in-loop -- one file after another, as they stand in the list
  for (const entry of list) {
    const { path, isFolder, mtime, sizeBytes, sha256 } = entry;
    if (isFolder) {
      await tree.enter(path);
      tree.setFolderTime(path, mtime);
      continue;
    }
    const held = await tree.held(path);
    if (held !== null && held.sizeBytes === sizeBytes && held.sha256 === sha256) {
      written.set(keyOf(path), held);
      doneBytes += sizeBytes;
    } else if (sha256 === null) {
      skipped += 1;
    } else {
      const before = doneBytes;
      const file = await tree.file(path, { mtime, readOnly: false, sizeBytes });
      try {
        await takeOne(file, entry, source, (count) => hooks.moved(before + count, doneFiles));
      } catch (error) {
        await file.discard();
        throw error;
      }
      written.set(keyOf(path), { sizeBytes, sha256: await file.close() });
      doneBytes += sizeBytes;
    }
    doneFiles += 1;
    hooks.moved(doneBytes, doneFiles);
  }
  // oxlint-enable no-await-in-loop
  return { written, doneBytes, doneFiles, skipped };
}

async function takeOne(
  file: TreeFile,
  { sizeBytes, fileId, path }: ManifestEntry,
  source: Source,
  moved: (count: number) => void,
): Promise<void> {
  if (sizeBytes === 0) return;
  let count = 0;
  await source.fetch({ type: "file", fileId: BigInt(fileId), offset: 0 }, async (bytes) => {
    const wanted = bytes.subarray(0, sizeBytes - count);
    await file.append(wanted);
    count += wanted.length;
    moved(count);
    return count === sizeBytes ? "enough" : "more";
  });
  if (count === 0) throw new FeiyanError("file-not-served", "closed without a byte", { name: keyOf(path) });
  if (count < sizeBytes)
    throw new FeiyanError("stream-short", "ended early", { doneBytes: count, sizeBytes });
}

/** True when every file of the sender's list is here with its hash; false when the sender has no list. */
async function verify(
  { written }: Taken,
  order: FetchOrder,
  { manifest }: TreeParts,
  known: readonly ManifestEntry[] | null,
): Promise<boolean> {
  const list = known ?? (order.hasManifests ? await manifest() : null);
  if (list === null) return false;
  for (const { path, isFolder, sha256, sizeBytes } of list) {
    if (isFolder || sha256 === null) continue;
    const ours = written.get(keyOf(path));
    if (ours?.sha256 !== sha256 || ours.sizeBytes !== sizeBytes) {
      throw new FeiyanError("hash-mismatch", "not the sender's bytes", { name: keyOf(path) });
    }
  }
  return true;
}
