// Makes the list of a folder of ours with the hash of every file, and remembers which file each place in the list is, so that one of
// them can be asked for alone. A few lists at a time; the oldest is made again when somebody comes back to it.
import type { FileStore, LocalEntry, WalkStep } from "../../ports/file-store.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";

export interface ManifestReader {
  /** Walks through the folder; null when it cannot be read. */
  read(key: string, path: string, baseId: number): Promise<readonly ManifestEntry[] | null>;
  /** The same, along with somebody else's walk: a folder that is being sent is read once. */
  begin(key: string, baseId: number): ListInTheMaking;
  entryOf(key: string, index: number): LocalEntry | undefined;
}

export interface ListInTheMaking {
  /** `sha256` where it is known already. */
  add(step: WalkStep, sha256: string | null): Promise<void>;
  /** Null: more than a list may hold. */
  finish(): Promise<readonly ManifestEntry[] | null>;
}

const mostLists = 8;
/** Ids of one folder's files (core/files/offers.ts). */
const mostEntries = 2 ** 20;

export function createManifestReader(store: FileStore): ManifestReader {
  const lists = new Map<string, readonly LocalEntry[]>();

  function begin(key: string, baseId: number): ListInTheMaking {
    const entries: ManifestEntry[] = [];
    const places: LocalEntry[] = [];
    const above: string[] = [];
    let isRoot = true;
    const batch = createBatch(store, (at, sha256) => {
      const entry = entries[at];
      if (entry !== undefined) entries[at] = { ...entry, sha256 };
    });
    return {
      async add(step, sha256) {
        if (step.kind === "leave") {
          above.pop();
          return;
        }
        if (isRoot) {
          isRoot = false;
          return;
        }
        if (places.length >= mostEntries) return;
        const { entry } = step;
        const isFolder = step.kind === "enter";
        const path = [...above, wireNameOf(entry.name)];
        const fileId = baseId + places.push(entry) - 1;
        const { mtime } = entry;
        entries.push({ path, isFolder, sizeBytes: isFolder ? 0 : entry.sizeBytes, mtime, sha256, fileId });
        // As in the stream: what cannot be read is announced without bytes.
        if (step.kind === "file" && sha256 === null) await batch.add(entry, entries.length - 1);
        if (isFolder) above.push(wireNameOf(entry.name));
      },
      async finish() {
        await batch.finish();
        if (places.length >= mostEntries) return null;
        lists.set(key, places);
        const oldest = lists.keys().next();
        if (lists.size > mostLists && oldest.done !== true) lists.delete(oldest.value);
        return entries;
      },
    };
  }

  return {
    begin,

    async read(key, path, baseId) {
      const list = begin(key, baseId);
      try {
        for await (const step of store.walk(await store.look(path))) await list.add(step, null);
        return await list.finish();
      } catch {
        return null;
      }
    },

    entryOf: (key, index) => lists.get(key)?.[index],
  };
}

/** As a stream's header writes it (protocol/attachments.ts). */
function wireNameOf(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters would cut the record
  return name.replaceAll(/[\0-\x1f]/g, "_");
}

/** Files hashed together: one trip to the worker for many. */
const batchFiles = 256;

interface Batch {
  add(entry: LocalEntry, at: number): Promise<void>;
  finish(): Promise<void>;
}

/** One batch is hashed while the next one gathers. */
function createBatch(store: FileStore, found: (at: number, sha256: string | null) => void): Batch {
  let gathered: { readonly entry: LocalEntry; readonly at: number }[] = [];
  let running: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    const batch = gathered;
    gathered = [];
    await running;
    running = store.hashes(batch.map(({ entry }) => entry)).then((hashes) => {
      for (const [index, { at }] of batch.entries()) found(at, hashes[index] ?? null);
      return undefined;
    });
  }

  return {
    async add(entry, at) {
      gathered.push({ entry, at });
      if (gathered.length >= batchFiles) await flush();
    },
    async finish() {
      await flush();
      await running;
    },
  };
}
