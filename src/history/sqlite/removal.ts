// Letting messages go: those that are named, the oldest when a rule says so; from the index and the file too. Some at a time, so that the
// writing is not held up.
import type { PeerId } from "../../core/model.js";
import type { RemoveRequest, RetentionRule } from "../../ports/history-store.js";
import type { Database } from "./driver.js";
import { offerName } from "./state.js";
import { numberOf, textOf } from "./values.js";

export interface RemovalParts {
  readonly db: Database;
  readonly hasGrams: boolean;
  readonly secureDelete: boolean;
  transaction<T>(work: () => T): T;
  /** Takes a message out of the index. */
  unindex(place: number): void;
  numbersWithin(conversation: PeerId): readonly number[];
}

export interface Removal {
  remove(request: RemoveRequest): number;
  retain(rule: RetentionRule): number;
  fileBytes(): number;
}

/** Messages removed in one transaction. */
const removedAtOnce = 2_000;

export function countIn(db: Database, table: string): number {
  return numberOf(Reflect.get(db.prepare(`SELECT count(*) AS n FROM ${table}`).get() ?? {}, "n"));
}

export function createRemoval(parts: RemovalParts): Removal {
  const { db, hasGrams, secureDelete } = parts;

  function removePlaces(places: readonly number[]): void {
    for (const place of places) {
      parts.unindex(place);
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
      const list = parts.numbersWithin(conversation).join();
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
      const places = parts.transaction(() => {
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
  function retain({ beforeMs, maxBytes }: RetentionRule): number {
    let gone = beforeMs === null ? 0 : remove({ beforeMs });
    const most = maxBytes ?? Infinity;
    while (usedBytes() > most) {
      const oldest = db.prepare(`SELECT place FROM messages ORDER BY place LIMIT ${removedAtOnce}`).all();
      if (oldest.length === 0) break;
      const share = Math.max(1, Math.min(oldest.length, Math.ceil(countIn(db, "messages") / 100)));
      parts.transaction(() =>
        removePlaces(oldest.slice(0, share).map((row) => numberOf(Reflect.get(row, "place")))),
      );
      gone += share;
    }
    if (gone > 0) tidy();
    return gone;
  }

  return { remove, retain, fileBytes: () => pragma("page_count") * pragma("page_size") };
}
