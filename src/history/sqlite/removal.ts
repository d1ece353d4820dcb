// Letting messages go: those that are named, the oldest when a rule says so; from the index and the file too. Some with each call, so that
// writing goes on between two of them.
import type { PeerId } from "../../core/model.js";
import type { RemoveRequest, RetentionRule } from "../../ports/history-store.js";
import type { Database, Statement } from "./driver.js";
import { placeAt, placeMargin } from "../message-row.js";
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
  removeSome(request: RemoveRequest): number;
  retainSome(rule: RetentionRule): number;
  fileBytes(): number;
}

interface RemovalStatements {
  readonly idOf: Statement;
  readonly forgetOffer: Statement;
  readonly unqueue: Statement;
  readonly remove: readonly Statement[];
}

/** By a rule nothing goes that still waits for its receiver. */
const stays = "id NOT IN (SELECT message FROM queue)";
/** Messages removed in one transaction and one call: some tens of milliseconds, for which others wait. */
const removedAtOnce = 250;
/** Of a small history a hundredth at once, so that no more goes than must. */
const shareOf = 100;

export function countIn(db: Database, table: string): number {
  return numberOf(Reflect.get(db.prepare(`SELECT count(*) AS n FROM ${table}`).get() ?? {}, "n"));
}

export function createRemoval(parts: RemovalParts): Removal {
  const { db, hasGrams, secureDelete } = parts;

  let statements: RemovalStatements | null = null;
  /** Something went since the file was tidied. */
  let isUntidy = false;

  function removePlaces(places: readonly number[]): void {
    statements ??= {
      idOf: db.prepare("SELECT id FROM messages WHERE place = ?"),
      forgetOffer: db.prepare("DELETE FROM contents WHERE name = ?"),
      unqueue: db.prepare("DELETE FROM queue WHERE message = ?"),
      remove: ["copies", "ledger", "messages"].map((table) =>
        db.prepare(`DELETE FROM ${table} WHERE place = ?`),
      ),
    };
    const { idOf, forgetOffer, unqueue, remove } = statements;
    for (const place of places) {
      parts.unindex(place);
      const id = textOf(Reflect.get(idOf.get(place) ?? {}, "id"));
      forgetOffer.run(offerName(id));
      unqueue.run(id);
      for (const statement of remove) statement.run(place);
    }
  }

  /** Places of what is to go, some at a time. */
  function condemned({ ids, conversation, beforeMs }: RemoveRequest, limit: number, spare = "1"): number[] {
    const conditions: string[] = [spare];
    const values: (string | number)[] = [];
    if (conversation !== undefined) {
      const list = parts.numbersWithin(conversation).join();
      conditions.push(
        `(conversation IN (${list}) OR place IN (SELECT place FROM copies WHERE conversation IN (${list})))`,
      );
    }
    if (beforeMs !== undefined) {
      // By place as well: what is younger need not be looked at.
      conditions.push("at < ? AND place < ?");
      values.push(beforeMs, placeAt(beforeMs) + placeMargin);
    }
    if (ids !== undefined) {
      conditions.push("id IN (SELECT value FROM json_each(?))");
      values.push(JSON.stringify(ids));
    }
    return db
      .prepare(`SELECT place FROM messages WHERE ${conditions.join(" AND ")} ORDER BY place LIMIT ${limit}`)
      .all(...values)
      .map((row) => numberOf(Reflect.get(row, "place")));
  }

  /** Removes what `find` gives, and tidies up after the last of it. */
  function removeFound(find: () => number[]): number {
    const { length } = parts.transaction(() => {
      const places = find();
      removePlaces(places);
      return places;
    });
    if (length === 0 && isUntidy) tidy();
    isUntidy = length > 0;
    return length;
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

  /** The oldest, as many as are too much. */
  function tooMuch(most: number): number[] {
    if (usedBytes() <= most) return [];
    const few = countIn(db, `(SELECT 1 FROM messages LIMIT ${removedAtOnce * shareOf})`);
    return condemned({}, Math.ceil(few / shareOf), stays);
  }

  return {
    removeSome: (request) => removeFound(() => condemned(request, removedAtOnce)),
    retainSome({ beforeMs, maxBytes }) {
      return removeFound(() => {
        const old = beforeMs === null ? [] : condemned({ beforeMs }, removedAtOnce, stays);
        return old.length > 0 || maxBytes === null ? old : tooMuch(maxBytes);
      });
    },
    fileBytes: () => pragma("page_count") * pragma("page_size"),
  };
}
