// Pictures for the rest of the program: previews and JPEGs, made one at a time in a thread that lives for one of them and is ended
// when it takes too long. Knows no peer and no screen. Opened by `create-node` and by the command line.
import { existsSync, promises } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { FeiyanError } from "../ports/error.js";
import type { PictureAnswer, PictureJob, PicturePreview } from "./picture-work.js";

export interface PictureDesk {
  /**
   * A picture file made small. Rejects with `picture-not-readable`, `file-not-found`, `size-over-limit`.
   *
   * @example const { raster } = await createPictureDesk().preview("照片.jpg", { width: 160, height: 100 });
   */
  preview(path: string, frame: { readonly width: number; readonly height: number }): Promise<PicturePreview>;
  /** The picture as a JPEG of at most so many bytes. Rejects with `picture-not-readable`. */
  toJpeg(bytes: Uint8Array, limit: number): Promise<Uint8Array>;
}

/** The largest file that is looked at. */
const mostFileBytes = 64 * 1024 * 1024;
/** A large photograph takes two seconds on a slow machine. */
const patienceMs = 30_000;

/** Beside the bundle, or among the library's files; from the sources there is none. */
function threadFile(): string | undefined {
  return ["picture-thread.cjs", "picture-thread.js"]
    .map((name) => join(import.meta.dirname, name))
    .find((name) => existsSync(name));
}

function unreadable(reason: string): FeiyanError {
  return new FeiyanError("picture-not-readable", "not a picture that can be shown", { reason });
}

async function inThread(file: string, job: PictureJob): Promise<PictureAnswer> {
  const limits = { maxOldGenerationSizeMb: 512 };
  const worker = new Worker(file, { workerData: job, resourceLimits: limits, stderr: true, stdout: true });
  const timer = setTimeout(() => void worker.terminate(), patienceMs);
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", () => reject(unreadable("broken")));
      worker.once("exit", () => reject(unreadable("too-slow")));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

async function work(job: PictureJob): Promise<Exclude<PictureAnswer, { kind: "refused" }>> {
  const file = threadFile();
  const answer =
    file === undefined ? (await import("./picture-work.js")).workOnPicture(job) : await inThread(file, job);
  if (answer.kind === "refused") throw unreadable(answer.reason);
  return answer;
}

async function readPicture(path: string): Promise<Uint8Array> {
  let sizeBytes: number;
  try {
    const stats = await promises.stat(path);
    if (!stats.isFile()) throw unreadable("unknown");
    sizeBytes = stats.size;
  } catch (cause) {
    if (cause instanceof FeiyanError) throw cause;
    throw new FeiyanError("file-not-found", "no such file", { path }, { cause });
  }
  if (sizeBytes > mostFileBytes) {
    throw new FeiyanError("size-over-limit", "larger than allowed", { sizeBytes, limit: mostFileBytes });
  }
  try {
    return await promises.readFile(path);
  } catch (cause) {
    throw new FeiyanError("file-not-readable", "cannot be read", { path }, { cause });
  }
}

export function createPictureDesk(): PictureDesk {
  let before: Promise<unknown> = Promise.resolve();

  /** One after another: each may take a hundred megabytes while it lasts. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = before.then(act);
    before = turn.catch(() => undefined);
    return turn;
  }

  return {
    preview: (path, frame) =>
      inTurn(async () => {
        const answer = await work({ kind: "preview", bytes: await readPicture(path), ...frame });
        if (answer.kind !== "preview") throw unreadable("broken");
        return answer.preview;
      }),
    toJpeg: (bytes, limit) =>
      inTurn(async () => {
        const answer = await work({ kind: "to-jpeg", bytes, limit });
        if (answer.kind !== "jpeg") throw unreadable("broken");
        if (answer.bytes.length > limit) throw unreadable("too-large");
        return answer.bytes;
      }),
  };
}
