// Breaks text into rows of a given width, the Chinese way: between any two wide characters, at spaces in Latin text, with no closing
// mark at the start of a row and no opening mark at its end (kinsoku; the rules are those of GB/T 15834 for the marks used in
// chat). A word longer than a row, such as a URL, breaks anywhere. Works on ranges of the text so that styles can follow.

import { splitClusters } from "./clusters.js";
import { clusterWidth } from "./width.js";

/** A row is `text.slice(start, end)`; between two rows only swallowed spaces or a line feed are missing. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface WrapOptions {
  /** Width of every row but the first, at least 2 (a wide character must fit). */
  readonly columns: number;
  /** Width of the first row, when something stands before it; default: the same. */
  readonly firstColumns?: number;
}

const notAtStart = new Set(
  "，。、；：？！）】》」』〉〕〗］｝…—～·”’％‰℃°ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〻,.;:?!)]}>%",
);
const notAtEnd = new Set("（【《「『〈〔〖［｛“‘￥＄£¥([{<$#@");

type Kind = "space" | "feed" | "word" | "free";

function kindOf(cluster: string, width: number): Kind {
  if (cluster === " " || cluster === "\t" || cluster === "\u3000") return "space";
  if (cluster === "\n") return "feed";
  // Quotes and dashes of Chinese text are one column wide on most terminals and still break like hanzi.
  if (width === 2 || "“”…—·".includes(cluster)) return "free";
  // Letters by far the most often; the pattern takes V8 milliseconds to compile.
  if (cluster.length === 1 && cluster > " " && cluster <= "~") return "word";
  return /[\p{L}\p{N}\p{M}\p{P}\p{S}]/u.test(cluster) ? "word" : "free";
}

interface Unit {
  readonly cluster: string;
  readonly offset: number;
  readonly width: number;
  readonly kind: Kind;
}

function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  let offset = 0;
  for (const cluster of splitClusters(text)) {
    const width = clusterWidth(cluster);
    units.push({ cluster, offset, width, kind: kindOf(cluster, width) });
    offset += cluster.length;
  }
  return units;
}

/** Whether a row may end after `left` when `right` follows. */
function canBreak(left: Unit, right: Unit): boolean {
  if (right.kind === "space") return false;
  if (left.kind === "space") return true;
  if (left.kind === "word" && right.kind === "word") return false;
  return !notAtStart.has(right.cluster) && !notAtEnd.has(left.cluster);
}

/** Whether the unbroken word that begins at an index is wider than a row. */
function isLongWord(units: readonly Unit[], from: number, columns: number): boolean {
  let width = 0;
  for (let index = from; width <= columns; index += 1) {
    const unit = units[index];
    if (unit === undefined || unit.kind !== "word") return false;
    width += unit.width;
  }
  return true;
}

/** Rows of a text as ranges. Never empty: an empty text is one empty row. */
export function wrapRanges(text: string, options: WrapOptions): readonly TextRange[] {
  const columns = Math.max(2, options.columns);
  const units = unitsOf(text);
  const rows: TextRange[] = [];
  const offsetAt = (index: number): number => units[index]?.offset ?? text.length;
  let limit = Math.max(2, options.firstColumns ?? columns);
  let start = 0;
  let used = 0;
  let breakAt = -1;
  let index = 0;

  const finish = (end: number, next: number): void => {
    rows.push({ start: offsetAt(start), end: offsetAt(end) });
    limit = columns;
    start = next;
    index = next;
    used = 0;
    breakAt = -1;
  };

  while (index < units.length) {
    const unit = units[index];
    if (unit === undefined) break;
    if (unit.kind === "feed") {
      finish(index, index + 1);
      // A text that ends with a line feed has one more, empty row.
      if (index >= units.length) rows.push({ start: text.length, end: text.length });
      continue;
    }
    const before = units[index - 1];
    if (index > start && before !== undefined && canBreak(before, unit)) {
      // A word longer than a whole row gains nothing from a new row: it fills this one and breaks at its edge.
      breakAt = unit.kind === "word" && isLongWord(units, index, columns) ? -1 : index;
    }
    if (used + unit.width > limit) {
      if (unit.kind === "space") {
        // Spaces at the edge vanish with the break.
        const end = index;
        let next = index;
        while (units[next]?.kind === "space") next += 1;
        if (next >= units.length) {
          finish(end, next);
          break;
        }
        if (units[next]?.kind === "feed") {
          finish(end, next + 1);
          if (index >= units.length) rows.push({ start: text.length, end: text.length });
        } else finish(end, next);
        continue;
      }
      const at = breakAt > start ? breakAt : index;
      let end = at;
      while (end > start && units[end - 1]?.kind === "space") end -= 1;
      // A row of nothing but spaces keeps them: indentation of pasted code.
      finish(end === start ? at : end, at);
      continue;
    }
    used += unit.width;
    index += 1;
  }
  if (start < units.length || rows.length === 0) rows.push({ start: offsetAt(start), end: text.length });
  return rows;
}

/**
 * Rows of a text as strings.
 *
 * `wrapText("你好，世界", { columns: 4 })` is `["你", "好，", "世界"]`: a comma never begins a row.
 */
export function wrapText(text: string, options: WrapOptions): readonly string[] {
  return wrapRanges(text, options).map(({ start, end }) => text.slice(start, end));
}

/**
 * Wraps a run of styled pieces as one text; pieces are cut where rows break and keep everything else they carry.
 *
 * `wrapPieces([{ text: "看 ", role: "a" }, { text: "http://x/yz", role: "b" }], { columns: 8 })`
 */
export function wrapPieces<P extends { readonly text: string }>(
  pieces: readonly P[],
  options: WrapOptions,
): readonly (readonly P[])[] {
  const whole = pieces.map((piece) => piece.text).join("");
  return wrapRanges(whole, options).map(({ start, end }) => {
    const row: P[] = [];
    let offset = 0;
    for (const piece of pieces) {
      const from = Math.max(start, offset);
      const to = Math.min(end, offset + piece.text.length);
      if (from < to) row.push({ ...piece, text: piece.text.slice(from - offset, to - offset) });
      offset += piece.text.length;
      if (offset >= end) break;
    }
    return row;
  });
}
