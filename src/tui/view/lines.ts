// Lines and spans in the making: measure, cut, fill, right-align, and the frames of popups. Pure; every view uses it.
import type { Snapshot } from "../edit/editor.js";
import { cellWidth } from "../text/width.js";
import { padText, takeColumns, truncateText } from "../text/fit.js";
import type { Line, Pane, Rect, Role, Span } from "./scene.js";

export function span(text: string, role: Role, marks: Omit<Span, "text" | "role"> = {}): Span {
  return { text, role, ...marks };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, piece) => sum + cellWidth(piece.text), 0);
}

/** The line cut at a column; what is cut ends in `…`. */
export function cutLine(line: Line, columns: number): Line {
  if (lineWidth(line) <= columns) return line;
  const cut: Span[] = [];
  let left = columns;
  for (const piece of line) {
    const width = cellWidth(piece.text);
    if (width < left) {
      cut.push(piece);
      left -= width;
      continue;
    }
    const text = truncateText(`${piece.text} `, left);
    cut.push({ ...piece, text: cellWidth(text) > left ? takeColumns(text, left) : text });
    break;
  }
  return cut;
}

/** Two pieces of a row, the second at its right end; the first gives way. */
export function spread(left: Line, right: Line, columns: number, role: Role): Line {
  const rightPart = cutLine(right, columns);
  const room = columns - lineWidth(rightPart);
  const leftPart = cutLine(left, Math.max(0, room - (rightPart.length > 0 ? 1 : 0)));
  const gap = room - lineWidth(leftPart);
  return gap > 0 ? [...leftPart, span(" ".repeat(gap), role), ...rightPart] : [...leftPart, ...rightPart];
}

/** Fills a line with blanks of a role up to a width. */
export function fillLine(line: Line, columns: number, role: Role): Line {
  const missing = columns - lineWidth(line);
  return missing > 0 ? [...line, span(" ".repeat(missing), role)] : line;
}

/** A rule across, with words in its middle. */
export function ruleWith(words: string, columns: number): string {
  if (words === "") return "─".repeat(Math.max(0, columns));
  const inner = ` ${truncateText(words, Math.max(1, columns - 6))} `;
  const left = Math.max(1, Math.floor((columns - cellWidth(inner)) / 2));
  const right = Math.max(1, columns - left - cellWidth(inner));
  return "─".repeat(left) + inner + "─".repeat(right);
}

/** Words of two columns at fixed places, such as key and meaning. */
export function columnsOf(first: string, second: string, at: number): string {
  return `${padText(first, at - 1)} ${second}`;
}

/** A rectangle in the middle of a screen, at most as large as the screen. */
export function centered(outer: Rect, columns: number, rows: number): Rect {
  const width = Math.min(outer.columns, columns);
  const height = Math.min(outer.rows, rows);
  return {
    column: outer.column + Math.floor((outer.columns - width) / 2),
    row: outer.row + Math.floor((outer.rows - height) / 2),
    columns: width,
    rows: height,
  };
}

/** What stands inside a frame. */
export function insideOf(rect: Rect): Rect {
  return {
    column: rect.column + 1,
    row: rect.row + 1,
    columns: Math.max(0, rect.columns - 2),
    rows: Math.max(0, rect.rows - 2),
  };
}

/** The line to type in at the top of a list; without anything typed, what may be. */
export function queryLine(query: Snapshot, columns: number, placeholder: string): Line {
  const text = query.clusters.join("");
  const rest = text === "" ? [span(placeholder, "input.marker")] : [span(text, "form.field.focused")];
  return fillLine(
    cutLine([span(" > ", "form.field.focused"), ...rest], columns),
    columns,
    "form.field.focused",
  );
}

/** Column of the caret in that line. */
export function queryCaret(query: Snapshot): number {
  return 3 + cellWidth(query.clusters.slice(0, query.caret).join(""));
}

/** A popup: title in the upper rule, hint in the lower one, content between. */
export function framed(
  id: string,
  rect: Rect,
  words: { readonly title: string; readonly hint?: string },
  content: readonly Line[],
): Pane {
  const inner = Math.max(0, rect.columns - 2);
  const rule = (text: string, role: Role, left: string, right: string): Line => {
    if (text === "" || inner < 4) return [span(left + "─".repeat(inner) + right, "popup.border")];
    const shown = ` ${truncateText(text, inner - 4)} `;
    const rest = Math.max(0, inner - 1 - cellWidth(shown));
    return [
      span(`${left}─`, "popup.border"),
      span(shown, role),
      span("─".repeat(rest) + right, "popup.border"),
    ];
  };
  const lines: Line[] = [rule(words.title, "popup.title", "┌", "┐")];
  for (let row = 0; row < rect.rows - 2; row += 1) {
    const body = fillLine(cutLine(content[row] ?? [], inner), inner, "popup");
    lines.push([span("│", "popup.border"), ...body, span("│", "popup.border")]);
  }
  lines.push(rule(words.hint ?? "", "popup.hint", "└", "┘"));
  return { id, rect, lines, fill: "popup" };
}
