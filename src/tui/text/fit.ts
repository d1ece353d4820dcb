// Cuts and fills text to columns: truncate with an ellipsis, pad to a width, take a window of columns. By clusters, never half a
// wide character. For views; expects display text.

import { isPlain, splitClusters } from "./clusters.js";
import { cellWidth, clusterWidth } from "./width.js";

/** The leading clusters that fit into the columns. */
export function takeColumns(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (isPlain(text)) return text.slice(0, columns);
  let used = 0;
  let taken = "";
  for (const cluster of splitClusters(text)) {
    const width = clusterWidth(cluster);
    if (used + width > columns) break;
    used += width;
    taken += cluster;
  }
  return taken;
}

/**
 * The text, or as much of it as fits with a mark at its end.
 *
 * `truncateText("你好世界", 6)` is `"你好…"`: 5 columns, because half a hanzi does not fit.
 */
export function truncateText(text: string, columns: number, ellipsis = "…"): string {
  if (columns <= 0) return "";
  if (cellWidth(text) <= columns) return text;
  const room = columns - cellWidth(ellipsis);
  return room < 0 ? takeColumns(text, columns) : takeColumns(text, room) + ellipsis;
}

export type Align = "left" | "right" | "center";

/** Fills with spaces up to the columns; longer text stays as it is. */
export function padText(text: string, columns: number, align: Align = "left"): string {
  const missing = columns - cellWidth(text);
  if (missing <= 0) return text;
  const before = align === "left" ? 0 : align === "right" ? missing : Math.floor(missing / 2);
  return " ".repeat(before) + text + " ".repeat(missing - before);
}

/** Exactly so many columns: cut with a mark or filled. */
export function fitText(text: string, columns: number, align: Align = "left", ellipsis = "…"): string {
  return padText(truncateText(text, columns, ellipsis), Math.max(0, columns), align);
}
