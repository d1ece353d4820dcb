// SHA-256 beside the main thread: bytes in shared memory, added in order, and whole files. One worker for all transfers of a store,
// started when it is first needed. Its source is a text, because the program is one bundled file.
import { Worker } from "node:worker_threads";
import { FeiyanError } from "../ports/error.js";

/** A file and how much of it. */
export interface FileToHash {
  readonly path: string;
  readonly count: number;
}

/** A hash in the making. */
export interface RunningHash {
  /** Bytes `start` … `start + length` of the memory given at the beginning; resolves when they were read. */
  add(start: number, length: number): Promise<void>;
  /** First so many bytes of a file; resolves with the hash up to there. */
  addFile(path: string, count: number): Promise<string>;
  /** The hash of everything added so far; goes on. */
  peek(): Promise<string>;
  /** The hash of it all. */
  digest(): Promise<string>;
  drop(): void;
}

export interface Hasher {
  /** Hashes of files up to their sizes; null for what cannot be read. */
  files(files: readonly FileToHash[]): Promise<readonly (string | null)[]>;
  begin(memory: SharedArrayBuffer | null): RunningHash;
  close(): Promise<void>;
}

const source = `
const { parentPort } = require("node:worker_threads");
const { createHash } = require("node:crypto");
const { promises, openSync, readSync, closeSync } = require("node:fs");
const hashes = new Map();
const block = 1 << 20;
async function addFile(hash, path, count) {
  const file = await promises.open(path, "r");
  const buffer = Buffer.allocUnsafe(block);
  try {
    let left = count;
    while (left > 0) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(block, left), count - left);
      if (bytesRead === 0) throw new Error("shorter than expected");
      hash.update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
  } finally {
    await file.close();
  }
  return hash.copy().digest("hex");
}
// Thousands of small ones: a trip to the thread pool for each would take longer than all the rest.
const small = Buffer.allocUnsafe(1 << 17);
function hashSmall(path, count) {
  const fd = openSync(path, "r");
  try {
    let done = 0;
    while (done < count) {
      const read = readSync(fd, small, done, count - done, done);
      if (read === 0) throw new Error("shorter than expected");
      done += read;
    }
  } finally {
    closeSync(fd);
  }
  return createHash("sha256").update(small.subarray(0, count)).digest("hex");
}
async function hashFiles(files) {
  const found = [];
  for (const { path, count } of files) {
    try {
      found.push(count <= small.length ? hashSmall(path, count) : await addFile(createHash("sha256"), path, count));
    } catch {
      found.push(null);
    }
  }
  return found;
}
function act({ id, kind, memory, start, length, path, count, files }) {
  if (kind === "files") return hashFiles(files);
  if (kind === "begin") return void hashes.set(id, { hash: createHash("sha256"), bytes: memory && new Uint8Array(memory) });
  const { hash, bytes } = hashes.get(id);
  switch (kind) {
    case "add": return void hash.update(bytes.subarray(start, start + length));
    case "file": return addFile(hash, path, count);
    case "peek": return hash.copy().digest("hex");
    case "digest": hashes.delete(id); return hash.digest("hex");
    case "drop": return void hashes.delete(id);
  }
}
parentPort.on("message", async (message) => {
  try {
    parentPort.postMessage({ job: message.job, result: await act(message) });
  } catch (error) {
    parentPort.postMessage({ job: message.job, fault: String(error && error.message) });
  }
});
`;

interface Job {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: FeiyanError) => void;
}

interface Reply {
  readonly job: number;
  readonly result?: unknown;
  readonly fault?: string;
}

export function createHasher(): Hasher {
  let worker: Worker | null = null;
  const jobs = new Map<number, Job>();
  let lastJob = 0;
  let lastId = 0;

  function settle({ job, result, fault }: Reply): void {
    const waiting = jobs.get(job);
    jobs.delete(job);
    // A program that only waits for others may end while the worker idles.
    if (jobs.size === 0) worker?.unref();
    if (fault === undefined) waiting?.resolve(result);
    else waiting?.reject(new FeiyanError("disk-failed", "could not be hashed", { systemCode: fault }));
  }

  function fail(error: Error): void {
    worker = null;
    for (const job of jobs.keys()) settle({ job, fault: error.message });
  }

  function started(): Worker {
    if (worker !== null) return worker;
    worker = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    worker.on("message", settle);
    worker.on("error", fail);
    return worker;
  }

  async function post(message: Readonly<Record<string, unknown>>): Promise<string> {
    return String(await ask(message));
  }

  function ask(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    const target = started();
    lastJob += 1;
    const job = lastJob;
    return new Promise((resolve, reject) => {
      jobs.set(job, { resolve, reject });
      if (jobs.size === 1) target.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      target.postMessage({ ...message, job });
    });
  }

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker above answers so
    files: async (files) => (await ask({ kind: "files", files })) as readonly (string | null)[],
    begin(memory) {
      lastId += 1;
      const id = lastId;
      // A fault shows in what is asked later.
      post({ id, kind: "begin", memory }).catch(() => undefined);
      return {
        add: async (start, length) => void (await post({ id, kind: "add", start, length })),
        addFile: (path, count) => post({ id, kind: "file", path, count }),
        peek: () => post({ id, kind: "peek" }),
        digest: () => post({ id, kind: "digest" }),
        drop: () => void post({ id, kind: "drop" }).catch(() => undefined),
      };
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}
