// The nearest name to a mistyped one, for "did you mean". Optimal string alignment: insert, delete, replace, swap neighbours.

/** How many slips lie between two words. */
export const countSlips = (left: string, right: string): number => {
  let before: readonly number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const change = (above[column - 1] ?? 0) + (same ? 0 : 1);
      const insert = Math.min(above[column] ?? 0, current[column - 1] ?? 0) + 1;
      const swap = swapped && row > 1 && column > 1 ? (before[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(change, insert, swap));
    }
    before = above;
    above = current;
  }
  return above[right.length] ?? 0;
};

/**
 * The candidate with the fewest slips, or undefined when none is near (more than a third of the word wrong, at least two slips).
 *
 * @example findNearest("prot", ["port", "peer"]) === "port"
 */
export const findNearest = (word: string, candidates: readonly string[]): string | undefined => {
  if (word.length > 60) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const slips = countSlips(lower, candidate.toLowerCase());
    if (slips < fewest) {
      best = candidate;
      fewest = slips;
    }
  }
  return best;
};
