// What a search asks of the tables before it asks the index: the numbers of names and charsets, and how much room a word takes in the
// index, so that the rarest words of a long text are asked for. Knows nothing of messages.
import { foldText } from "../../core/fold-text.js";
import { addressOf } from "../message-row.js";
import type { Database, Statement } from "./driver.js";
import type { NumberLookup } from "./grams.js";
import { numberOf, textOf } from "./values.js";

/** A charset by any spelling. */
function plain(name: string): string {
  return foldText(name).replaceAll(/[-_]/gu, "");
}

/**
 * How many pages of the index lie from a word to the next one that begins a page, over all its parts. FTS5 notes the first word of each
 * page in `grams_idx`, twice the page's number beside it, words of the whole length with a 0 before them; a word on many pages has no
 * other words on them.
 */
const pagesSql = `
  WITH RECURSIVE s (segid) AS (
    SELECT min(segid) FROM grams_idx
    UNION ALL SELECT (SELECT min(segid) FROM grams_idx WHERE segid > s.segid) FROM s WHERE s.segid IS NOT NULL)
  SELECT sum(coalesce(next - here, 0)) AS pages FROM (
    SELECT
      (SELECT pgno >> 1 FROM grams_idx WHERE segid = s.segid AND term > ?1 ORDER BY term LIMIT 1) AS next,
      (SELECT pgno >> 1 FROM grams_idx WHERE segid = s.segid AND term <= ?1 ORDER BY term DESC LIMIT 1) AS here
    FROM s WHERE segid IS NOT NULL)`;

export function createLookup(db: Database): NumberLookup {
  const encoder = new TextEncoder();
  let pages: Statement | null = null;
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
    weight(word) {
      pages ??= db.prepare(pagesSql);
      return Math.max(0, numberOf(Reflect.get(pages.get(encoder.encode(`0${word}`)) ?? {}, "pages")));
    },
  };
}
