// Searching the file: the index says who may fit, the text of each says whether it does; what the index does not hold yet is looked at
// one by one. Newest first, in portions, so that a search that finds little does not hold up the writing.
import { matchesSearch } from "../../core/search-match.js";
import { foldText } from "../../core/fold-text.js";
import type { SearchQuery } from "../../core/search-query.js";
import type { SearchRequest } from "../../ports/history-store.js";
import { addressOf, conversationsOf, placeAt, placeMargin, subjectOf } from "../message-row.js";
import type { MessageRow } from "../message-row.js";
import { conversationQuery, indexQuery } from "./grams.js";
import type { NumberLookup, Precision } from "./grams.js";
import type { Database } from "./driver.js";
import { numberOf, rowColumns, rowTables, textOf } from "./rows.js";
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

/** A charset by any spelling. */
function plain(name: string): string {
  return foldText(name).replaceAll(/[-_]/gu, "");
}

function lookupIn(db: Database): NumberLookup {
  return {
    faces(fits, folded) {
      return db
        .prepare("SELECT id, peer, name, team, address, port FROM faces")
        .all()
        .filter((face) => {
          const value = (name: string): string => textOf(Reflect.get(face, name));
          if (fits === "group") return foldText(value("team")).includes(folded);
          const address = addressOf({
            address: value("address"),
            port: numberOf(Reflect.get(face, "port")),
          });
          return foldText([value("name"), value("peer"), address].join("\n")).includes(folded);
        })
        .map((face) => numberOf(Reflect.get(face, "id")));
    },
    traits(charset) {
      return db
        .prepare("SELECT id, charset FROM traits")
        .all()
        .filter((traits) => plain(textOf(Reflect.get(traits, "charset"))) === plain(charset))
        .map((traits) => numberOf(Reflect.get(traits, "id")));
    },
  };
}

/** The places that the dates of a query leave: for those that must hold, not for those beside an OR. */
function boundsOf(query: SearchQuery): { readonly from: number; readonly below: number } {
  const parts = query.kind === "and" ? query.parts : [query];
  let from = -1;
  let below = endOfTime;
  for (const part of parts) {
    if (part.kind === "after") from = Math.max(from, placeAt(part.at));
    if (part.kind === "before") below = Math.min(below, placeAt(part.at) + placeMargin);
  }
  return { from, below };
}

/** Where to look: a conversation with those merged into it, by name and number. */
export interface SearchPlaces {
  readonly names: ReadonlySet<string>;
  readonly numbers: readonly number[];
}

/** `within`: null for all conversations. */
export function searchFile(
  { db, rows, hasGrams }: SearchParts,
  request: SearchRequest,
  within: SearchPlaces | null,
): FoundPage {
  const conversations = within?.numbers ?? null;
  const { query, limit } = request;
  const bounds = boundsOf(query);
  const start = Math.min(request.before ?? endOfTime, bounds.below);
  const inConversation =
    conversations === null
      ? ""
      : ` AND (m.conversation IN (${conversations.join()}) OR m.place IN
          (SELECT place FROM copies WHERE conversation IN (${conversations.join()})))`;

  let indexed = hasGrams ? expressionOf(query, conversations, db, "some") : null;
  if (indexed === "" || conversations?.length === 0) return { found: [], next: null };

  /** Messages below a place, newest first, that may fit. */
  const statement =
    indexed === null
      ? db.prepare(
          `SELECT ${rowColumns} FROM ${rowTables} WHERE m.place < ? AND m.place >= ?${inConversation} ORDER BY m.place DESC LIMIT ?`,
        )
      : db.prepare(
          `SELECT g.rowid AS found, ${rowColumns}
           FROM (SELECT rowid FROM grams WHERE grams MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?) g
           LEFT JOIN messages m ON m.place = g.rowid LEFT JOIN conversations c ON c.id = m.conversation
           LEFT JOIN faces f ON f.id = m.face LEFT JOIN traits t ON t.id = m.traits ORDER BY g.rowid DESC`,
        );
  const matching = (values: readonly object[]): Found[] => {
    const found: Found[] = [];
    for (const value of values) {
      const place = placeIn(value);
      // The index may remember what is gone.
      if (place === null) continue;
      const row = rows.read({ ...value });
      if (within !== null && !conversationsOf(row).some((name) => within.names.has(name))) continue;
      if (matchesSearch(query, subjectOf(row))) found.push({ place, row });
    }
    return found;
  };

  // Those the index does not hold are few: all of them, to be put between the others.
  const late =
    indexed === null
      ? []
      : matching(
          db
            .prepare(
              `SELECT ${rowColumns} FROM unindexed u CROSS JOIN ${rowTables}
               WHERE m.place BETWEEN u.first AND u.last AND m.place < ? AND m.place >= ?${inConversation} ORDER BY m.place DESC`,
            )
            .all(start, bounds.from),
        );

  const found: Found[] = [];
  let below = start;
  let looked = 0;
  let size = firstPortion;
  let isPrecise = false;
  for (;;) {
    const values =
      indexed === null
        ? statement.all(below, bounds.from, size)
        : statement.all(indexed, below, bounds.from, size);
    found.push(...matching(values));
    looked += values.length;
    const oldest = values.at(-1);
    const isEnd = values.length < size || oldest === undefined;
    if (oldest !== undefined) below = numberOf(Reflect.get(oldest, indexed === null ? "place" : "found"));
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
      indexed = expressionOf(query, conversations, db, "all");
    }
  }
}

function placeIn(value: object): number | null {
  const place: unknown = Reflect.get(value, "place");
  return typeof place === "number" ? place : null;
}

function expressionOf(
  query: SearchQuery,
  conversations: readonly number[] | null,
  db: Database,
  precision: Precision,
): string | null {
  const text = indexQuery(query, lookupIn(db), precision);
  const place = conversations === null ? null : conversationQuery(conversations);
  if (text === "" || conversations === null) return text;
  if (text === null || place === null) return place;
  return `(${text}) AND (${place})`;
}
