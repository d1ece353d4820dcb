// Lines inside an editor's value: where a line begins and ends, and which column a cluster stands in. Pure arithmetic over clusters.

import { type CellCluster, cellClusters } from "../text/display.js";

/** Index of the first cluster of the line that holds the caret. */
export function lineStart(clusters: readonly string[], caret: number): number {
  let index = caret;
  while (index > 0 && clusters[index - 1] !== "\n") index -= 1;
  return index;
}

/** Index of the line feed that ends the line, or of the end of the text. */
export function lineEnd(clusters: readonly string[], caret: number): number {
  let index = caret;
  while (index < clusters.length && clusters[index] !== "\n") index += 1;
  return index;
}

/** Columns between the start of the line and the caret. */
export function columnOf(clusters: readonly string[], caret: number): number {
  let column = 0;
  for (let index = lineStart(clusters, caret); index < caret; index += 1)
    column += shownWidth(clusters[index] ?? "");
  return column;
}

/** The cluster of a line that covers a column, or the line's end when the line is shorter. */
export function indexAtColumn(clusters: readonly string[], start: number, column: number): number {
  let index = start;
  let reached = 0;
  while (index < clusters.length && clusters[index] !== "\n") {
    reached += shownWidth(clusters[index] ?? "");
    if (reached > column) break;
    index += 1;
  }
  return index;
}

/** Lines as index ranges, without their line feeds; never empty. */
export function linesOf(
  clusters: readonly string[],
): readonly { readonly start: number; readonly end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = 0;
  for (let index = 0; index <= clusters.length; index += 1) {
    if (index < clusters.length && clusters[index] !== "\n") continue;
    lines.push({ start, end: index });
    start = index + 1;
  }
  return lines;
}

const placeholder: readonly CellCluster[] = [{ text: "?", columns: 1 }];

/**
 * What is painted for a cluster of the value. The value keeps joiners, skin tones and selectors, the screen shows display form: a
 * family is several cells wide. An invisible cluster gets a sign, or nobody could see what Backspace will take.
 */
export function shownCells(cluster: string): readonly CellCluster[] {
  const cells = cellClusters(cluster);
  return cells.length === 0 ? placeholder : cells;
}

/** Columns of a cluster as the editor shows it, at least 1. */
export function shownWidth(cluster: string): number {
  let width = 0;
  for (const cell of shownCells(cluster)) width += cell.columns;
  return width;
}
