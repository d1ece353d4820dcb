// Messages on their way to the writing thread: one string of all texts, one array of all numbers, one block of all bytes, and once for
// each batch what its messages have in common. Copying an object or parsing a line for each message would cost a third of writing it.
// Pure packing, called on both sides of the letters.
import type { HistoryWrite } from "../ports/history-store.js";
import type { EngineWrite } from "./engine.js";
import { rowOf } from "./message-row.js";
import type { MessageRow } from "./message-row.js";

/** What most messages of a batch have in common. */
type RowHead = Pick<
  MessageRow,
  | "peerId"
  | "conversation"
  | "peerName"
  | "group"
  | "address"
  | "port"
  | "dialect"
  | "charset"
  | "reason"
  | "options"
>;

type OtherWrite = Exclude<HistoryWrite, { kind: "message" | "change" }>;

export interface PackedBatch {
  readonly heads: readonly RowHead[];
  /** Ids and packet numbers: apart from the texts, so that they stay strings of one byte a character. */
  readonly names: string;
  readonly texts: string;
  /** `numbersOfRow` of each message. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What is no message, each with how many messages came before it. */
  readonly others: readonly (readonly [messagesBefore: number, item: OtherWrite])[];
}

/** Whether it is a change, time, flags and head; then how long its parts are: id, packet number, text, shown, more, deliveries, bytes. */
const numbersOfRow = 11;
const noBytes = new Uint8Array(0);
/** For a part that is null. */
const none = -1;
/** Heads looked through for one that fits; when more people talk at once, some stand there twice. */
const headsCompared = 8;

function isSameHead(a: RowHead, b: RowHead): boolean {
  return (
    a.conversation === b.conversation &&
    a.peerId === b.peerId &&
    a.peerName === b.peerName &&
    a.group === b.group &&
    a.address === b.address &&
    a.port === b.port &&
    a.charset === b.charset &&
    a.reason === b.reason &&
    a.dialect === b.dialect &&
    a.options === b.options
  );
}

function headOf(row: MessageRow): RowHead {
  const { peerId, conversation, peerName, group, address, port, dialect, charset, reason, options } = row;
  return { peerId, conversation, peerName, group, address, port, dialect, charset, reason, options };
}

export function packBatch(items: readonly HistoryWrite[]): PackedBatch {
  const heads: RowHead[] = [];
  const rows: MessageRow[] = [];
  const changes = new Set<MessageRow>();
  const others: (readonly [number, OtherWrite])[] = [];
  let size = 0;
  for (const item of items) {
    if (item.kind === "message") {
      rows.push(rowOf(item.message, item.group));
      size += item.message.raw.length;
    } else if (item.kind === "change") {
      // The bytes of a message do not change.
      const row = { ...rowOf(item.message, ""), raw: noBytes };
      rows.push(row);
      changes.add(row);
    } else others.push([rows.length, item]);
  }
  const names: string[] = [];
  const texts: string[] = [];
  const numbers = new Float64Array(rows.length * numbersOfRow);
  const bytes = new Uint8Array(size);
  let at = 0;
  let start = 0;

  const headNumber = (row: MessageRow): number => {
    const last = heads.length - 1;
    for (let index = last; index >= 0 && index > last - headsCompared; index--) {
      const head = heads[index];
      if (head !== undefined && isSameHead(head, row)) return index;
    }
    return heads.push(headOf(row)) - 1;
  };
  const part = (text: string | null): number => {
    if (text === null) return none;
    texts.push(text);
    return text.length;
  };

  for (const row of rows) {
    names.push(row.id, row.packetNo);
    numbers[at++] = changes.has(row) ? 1 : 0;
    numbers[at++] = row.at;
    numbers[at++] = row.flags;
    numbers[at++] = headNumber(row);
    numbers[at++] = row.id.length;
    numbers[at++] = row.packetNo.length;
    numbers[at++] = part(row.text);
    numbers[at++] = part(row.shown);
    numbers[at++] = part(row.more);
    numbers[at++] = part(row.deliveries.length === 0 ? null : JSON.stringify(row.deliveries));
    numbers[at++] = row.raw.length;
    bytes.set(row.raw, start);
    start += row.raw.length;
  }
  return { heads, names: names.join(""), texts: texts.join(""), numbers, bytes, others };
}

export function unpackBatch(batch: PackedBatch): readonly EngineWrite[] {
  const { heads, names, texts, numbers, bytes, others } = batch;
  const items: EngineWrite[] = [];
  let other = 0;
  const addOthers = (messagesBefore: number): void => {
    for (let next = others[other]; next !== undefined && next[0] <= messagesBefore; next = others[other]) {
      items.push(next[1]);
      other += 1;
    }
  };
  let at = 0;
  const number = (): number => numbers[at++] ?? 0;
  let nameStart = 0;
  const name = (length: number): string => names.slice(nameStart, (nameStart += length));
  let textStart = 0;
  const part = (): string | null => {
    const length = number();
    return length === none ? null : texts.slice(textStart, (textStart += length));
  };
  let start = 0;

  const count = numbers.length / numbersOfRow;
  for (let index = 0; index < count; index++) {
    addOthers(index);
    const kind = number() === 1 ? "change-row" : "row";
    const time = number();
    const flags = number();
    const head = heads[number()];
    const id = name(number());
    const packetNo = name(number());
    const text = part() ?? "";
    const shown = part();
    const more = part();
    const deliveries = part();
    const end = start + number();
    if (head === undefined) continue;
    items.push({
      kind,
      row: {
        id,
        at: time,
        flags,
        packetNo,
        peerId: head.peerId,
        conversation: head.conversation,
        peerName: head.peerName,
        group: head.group,
        address: head.address,
        port: head.port,
        dialect: head.dialect,
        charset: head.charset,
        reason: head.reason,
        options: head.options,
        text,
        shown,
        more,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by packBatch
        deliveries: deliveries === null ? [] : (JSON.parse(deliveries) as MessageRow["deliveries"]),
        raw: bytes.subarray(start, end),
      },
    });
    start = end;
  }
  addOthers(count);
  return items;
}
