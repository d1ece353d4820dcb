// Cuts text into grapheme clusters, what a reader takes for one character. Most chat text needs no segmenter: a character of the
// plain ranges (ASCII, hanzi, kana, Hangul syllables, CJK punctuation) followed by another of them is a cluster by itself.
// Knows nothing of widths.

// Made at the first use: loading its tables takes several milliseconds, and most texts need none.
let segmenter: Intl.Segmenter | undefined;
const asciiOnly = /^[\u0020-\u007E]*$/;
// Characters that never join with a following one of the same set, and are one UTF-16 unit each. Kana marks U+3099/309A and the
// ideographic tone marks U+302A-302F do join and are left out.
const simple =
  /^[\u0020-\u007E\u00A1-\u00A8\u00B0-\u02FF\u2010-\u2027\u2030-\u203B\u2190-\u2193\u2500-\u259F\u3000-\u3029\u3041-\u3096\u309B-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF9D\uFFE0-\uFFE6]*$/;

/** Printable ASCII only: one column and one cluster per character. */
export function isPlain(text: string): boolean {
  return asciiOnly.test(text);
}

/** Characters of the plain ranges only: each is a cluster, visible and harmless. */
export function isSimple(text: string): boolean {
  return simple.test(text);
}

// Repainting asks for the same short texts again and again; long ones are not worth their memory.
const cache = new Map<string, readonly string[]>();
const cacheLimit = 2048;
const cachedLength = 256;

/**
 * Grapheme clusters of a text, in order; joined they are the text.
 *
 * `splitClusters("e\u0301😀")` has two parts.
 */
export function splitClusters(text: string): readonly string[] {
  if (text.length <= 1) return text === "" ? [] : [text];
  const known = cache.get(text);
  if (known !== undefined) return known;
  const clusters = simple.test(text) ? text.split("") : segmentsOf(text);
  if (text.length <= cachedLength) {
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(text, clusters);
  }
  return clusters;
}

function segmentsOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter("zh", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
