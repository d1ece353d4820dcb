// Makes the list of a folder of ours with the hash of every file, and remembers which file each place in the list is, so that one of
// them can be asked for alone. A few lists at a time; the oldest is made again when somebody comes back to it.
import type { FileStore, LocalEntry } from "../../ports/file-store.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";

export interface ManifestReader {
  /** Null when the folder cannot be read. */
  read(key: string, path: string, baseId: number): Promise<readonly ManifestEntry[] | null>;
  entryOf(key: string, index: number): LocalEntry | undefined;
}

const mostLists = 8;
/** Ids of one folder's files (core/files/offers.ts). */
const mostEntries = 2 ** 20;

export function createManifestReader(store: FileStore): ManifestReader {
  const lists = new Map<string, readonly LocalEntry[]>();

  async function hashOf(entry: LocalEntry): Promise<string | null> {
    try {
      return await store.sha256(entry);
    } catch {
      // As in the stream: announced without bytes.
      return null;
    }
  }

  return {
    async read(key, path, baseId) {
      const entries: ManifestEntry[] = [];
      const places: LocalEntry[] = [];
      const above: string[] = [];
      let isRoot = true;
      try {
        for await (const step of store.walk(await store.look(path))) {
          if (step.kind === "leave") {
            above.pop();
            continue;
          }
          if (isRoot) {
            isRoot = false;
            continue;
          }
          if (places.length >= mostEntries) return null;
          const { entry } = step;
          const isFolder = step.kind === "enter";
          const ownPath = [...above, wireNameOf(entry.name)];
          const fileId = baseId + places.push(entry) - 1;
          const sha256 = step.kind === "file" ? await hashOf(entry) : null;
          const { sizeBytes, mtime } = entry;
          entries.push({
            path: ownPath,
            isFolder,
            sizeBytes: isFolder ? 0 : sizeBytes,
            mtime,
            sha256,
            fileId,
          });
          if (isFolder) above.push(wireNameOf(entry.name));
        }
      } catch {
        return null;
      }
      lists.set(key, places);
      const oldest = lists.keys().next();
      if (lists.size > mostLists && oldest.done !== true) lists.delete(oldest.value);
      return entries;
    },

    entryOf: (key, index) => lists.get(key)?.[index],
  };
}

/** As a stream's header writes it (protocol/attachments.ts). */
function wireNameOf(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters would cut the record
  return name.replaceAll(/[\0-\x1f]/g, "_");
}
