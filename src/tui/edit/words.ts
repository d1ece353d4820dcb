// Word steps of the line editor: by the segmenter's words, which cuts Chinese text into words as well as Latin text at spaces.

import { lineEnd, lineStart } from "./lines.js";

// Made at the first use: loading its tables takes several milliseconds, and most texts need none.
let segmenter: Intl.Segmenter | undefined;
/** Segmenting is linear but slow; only this many clusters around the caret are looked at. */
const reach = 400;

interface Word {
  readonly start: number;
  readonly end: number;
}

/** Words of a range as cluster indices; spaces and marks between them are left out. */
function wordsOf(clusters: readonly string[], from: number, to: number): readonly Word[] {
  const words: Word[] = [];
  let index = from;
  let offset = 0;
  const text = clusters.slice(from, to).join("");
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  for (const { segment, index: at, isWordLike } of segmenter.segment(text)) {
    while (index < to && offset < at) {
      offset += clusters[index]?.length ?? 0;
      index += 1;
    }
    const start = index;
    while (index < to && offset < at + segment.length) {
      offset += clusters[index]?.length ?? 0;
      index += 1;
    }
    const isThing = isWordLike === true || /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment);
    if (isThing && index > start) words.push({ start, end: index });
  }
  return words;
}

/** Start of the word before the caret; over the start of a line to the line before. */
export function wordLeft(clusters: readonly string[], caret: number): number {
  const start = lineStart(clusters, caret);
  if (caret === start) return Math.max(0, caret - 1);
  const from = Math.max(start, caret - reach);
  const word = wordsOf(clusters, from, caret).at(-1);
  return word?.start ?? from;
}

/** End of the word after the caret; over the end of a line to the next. */
export function wordRight(clusters: readonly string[], caret: number): number {
  const end = lineEnd(clusters, caret);
  if (caret === end) return Math.min(clusters.length, caret + 1);
  const to = Math.min(end, caret + reach);
  const word = wordsOf(clusters, caret, to)[0];
  return word?.end ?? to;
}
