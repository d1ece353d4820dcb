// What the program's thread and the writing thread say to each other. Messages go as one text and one block of bytes for a whole batch:
// copying thousands of objects across would cost more than writing them. Pure packing; the two threads call it.
import type { ErrorCode, ErrorFields } from "../ports/error.js";
import type { HistoryWrite } from "../ports/history-store.js";
import type { Recovery } from "./sqlite/recover.js";
import { rowOf } from "./message-row.js";
import type { MessageRow } from "./message-row.js";
import type { EngineWrite, HistoryEngine } from "./engine.js";

export type EngineCall = Exclude<keyof HistoryEngine, "write" | "close" | "indexSome">;

export interface PackedBatch {
  /** JSON of the items, where a message stands as a row with the place of its bytes. */
  readonly text: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ToThread =
  | { readonly kind: "batch"; readonly number: number; readonly batch: PackedBatch }
  | {
      readonly kind: "call";
      readonly number: number;
      readonly name: EngineCall;
      readonly given: readonly unknown[];
    }
  | { readonly kind: "close" };

/** A FeiyanError as it crosses: classes do not. */
export interface SentError {
  readonly code: ErrorCode;
  readonly text: string;
  readonly fields: ErrorFields;
}

export type FromThread =
  | { readonly kind: "opened"; readonly driver: string; readonly recovery: Recovery | null }
  | { readonly kind: "refused"; readonly error: SentError }
  /** `errors`: null when all was written; else one for each item. */
  | {
      readonly kind: "written";
      readonly number: number;
      readonly errors: readonly (SentError | null)[] | null;
    }
  | { readonly kind: "answer"; readonly number: number; readonly value: unknown }
  | { readonly kind: "fault"; readonly number: number; readonly error: SentError }
  | { readonly kind: "closed" };

type PackedRow = [
  id: string,
  at: number,
  flags: number,
  packetNo: string,
  peerId: string,
  conversation: string,
  peerName: string,
  group: string,
  address: string,
  port: number,
  dialect: string,
  charset: string,
  reason: string,
  options: string,
  text: string,
  shown: string | null,
  more: string | null,
  deliveries: MessageRow["deliveries"],
  start: number,
  length: number,
  isChange: boolean,
];

export function packBatch(items: readonly HistoryWrite[]): PackedBatch {
  let size = 0;
  for (const item of items) if (item.kind === "message") size += item.message.raw.length;
  const bytes = new Uint8Array(size);
  let start = 0;
  const packed = items.map((item) => {
    // The bytes of a message do not change.
    if (item.kind === "change") return packRow({ ...rowOf(item.message, ""), raw: nothing }, 0, true);
    if (item.kind !== "message") return item;
    const row = rowOf(item.message, item.group);
    bytes.set(row.raw, start);
    start += row.raw.length;
    return packRow(row, start - row.raw.length, false);
  });
  return { text: JSON.stringify(packed), bytes };
}

const nothing = new Uint8Array(0);

function packRow(row: MessageRow, start: number, isChange: boolean): PackedRow {
  return [
    row.id,
    row.at,
    row.flags,
    row.packetNo,
    row.peerId,
    row.conversation,
    row.peerName,
    row.group,
    row.address,
    row.port,
    row.dialect,
    row.charset,
    row.reason,
    row.options,
    row.text,
    row.shown,
    row.more,
    row.deliveries,
    start,
    row.raw.length,
    isChange,
  ];
}

export function unpackBatch({ text, bytes }: PackedBatch): readonly EngineWrite[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by packBatch
  const packed = JSON.parse(text) as readonly (
    | PackedRow
    | Exclude<HistoryWrite, { kind: "message" | "change" }>
  )[];
  return packed.map((item): EngineWrite =>
    "kind" in item ? item : { kind: item[20] ? "change-row" : "row", row: unpackRow(item, bytes) },
  );
}

function unpackRow(packed: PackedRow, bytes: Uint8Array): MessageRow {
  return {
    id: packed[0],
    at: packed[1],
    flags: packed[2],
    packetNo: packed[3],
    peerId: packed[4],
    conversation: packed[5],
    peerName: packed[6],
    group: packed[7],
    address: packed[8],
    port: packed[9],
    dialect: packed[10],
    charset: packed[11],
    reason: packed[12],
    options: packed[13],
    text: packed[14],
    shown: packed[15],
    more: packed[16],
    deliveries: packed[17],
    raw: bytes.subarray(packed[18], packed[18] + packed[19]),
  };
}
