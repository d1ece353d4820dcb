// Any substring of any script through an index: of each text every run of three characters is noted (and the last two and one), so three
// characters are a word of the index, one or two the beginning of words. Longer texts must hold all their runs. The index says who may
// fit; whether it does is looked at in the text itself. Pure string work; the SQL is in search.ts.
import { foldText } from "../../core/fold-text.js";
import type { SearchQuery } from "../../core/search-query.js";

/** The rarest runs of a text are asked for, as each costs a walk over a list; where that lets too many through, some more. */
export type Precision = "some" | "more";

const askedRuns = { some: 3, more: 6 } as const;
/** Of a long text the rarest are chosen among so many from everywhere. */
const weighedRuns = 12;
/** Beyond this many people a name says too little to be worth asking for. */
const askedNumbers = 200;

/** What stands before the words of an index that are no text: conversation 12 is this and `c12`. */
const mark = "\u0081";

/**
 * Characters as the index's tokenizer takes them: it cuts at ASCII signs, so these stand for themselves 128 further up. That a few
 * foreign signs mean the same there costs a look at a text, no more.
 */
function unitsOf(text: string): readonly string[] {
  return Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code >= 0x80 || isWordAscii(code) ? character : String.fromCharCode(code | 0x80);
  });
}

function isWordAscii(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** The numbers a message is known by in the index besides its text. */
export interface GramNumbers {
  readonly conversations: readonly number[];
  readonly face: number;
  readonly traits: number;
  readonly hasFile: boolean;
  readonly isToSeveral: boolean;
}

/** The words the index gets for a message. */
export function gramsOf(text: string, numbers: GramNumbers): string {
  const units = unitsOf(foldText(text));
  let out = `${mark}f${numbers.face} ${mark}t${numbers.traits}`;
  for (const number of numbers.conversations) out += ` ${mark}c${number}`;
  if (numbers.hasFile) out += ` ${mark}h`;
  if (numbers.isToSeveral) out += ` ${mark}m`;
  for (let at = 0; at < units.length; at++) {
    out += ` ${units[at]}${units[at + 1] ?? ""}${units[at + 2] ?? ""}`;
  }
  return out;
}

/** Numbers of rows that a name in a query may mean; null: too many, or unknown. */
export interface NumberLookup {
  faces(fits: "name" | "group", folded: string): readonly number[];
  traits(charset: string): readonly number[];
  /** How long the list of a word is, in any unit. */
  weight(word: string): number;
}

/**
 * What the index must hold for a message to fit; null when it cannot say. Never too strict: every message that fits the query fits
 * this. An empty text means that none can.
 */
export function indexQuery(query: SearchQuery, lookup: NumberLookup, precision: Precision): string | null {
  switch (query.kind) {
    case "text":
      return textQuery(query.text, lookup, precision);
    case "from":
    case "to": {
      const folded = foldText(query.text);
      const numbers = lookup.faces("name", folded);
      // "from:me" is everything that went out, and the names of several receivers are not all in one face.
      if (/^(?:me|我|self|all|everyone|所有人|大家)$/u.test(folded)) return null;
      return anyOf(numbers, "f", query.kind === "to" ? [word(`${mark}m`)] : []);
    }
    case "group":
      return anyOf(lookup.faces("group", foldText(query.text)), "f", []);
    case "charset":
      return anyOf(lookup.traits(query.text), "t", []);
    case "has-file":
      return word(`${mark}h`);
    case "before":
    case "after":
    case "not":
      return null;
    case "and": {
      const parts = query.parts
        .map((part) => indexQuery(part, lookup, precision))
        .filter((part) => part !== null);
      if (parts.includes("")) return "";
      return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(" AND ");
    }
    case "or": {
      const parts = query.parts.map((part) => indexQuery(part, lookup, precision));
      if (parts.includes(null)) return null;
      const possible = parts.filter((part) => part !== "");
      return possible.map((part) => `(${part})`).join(" OR ");
    }
    default: {
      const never: never = query;
      return never;
    }
  }
}

/** The messages of these conversations. */
export function conversationQuery(numbers: readonly number[]): string | null {
  return anyOf(numbers, "c", []);
}

function textQuery(text: string, lookup: NumberLookup, precision: Precision): string | null {
  const units = unitsOf(foldText(text));
  if (units.length === 0) return null;
  if (units.length < 3) return `"${units.join("")}" *`;
  const runs = [...new Set(placesOfRuns(units.length - 3).map((at) => units.slice(at, at + 3).join("")))];
  const most = askedRuns[precision];
  const asked =
    runs.length <= most
      ? runs
      : runs
          .map((run) => ({ run, weight: lookup.weight(run) }))
          // Of equals the ones that overlap least: they stand first.
          .toSorted((a, b) => a.weight - b.weight)
          .slice(0, most)
          .map(({ run }) => run);
  return asked.map(word).join(" AND ");
}

/** Where runs begin: those that do not overlap and the last one, then the others. */
function placesOfRuns(last: number): readonly number[] {
  const step = Math.max(1, Math.ceil((last + 1) / weighedRuns));
  const all = Array.from({ length: Math.ceil((last + 1) / step) }, (_, index) => index * step);
  const apart = all.filter((at) => at % 3 === 0 || step > 1);
  return [...new Set([...apart, last, ...all])];
}

function anyOf(numbers: readonly number[], letter: string, others: readonly string[]): string | null {
  if (numbers.length > askedNumbers) return null;
  return [...numbers.map((number) => word(`${mark}${letter}${number}`)), ...others].join(" OR ");
}

function word(text: string): string {
  return `"${text}"`;
}
