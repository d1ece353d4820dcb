// Display form: the one spelling of a text that terminals agree about. Drops what terminals measure differently (variation
// selectors, joiners, skin tones) and, as the last wall behind core's sanitiser, everything that is not a glyph: control and escape
// characters, direction marks, zero-width characters. Only for the screen; what is copied, sent and saved stays as it was.

import { asciiForm } from "./ascii-form.js";
import { isSimple, splitClusters } from "./clusters.js";
import { ambiguousWidth, clusterWidth, widthEpoch } from "./width.js";

/** Longest cluster in code points: room for every written language, no room for towers of marks. */
export const clusterPointLimit = 8;

/**
 * Brings a text without line breaks into display form; line feeds are dropped like every other control character.
 *
 * `displayText("👍🏽\u200b\u001b[31mx")` is `"👍[31mx"`.
 */
export function displayText(text: string): string {
  if (isSimple(text)) return text;
  const kept = text
    .replace(/[\t\u2028\u2029]/g, " ")
    .replace(/\p{Control}/gu, "")
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    // Default ignorables hold variation selectors, joiners, bidi controls, BOM, soft hyphen, Hangul fillers and tags.
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{1F3FB}-\u{1F3FF}\uFFF9-\uFFFB]/gu, "");
  if (kept.length <= clusterPointLimit) return kept;
  let result = "";
  for (const cluster of splitClusters(kept)) result += capCluster(cluster);
  return result;
}

function capCluster(cluster: string): string {
  return cluster.length <= clusterPointLimit
    ? cluster
    : Array.from(cluster).slice(0, clusterPointLimit).join("");
}

export interface CellCluster {
  readonly text: string;
  readonly columns: 1 | 2;
}

// A frame asks for nearly the same spans as the one before.
const cache = new Map<string, readonly CellCluster[]>();
const cacheLimit = 4096;
const cachedLength = 512;
let cacheEpoch = -1;

/**
 * What goes into the cells for a text: display form cut into clusters of one or two columns. Marks without a base vanish; on
 * terminals with wide ambiguous characters rules and arrows come as ASCII.
 */
export function cellClusters(text: string): readonly CellCluster[] {
  if (cacheEpoch !== widthEpoch()) {
    cache.clear();
    cacheEpoch = widthEpoch();
  }
  const known = cache.get(text);
  if (known !== undefined) return known;
  const clusters = cutCells(text);
  if (text.length <= cachedLength) {
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(text, clusters);
  }
  return clusters;
}

function cutCells(text: string): readonly CellCluster[] {
  const wide = ambiguousWidth() === 2;
  const cells: CellCluster[] = [];
  for (const cluster of splitClusters(displayText(text))) {
    const columns = clusterWidth(cluster);
    if (columns === 0) continue;
    const shown = wide && columns === 1 ? (asciiForm(cluster) ?? cluster) : cluster;
    cells.push({ text: shown, columns: columns === 2 ? 2 : 1 });
  }
  return cells;
}
