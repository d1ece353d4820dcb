// Files inside the process, for tests, lessons and virtual peers: paths with slashes, folders where a path ends in one. Keeps what the
// disk keeps (parts, states, free names) within a bound on bytes, so that nobody can fill the memory through it.
import { createHash } from "node:crypto";
import { FeiyanError } from "../ports/error.js";
import type {
  FilePart,
  FileStore,
  LocalEntry,
  PartClaim,
  TreePart,
  UnfinishedPart,
  WalkStep,
} from "../ports/file-store.js";
import { mostNumbers, numberedName } from "./free-name.js";
import { isSafeName } from "./safe-name.js";

export interface MemoryFile {
  readonly bytes: Uint8Array;
  /** Unix seconds. */
  readonly mtime: number;
}

export interface MemoryStore extends FileStore {
  /** Puts a file there, or a folder where the path ends in a slash. */
  put(path: string, bytes?: Uint8Array | string, mtime?: number): void;
  /** Everything there: files with their bytes, folders with a slash at the end. */
  files(): ReadonlyMap<string, MemoryFile>;
  remove(path: string): void;
}

export interface MemoryStoreOptions {
  /** All files together; default 256 MiB. */
  readonly roomBytes?: number;
}

const usualRoomBytes = 256 * 1024 * 1024;

interface Held {
  readonly claim: PartClaim;
  readonly dir: string;
  bytes: Uint8Array;
}

function nameOf(path: string): string {
  return path.replace(/\/$/u, "").split("/").at(-1) ?? "";
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function checkName(name: string): void {
  if (!isSafeName(name)) throw new FeiyanError("name-not-safe", "a name that must not be written", { name });
}

function keyOf(dir: string, claim: PartClaim): string {
  return [dir, claim.peer.id, claim.name, claim.kind, claim.sizeBytes, claim.mtime].join("\n");
}

/**
 * A store in memory.
 *
 * @example const store = createMemoryStore(); store.put("/docs/a.txt", "hello"); await store.look("/docs/a.txt");
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const roomBytes = options.roomBytes ?? usualRoomBytes;
  const table = new Map<string, MemoryFile>();
  const parts = new Map<string, Held>();
  const trees = new Map<string, Map<string, MemoryFile>>();
  const empty = new Uint8Array(0);

  function used(): number {
    let sum = 0;
    for (const { bytes } of table.values()) sum += bytes.length;
    for (const { bytes } of parts.values()) sum += bytes.length;
    for (const tree of trees.values()) for (const { bytes } of tree.values()) sum += bytes.length;
    return sum;
  }

  function checkRoom(more: number): void {
    if (used() + more > roomBytes)
      throw new FeiyanError("disk-full", "the store is full", { path: "", systemCode: "" });
  }

  function put(path: string, bytes: Uint8Array | string = empty, mtime = 0): void {
    table.set(path, { bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes, mtime });
  }

  function isFolder(path: string): boolean {
    if (table.has(`${path}/`)) return true;
    for (const key of table.keys()) if (key.startsWith(`${path}/`)) return true;
    return false;
  }

  function look(given: string): LocalEntry {
    const path = given.replace(/\/$/u, "");
    const file = table.get(path);
    const about = { path, name: nameOf(path), readOnly: false } as const;
    if (file !== undefined)
      return { ...about, kind: "file", sizeBytes: file.bytes.length, mtime: file.mtime };
    if (!isFolder(path))
      throw new FeiyanError("file-not-found", "no such file", { path, systemCode: "ENOENT" });
    return { ...about, kind: "folder", sizeBytes: 0, mtime: table.get(`${path}/`)?.mtime ?? 0 };
  }

  function* walk(folder: LocalEntry): Generator<WalkStep> {
    yield { kind: "enter", entry: folder };
    const names = new Set<string>();
    for (const key of table.keys()) {
      const [first = ""] = key.startsWith(`${folder.path}/`)
        ? key.slice(folder.path.length + 1).split("/")
        : [];
      if (first !== "") names.add(first);
    }
    for (const name of [...names].toSorted()) {
      const entry = look(`${folder.path}/${name}`);
      if (entry.kind === "folder") yield* walk(entry);
      else yield { kind: "file", entry };
    }
    yield { kind: "leave" };
  }

  function freeName(dir: string, name: string, overwrite: "never" | "rename" | "replace"): string {
    for (let number = 1; number <= mostNumbers; number++) {
      const path = `${dir}/${numberedName(name, number)}`;
      const isTaken = table.has(path) || isFolder(path);
      if (!isTaken || (overwrite === "replace" && !isFolder(path))) return path;
      if (overwrite === "never") break;
    }
    throw new FeiyanError("name-taken", "the name is taken", { path: `${dir}/${name}` });
  }

  function openPart(dir: string, claim: PartClaim, resume: boolean): FilePart {
    checkName(claim.name);
    const key = keyOf(dir, claim);
    const before = resume ? parts.get(key) : undefined;
    const held: Held = { claim, dir, bytes: before?.bytes ?? empty };
    parts.set(key, held);
    let pieces: Uint8Array[] = [];
    const gather = (): Uint8Array => {
      if (pieces.length > 0) held.bytes = Buffer.concat([held.bytes, ...pieces]);
      pieces = [];
      return held.bytes;
    };
    const heldBytes = held.bytes.length;
    let added = 0;
    return {
      heldBytes,
      tail: (count) => Promise.resolve(held.bytes.slice(held.bytes.length - count)),
      restart() {
        pieces = [];
        held.bytes = empty;
        return Promise.resolve();
      },
      async append(bytes) {
        // Counting everything for each piece would be slow; a piece is counted when it could matter.
        added += bytes.length;
        if (added > 1024 * 1024) {
          gather();
          checkRoom(0);
          added = 0;
        }
        pieces.push(new Uint8Array(bytes));
      },
      seal: () => Promise.resolve(hashOf(gather())),
      async finish(overwrite) {
        const path = freeName(dir, claim.name, overwrite);
        checkRoom(0);
        put(path, gather(), claim.mtime);
        parts.delete(key);
        return path;
      },
      async keep() {
        gather();
      },
      async discard() {
        parts.delete(key);
      },
    };
  }

  function openTree(dir: string, claim: PartClaim, resume: boolean): TreePart {
    checkName(claim.name);
    const key = keyOf(dir, claim);
    const before = resume ? trees.get(key) : undefined;
    const tree = before ?? new Map<string, MemoryFile>();
    trees.set(key, tree);
    const made = new Set<string>();
    const join = (path: readonly string[]): string => {
      for (const name of path) checkName(name);
      return path.join("/");
    };
    return {
      isResumed: before !== undefined,
      async enter(path) {
        if (path.length > 0) tree.set(`${join(path)}/`, { bytes: empty, mtime: 0 });
      },
      async file(path, { mtime }) {
        const name = join(path);
        if (made.has(name) || path.length === 0) {
          throw new FeiyanError("tree-refused", "the folder's stream is broken", {
            reason: "the same name twice",
          });
        }
        made.add(name);
        const pieces: Uint8Array[] = [];
        return {
          async append(bytes) {
            pieces.push(new Uint8Array(bytes));
          },
          async close() {
            const bytes = Buffer.concat(pieces);
            checkRoom(bytes.length);
            tree.set(name, { bytes, mtime: mtime ?? 0 });
            return hashOf(bytes);
          },
          async discard() {
            pieces.length = 0;
          },
        };
      },
      async held(path) {
        const file = tree.get(join(path));
        return file === undefined ? null : { sizeBytes: file.bytes.length, sha256: hashOf(file.bytes) };
      },
      setFolderTime(path, mtime) {
        if (path.length > 0) tree.set(`${join(path)}/`, { bytes: empty, mtime });
      },
      async finish(overwrite) {
        const root = freeName(dir, claim.name, overwrite === "replace" ? "rename" : overwrite);
        put(`${root}/`, empty, claim.mtime);
        for (const [name, { bytes, mtime }] of tree) put(`${root}/${name}`, bytes, mtime);
        trees.delete(key);
        return root;
      },
      keep: () => Promise.resolve(),
      async discard() {
        trees.delete(key);
      },
    };
  }

  return {
    put,
    files: () => table,
    remove: (path) => void table.delete(path),
    look: async (path) => look(path),
    async *walk(folder) {
      yield* walk(folder);
    },
    async open(entry, offset) {
      const bytes = table.get(entry.path)?.bytes;
      if (bytes === undefined) throw new FeiyanError("file-not-found", "no such file", { path: entry.path });
      let isGiven = offset >= entry.sizeBytes;
      return {
        async read() {
          if (isGiven) return null;
          isGiven = true;
          return bytes.slice(offset, entry.sizeBytes);
        },
        sha256: () => (offset === 0 ? hashOf(bytes) : null),
        hasChanged: async () => table.get(entry.path)?.bytes !== bytes || bytes.length !== entry.sizeBytes,
        close: () => Promise.resolve(),
      };
    },
    hashes: async (entries) =>
      entries.map(({ path, sizeBytes }) => {
        const bytes = table.get(path)?.bytes;
        return bytes === undefined || bytes.length < sizeBytes ? null : hashOf(bytes.subarray(0, sizeBytes));
      }),
    freeBytes: async () => roomBytes - used() + 64 * 1024 * 1024,
    openPart: async (dir, claim, resume) => openPart(dir, claim, resume),
    openTree: async (dir, claim, resume) => openTree(dir, claim, resume),
    async save(dir, name, bytes) {
      checkName(name);
      checkRoom(bytes.length);
      const path = freeName(dir, name, "rename");
      put(path, bytes);
      return path;
    },
    async load(path, limit) {
      const { sizeBytes } = look(path);
      if (sizeBytes > limit)
        throw new FeiyanError("size-over-limit", "larger than allowed", { sizeBytes, limit });
      return table.get(path)?.bytes ?? empty;
    },
    async unfinished(dir) {
      const found: UnfinishedPart[] = [];
      for (const { claim, dir: at, bytes } of parts.values()) {
        if (at === dir) found.push({ claim, dir, heldBytes: bytes.length });
      }
      return found;
    },
    close: () => Promise.resolve(),
  };
}
