// Cuts a long text into pieces that fit a datagram each: behind a line break or a blank when one is near, never inside a grapheme.

// Made at the first use: loading its tables takes several milliseconds, and most texts need none.
let segmenter: Intl.Segmenter | undefined;

/**
 * @param sizeOf bytes of a piece on the wire
 * @returns pieces of at most `room` bytes; together the whole text
 */
export function splitText(text: string, room: number, sizeOf: (piece: string) => number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (sizeOf(rest) > room) {
    const end = cutOf(rest, room, sizeOf);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== "" || pieces.length === 0) pieces.push(rest);
  return pieces;
}

/** Where the first piece of a text ends that does not fit as a whole; never 0. */
function cutOf(text: string, room: number, sizeOf: (piece: string) => number): number {
  const most = longestFitting(text, room, sizeOf);
  const joint = Math.max(text.lastIndexOf("\n", most - 1), text.lastIndexOf(" ", most - 1)) + 1;
  // A break in the last quarter reads better than a word cut in two.
  if (joint > (most * 3) / 4) return joint;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const boundary = segmenter.segment(text).containing(most)?.index ?? most;
  if (boundary > 0) return boundary;
  // A grapheme that fits nowhere (a letter under thousands of accents) is cut between its code points.
  const isInside = isLowSurrogate(text, most) && most > 0;
  return Math.max(isInside ? most - 1 : most, isLowSurrogate(text, 1) ? 2 : 1);
}

/** How many units from the start fit; the size grows with their number. */
function longestFitting(text: string, room: number, sizeOf: (piece: string) => number): number {
  let fits = 0;
  // No charset needs less than a byte for a code point, which is two units at most.
  let over = Math.min(text.length, 2 * room + 1);
  while (over - fits > 1) {
    const middle = (fits + over) >>> 1;
    if (sizeOf(text.slice(0, middle)) <= room) fits = middle;
    else over = middle;
  }
  return fits;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
