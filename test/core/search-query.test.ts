// The language of searching: what a query means, and that no text is too odd to be one.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { foldText } from "../../src/core/fold-text.js";
import { matchesSearch } from "../../src/core/search-match.js";
import type { SearchSubject } from "../../src/core/search-match.js";
import { matchAll, parseSearch, searchWords } from "../../src/core/search-query.js";
import type { SearchQuery } from "../../src/core/search-query.js";

const parse = (text: string): SearchQuery => parseSearch(text, (date) => (date === "today" ? 500 : null));
const word = (text: string) => ({ kind: "text", text }) as const;

describe("a query", () => {
  it.each<[string, SearchQuery]>([
    ["", matchAll],
    ["会议", word("会议")],
    ["a b", { kind: "and", parts: [word("a"), word("b")] }],
    ["a AND b", { kind: "and", parts: [word("a"), word("b")] }],
    ["a OR b c", { kind: "or", parts: [word("a"), { kind: "and", parts: [word("b"), word("c")] }] }],
    ["a | b", { kind: "or", parts: [word("a"), word("b")] }],
    ["NOT a", { kind: "not", part: word("a") }],
    ["a -b", { kind: "and", parts: [word("a"), { kind: "not", part: word("b") }] }],
    ["a-b", word("a-b")],
    ["(a OR b) c", { kind: "and", parts: [{ kind: "or", parts: [word("a"), word("b")] }, word("c")] }],
    ['"a OR b"', word("a OR b")],
    ["“三点 开会”", word("三点 开会")],
    ['"unfinished', word("unfinished")],
    ["(a", word("a")],
    ["a)", word("a")],
    ["a OR", word("a")],
    ["NOT", matchAll],
    ["or not", { kind: "and", parts: [word("or"), word("not")] }],
    ["from:小明", { kind: "from", text: "小明" }],
    ["FROM：小明", { kind: "from", text: "小明" }],
    [
      'from:"小 明" to:me',
      {
        kind: "and",
        parts: [
          { kind: "from", text: "小 明" },
          { kind: "to", text: "me" },
        ],
      },
    ],
    ["has:file", { kind: "has-file" }],
    ["before:today", { kind: "before", at: 500 }],
    ["before:never a", word("a")],
    ["http://x", word("http://x")],
    ["from:", matchAll],
  ])("%s", (text, query) => {
    expect(parse(text)).toEqual(query);
  });

  it("of any characters is one", () => {
    const pieces = fc.constantFrom(
      "(",
      ")",
      '"',
      "“",
      "”",
      "OR",
      "NOT",
      "-",
      ":",
      "from:",
      "before:",
      " ",
      "a",
      "中",
      "has:",
      "|",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(matchesSearch(parse(parts.join("")), subject())).toBeTypeOf("boolean");
      }),
      { numRuns: 200 },
    );
    expect(parse("(".repeat(5_000))).toEqual(matchAll);
    expect(searchWords(parse("a ".repeat(5_000)))).toHaveLength(64);
  });
});

function subject(changes: Partial<SearchSubject> = {}): SearchSubject {
  return {
    text: foldText("三点开会 Report"),
    direction: "in",
    face: foldText("小明\nming@pc\n10.0.0.2:2425"),
    group: "研发",
    charset: "utf-8",
    hasFile: false,
    broadcast: false,
    at: 1_000,
    ...changes,
  };
}

it.each([
  ["开", true],
  ["ＲＥＰＯＲＴ", true],
  ["点会", false],
  ["from:小明", true],
  ["from:10.0.0.2", true],
  ["to:小明", false],
  ["to:me", true],
  ["from:me", false],
  ["group:研", true],
  ["charset:UTF8", true],
  ["charset:gbk", false],
  ["has:file", false],
  ["after:today", true],
  ["before:today", false],
  ["开 NOT 明天", true],
  ["NOT 开", false],
])("%s: %s", (text, expected) => {
  expect(matchesSearch(parse(text), subject())).toBe(expected);
});

it("folds case and width, and moves no character", () => {
  fc.assert(
    fc.property(anyText(30), (text) => {
      expect(foldText(text)).toHaveLength(text.length);
      expect(foldText(foldText(text))).toBe(foldText(text));
    }),
    { numRuns: 300 },
  );
});
