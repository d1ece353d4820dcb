// What goes in and out of the file part of the machine: inputs from connections and transfers, requests of users, alarms, and what
// it wants done outside. One arm each of the machine's unions.
import type { ErrorCode, ErrorFields } from "../../ports/error.js";
import type { LocalEntry, Overwrite, PartClaim, UnfinishedPart } from "../../ports/file-store.js";
import type { Endpoint } from "../../ports/transport.js";
import type { ManifestEntry } from "../../protocol/feiyan.js";
import type { FileRequest, Packet, PacketNo } from "../../protocol/message.js";
import type { Charset } from "../../protocol/text-codec.js";
import type { Receiver, SayOptions } from "../input.js";
import type { PeerId } from "../model.js";
import type { AcceptOptions, AcceptPolicy, OfferId, TransferId } from "./model.js";

export type FilesInput =
  /** Somebody connected; may be closed at once. */
  | { readonly kind: "connection"; readonly connectionId: string; readonly from: Endpoint }
  | { readonly kind: "connection-closed"; readonly connectionId: string }
  | {
      readonly kind: "request";
      readonly connectionId: string;
      readonly packet: Packet;
      /** Null: it is inside an envelope. */
      readonly request: FileRequest | null;
    }
  | {
      readonly kind: "started";
      readonly transferId: TransferId;
      readonly heldBytes: number;
      readonly totalBytes: number | null;
    }
  | {
      readonly kind: "progress";
      readonly transferId: TransferId;
      readonly doneBytes: number;
      readonly totalBytes: number | null;
      readonly doneFiles: number;
    }
  | { readonly kind: "ended"; readonly transferId: TransferId; readonly outcome: TransferOutcome }
  /** The fetch is about to ask, and wants its request sealed; answered by `give-seal`. */
  | { readonly kind: "seal-wanted"; readonly transferId: TransferId; readonly ask: RequestAsk }
  /** The fetch wants the sender's list of a folder: asked for by datagrams. */
  | { readonly kind: "manifest-wanted"; readonly transferId: TransferId }
  | {
      readonly kind: "manifest-read";
      readonly key: string;
      readonly entries: readonly ManifestEntry[] | null;
    }
  | {
      readonly kind: "image-saved";
      readonly imageId: string;
      readonly peerId: PeerId;
      readonly format: string;
      readonly sizeBytes: number;
      readonly path: string | null;
      readonly code: ErrorCode | null;
    };

/** What a fetch asks for, once or several times. */
export interface RequestAsk {
  readonly type: "file" | "dir";
  readonly fileId: bigint;
  readonly offset: number;
}

/** A request as it goes out sealed, and the key of what answers it. */
export interface SealedAsk {
  readonly packetNo: PacketNo;
  readonly section: string;
  readonly bodyKeyHex: string;
}

/** With what a body is encrypted. */
export interface BodyKey {
  readonly keyHex: string;
  readonly requestNo: PacketNo;
}

export type TransferOutcome =
  | {
      readonly kind: "done";
      readonly path: string | null;
      readonly sha256: string | null;
      readonly doneBytes: number;
      readonly doneFiles: number;
      readonly isVerified: boolean;
      readonly skipped: number;
    }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly fields: ErrorFields }
  | { readonly kind: "cancelled" };

export type FilesRequest =
  | {
      readonly kind: "offer";
      readonly to: readonly Receiver[];
      readonly entries: readonly LocalEntry[];
      readonly text: string;
      readonly options: SayOptions;
      /** A picture to be shown rather than kept: for those who can take it so. */
      readonly asPicture?: boolean;
    }
  /** Also tries again what failed. */
  | { readonly kind: "accept"; readonly offerId: OfferId; readonly options: AcceptOptions }
  | { readonly kind: "refuse"; readonly offerId: OfferId }
  /** Ends what moves, and withdraws an offer of ours; one file only with `fileId`. */
  | { readonly kind: "cancel"; readonly offerId: OfferId; readonly fileId: string | null }
  | { readonly kind: "policy"; readonly peer: PeerId | null; readonly policy: AcceptPolicy | null }
  /** Parts that an earlier run left become offers again. */
  | { readonly kind: "unfinished"; readonly parts: readonly UnfinishedPart[] }
  | { readonly kind: "picture"; readonly peer: PeerId; readonly bytes: Uint8Array; readonly text: string };

export type FilesAlarm =
  | { readonly kind: "expire" }
  | { readonly kind: "manifest"; readonly transferId: TransferId; readonly round: number }
  | { readonly kind: "done"; readonly transferId: TransferId; readonly round: number }
  /** The receiver of a folder has not said that it has compared it. */
  | { readonly kind: "unchecked"; readonly transferId: TransferId }
  /** The sender of an offer has had the time to announce itself. */
  | { readonly kind: "announced"; readonly transferId: TransferId }
  | { readonly kind: "picture"; readonly key: string; readonly round: number };

export type FilesEffect =
  | { readonly kind: "close-connection"; readonly connectionId: string }
  | { readonly kind: "serve"; readonly order: ServeOrder }
  | { readonly kind: "fetch"; readonly order: FetchOrder }
  | { readonly kind: "stop-transfer"; readonly transferId: TransferId }
  /** Hash everything below a folder of ours; answered by `manifest-read`. */
  | { readonly kind: "read-manifest"; readonly key: string; readonly path: string; readonly baseId: number }
  | { readonly kind: "give-seal"; readonly transferId: TransferId; readonly sealed: SealedAsk | null }
  | {
      readonly kind: "give-manifest";
      readonly transferId: TransferId;
      readonly entries: readonly ManifestEntry[] | null;
    }
  | {
      readonly kind: "save-image";
      readonly imageId: string;
      readonly peerId: PeerId;
      readonly dir: string;
      readonly name: string;
      readonly format: string;
      readonly bytes: Uint8Array;
    };

/** Send a file or a folder on a connection. */
export interface ServeOrder {
  readonly transferId: TransferId;
  readonly connectionId: string;
  readonly path: string;
  /** Its name in the offer. */
  readonly name: string;
  /** What it was announced as: another size means that somebody wrote to it. Null where that does not matter. */
  readonly announced: { readonly sizeBytes: number; readonly mtime: number } | null;
  /** A file of a folder, by its place in the manifest; null for what was offered itself. */
  readonly member: { readonly key: string; readonly index: number } | null;
  /** A list of hashes to be made on the way: the receiver will compare the folder; answered by `manifest-read`. */
  readonly list: { readonly key: string; readonly baseId: number } | null;
  /** As a stream of records, or bare bytes. */
  readonly asTree: boolean;
  readonly offset: number;
  readonly charset: Charset;
  /** Null: in clear. */
  readonly body: BodyKey | null;
}

/** Fetch a file or a folder. */
export interface FetchOrder {
  readonly transferId: TransferId;
  readonly claim: PartClaim;
  readonly dir: string;
  readonly overwrite: Overwrite;
  readonly resume: boolean;
  /** It sends from the offset it is asked for. */
  readonly honoursOffset: boolean;
  /** It has lists with hashes. */
  readonly hasManifests: boolean;
  readonly maxSizeBytes: number | null;
  /** Every request is sealed, and what comes is encrypted. */
  readonly isSealed: boolean;
  /** A single file is asked for as a stream of one record, as official does when it seals (section 8.2). */
  readonly asRecord: boolean;
  readonly to: Endpoint;
  readonly request: {
    readonly version: string;
    readonly packetNo: PacketNo;
    readonly user: string;
    readonly host: string;
    /** Option bits of the request's command. */
    readonly bits: number;
    readonly charset: Charset;
  };
  readonly stream: {
    /** Names of a folder's stream. */
    readonly charset: Charset;
    readonly legacyCharset: Charset;
    readonly skipLeading: boolean;
  };
}
