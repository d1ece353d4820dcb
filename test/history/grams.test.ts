// What is asked of the index for a query: never too strict, and of a long text the rarest runs only.
import { expect, it } from "vitest";
import { parseSearch } from "../../src/core/search-query.js";
import { gramsOf, indexQuery } from "../../src/history/sqlite/grams.js";
import type { NumberLookup, Precision } from "../../src/history/sqlite/grams.js";

const lookup = (weights: Readonly<Record<string, number>>): NumberLookup => ({
  faces: () => [7],
  traits: () => [],
  weight: (word) => weights[word] ?? 0,
});

const asked = (
  text: string,
  weights: Readonly<Record<string, number>> = {},
  precision: Precision = "some",
): string | null =>
  indexQuery(
    parseSearch(text, () => null),
    lookup(weights),
    precision,
  );

it("asks for the beginnings of words for one and two characters", () => {
  expect(asked("会")).toBe('"会" *');
  expect(asked("会议")).toBe('"会议" *');
});

it("asks for every run of a short text", () => {
  expect(asked("下午开会")).toBe('"下午开" AND "午开会"');
});

it("asks for the rarest runs of a long text, and for more when those were too few", () => {
  const weights = { abc: 9, bcd: 1, cde: 8, def: 2, efg: 7, fgh: 3, ghi: 6 };
  expect(asked("abcdefghi", weights)).toBe('"bcd" AND "def" AND "fgh"');
  expect(asked("abcdefghi", weights, "more")?.split(" AND ")).toHaveLength(6);
});

it("asks for runs that do not overlap where all are equally rare", () => {
  expect(asked("abcdefghi")).toBe('"abc" AND "def" AND "ghi"');
});

it("asks only for runs that a message with the text has", () => {
  const text = "下午三点 in 机房开会，请大家带上笔记本电脑 and a pen; see http://example/路径?x=1";
  const words = new Set(
    gramsOf(text, { conversations: [1], face: 7, traits: 1, hasFile: false, isToSeveral: false })
      .split(" ")
      .map((word) => `"${word}"`),
  );
  const characters = Array.from(text);
  const strangers: string[] = [];
  for (let length = 3; length <= characters.length; length += 5) {
    for (let at = 0; at + length <= characters.length; at += 3) {
      const query = asked(`"${characters.slice(at, at + length).join("")}"`, {}, "more") ?? "";
      strangers.push(...query.split(" AND ").filter((word) => !words.has(word)));
    }
  }
  expect(strangers).toEqual([]);
});
