// Bytes to one file through a ring of blocks: each is written and hashed at the same time, by the system's threads and the hash
// worker, while the next one fills. Who appends waits only when all blocks are on their way.
import { closeFd, writeFd } from "./fs-calls.js";
import type { Hasher, RunningHash } from "./hash-worker.js";

export interface BlockWriter {
  /** Written or on its way, what was there before included. */
  readonly length: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves with length and hash of everything so far, when it is all written. */
  checkpoint(): Promise<{ readonly length: number; readonly sha256: string }>;
  /** Writes the rest, closes the file, and gives the hash of it all. */
  finish(): Promise<string>;
  /** Writes nothing more and closes. */
  abandon(): Promise<void>;
}

const blockBytes = 512 * 1024;
const blockCount = 4;

/** Takes over the open file and the hash of what it holds already. */
export function createBlockWriter(
  fd: number,
  startAt: number,
  given: { readonly memory: SharedArrayBuffer; readonly hash: RunningHash },
): BlockWriter {
  const { memory, hash } = given;
  const blocks = Array.from(
    { length: blockCount },
    (_, at) => new Uint8Array(memory, at * blockBytes, blockBytes),
  );
  const busy: (Promise<void> | null)[] = blocks.map(() => null);
  let current = 0;
  let filled = 0;
  let position = startAt;
  let fault: { readonly error: unknown } | null = null;

  function submit(): void {
    const block = blocks[current];
    if (block === undefined || filled === 0) return;
    const length = filled;
    const work = Promise.all([
      writeFd(fd, block.subarray(0, length), position),
      hash.add(current * blockBytes, length),
    ]).then(
      () => undefined,
      (error: unknown) => {
        fault ??= { error };
      },
    );
    busy[current] = work;
    position += length;
    filled = 0;
    current = (current + 1) % blockCount;
  }

  async function settle(): Promise<void> {
    await Promise.all(busy.filter((work) => work !== null));
    if (fault !== null) throw fault.error;
  }

  return {
    get length() {
      return position + filled;
    },

    async append(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (filled === 0) {
          // oxlint-disable-next-line no-await-in-loop -- the ring is full
          await busy[current];
          if (fault !== null) throw fault.error;
        }
        const count = Math.min(blockBytes - filled, bytes.length - at);
        blocks[current]?.set(bytes.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled === blockBytes) submit();
      }
    },

    async checkpoint() {
      submit();
      const length = position;
      const sha256 = hash.peek();
      await settle();
      return { length, sha256: await sha256 };
    },

    async finish() {
      submit();
      const sha256 = hash.digest();
      try {
        await settle();
        return await sha256;
      } finally {
        await sha256.catch(() => undefined);
        await closeFd(fd);
      }
    },

    async abandon() {
      await Promise.all(busy.filter((work) => work !== null));
      hash.drop();
      await closeFd(fd);
    },
  };
}

/** Memory for one writer, known to the worker. */
export function beginHash(hasher: Hasher): {
  readonly memory: SharedArrayBuffer;
  readonly hash: RunningHash;
} {
  const memory = new SharedArrayBuffer(blockBytes * blockCount);
  return { memory, hash: hasher.begin(memory) };
}
