// Gives one file or one folder on a connection: the bytes from an offset, or a stream of records. What was announced must still be
// so: a file that somebody wrote to meanwhile ends the connection before its last bytes, so that nobody takes it for whole.
import { FeiyanError } from "../../ports/error.js";
import type { FileStore, LocalEntry, LocalReader, WalkStep } from "../../ports/file-store.js";
import { fileAttribute, fileType } from "../../protocol/attachments.js";
import { buildDirParent, buildDirRecord } from "../../protocol/stream.js";
import type { Charset, TextCodec } from "../../protocol/text-codec.js";
import type { Outlet } from "./outlet.js";

export interface SendReport {
  readonly doneFiles: number;
  readonly skipped: number;
}

export interface SendProgress {
  (doneFiles: number): void;
}

function changed(entry: LocalEntry): FeiyanError {
  return new FeiyanError("file-changed", "somebody wrote to the file", { path: entry.path });
}

/** One file's bytes from `offset`, as many as announced. */
async function sendBytes(
  reader: LocalReader,
  entry: LocalEntry,
  count: number,
  outlet: Outlet,
): Promise<void> {
  let left = count;
  /** Stays behind until it is certain that nothing changed. */
  let last: Uint8Array | null = null;
  while (left > 0) {
    // oxlint-disable-next-line no-await-in-loop -- reading goes on while the piece before is sent
    const [bytes]: [Uint8Array | null, unknown] = await Promise.all([
      reader.read(),
      last === null ? null : outlet.write(last),
    ]);
    if (bytes === null) throw changed(entry);
    left -= bytes.length;
    last = bytes;
  }
  if (await reader.hasChanged()) throw changed(entry);
  if (last !== null) await outlet.write(last);
}

export async function sendFile(
  store: FileStore,
  entry: LocalEntry,
  offset: number,
  outlet: Outlet,
): Promise<SendReport> {
  const from = Math.min(offset, entry.sizeBytes);
  const reader = await store.open(entry, from);
  try {
    await sendBytes(reader, entry, entry.sizeBytes - from, outlet);
  } finally {
    await reader.close();
  }
  await outlet.flush();
  return { doneFiles: 1, skipped: 0 };
}

interface TreeOptions {
  readonly store: FileStore;
  readonly codec: TextCodec;
  readonly charset: Charset;
  /** Of the root: the name in the offer. */
  readonly name: string;
  /** Hears of everything that was sent, with its hash where that is known. */
  readonly sent?: ((step: WalkStep, sha256: string | null) => Promise<void>) | undefined;
}

/** A folder, or a single file asked for as a stream. */
export async function sendTree(
  entry: LocalEntry,
  { store, codec, charset, name, sent }: TreeOptions,
  outlet: Outlet,
  progress: SendProgress,
): Promise<SendReport> {
  let doneFiles = 0;
  let skipped = 0;
  let depth = 0;

  /** What the charset lacks becomes "_": a "?" would be no name on the other side. */
  function wireName(text: string): string {
    let written = text;
    for (const { character } of codec.unencodable(text, charset))
      written = written.replaceAll(character, "_");
    return written;
  }

  async function header(of: LocalEntry, type: number, sizeBytes: number, shown: string): Promise<void> {
    const attr = type | (of.readOnly ? fileAttribute.readOnly : 0);
    const ext = { "14": [Math.max(0, of.mtime).toString(16)] };
    const record = { name: wireName(shown), sizeBytes: BigInt(sizeBytes), attr, ext };
    await outlet.write(buildDirRecord(record, codec, charset));
  }

  /** Gives its hash where that was cheap. */
  async function file(of: LocalEntry, shown: string): Promise<string | null> {
    let reader;
    try {
      reader = await store.open(of, 0);
    } catch {
      skipped += 1;
      await unreadable(of, shown);
      return null;
    }
    let sha256: string | null = null;
    try {
      await header(of, fileType.regular, of.sizeBytes, shown);
      await sendBytes(reader, of, of.sizeBytes, outlet);
      if (sent !== undefined) sha256 = reader.sha256();
    } finally {
      await reader.close();
    }
    doneFiles += 1;
    progress(doneFiles);
    return sha256;
  }

  async function unreadable(of: LocalEntry, shown: string): Promise<void> {
    await header({ ...of, readOnly: false }, fileType.regular, 0, `${shown} (Can't open)`);
  }

  if (entry.kind === "file") await file(entry, name);
  else {
    for await (const step of store.walk(entry)) {
      let sha256: string | null = null;
      switch (step.kind) {
        case "enter":
          await header(step.entry, fileType.directory, 0, depth === 0 ? name : step.entry.name);
          depth += 1;
          break;
        case "file":
          sha256 = await file(step.entry, step.entry.name);
          break;
        case "unreadable":
          skipped += 1;
          await unreadable(step.entry, step.entry.name);
          break;
        case "leave":
          depth -= 1;
          await outlet.write(buildDirParent(codec));
          break;
        default: {
          const never: never = step;
          return never;
        }
      }
      await sent?.(step, sha256);
    }
  }
  await outlet.flush();
  return { doneFiles, skipped };
}
