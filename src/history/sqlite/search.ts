// Searching the file: the index says who may fit, the text of each says whether it does; what the index does not hold yet is looked at
// one by one. Newest first, in portions, so that a search that finds little does not hold up the writing.
import { matchesSearch } from "../../core/search-match.js";
import { foldText } from "../../core/fold-text.js";
import type { SearchQuery } from "../../core/search-query.js";
import type { SearchRequest } from "../../ports/history-store.js";
import { conversationsOf, placeAt, placeMargin, subjectOf } from "../message-row.js";
import type { MessageRow } from "../message-row.js";
import { conversationQuery, indexQuery } from "./grams.js";
import type { NumberLookup, Precision } from "./grams.js";
import type { Database } from "./driver.js";
import { createLookup } from "./lookup.js";
import { rowColumns, rowTables } from "./rows.js";
import { numberOf, textOf } from "./values.js";
import type { Rows } from "./rows.js";

export interface Found {
  readonly place: number;
  readonly row: MessageRow;
}

export interface FoundPage {
  readonly found: readonly Found[];
  readonly next: number | null;
}

/** Messages looked at in one call; more are for the next one. */
const lookLimit = 20_000;
/** One in so many of those that may fit does: fewer are too few. */
const fewOf = 20;
const firstPortion = 64;
const portion = 512;
const endOfTime = Number.MAX_SAFE_INTEGER;

export interface SearchParts {
  readonly db: Database;
  readonly rows: Rows;
  readonly hasGrams: boolean;
}

/** The places that the dates of a query leave: for those that must hold, not for those beside an OR. */
function boundsOf(query: SearchQuery): { readonly from: number; readonly below: number } {
  let from = -1;
  let below = endOfTime;
  for (const part of neededOf(query)) {
    if (part.kind === "after") from = Math.max(from, placeAt(part.at));
    if (part.kind === "before") below = Math.min(below, placeAt(part.at) + placeMargin);
  }
  return { from, below };
}

/** The parts of a query that must hold, each. */
function neededOf(query: SearchQuery): readonly SearchQuery[] {
  return query.kind === "and" ? query.parts : [query];
}

/** Where to look: a conversation with those merged into it, by name and number. */
export interface SearchPlaces {
  readonly names: ReadonlySet<string>;
  readonly numbers: readonly number[];
}

/** What of a message is looked at before all of it is read. */
const textColumns = "m.place, m.text, m.shown, m.more";

/** A search over the open file; `within`: null for all conversations. */
export function createSearch({
  db,
  rows,
  hasGrams,
}: SearchParts): (request: SearchRequest, within: SearchPlaces | null) => FoundPage {
  const lookup = createLookup(db);
  const whole = db.prepare(`SELECT ${rowColumns} FROM ${rowTables} WHERE m.place = ?`);
  // The index may remember what is gone.
  const inIndex = hasGrams
    ? db.prepare(
        `SELECT g.rowid AS found, ${textColumns}
         FROM (SELECT rowid FROM grams WHERE grams MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?) g
         LEFT JOIN messages m ON m.place = g.rowid ORDER BY g.rowid DESC`,
      )
    : null;

  return (request, within) => {
    const conversations = within?.numbers ?? null;
    const { query, limit } = request;
    const bounds = boundsOf(query);
    const start = Math.min(request.before ?? endOfTime, bounds.below);
    const inConversation =
      conversations === null
        ? ""
        : ` AND (m.conversation IN (${conversations.join()}) OR m.place IN
            (SELECT place FROM copies WHERE conversation IN (${conversations.join()})))`;
    const expression = (precision: Precision): string | null =>
      inIndex === null ? null : expressionOf(query, conversations, lookup, precision);

    let indexed = expression("some");
    if (indexed === "" || conversations?.length === 0) return { found: [], next: null };

    /** Texts that every hit holds: most of those that may fit are sorted out by them, without reading the rest of the row. */
    const texts = neededOf(query).flatMap((part) => (part.kind === "text" ? [foldText(part.text)] : []));
    const mayFit = (value: object): boolean => {
      if (texts.length === 0 || Reflect.get(value, "more") !== null) return true;
      const shown: unknown = Reflect.get(value, "shown") ?? Reflect.get(value, "text");
      const text = foldText(textOf(shown));
      return texts.every((one) => text.includes(one));
    };
    const match = (value: object): Found | null => {
      const place = placeIn(value);
      if (place === null || !mayFit(value)) return null;
      const row = rows.read({ ...whole.get(place) });
      if (within !== null && !conversationsOf(row).some((name) => within.names.has(name))) return null;
      return matchesSearch(query, subjectOf(row)) ? { place, row } : null;
    };
    const allMatching = (values: readonly object[]): Found[] =>
      values.map(match).filter((found) => found !== null);

    // Those the index does not hold are few: all of them, to be put between the others.
    const late =
      indexed === null
        ? []
        : allMatching(
            db
              .prepare(
                `SELECT ${textColumns} FROM unindexed u CROSS JOIN messages m
                 WHERE m.place BETWEEN u.first AND u.last AND m.place < ? AND m.place >= ?${inConversation} ORDER BY m.place DESC`,
              )
              .all(start, bounds.from),
          );
    const oneByOne =
      indexed === null
        ? db.prepare(
            `SELECT m.place AS found, ${textColumns} FROM messages m
             WHERE m.place < ? AND m.place >= ?${inConversation} ORDER BY m.place DESC LIMIT ?`,
          )
        : null;
    /** Messages below a place, newest first, that may fit. */
    const candidates = (below: number, size: number): readonly object[] =>
      (indexed === null
        ? oneByOne?.all(below, bounds.from, size)
        : inIndex?.all(indexed, below, bounds.from, size)) ?? [];

    const found: Found[] = [];
    let below = start;
    let looked = 0;
    let size = firstPortion;
    let isPrecise = false;
    for (;;) {
      const values = candidates(below, size);
      let isEnd = values.length < size;
      for (const [index, value] of values.entries()) {
        below = numberOf(Reflect.get(value, "found"));
        looked += 1;
        const one = match(value);
        if (one !== null && found.push(one) >= limit) {
          isEnd &&= index === values.length - 1;
          break;
        }
      }
      if (isEnd || found.length >= limit || looked >= lookLimit) {
        const reached = isEnd ? -1 : below;
        // One that was read anew may stand in the index and beside it.
        const all = [
          ...new Map(
            [...found, ...late.filter(({ place }) => place >= reached)].map((one) => [one.place, one]),
          ).values(),
        ].toSorted((a, b) => b.place - a.place);
        const shown = all.slice(0, limit);
        const last = shown.at(-1);
        if (all.length > limit && last !== undefined) return { found: shown, next: last.place };
        return { found: shown, next: isEnd ? null : below };
      }
      size = portion;
      // Much looked at and little found: the index can say more about it.
      if (!isPrecise && indexed !== null && looked >= firstPortion && found.length < looked / fewOf) {
        isPrecise = true;
        indexed = expression("more");
      }
    }
  };
}

function placeIn(value: object): number | null {
  const place: unknown = Reflect.get(value, "place");
  return typeof place === "number" ? place : null;
}

function expressionOf(
  query: SearchQuery,
  conversations: readonly number[] | null,
  lookup: NumberLookup,
  precision: Precision,
): string | null {
  const text = indexQuery(query, lookup, precision);
  const place = conversations === null ? null : conversationQuery(conversations);
  if (text === "" || conversations === null) return text;
  if (text === null || place === null) return place;
  return `(${text}) AND (${place})`;
}
