// How many columns text takes in a terminal. Plain ASCII is answered at once, other text by cluster with a cache.
// One setting serves the whole process, because there is one terminal: whether ambiguous characters (“ ” … ·) take two columns.
// Measures display form (display.ts): there a heart has no variation selector and a family is several people.

import { eastAsianWidth, eastAsianWidthType } from "get-east-asian-width";
import { hasAsciiForm } from "./ascii-form.js";
import { isPlain, splitClusters } from "./clusters.js";

export type AmbiguousWidth = 1 | 2;

let ambiguous: AmbiguousWidth = 1;
let epoch = 0;
const cache = new Map<string, number>();
/** Bound of the cache: more than all hanzi of a busy screen, small in memory. */
const cacheLimit = 8192;

/** Tells the measure what this terminal does; clears what was measured before. */
export function setAmbiguousWidth(columns: AmbiguousWidth): void {
  if (columns === ambiguous) return;
  ambiguous = columns;
  epoch += 1;
  cache.clear();
}

export function ambiguousWidth(): AmbiguousWidth {
  return ambiguous;
}

/** Changes whenever widths measured before may be wrong; part of the key of every cache of wrapped rows. */
export function widthEpoch(): number {
  return epoch;
}

/** Made at the first character that needs them: their tables take V8 a millisecond. */
const createPatterns = () => ({
  invisible:
    /[\p{Default_Ignorable_Code_Point}\p{Control}\p{Nonspacing_Mark}\p{Enclosing_Mark}\u2028\u2029\uFFF9-\uFFFB]/u,
  spacingMark: /\p{Spacing_Mark}|[\uFF9E\uFF9F]/u,
  emojiPresentation: /\p{Emoji_Presentation}/u,
  regionalIndicator: /\p{Regional_Indicator}/u,
  jamo: /^[\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7FB]/u,
});
let patterns: ReturnType<typeof createPatterns> | undefined;

function measure(cluster: string): number {
  patterns ??= createPatterns();
  const { invisible, spacingMark, emojiPresentation, regionalIndicator, jamo } = patterns;
  let width = 0;
  let indicators = 0;
  let isFirst = true;
  for (const character of cluster) {
    if (invisible.test(character)) continue;
    const point = character.codePointAt(0) ?? 0;
    if (isFirst) {
      isFirst = false;
      if (regionalIndicator.test(character)) {
        indicators = 1;
        width = 1;
      } else if (emojiPresentation.test(character)) width = 2;
      else width = pointWidth(point, character);
    } else if (indicators === 1 && regionalIndicator.test(character)) return 2;
    else if (jamo.test(character)) width = 2;
    else if (spacingMark.test(character)) width += 1;
  }
  return Math.min(width, 2);
}

function pointWidth(point: number, character: string): number {
  if (ambiguous === 2 && eastAsianWidthType(point) === "ambiguous") return hasAsciiForm(character) ? 1 : 2;
  return eastAsianWidth(point);
}

/**
 * Columns of one grapheme cluster: 0 (a mark without base, an invisible character), 1 or 2.
 *
 * `clusterWidth("你")` is 2, `clusterWidth("🇨🇳")` is 2, `clusterWidth("é")` is 1.
 */
export function clusterWidth(cluster: string): number {
  if (cluster.length === 1) {
    const code = cluster.charCodeAt(0);
    if (code < 0x7f) return code < 0x20 ? 0 : 1;
    if (code >= 0x4e00 && code <= 0x9fff) return 2;
    // What every screen has, rules and Chinese punctuation: the patterns of the measure take V8 milliseconds to compile.
    if ((code > 0x3000 && code < 0x302a) || (code > 0xff00 && code < 0xff61)) return 2;
    if (code >= 0x2500 && code < 0x2580 && ambiguous === 1) return 1;
  }
  const known = cache.get(cluster);
  if (known !== undefined) return known;
  const width = measure(cluster);
  if (cache.size >= cacheLimit) cache.clear();
  if (cluster.length <= 32) cache.set(cluster, width);
  return width;
}

/**
 * Columns of a text without line breaks. Control characters count nothing.
 *
 * `cellWidth("你好 ok")` is 7.
 */
export function cellWidth(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const cluster of splitClusters(text)) width += clusterWidth(cluster);
  return width;
}
