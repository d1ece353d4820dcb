// Cuts a long text into pieces that fit a datagram each: behind a line break or a blank when one is near, never inside a grapheme.

// Made at the first use: loading its tables takes several milliseconds, and most texts need none.
let segmenter: Intl.Segmenter | undefined;

/**
 * @param sizeOf bytes of a piece on the wire
 * @returns pieces of at most `room` bytes; together the whole text
 */
export function splitText(text: string, room: number, sizeOf: (piece: string) => number): readonly string[] {
  if (sizeOf(text) <= room) return [text];
  const pieces: string[] = [];
  let current = "";
  let currentSize = 0;
  for (const part of partsOf(text, room, sizeOf)) {
    const size = sizeOf(part);
    while (currentSize + size > room && current !== "") {
      const joint = Math.max(current.lastIndexOf("\n"), current.lastIndexOf(" ")) + 1;
      // A break in the last quarter reads better than a word cut in two.
      const end = joint > (current.length * 3) / 4 ? joint : current.length;
      pieces.push(current.slice(0, end));
      current = current.slice(end);
      currentSize = sizeOf(current);
    }
    current += part;
    currentSize += size;
  }
  pieces.push(current);
  return pieces;
}

/** Graphemes; of one that fits nowhere (a letter under thousands of accents) its code points. */
function* partsOf(text: string, room: number, sizeOf: (piece: string) => number): Iterable<string> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) {
    if (sizeOf(segment) <= room) yield segment;
    else yield* segment;
  }
}
