// Everything that moves, moved or waits to: one record per file, peer and direction, with its speed. Publishes every change; knows
// neither offers nor sockets.
import type { ErrorCode, ErrorFields } from "../../ports/error.js";
import { fileLimits } from "../limits.js";
import type { PeerId } from "../model.js";
import type { World } from "../world.js";
import type { Offer, OfferedFile, OfferId, Transfer, TransferId } from "./model.js";
import type { TransferOutcome } from "./signals.js";

export interface Transfers {
  get(id: TransferId): Transfer | undefined;
  all(): readonly Transfer[];
  of(offerId: OfferId, fileId?: string): readonly Transfer[];
  /** The record of this file and peer, made or begun anew. */
  begin(
    offer: Offer,
    file: OfferedFile,
    peerId: PeerId,
    state: "queued" | "started",
    cipher?: Transfer["cipher"],
  ): Transfer;
  /** One of an earlier run that has ended. */
  restore(transfer: Transfer): void;
  started(id: TransferId, heldBytes: number, totalBytes: number | null, cipher?: Transfer["cipher"]): void;
  progress(id: TransferId, doneBytes: number, totalBytes: number | null, doneFiles: number): void;
  ended(id: TransferId, outcome: TransferOutcome): Transfer | undefined;
  active(direction: "in" | "out"): number;
}

/** What the speed is measured over: the latest second or so counts half. */
interface Pace {
  atMs: number;
  bytes: number;
}

const noFields: ErrorFields = {};

export function createTransfers(world: World): Transfers {
  const table = new Map<TransferId, Transfer>();
  const paces = new Map<TransferId, Pace>();
  let count = 0;

  function idOf(offerId: OfferId, fileId: string, peerId: PeerId, direction: string): TransferId {
    for (const transfer of table.values()) {
      if (transfer.offerId !== offerId || transfer.fileId !== fileId) continue;
      if (transfer.peerId === peerId && transfer.direction === direction) return transfer.transferId;
    }
    count += 1;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids of transfers are made here only
    return `t${count}` as TransferId;
  }

  function put(transfer: Transfer): Transfer {
    table.set(transfer.transferId, transfer);
    world.events.push({ kind: "transfer", transfer, at: world.now });
    return transfer;
  }

  /** The oldest that are over make room. */
  function forgetOld(): void {
    for (const transfer of table.values()) {
      if (table.size <= fileLimits.transfers) return;
      if (transfer.endedAt !== null) table.delete(transfer.transferId);
    }
  }

  function finish(transfer: Transfer, changes: Partial<Transfer>): Transfer {
    paces.delete(transfer.transferId);
    return put({ ...transfer, ...changes, bytesPerSecond: 0, endedAt: world.now });
  }

  function failed(transfer: Transfer, code: ErrorCode, fields: ErrorFields): Transfer {
    return finish(transfer, { state: "failed", reason: code, fields });
  }

  return {
    get: (id) => table.get(id),
    all: () => [...table.values()],
    of: (offerId, fileId) =>
      [...table.values()].filter(
        (one) => one.offerId === offerId && (fileId === undefined || one.fileId === fileId),
      ),

    begin(offer, file, peerId, state, cipher = null) {
      const { offerId, direction } = offer;
      const transferId = idOf(offerId, file.fileId, peerId, direction);
      forgetOld();
      paces.delete(transferId);
      return put({
        transferId,
        offerId,
        fileId: file.fileId,
        peerId,
        direction,
        name: file.name,
        kind: file.kind,
        state,
        doneBytes: 0,
        totalBytes: file.sizeBytes,
        bytesPerSecond: 0,
        resumedBytes: 0,
        doneFiles: 0,
        path: file.path,
        sha256: null,
        isVerified: false,
        cipher,
        skipped: 0,
        reason: null,
        fields: noFields,
        queuedAt: world.now,
        startedAt: state === "started" ? world.now : null,
        endedAt: null,
      });
    },

    restore(transfer) {
      const { offerId, fileId, peerId, direction } = transfer;
      const transferId = idOf(offerId, fileId, peerId, direction);
      forgetOld();
      table.set(transferId, { ...transfer, transferId });
    },

    started(id, heldBytes, totalBytes, cipher) {
      const transfer = table.get(id);
      if (transfer === undefined || transfer.endedAt !== null) return;
      paces.set(id, { atMs: world.now, bytes: heldBytes });
      put({
        ...transfer,
        state: "started",
        doneBytes: heldBytes,
        resumedBytes: heldBytes,
        totalBytes: totalBytes ?? transfer.totalBytes,
        cipher: cipher ?? transfer.cipher,
        startedAt: world.now,
      });
    },

    progress(id, doneBytes, totalBytes, doneFiles) {
      const transfer = table.get(id);
      if (transfer === undefined || transfer.endedAt !== null) return;
      const pace = paces.get(id) ?? { atMs: world.now, bytes: doneBytes };
      const seconds = (world.now - pace.atMs) / 1000;
      const latest = seconds > 0 ? Math.max(0, doneBytes - pace.bytes) / seconds : transfer.bytesPerSecond;
      // A glance may be short or long: what it counts for follows from its length.
      const weight = 1 - 0.5 ** seconds;
      const before = transfer.bytesPerSecond === 0 ? latest : transfer.bytesPerSecond;
      paces.set(id, { atMs: world.now, bytes: doneBytes });
      put({
        ...transfer,
        doneBytes,
        doneFiles,
        totalBytes: totalBytes ?? transfer.totalBytes,
        bytesPerSecond: Math.round(before + (latest - before) * weight),
      });
    },

    ended(id, outcome) {
      const transfer = table.get(id);
      if (transfer === undefined || transfer.endedAt !== null) return undefined;
      switch (outcome.kind) {
        case "done": {
          const { path, sha256, doneBytes, doneFiles, isVerified, skipped } = outcome;
          const total =
            transfer.kind === "folder" || transfer.totalBytes === null ? doneBytes : transfer.totalBytes;
          const changes = { path: path ?? transfer.path, sha256, doneBytes, doneFiles, isVerified, skipped };
          return finish(transfer, { ...changes, state: "done", totalBytes: total });
        }
        case "failed":
          return failed(transfer, outcome.code, outcome.fields);
        case "cancelled":
          return finish(transfer, { state: "cancelled" });
        default: {
          const never: never = outcome;
          return never;
        }
      }
    },

    active(direction) {
      let active = 0;
      for (const one of table.values())
        if (one.direction === direction && one.state === "started") active += 1;
      return active;
    },
  };
}
