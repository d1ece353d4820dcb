// Pages of the history by place: the newest, those before or after one, those from a moment on; of all conversations or of some.
import type { HistoryPage, KeptMessage, PageRequest } from "../../ports/history-store.js";
import { placeAt } from "../message-row.js";
import type { Database } from "./driver.js";
import { rowColumns, rowTables } from "./rows.js";

/** `numbers`: of a conversation and those merged into it; null for all. */
export type Pages = (request: PageRequest, numbers: readonly number[] | null) => HistoryPage;

export function createPages(db: Database, kept: (values: object) => KeptMessage): Pages {
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

  return ({ before, after, sinceMs, limit }, numbers) => {
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
  };
}
