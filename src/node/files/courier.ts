// Does what the file part of the machine wants done: lets connections in, gives and takes files, reads lists, saves pictures. Every piece of work ends in exactly one `ended` input. No rule lives here: whom to serve and what to fetch
// was decided in core/files.
import type {
  BodyKey,
  FetchOrder,
  FilesEffect,
  FilesInput,
  RequestAsk,
  SealedAsk,
  ServeOrder,
  TransferOutcome,
} from "../../core/files/signals.js";
import type { TransferId } from "../../core/files/model.js";
import type { Clock } from "../../ports/clock.js";
import { FeiyanError } from "../../ports/error.js";
import type { ErrorCode } from "../../ports/error.js";
import type { FileStore } from "../../ports/file-store.js";
import type { StreamConnection, StreamTransport } from "../../ports/streams.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";
import type { BodyCipher, MessageCipher } from "../../protocol/encryption/message-cipher.js";
import type { Charset, TextCodec } from "../../protocol/text-codec.js";
import { createConnections } from "./connections.js";
import { fetchFile } from "./fetch-file.js";
import { fetchTree } from "./fetch-tree.js";
import { giveFiles } from "./give.js";
import { createManifestReader } from "./manifest-reader.js";
import { createSource } from "./source.js";
import type { Source } from "./source.js";
import { createThrottle } from "./throttle.js";
import { createWatch, streamTimers } from "./watch.js";

export interface FileParts {
  readonly store: FileStore;
  readonly streams: StreamTransport;
  /** Which names from the wire may be written here. */
  readonly isSafeName: (name: string) => boolean;
  /** A picture as a JPEG of at most so many bytes, for FeiQ. */
  readonly toJpeg: (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;
  /** Bytes a second, each way; null: as fast as it goes. */
  readonly limitBytesPerSecond: number | null;
}

interface CourierOptions extends FileParts {
  readonly clock: Clock;
  readonly codec: TextCodec;
  /** Encrypts and decrypts bodies; absent: none is. */
  readonly cipher: MessageCipher | undefined;
  readonly legacyCharset: Charset;
  readonly put: (input: FilesInput) => void;
  readonly problem: (error: FeiyanError) => void;
}

export interface Courier {
  open(port: number): Promise<void>;
  perform(effect: FilesEffect): void;
  close(): Promise<void>;
}

/** How often progress is told. */
const progressMs = 200;

export function createCourier(options: CourierOptions): Courier {
  const { store, streams, clock, codec, put } = options;
  /** What is being served on which connection, to be ended on request. */
  const serving = new Map<TransferId, StreamConnection>();
  const fetching = new Map<TransferId, Source>();
  const cancelled = new Set<TransferId>();
  const sealWaiters = new Map<TransferId, (sealed: SealedAsk | null) => void>();
  const manifestWaiters = new Map<TransferId, (entries: readonly ManifestEntry[] | null) => void>();
  const outThrottle = createThrottle(clock, options.limitBytesPerSecond);
  const inThrottle = createThrottle(clock, options.limitBytesPerSecond);
  const manifests = createManifestReader(store);
  const running = new Set<Promise<void>>();
  function run(work: Promise<void>): void {
    const task: Promise<void> = work.finally(() => running.delete(task));
    running.add(task);
  }

  const { legacyCharset } = options;
  const connections = createConnections({ clock, codec, legacyCharset, put, run });

  async function serve(order: ServeOrder): Promise<void> {
    const { connectionId, transferId } = order;
    const connection = connections.get(connectionId);
    if (connection === undefined) {
      put({ kind: "ended", transferId, outcome: { kind: "cancelled" } });
      return;
    }
    serving.set(transferId, connection);
    const watch = createWatch(clock, () => connection.close(), streamTimers.idleMs, streamTimers.idleMs);
    let outcome: TransferOutcome;
    let isListed = order.list === null;
    try {
      outcome = await giveFiles(order, connection, watch, {
        store,
        codec,
        clock,
        manifests,
        listed: (key, entries) => {
          isListed = true;
          put({ kind: "manifest-read", key, entries });
        },
        throttle: outThrottle,
        openBody: bodyCipher,
        started: startedOf(transferId),
        moved: progressOf(transferId),
      });
    } catch (error) {
      outcome = failure(watch.fault ?? error, transferId);
    }
    watch.stop();
    // Broken off: who goes on with the folder will ask for its list all the same.
    if (order.list !== null && !isListed) run(readManifest(order.list.key, order.path, order.list.baseId));
    if (serving.get(transferId) === connection) serving.delete(transferId);
    connections.close(connectionId);
    cancelled.delete(transferId);
    put({ kind: "ended", transferId, outcome });
  }

  function bodyCipher(body: BodyKey | null): BodyCipher | null {
    if (body === null) return null;
    const cipher = options.cipher?.openBody(body.keyHex, body.requestNo) ?? null;
    // Nothing that was to be encrypted goes in clear.
    if (cipher === null) throw new FeiyanError("encryption-not-possible", "no cipher for the body");
    return cipher;
  }

  async function fetch(order: FetchOrder): Promise<void> {
    const { transferId, claim } = order;
    const seal = (ask: RequestAsk): Promise<SealedAsk | null> =>
      new Promise((resolve) => {
        sealWaiters.set(transferId, resolve);
        put({ kind: "seal-wanted", transferId, ask });
      });
    const source = createSource(order, {
      streams,
      clock,
      codec,
      throttle: inThrottle,
      seal,
      openBody: bodyCipher,
    });
    fetching.set(transferId, source);
    const hooks = { started: startedOf(transferId), moved: progressOf(transferId) };
    const manifest = (): Promise<readonly ManifestEntry[] | null> =>
      new Promise((resolve) => {
        manifestWaiters.set(transferId, resolve);
        put({ kind: "manifest-wanted", transferId });
      });
    let outcome: TransferOutcome;
    try {
      if (!options.isSafeName(claim.name)) {
        throw new FeiyanError("name-not-safe", "a name that must not be written", { name: claim.name });
      }
      const { isSafeName } = options;
      if (claim.kind === "folder") {
        const parts = { store, source, codec, isSafeName, manifest, hooks };
        outcome = { kind: "done", ...(await fetchTree(order, parts)), sha256: null };
      } else {
        const { path, sha256, doneBytes } = await fetchFile(order, store, source, hooks);
        outcome = { kind: "done", path, sha256, doneBytes, doneFiles: 0, isVerified: false, skipped: 0 };
      }
    } catch (error) {
      outcome = failure(error, transferId);
    }
    fetching.delete(transferId);
    cancelled.delete(transferId);
    put({ kind: "ended", transferId, outcome });
  }

  function failure(error: unknown, transferId: TransferId): TransferOutcome {
    if (cancelled.has(transferId)) return { kind: "cancelled" };
    if (error instanceof FeiyanError) return { kind: "failed", code: error.code, fields: error.fields };
    const text = error instanceof Error ? error.message : String(error);
    return { kind: "failed", code: "disk-failed", fields: { systemCode: text } };
  }

  function startedOf(transferId: TransferId): (heldBytes: number, totalBytes: number | null) => void {
    return (heldBytes, totalBytes) => put({ kind: "started", transferId, heldBytes, totalBytes });
  }

  function progressOf(transferId: TransferId): (doneBytes: number, doneFiles: number) => void {
    let toldMs = clock.now();
    return (doneBytes, doneFiles) => {
      if (clock.now() - toldMs < progressMs) return;
      toldMs = clock.now();
      put({ kind: "progress", transferId, doneBytes, totalBytes: null, doneFiles });
    };
  }

  async function saveImage(effect: Extract<FilesEffect, { kind: "save-image" }>): Promise<void> {
    const { imageId, peerId, dir, name, format, bytes } = effect;
    let path: string | null = null;
    let code: ErrorCode | null = null;
    try {
      if (dir === "") throw new FeiyanError("disk-not-writable", "no folder to receive into", { path: "" });
      path = await store.save(dir, name, bytes);
    } catch (error) {
      code = error instanceof FeiyanError ? error.code : "disk-failed";
    }
    put({ kind: "image-saved", imageId, peerId, format, sizeBytes: bytes.length, path, code });
  }

  async function readManifest(key: string, path: string, baseId: number): Promise<void> {
    put({ kind: "manifest-read", key, entries: await manifests.read(key, path, baseId) });
  }

  return {
    open: (port) =>
      streams.listen(port, { arrived: (one) => connections.arrived(one), problem: options.problem }),

    perform(effect): void {
      switch (effect.kind) {
        case "close-connection":
          connections.close(effect.connectionId);
          return;
        case "serve":
          run(serve(effect.order));
          return;
        case "fetch":
          run(fetch(effect.order));
          return;
        case "stop-transfer":
          cancelled.add(effect.transferId);
          fetching.get(effect.transferId)?.stop();
          serving.get(effect.transferId)?.close();
          manifestWaiters.get(effect.transferId)?.(null);
          sealWaiters.get(effect.transferId)?.(null);
          return;
        case "give-seal":
          sealWaiters.get(effect.transferId)?.(effect.sealed);
          sealWaiters.delete(effect.transferId);
          return;
        case "read-manifest":
          run(readManifest(effect.key, effect.path, effect.baseId));
          return;
        case "give-manifest":
          manifestWaiters.get(effect.transferId)?.(effect.entries);
          manifestWaiters.delete(effect.transferId);
          return;
        case "save-image":
          run(saveImage(effect));
          return;
        default: {
          const never: never = effect;
          return never;
        }
      }
    },

    async close() {
      for (const source of fetching.values()) source.stop();
      for (const waiter of manifestWaiters.values()) waiter(null);
      for (const waiter of sealWaiters.values()) waiter(null);
      connections.closeAll();
      await streams.close();
      await Promise.all(running);
      await store.close();
    },
  };
}
