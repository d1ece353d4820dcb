// The rows of the file list: what is chosen to be sent, then everything offered by us and to us with what became of it, newest first.
// Reads the node; draws nothing.
import type { Offer, OfferedFile, OfferState, PeerId, Transfer } from "../index.js";
import type { ListItems } from "./log/list.js";
import type { ChosenFile } from "./ui-state.js";
import type { World } from "./world.js";

export type FileRow =
  | { readonly kind: "chosen"; readonly key: string; readonly file: ChosenFile }
  | {
      readonly kind: "offered";
      readonly key: string;
      readonly offer: Offer;
      readonly file: OfferedFile;
      readonly peerId: PeerId;
      readonly state: OfferState;
      readonly transfer: Transfer | null;
    };

export function fileRows(world: World, chosen: readonly ChosenFile[]): ListItems<FileRow> {
  const latest = new Map<string, Transfer>();
  for (const transfer of world.node.transfers()) {
    latest.set(keyOf(transfer.offerId, transfer.peerId, transfer.fileId), transfer);
  }
  const items: FileRow[] = chosen.map((file) => ({ kind: "chosen", key: `+${file.path}`, file }));
  for (const offer of world.node.offers().toReversed()) {
    for (const { peerId, state } of offer.parties) {
      for (const file of offer.files) {
        const key = keyOf(offer.offerId, peerId, file.fileId);
        items.push({ kind: "offered", key, offer, file, peerId, state, transfer: latest.get(key) ?? null });
      }
    }
  }
  return { items, keyOf: (row) => row.key };
}

/** What became of a file of a message: the latest of its transfers, and the offer's state. */
export interface FileFate {
  readonly offer: Offer;
  readonly transfer: Transfer | null;
}

const fates = new WeakMap<
  World["node"],
  { readonly revision: number; readonly fates: ReadonlyMap<string, FileFate> }
>();

/** Null for a file of which nothing is known any more. */
export function fileFate(world: World, messageId: string, fileId: string): FileFate | null {
  let known = fates.get(world.node);
  if (known?.revision !== world.revision) {
    const found = new Map<string, FileFate>();
    for (const offer of world.node.offers())
      for (const file of offer.files) found.set(`${offer.offerId} ${file.fileId}`, { offer, transfer: null });
    for (const transfer of world.node.transfers()) {
      const key = `${transfer.offerId} ${transfer.fileId}`;
      const fate = found.get(key);
      if (fate !== undefined) found.set(key, { ...fate, transfer });
    }
    known = { revision: world.revision, fates: found };
    fates.set(world.node, known);
  }
  return known.fates.get(`${messageId} ${fileId}`) ?? null;
}

function keyOf(offerId: string, peerId: PeerId, fileId: string): string {
  return `${offerId} ${peerId} ${fileId}`;
}
