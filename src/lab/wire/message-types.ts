// What the messages of FYL/1 are as values: numbers, sizes and types. How they look in bytes stands in `messages`.
import type { LabMode } from "../experiment.js";
import type { HeaderFault, Token } from "./header.js";

export const types = {
  data: 0x01,
  echo: 0x02,
  segment: 0x03,
  acknowledgement: 0x04,
  hello: 0x80,
  cookie: 0x81,
  start: 0x82,
  accept: 0x83,
  go: 0x84,
  stop: 0x85,
  done: 0x86,
  fetch: 0x87,
  chunk: 0x88,
  bye: 0x89,
  byeOk: 0x8a,
} as const;

/** Types from here on are control, which an impaired path lets alone. */
export const firstControlType = 0x80;

export const sizes = {
  echo: 72,
  hello: 96,
  cookie: 80,
  start: 192,
  accept: 96,
  short: 64,
  count: 128,
  chunk: 1_200,
} as const;

/** Bytes of map or arrivals in one CHUNK: whole entries of both kinds. */
export const chunkDataBytes = 1_152;

/** Why a START was not accepted. */
export const refusals = ["none", "busy", "source", "mode", "closed"] as const;
export type Refusal = (typeof refusals)[number];

export const systems = ["unknown", "linux", "darwin", "win32", "other"] as const;
export type SystemName = (typeof systems)[number];

/** What both ends must agree on. */
export interface Terms {
  readonly mode: LabMode;
  readonly sizeBytes: number;
  readonly n: number;
  readonly intervalUs: number;
  readonly waitMs: number;
}

export interface DoneCounts {
  readonly unique: number;
  readonly copies: number;
  readonly damaged: number;
  readonly reordered: number;
  readonly maxExtent: number;
  /** ECHOs, or in a down stream DATA, that were sent. */
  readonly echoesSent: number;
  /** Kernel drops at the reflector's own socket; null where it cannot know. */
  readonly ownDrops: number | null;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly sendErrors: number;
  /** Damaged datagrams of no recognisable session. */
  readonly damagedUnknown: number;
}

export type LabBody =
  | { readonly kind: "data"; readonly sizeBytes: number }
  | {
      readonly kind: "echo";
      readonly sizeBytes: number;
      readonly rseq: number;
      readonly t2: number;
      readonly t3: number;
      readonly unique: number;
      readonly copies: number;
      readonly next: number;
    }
  | { readonly kind: "segment"; readonly payload: Uint8Array }
  | { readonly kind: "acknowledgement"; readonly next: number; readonly acknowledges: number }
  | { readonly kind: "hello"; readonly nonce: Uint8Array }
  | {
      readonly kind: "cookie";
      readonly nonce: Uint8Array;
      readonly cookie: Uint8Array;
      readonly mostPps: number;
      readonly mostBytesPerSecond: number;
      readonly mostDatagrams: number;
    }
  | {
      readonly kind: "start";
      readonly nonce: Uint8Array;
      readonly cookie: Uint8Array;
      readonly auth: Uint8Array;
      readonly terms: Terms;
      readonly lane: number;
      readonly seed: string;
      readonly name: string;
      /** 16 hex digits, or null. */
      readonly bootMark: string | null;
    }
  | {
      readonly kind: "accept";
      readonly nonce: Uint8Array;
      readonly terms: Terms;
      readonly refusal: Refusal;
      readonly bootMark: string | null;
      readonly receiveBufferBytes: number;
      readonly system: SystemName;
      readonly nodeMajor: number;
    }
  | { readonly kind: "go" }
  | { readonly kind: "stop"; readonly sent: number; readonly sendErrors: number }
  | { readonly kind: "done"; readonly counts: DoneCounts }
  | { readonly kind: "fetch"; readonly what: "map" | "arrivals"; readonly chunk: number }
  | {
      readonly kind: "chunk";
      readonly what: "map" | "arrivals";
      readonly chunk: number;
      /** Bytes of all chunks together. */
      readonly totalBytes: number;
      readonly data: Uint8Array;
    }
  | { readonly kind: "bye" }
  | { readonly kind: "bye-ok" }
  | { readonly kind: "class"; readonly type: number; readonly json: Uint8Array };

/** Header fields of a message; `type` follows from the body. */
export interface Envelope {
  readonly token: Token;
  readonly seq: number;
  readonly t1: number;
  readonly flags: number;
}

export interface LabMessage extends Envelope {
  readonly body: LabBody;
}

export type MessageFault = HeaderFault | "unknown-type" | "wrong-size" | "bad-field";

export type ParsedMessage =
  | { readonly ok: true; readonly message: LabMessage }
  | { readonly ok: false; readonly reason: MessageFault };
