// The nouns of sharing files: what is offered by whom, and what became of each thing. Plain data, read-only outside the machine.
// Names are as decoded: hostile until `safeText` has been over them, and no names of files until the store has checked them.
import type { ErrorCode, ErrorFields } from "../../ports/error.js";
import type { Overwrite } from "../../ports/file-store.js";
import type { MessageId, PeerId } from "../model.js";

/** An offer is a message: it has the message's id. */
export type OfferId = MessageId;

export type TransferId = string & { readonly brand: "TransferId" };

export type OfferedKind = "file" | "folder" | "image";

export interface OfferedFile {
  /** Decimal, as written in the offer. */
  readonly fileId: string;
  readonly name: string;
  readonly kind: OfferedKind;
  /** A claim; null for folders of others and where the sender does not know. */
  readonly sizeBytes: number | null;
  /** Unix seconds; 0 when it is not known. */
  readonly mtime: number;
  readonly readOnly: boolean;
  /** Where it lies, of our own offers; null of those of others. */
  readonly path: string | null;
}

/** `open`: may be fetched. `partly`: what could be fetched was, the rest failed. The others are final. */
export type OfferState = "open" | "done" | "partly" | "refused" | "cancelled" | "expired";

/** One receiver of our offer, or the sender of theirs. */
export interface OfferParty {
  readonly peerId: PeerId;
  readonly state: OfferState;
}

export interface Offer {
  readonly offerId: OfferId;
  readonly direction: "in" | "out";
  readonly at: number;
  readonly parties: readonly OfferParty[];
  readonly files: readonly OfferedFile[];
  /** Known from an earlier run: no message of this run holds it. */
  readonly isUnfinished: boolean;
}

export type TransferState = "queued" | "started" | "done" | "failed" | "cancelled";

export interface Transfer {
  readonly transferId: TransferId;
  readonly offerId: OfferId;
  readonly fileId: string;
  readonly peerId: PeerId;
  readonly direction: "in" | "out";
  readonly name: string;
  readonly kind: OfferedKind;
  readonly state: TransferState;
  readonly doneBytes: number;
  /** Null while nobody knows. */
  readonly totalBytes: number | null;
  /** Over the last seconds; 0 when nothing moves. */
  readonly bytesPerSecond: number;
  /** Bytes that were there before this attempt. */
  readonly resumedBytes: number;
  /** Files of a folder finished so far; 0 for a single file. */
  readonly doneFiles: number;
  /** Where it lies: as soon as it is done, for what we send from the start. */
  readonly path: string | null;
  /** Lower-case hex, of a single received file when it is done. */
  readonly sha256: string | null;
  /** The sender's hashes were compared with ours, and are the same. */
  readonly isVerified: boolean;
  /** How the bytes go over the network; null in clear. */
  readonly cipher: "aes-256-ctr" | null;
  /** Things inside a folder that the sender could not give or that were not taken. */
  readonly skipped: number;
  readonly reason: ErrorCode | null;
  readonly fields: ErrorFields;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** How offers of others are met. */
export interface AcceptPolicy {
  /** `known`: from peers that announced themselves; `ask`: nobody but the user accepts. */
  readonly accept: "ask" | "all" | "known" | "never";
  /** Null: no limit. */
  readonly maxSizeBytes: number | null;
  readonly dir: string;
  readonly overwrite: Overwrite;
  readonly resume: boolean;
}

/** What accepting may change of the policy. */
export interface AcceptOptions {
  /** Only these; default all. */
  readonly fileIds?: readonly string[];
  readonly dir?: string;
  readonly overwrite?: Overwrite;
  readonly resume?: boolean;
  /** Another limit than the policy's; null: none. */
  readonly maxSizeBytes?: number | null;
  /** The user says that the size is meant. */
  readonly anySize?: boolean;
}

/** A picture out of a message, or on its way into one. */
export interface Picture {
  readonly imageId: string;
  readonly peerId: PeerId;
  readonly direction: "in" | "out";
  readonly state: "started" | "done" | "failed";
  readonly format: string;
  readonly sizeBytes: number;
  readonly path: string | null;
  readonly reason: ErrorCode | null;
}
