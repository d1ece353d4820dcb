// What the redraw tests write: pieces of every kind of width, by a generator that repeats itself for the same seed.

/** mulberry32: small, repeatable. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const textPieces: readonly string[] = [
  "你好",
  "世界，",
  "abc",
  " ",
  "😀",
  "🇨🇳",
  "👍🏽",
  "é",
  "─",
  "“引”",
  "❤️",
  "ｶﾞ",
  "한국",
  "、",
  "x",
  "👨‍👩‍👧",
  "①",
  "\u001b[31m",
];

/** The usual seeds, or those of FEIYAN_REDRAW_SEEDS. */
export function redrawSeeds(usual: readonly number[]): readonly number[] {
  const wanted = process.env["FEIYAN_REDRAW_SEEDS"] ?? "";
  return wanted === "" ? usual : wanted.split(",").map(Number);
}
