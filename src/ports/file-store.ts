// The disk as the node sees it: what is offered is looked at, walked and read; what is received goes into a part first and gets
// its name when it is complete. Implemented by the disk (`files/disk-*.ts`) and in memory (`files/memory-store.ts`). Names that
// come from the wire are checked by the implementation, whatever was checked before.
import type { ErrorCode } from "./error.js";

export type LocalKind = "file" | "folder";

/** One file or folder of this machine, as it is now. */
export interface LocalEntry {
  readonly path: string;
  /** Its own name, without folders. */
  readonly name: string;
  readonly kind: LocalKind;
  /** Of a folder what was counted below it, 0 as long as nobody did. */
  readonly sizeBytes: number;
  /** Unix seconds. */
  readonly mtime: number;
  readonly readOnly: boolean;
}

/** One step of a walk through a folder: depth first, in the order of the names. */
export type WalkStep =
  | { readonly kind: "enter"; readonly entry: LocalEntry }
  | { readonly kind: "file"; readonly entry: LocalEntry }
  /** There, and cannot be sent: no permission, a link out of the folder, a socket. It is announced without bytes. */
  | { readonly kind: "unreadable"; readonly entry: LocalEntry; readonly reason: ErrorCode }
  | { readonly kind: "leave" };

export interface LocalReader {
  /** The next bytes, valid until the next call but one; null at the end of what was announced. */
  read(): Promise<Uint8Array | null>;
  /** What it was announced as differs from what it is now: somebody wrote to it meanwhile. Asked after the last byte. */
  hasChanged(): Promise<boolean>;
  /** Hash of the whole file, lower-case hex, where it was read in one go; null otherwise. */
  sha256(): string | null;
  close(): Promise<void>;
}

/** What an offer says of one thing, and where it is from: enough to know it again after a restart. */
export interface PartClaim {
  readonly name: string;
  readonly kind: LocalKind;
  /** Null: the sender does not know. */
  readonly sizeBytes: number | null;
  /** Unix seconds; 0 when it is not known. */
  readonly mtime: number;
  readonly readOnly: boolean;
  readonly peer: {
    readonly id: string;
    readonly name: string;
    readonly address: string;
    readonly port: number;
  };
  readonly packetNo: string;
  readonly fileId: string;
}

/** What an earlier run left behind. */
export interface UnfinishedPart {
  readonly claim: PartClaim;
  readonly dir: string;
  readonly heldBytes: number;
}

/** What to do when the name is taken. `rename` takes "name (2)". */
export type Overwrite = "never" | "rename" | "replace";

/** One file on its way in. */
export interface FilePart {
  /** Bytes that are there and known to be whole. */
  readonly heldBytes: number;
  /** The last `count` bytes of those. */
  tail(count: number): Promise<Uint8Array>;
  /** Forgets what is there. */
  restart(): Promise<void>;
  /** Copies the bytes away; rejects with `disk-full`, `disk-not-writable` or `disk-failed`. */
  append(bytes: Uint8Array): Promise<void>;
  /** Everything is written; the hash of it all, lower-case hex. */
  seal(): Promise<string>;
  /** Gives it its name and time, and tells its path. Only after `seal`. */
  finish(overwrite: Overwrite): Promise<string>;
  /** Closes it so that a later run can go on. */
  keep(): Promise<void>;
  /** Closes and removes it. */
  discard(): Promise<void>;
}

/** One file inside a folder on its way in. */
export interface TreeFile {
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves with the hash. */
  close(): Promise<string>;
  /** Nothing of it remains. */
  discard(): Promise<void>;
}

/** What is already there of one file of a folder. */
export interface TreeHeld {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A whole folder on its way in. Paths are names below its root, each checked again. */
export interface TreePart {
  /** Files of an earlier run are there. */
  readonly isResumed: boolean;
  enter(path: readonly string[]): Promise<void>;
  /** Begins a file; one of that name from this run is `tree-refused`, from an earlier one is replaced. */
  file(
    path: readonly string[],
    about: { readonly mtime: number | null; readonly readOnly: boolean; readonly sizeBytes: number },
  ): Promise<TreeFile>;
  /** Size and hash of a file that is there; null when none is. */
  held(path: readonly string[]): Promise<TreeHeld | null>;
  /** Times of folders, set when everything below is written. */
  setFolderTime(path: readonly string[], mtime: number): void;
  /** Never replaces a folder: `replace` is `rename` here. */
  finish(overwrite: Overwrite): Promise<string>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

export interface FileStore {
  /** What stands at a path; rejects with `file-not-found`, `file-not-readable`, `file-kind-unsupported`. */
  look(path: string): Promise<LocalEntry>;
  /** A folder with everything below, its own `enter` first and its `leave` last. */
  walk(folder: LocalEntry): AsyncIterable<WalkStep>;
  open(entry: LocalEntry, offset: number): Promise<LocalReader>;
  /** Hashes of files of ours, lower-case hex; null for what cannot be read, or is shorter than it was. */
  hashes(entries: readonly LocalEntry[]): Promise<readonly (string | null)[]>;
  /** Room in the file system of a folder (which is made when it is missing); null when the system does not tell. */
  freeBytes(dir: string): Promise<number | null>;
  openPart(dir: string, claim: PartClaim, resume: boolean): Promise<FilePart>;
  openTree(dir: string, claim: PartClaim, resume: boolean): Promise<TreePart>;
  /** A whole file at once, for pictures out of messages; resolves with its path. */
  save(dir: string, name: string, bytes: Uint8Array): Promise<string>;
  /** Reads a small file of ours, at most `limit` bytes. */
  load(path: string, limit: number): Promise<Uint8Array>;
  /** What earlier runs left in a folder. */
  unfinished(dir: string): Promise<readonly UnfinishedPart[]>;
  close(): Promise<void>;
}
