// Rows in and out of the tables: numbers for names, a place in time for each message, the latest delivery of each receiver. Used by the
// engine and by the recovery of a damaged file; knows nothing of searching.
import type { Delivery } from "../../core/model.js";
import type { LedgerLine } from "../../ports/history-store.js";
import { conversationsOf, placeAt, placeMargin, rowFlags } from "../message-row.js";
import type { MessageRow } from "../message-row.js";
import { isTaken } from "./driver.js";
import type { Database, Statement } from "./driver.js";
import { createLedger, latest } from "./ledger.js";
import { numberOf, textOf } from "./values.js";

export interface Rows {
  /** Writes a message; false when its id is there already. `isLive`: it comes after all that was written so far by this program. */
  insert(row: MessageRow, isLive: boolean): boolean;
  noteDelivery(delivery: Delivery): void;
  /** Another state of a message; `forget` as for `rewrite`. */
  change(row: MessageRow, forget: (place: number) => void): void;
  /** Another reading of a message; `forget` takes its place out of the index, into which it comes again by itself. */
  rewrite(
    id: string,
    reading: Pick<MessageRow, "text" | "shown" | "charset" | "reason">,
    forget: (place: number) => void,
  ): void;
  /** The number of a conversation, or null when nothing was ever said in it. */
  numberOf(conversation: string): number | null;
  place(id: string): number | null;
  /** A transaction was undone: what was numbered in it is not there. */
  forgetNumbers(): void;
  /** The last thing of a transaction: what came in it is not in the index. */
  endTransaction(): void;
  read(values: RowValues): MessageRow;
  ledgerOf(place: number): readonly LedgerLine[];
}

/** A row of `rowColumns`, as the engines give it. */
export type RowValues = Readonly<Record<string, unknown>>;

/** What `read` needs; for `FROM messages m JOIN faces f …` as in `rowTables`. */
export const rowColumns =
  "m.place, m.id, m.at, c.name AS conversation, f.peer, f.name, f.team, f.address, f.port, t.dialect, t.charset, t.reason, " +
  "t.options, m.flags, m.packet, m.text, m.shown, m.raw, m.more";
export const rowTables =
  "messages m JOIN conversations c ON c.id = m.conversation JOIN faces f ON f.id = m.face JOIN traits t ON t.id = m.traits";

/** Names remembered with their numbers; past it memory is begun anew. */
const rememberedLimit = 10_000;
/** Digits that a number in the file gives back unchanged. */
const plainDigits = /^(?:0|[1-9]\d{0,14})$/u;

export function createRows(db: Database): Rows {
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const ledger = createLedger(prepared);
  const numbers = new Map<string, number>();
  let last = 0;
  /** The first live message of this transaction. */
  let liveFirst: number | null = null;
  // Most messages have these in common with the one before.
  let lastRow: MessageRow | null = null;
  let lastFace = 0;
  let lastTraits = 0;
  let lastConversation = 0;

  function noteUnindexed(first: number, end: number): void {
    prepared(
      "INSERT INTO unindexed VALUES (?1, ?2) ON CONFLICT (first) DO UPDATE SET last = max(last, ?2)",
    ).run(first, end);
  }

  function faceOf(row: MessageRow): number {
    const before = lastRow;
    const isSame =
      before !== null &&
      row.peerId === before.peerId &&
      row.peerName === before.peerName &&
      row.group === before.group &&
      row.address === before.address &&
      row.port === before.port;
    if (isSame) return lastFace;
    return numberFor(
      "faces",
      ["peer", "name", "team", "address", "port"],
      [row.peerId, row.peerName, row.group, row.address, row.port],
    );
  }

  function traitsOf(row: MessageRow): number {
    const before = lastRow;
    const isSame =
      before !== null &&
      row.dialect === before.dialect &&
      row.charset === before.charset &&
      row.reason === before.reason &&
      row.options === before.options;
    return isSame ? lastTraits : traitsNumber(row.dialect, row.charset, row.reason, row.options);
  }

  /** The number of a row with these values, written when it is new. */
  function numberFor(
    table: string,
    columns: readonly string[],
    values: readonly (string | number)[],
  ): number {
    const key = `${table}\0${values.join("\0")}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const where = columns.map((column) => `${column} = ?`).join(" AND ");
    const find = prepared(`SELECT id FROM ${table} WHERE ${where}`);
    let found = find.get(...values);
    if (found === undefined) {
      const places = columns.map(() => "?").join(", ");
      prepared(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`).run(...values);
      found = find.get(...values);
    }
    const number = numberOf(Reflect.get(found ?? {}, "id"));
    if (numbers.size >= rememberedLimit) numbers.clear();
    numbers.set(key, number);
    return number;
  }

  const conversationNumber = (name: string): number => numberFor("conversations", ["name"], [name]);

  function traitsNumber(
    ...values: readonly [dialect: string, charset: string, reason: string, options: string]
  ): number {
    return numberFor("traits", ["dialect", "charset", "reason", "options"], values);
  }

  function place(id: string): number | null {
    const found = prepared("SELECT place FROM messages WHERE id = ?").get(id);
    return found === undefined ? null : numberOf(Reflect.get(found, "place"));
  }

  return {
    insert(row, isLive) {
      lastConversation =
        lastRow?.conversation === row.conversation ? lastConversation : conversationNumber(row.conversation);
      const others =
        (row.flags & rowFlags.several) === 0 ? [] : conversationsOf(row).slice(1).map(conversationNumber);
      lastFace = faceOf(row);
      lastTraits = traitsOf(row);
      lastRow = row;
      const packet = plainDigits.test(row.packetNo) ? Number(row.packetNo) : row.packetNo;
      const insert = prepared("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      const base = placeAt(row.at);
      let at = isLive && last - base < placeMargin ? Math.max(base, last + 1) : base;
      for (;;) {
        try {
          insert.run(
            at,
            row.id,
            row.at,
            lastConversation,
            lastFace,
            lastTraits,
            row.flags,
            packet,
            row.text,
            row.shown,
            row.raw,
            row.more,
          );
          break;
        } catch (error) {
          if (!isTaken(error)) throw error;
          // The same message, or another one at the same moment.
          if (place(row.id) !== null) return false;
          at++;
        }
      }
      if (isLive) {
        last = at;
        liveFirst ??= at;
      } else noteUnindexed(at, at);
      for (const other of others) prepared("INSERT OR IGNORE INTO copies VALUES (?, ?)").run(other, at);
      for (const [receiver, delivery] of row.deliveries.entries()) ledger.write(at, receiver, delivery);
      return true;
    },

    noteDelivery(delivery) {
      const at = place(delivery.messageId);
      if (at !== null) ledger.note(at, delivery);
    },

    change(row, forget) {
      const found = prepared(
        "SELECT m.place, t.dialect, t.charset, t.reason FROM messages m JOIN traits t ON t.id = m.traits WHERE m.id = ?",
      ).get(row.id);
      if (found === undefined) return;
      const value = (name: string): string => textOf(Reflect.get(found, name));
      const at = numberOf(Reflect.get(found, "place"));
      const traits = traitsNumber(value("dialect"), value("charset"), value("reason"), row.options);
      forget(at);
      prepared(
        "UPDATE messages SET flags = ?, text = ?, shown = ?, more = ?, traits = ? WHERE place = ?",
      ).run(row.flags, row.text, row.shown, row.more, traits, at);
      noteUnindexed(at, at);
    },

    rewrite(id, { text, shown, charset, reason }, forget) {
      const found = prepared(
        "SELECT m.place, t.dialect, t.options FROM messages m JOIN traits t ON t.id = m.traits WHERE m.id = ?",
      ).get(id);
      if (found === undefined) return;
      const value = (name: string): string => textOf(Reflect.get(found, name));
      const at = numberOf(Reflect.get(found, "place"));
      const traits = traitsNumber(value("dialect"), charset, reason, value("options"));
      forget(at);
      prepared("UPDATE messages SET text = ?, shown = ?, traits = ? WHERE place = ?").run(
        text,
        shown,
        traits,
        at,
      );
      noteUnindexed(at, at);
    },

    numberOf(conversation) {
      const known = numbers.get(`conversations\0${conversation}`);
      if (known !== undefined) return known;
      const found = prepared("SELECT id FROM conversations WHERE name = ?").get(conversation);
      return found === undefined ? null : numberOf(Reflect.get(found, "id"));
    },

    place,

    forgetNumbers() {
      numbers.clear();
      lastRow = null;
      liveFirst = null;
    },

    endTransaction() {
      if (liveFirst !== null) noteUnindexed(liveFirst, last);
      liveFirst = null;
    },

    read(values) {
      const flags = numberOf(values["flags"]);
      const { raw, more, shown } = values;
      const at = numberOf(values["place"]);
      return {
        id: textOf(values["id"]),
        at: numberOf(values["at"]),
        flags,
        packetNo: typeof values["packet"] === "number" ? String(values["packet"]) : textOf(values["packet"]),
        peerId: textOf(values["peer"]),
        conversation: textOf(values["conversation"]),
        peerName: textOf(values["name"]),
        group: textOf(values["team"]),
        address: textOf(values["address"]),
        port: numberOf(values["port"]),
        dialect: textOf(values["dialect"]),
        charset: textOf(values["charset"]),
        reason: textOf(values["reason"]),
        options: textOf(values["options"]),
        text: textOf(values["text"]),
        shown: typeof shown === "string" ? shown : null,
        raw: raw instanceof Uint8Array ? raw : new Uint8Array(0),
        more: typeof more === "string" ? more : null,
        deliveries: (flags & rowFlags.out) === 0 ? [] : latest(ledger.of(at)),
      };
    },

    ledgerOf: (at) => ledger.of(at),
  };
}
