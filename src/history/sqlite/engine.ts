// The history in one SQLite file, open: the storage engine that the stores put behind a thread or call at once. Here are transactions,
// pages and removal; rows, searching and state have files of their own.
import type { PeerId } from "../../core/model.js";
import type { HistoryPage, KeptMessage, PageRequest, RemoveRequest } from "../../ports/history-store.js";
import { mergedInto, rootOf } from "../memory-engine.js";
import { conversationsOf, messageOf, placeAt, rowFlags, rowOf } from "../message-row.js";
import { searchTextOf } from "../../core/search-match.js";
import type { Database, Statement } from "./driver.js";
import { gramsOf } from "./grams.js";
import { createRows, numberOf, rowColumns, rowTables, textOf } from "./rows.js";
import { searchFile } from "./search.js";
import { createState, offerName } from "./state.js";
import type { HistoryEngine } from "../engine.js";

export interface EngineOptions {
  readonly db: Database;
  readonly hasGrams: boolean;
  /** What is removed is overwritten in the file. */
  readonly secureDelete: boolean;
}

/** Messages removed or put into the index in one transaction. */
const removedAtOnce = 2_000;
/** Put into the index before a search, so that little is left to be looked at one by one. */
const indexedBeforeSearch = 1_000;

export function createSqliteEngine({ db, hasGrams, secureDelete }: EngineOptions): HistoryEngine {
  const rows = createRows(db);
  const state = createState(db, rows);
  const statements = {
    firstUnindexed: db.prepare("SELECT first, last FROM unindexed LIMIT 1"),
    inStretch: db.prepare(
      `SELECT ${rowColumns}, m.face, m.traits FROM ${rowTables} WHERE m.place >= ? AND m.place <= ? ORDER BY m.place LIMIT ?`,
    ),
    forgetStretch: db.prepare("DELETE FROM unindexed WHERE first = ?"),
    noteRest: db.prepare(
      "INSERT INTO unindexed VALUES (?1, ?2) ON CONFLICT (first) DO UPDATE SET last = max(last, ?2)",
    ),
  };
  let indexInsert: Statement | null = null;

  function transaction<T>(work: () => T): T {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      rows.endTransaction();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      rows.forgetNumbers();
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  function kept(values: object): KeptMessage {
    const row = rows.read({ ...values });
    return { place: numberOf(Reflect.get(values, "place")), group: row.group, message: messageOf(row) };
  }

  /** Numbers and names of a conversation and of those merged into it. */
  function within(conversation: PeerId): { names: ReadonlySet<string>; numbers: readonly number[] } {
    const names = mergedInto(conversation, state.merges().values());
    const numbers = [...names].map((name) => rows.numberOf(name)).filter((number) => number !== null);
    return { names, numbers };
  }

  /** Up to so many messages on one side of a place, nearest first. */
  function side(
    numbers: readonly number[] | null,
    from: number,
    isForward: boolean,
    limit: number,
  ): KeptMessage[] {
    const compare = isForward ? `> ?` : `< ?`;
    const order = isForward ? "ASC" : "DESC";
    if (numbers === null) {
      const sql = `SELECT ${rowColumns} FROM ${rowTables} WHERE m.place ${compare} ORDER BY m.place ${order} LIMIT ?`;
      return db.prepare(sql).all(from, limit).map(kept);
    }
    const found = new Map<number, KeptMessage>();
    for (const table of ["messages", "copies"]) {
      const statement = db.prepare(
        `SELECT ${rowColumns} FROM (SELECT place FROM ${table} WHERE conversation = ? AND place ${compare}
         ORDER BY place ${order} LIMIT ?) p CROSS JOIN ${rowTables} WHERE m.place = p.place`,
      );
      for (const number of numbers) {
        for (const one of statement.all(number, from, limit).map(kept)) found.set(one.place, one);
      }
    }
    const sign = isForward ? 1 : -1;
    return [...found.values()].toSorted((a, b) => sign * (a.place - b.place)).slice(0, limit);
  }

  function page({ conversation, before, after, sinceMs, limit }: PageRequest): HistoryPage {
    const numbers = conversation === null ? null : within(conversation).numbers;
    const isForward = after !== undefined || sinceMs !== undefined;
    const from = isForward ? (after ?? placeAt(sinceMs ?? 0) - 1) : (before ?? Number.MAX_SAFE_INTEGER);
    const found = side(numbers, from, isForward, limit + 1);
    const shown = found.slice(0, limit);
    const messages = isForward ? shown : shown.toReversed();
    const first = messages[0]?.place ?? (isForward ? Number.MAX_SAFE_INTEGER : from);
    const last = messages.at(-1)?.place ?? (isForward ? from : -1);
    const hasMore = found.length > limit;
    return {
      messages,
      hasOlder: isForward ? side(numbers, first, false, 1).length > 0 : hasMore,
      hasNewer: isForward ? hasMore : before !== undefined && side(numbers, last, true, 1).length > 0,
    };
  }

  function indexSome(limit: number): boolean {
    if (!hasGrams || statements.firstUnindexed.get() === undefined) return false;
    return transaction(() => {
      for (let room = limit; room > 0;) {
        const stretch = statements.firstUnindexed.get();
        if (stretch === undefined) return false;
        const first = numberOf(Reflect.get(stretch, "first"));
        const values = statements.inStretch.all(first, numberOf(Reflect.get(stretch, "last")), room);
        for (const value of values) index(value);
        statements.forgetStretch.run(first);
        const reached = values.at(-1);
        if (reached !== undefined && values.length >= room) {
          const next = numberOf(Reflect.get(reached, "place")) + 1;
          statements.noteRest.run(next, numberOf(Reflect.get(stretch, "last")));
        }
        room -= Math.max(1, values.length);
      }
      return true;
    });
  }

  function index(value: object): void {
    const row = rows.read({ ...value });
    const text = gramsOf(searchTextOf(messageOf(row)), {
      conversations: conversationsOf(row)
        .map((name) => rows.numberOf(name))
        .filter((number) => number !== null),
      face: numberOf(Reflect.get(value, "face")),
      traits: numberOf(Reflect.get(value, "traits")),
      hasFile: (row.flags & rowFlags.files) !== 0,
      isToSeveral: (row.flags & rowFlags.several) !== 0,
    });
    indexInsert ??= db.prepare("INSERT OR REPLACE INTO grams (rowid, t) VALUES (?, ?)");
    indexInsert.run(numberOf(Reflect.get(value, "place")), text);
  }

  function unindex(place: number): void {
    if (hasGrams) db.prepare("DELETE FROM grams WHERE rowid = ?").run(place);
  }

  function removePlaces(places: readonly number[]): void {
    for (const place of places) {
      unindex(place);
      const { id } = db.prepare("SELECT id FROM messages WHERE place = ?").get(place) ?? { id: "" };
      db.prepare("DELETE FROM contents WHERE name = ?").run(offerName(textOf(id)));
      for (const table of ["copies", "ledger", "messages"]) {
        db.prepare(`DELETE FROM ${table} WHERE place = ?`).run(place);
      }
    }
  }

  /** Places of what is to go, some at a time. */
  function condemned({ ids, conversation, beforeMs }: RemoveRequest): number[] {
    const conditions: string[] = ["1"];
    const values: (string | number)[] = [];
    if (conversation !== undefined) {
      const list = within(conversation).numbers.join();
      conditions.push(
        `(conversation IN (${list}) OR place IN (SELECT place FROM copies WHERE conversation IN (${list})))`,
      );
    }
    if (beforeMs !== undefined) {
      conditions.push("at < ?");
      values.push(beforeMs);
    }
    if (ids !== undefined) {
      conditions.push("id IN (SELECT value FROM json_each(?))");
      values.push(JSON.stringify(ids));
    }
    return db
      .prepare(`SELECT place FROM messages WHERE ${conditions.join(" AND ")} LIMIT ${removedAtOnce}`)
      .all(...values)
      .map((row) => numberOf(Reflect.get(row, "place")));
  }

  function remove(request: RemoveRequest): number {
    let gone = 0;
    for (;;) {
      const places = transaction(() => {
        const found = condemned(request);
        removePlaces(found);
        return found;
      });
      gone += places.length;
      if (places.length < removedAtOnce) break;
    }
    if (gone > 0) tidy();
    return gone;
  }

  /** Gives room back; and where what is gone must be gone from the disk, out of the index and the log of the database too. */
  function tidy(): void {
    if (secureDelete && hasGrams) db.exec("INSERT INTO grams (grams) VALUES ('optimize')");
    db.prepare("PRAGMA incremental_vacuum").all();
    if (secureDelete) db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  }

  const pragma = (name: string): number =>
    numberOf(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const usedBytes = (): number => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
  const countIn = (table: string): number =>
    numberOf(Reflect.get(db.prepare(`SELECT count(*) AS n FROM ${table}`).get() ?? {}, "n"));

  return {
    write(items) {
      transaction(() => {
        for (const item of items) {
          if (item.kind === "message") rows.insert(rowOf(item.message, item.group), true);
          else if (item.kind === "row") rows.insert(item.row, true);
          else if (item.kind === "change") rows.change(rowOf(item.message, ""), unindex);
          else if (item.kind === "change-row") rows.change(item.row, unindex);
          else if (item.kind === "delivery") rows.noteDelivery(item.delivery);
          else state.write(item);
        }
      });
    },
    state: () => state.read(),
    value: (name) => state.value(name),
    page,
    message(id) {
      const found = db.prepare(`SELECT ${rowColumns} FROM ${rowTables} WHERE m.id = ?`).get(id);
      return found === undefined ? null : kept(found);
    },
    ledger(id) {
      const place = rows.place(id);
      return place === null ? [] : rows.ledgerOf(place);
    },
    conversations() {
      const merges = state.merges();
      const found = new Map<PeerId, { name: string; messages: number; lastAt: number }>();
      const grouped = db.prepare(
        `SELECT c.name AS conversation, g.messages, g.last, f.name, m.at FROM (
           SELECT conversation, sum(n) AS messages, max(last) AS last FROM (
             SELECT conversation, count(*) AS n, max(place) AS last FROM messages GROUP BY conversation
             UNION ALL SELECT conversation, count(*), max(place) FROM copies GROUP BY conversation)
           GROUP BY conversation) g
         JOIN conversations c ON c.id = g.conversation JOIN messages m ON m.place = g.last JOIN faces f ON f.id = m.face`,
      );
      for (const row of grouped.all()) {
        const value = (name: string): unknown => Reflect.get(row, name);
        const id = rootOf(textOf(value("conversation")), merges);
        const known = found.get(id);
        const lastAt = numberOf(value("at"));
        found.set(id, {
          name: known !== undefined && known.lastAt > lastAt ? known.name : textOf(value("name")),
          messages: (known?.messages ?? 0) + numberOf(value("messages")),
          lastAt: Math.max(known?.lastAt ?? 0, lastAt),
        });
      }
      return [...found].map(([id, summary]) => ({ id, ...summary })).toSorted((a, b) => b.lastAt - a.lastAt);
    },
    search(request) {
      indexSome(indexedBeforeSearch);
      const places = request.conversation === undefined ? null : within(request.conversation);
      const { found, next } = searchFile({ db, rows, hasGrams }, request, places);
      return {
        hits: found.map(({ place, row }) => ({ place, group: row.group, message: messageOf(row) })),
        next,
      };
    },
    rewrite(changes) {
      transaction(() => {
        for (const { id, text, displayText, charset, charsetReason } of changes)
          rows.rewrite(
            id,
            { text, shown: displayText === text ? null : displayText, charset, reason: charsetReason },
            unindex,
          );
      });
    },
    import(messages) {
      return transaction(() => {
        let added = 0;
        const newest = new Map<string, number>();
        for (const { message, group } of messages) {
          if (rows.insert(rowOf(message, group), false)) added++;
          newest.set(message.conversation, Math.max(newest.get(message.conversation) ?? 0, message.at));
        }
        // What is brought from elsewhere was read there.
        for (const [conversation, at] of newest) state.markAtLeast(conversation, at);
        return { added, known: messages.length - added };
      });
    },
    remove,
    retain({ beforeMs, maxBytes }) {
      let gone = beforeMs === null ? 0 : remove({ beforeMs });
      const most = maxBytes ?? Infinity;
      while (usedBytes() > most) {
        const oldest = db.prepare(`SELECT place FROM messages ORDER BY place LIMIT ${removedAtOnce}`).all();
        if (oldest.length === 0) break;
        const share = Math.max(1, Math.min(oldest.length, Math.ceil(countIn("messages") / 100)));
        transaction(() =>
          removePlaces(oldest.slice(0, share).map((row) => numberOf(Reflect.get(row, "place")))),
        );
        gone += share;
      }
      if (gone > 0) tidy();
      return gone;
    },
    sizes: () => ({
      messages: countIn("messages"),
      bytes: pragma("page_count") * pragma("page_size"),
      unindexed: countIn(
        hasGrams ? "unindexed u CROSS JOIN messages m ON m.place BETWEEN u.first AND u.last" : "messages",
      ),
    }),
    check: () =>
      db
        .prepare("PRAGMA integrity_check")
        .all()
        .map((row) => textOf(Reflect.get(row, "integrity_check")))
        .filter((line) => line !== "ok"),
    indexSome,
    close() {
      if (!db.isOpen) return;
      try {
        // One file to copy and keep; whoever else has it open is not waited for.
        db.exec("PRAGMA busy_timeout = 0");
        db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      } finally {
        db.close();
      }
    },
  };
}
