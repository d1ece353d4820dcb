// The history in one SQLite file, open: the storage engine that the stores put behind a thread or call at once. Here are transactions and
// the filling of the index; rows, pages, searching, removal and state have files of their own.
import type { PeerId } from "../../core/model.js";
import type { KeptMessage } from "../../ports/history-store.js";
import { mergedInto, rootOf } from "../memory-engine.js";
import { conversationsOf, messageOf, rowFlags, rowOf } from "../message-row.js";
import { searchTextOf } from "../../core/search-match.js";
import { isFull } from "./driver.js";
import type { Database, Statement } from "./driver.js";
import { gramsOf } from "./grams.js";
import { createPages } from "./pages.js";
import { countIn, createRemoval } from "./removal.js";
import { createRows, rowColumns, rowTables } from "./rows.js";
import { numberOf, textOf } from "./values.js";
import { createSearch } from "./search.js";
import { createState } from "./state.js";
import type { HistoryEngine } from "../engine.js";

export interface EngineOptions {
  readonly db: Database;
  readonly hasGrams: boolean;
  /** What is removed is overwritten in the file. */
  readonly secureDelete: boolean;
}

/** Put into the index before a search, so that little is left to be looked at one by one; to index one takes as long as to look at twenty. */
const indexedBeforeSearch = 250;

export function createSqliteEngine({ db, hasGrams, secureDelete }: EngineOptions): HistoryEngine {
  const rows = createRows(db);
  const state = createState(db, rows);
  const search = createSearch({ db, rows, hasGrams });
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
  let indexDelete: Statement | null = null;
  const pages = createPages(db, kept);
  const removal = createRemoval({
    db,
    hasGrams,
    secureDelete,
    transaction,
    unindex,
    numbersWithin: (conversation) => within(conversation).numbers,
  });

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
    if (!hasGrams) return;
    indexDelete ??= db.prepare("DELETE FROM grams WHERE rowid = ?");
    indexDelete.run(place);
  }

  /** On a full disk: the log holds each page as often as it was written, the file once. False when nothing came of it. */
  function emptyLog(): boolean {
    try {
      const done = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
      return numberOf(Reflect.get(done, "busy")) === 0;
    } catch {
      // Not even for that.
      return false;
    }
  }

  return {
    write(items) {
      const work = (): void => {
        for (const item of items) {
          if (item.kind === "message") rows.insert(rowOf(item.message, item.group), true);
          else if (item.kind === "row") rows.insert(item.row, true);
          else if (item.kind === "change") rows.change(rowOf(item.message, ""), unindex);
          else if (item.kind === "change-row") rows.change(item.row, unindex);
          else if (item.kind === "delivery") rows.noteDelivery(item.delivery);
          else state.write(item);
        }
      };
      try {
        transaction(work);
      } catch (cause) {
        if (!isFull(cause) || !emptyLog()) throw cause;
        transaction(work);
      }
    },
    state: (recentSinceMs = 0) => state.read(recentSinceMs),
    waiting: () => state.waiting(),
    value: (name) => state.value(name),
    page: (request) => {
      const { conversation } = request;
      return pages(request, conversation === null ? null : within(conversation).numbers);
    },
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
      const { found, next } = search(request, places);
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
    removeSome: (request) => removal.removeSome(request),
    retainSome: (rule) => removal.retainSome(rule),
    sizes: () => ({
      messages: countIn(db, "messages"),
      bytes: removal.fileBytes(),
      unindexed: countIn(
        db,
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
