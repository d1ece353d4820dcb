// The giving end of one transfer: looks whether the thing is still what was offered, sends it on the connection as it was asked for,
// and waits for the other side to close. Called by the courier, which turns what it throws into an outcome.
import type { BodyKey, ServeOrder, TransferOutcome } from "../../core/files/signals.js";
import type { Clock } from "../../ports/clock.js";
import { FeiyanError } from "../../ports/error.js";
import type { FileStore, LocalEntry } from "../../ports/file-store.js";
import type { StreamConnection } from "../../ports/streams.js";
import type { BodyCipher } from "../../protocol/encryption/message-cipher.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";
import type { TextCodec } from "../../protocol/text-codec.js";
import type { ManifestReader } from "./manifest-reader.js";
import { createOutlet } from "./outlet.js";
import { sendFile, sendTree } from "./send.js";
import type { Throttle } from "./throttle.js";
import { streamTimers } from "./watch.js";
import type { Watch } from "./watch.js";

export interface GiveParts {
  readonly store: FileStore;
  readonly codec: TextCodec;
  readonly clock: Clock;
  readonly manifests: Pick<ManifestReader, "entryOf" | "begin">;
  /** The list of the folder was made while it was sent. */
  readonly listed: (key: string, entries: readonly ManifestEntry[] | null) => void;
  readonly throttle: Throttle;
  /** Null: in clear. */
  readonly openBody: (body: BodyKey | null) => BodyCipher | null;
  readonly started: (heldBytes: number, totalBytes: number | null) => void;
  readonly moved: (doneBytes: number, doneFiles: number) => void;
}

/** Everything that was asked for, and the other side's goodbye. Rejects when it could not be given. */
export async function giveFiles(
  order: ServeOrder,
  connection: StreamConnection,
  watch: Watch,
  { store, codec, clock, manifests, listed, throttle, openBody, started, moved }: GiveParts,
): Promise<TransferOutcome> {
  const entry = await entryFor(order, store, manifests);
  const outlet = createOutlet(connection, throttle, watch, openBody(order.body));
  const base = order.asTree ? 0 : order.offset;
  let doneFiles = 0;
  started(base, entry.kind === "folder" ? null : entry.sizeBytes);
  const told = {
    ...outlet,
    async write(bytes: Uint8Array) {
      await outlet.write(bytes);
      moved(base + outlet.sentBytes, doneFiles);
    },
  };
  const { charset, name } = order;
  const list = order.list === null ? null : manifests.begin(order.list.key, order.list.baseId);
  const sent = list === null ? undefined : list.add.bind(list);
  const report = order.asTree
    ? await sendTree(entry, { store, codec, charset, name, sent }, told, (files) => {
        doneFiles = files;
      })
    : await sendFile(store, entry, order.offset, told);
  // Before the goodbye: the receiver asks for it as soon as it has everything.
  if (order.list !== null && list !== null) listed(order.list.key, await list.finish());
  await connection.end();
  await lingered(connection, clock);
  const { skipped } = report;
  const doneBytes = order.asTree ? outlet.sentBytes : entry.sizeBytes;
  return {
    kind: "done",
    path: null,
    sha256: null,
    doneBytes,
    doneFiles: entry.kind === "folder" ? report.doneFiles : 0,
    isVerified: false,
    skipped,
  };
}

/** The other side closes when it has everything; some reset a connection with a record unread, which is as good. */
async function lingered(connection: StreamConnection, clock: Clock): Promise<void> {
  const stop = clock.at(clock.now() + streamTimers.lingerMs, () => connection.close());
  try {
    while ((await connection.read()) !== null);
  } catch {
    // Everything was handed over: how the connection ends changes nothing.
  } finally {
    stop();
  }
}

/** What is asked for, as it was announced: a file that somebody wrote to since is another one. */
async function entryFor(
  { path, member, announced }: ServeOrder,
  store: FileStore,
  manifests: Pick<ManifestReader, "entryOf">,
): Promise<LocalEntry> {
  const known = member === null ? undefined : manifests.entryOf(member.key, member.index);
  if (member !== null && known === undefined)
    throw new FeiyanError("file-not-found", "no such member", { path });
  const entry = await store.look(known?.path ?? path);
  const expected = known ?? announced;
  const isAsAnnounced =
    expected === null || (entry.sizeBytes === expected.sizeBytes && entry.mtime === expected.mtime);
  if (entry.kind === "file" && !isAsAnnounced) {
    throw new FeiyanError("file-changed", "not what was offered", { path: entry.path });
  }
  return entry;
}
