// Columns of text on a terminal, for help and tables: Chinese characters take two. Pads, and wraps where Chinese may be broken.
import { eastAsianWidth } from "get-east-asian-width";

/** Columns of a text of ordinary characters (help, names that were made harmless). */
export const measureWidth = (text: string): number => {
  let width = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    width += point < 0x7f ? 1 : isCombining(character) ? 0 : eastAsianWidth(point);
  }
  return width;
};

const isCombining = (character: string): boolean => /^\p{M}$/u.test(character);

/** The text with spaces up to `width` columns. */
export const padWidth = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - measureWidth(text)));

/** Cuts a text to `width` columns, with an ellipsis where something is missing. */
export const cutWidth = (text: string, width: number): string => {
  if (measureWidth(text) <= width) return text;
  let cut = "";
  for (const character of text) {
    if (measureWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
};

// A row must not begin with one of these, nor break after an opening one.
const closing = /^[，。、；：？！）】》”’,.;:?!)\]}]/u;
const opening = /[（【《“‘([{]$/u;

/** Rows of at most `width` columns: broken at spaces, and between Chinese characters. */
export const wrapWidth = (text: string, width: number): readonly string[] => {
  const rows: string[] = [];
  for (const line of text.split("\n")) {
    let row = "";
    for (const piece of breakPieces(line)) {
      if (row !== "" && measureWidth((row + piece).trimEnd()) > width) {
        rows.push(row.trimEnd());
        row = piece.trimStart();
      } else {
        row += piece;
      }
    }
    rows.push(row.trimEnd());
  }
  return rows;
};

/** Pieces that stay together: words with the space before them, single wide characters with their punctuation. */
const breakPieces = (line: string): readonly string[] => {
  const pieces: string[] = [];
  for (const part of line.match(/\s*(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef]|$)/gu) ?? []) {
    const last = pieces.at(-1);
    if (last !== undefined && (closing.test(part) || opening.test(last)))
      pieces[pieces.length - 1] = last + part;
    else if (part !== "") pieces.push(part);
  }
  return pieces;
};

/** Columns of a table, left aligned, two spaces apart; the last column is not padded. */
export const formatTable = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, measureWidth(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padWidth(cell, widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
};
