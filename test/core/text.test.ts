// Text on its way to a screen (architecture, I7) and text cut for the wire.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { safeText } from "../../src/core/safe-text.js";
import { splitText } from "../../src/core/split-text.js";
import malformed from "../vectors/malformed.json" with { type: "json" };
import { codec, conversation } from "./conversation.js";

/** Everything that moves, hides, colours or turns: C0, DEL, C1, soft hyphen, bidi, zero-width, tags, lone surrogates. */
const harmful =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/u;

const nasty = fc.constantFrom(
  "\u001b",
  "\u001b[",
  "\u001b]",
  "\u001bP",
  "\u001b\\",
  "\u009b",
  "\u009d",
  "\u0090",
  "\u009c",
  "\u0007",
  "\r",
  "\n",
  "\t",
  "\u2028",
  "\u0085",
  "\u202e",
  "\u200b",
  "\u200d",
  "\u{e0041}",
  "\ud83d",
  "\ude00",
  "\udb40",
  "\udc41",
  "31m",
  "0;x",
  "[A",
  "中",
  "😀",
  "a",
);
const hostileText = fc.oneof(
  fc.array(fc.oneof(nasty, anyText(3)), { maxLength: 30 }).map((parts) => parts.join("")),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
);

const hexOf = (id: string): string => malformed.vectors.find((vector) => vector.id.startsWith(id))?.hex ?? "";

describe("safeText", () => {
  it.each(["space", "keep"] as const)(
    "leaves nothing that could act on a terminal (newlines: %s)",
    (newlines) => {
      fc.assert(
        fc.property(hostileText, (text) => {
          const safe = safeText(text, { newlines });
          expect(safe).not.toMatch(harmful);
          if (newlines === "space") expect(safe).not.toContain("\n");
          expect(safeText(safe, { newlines })).toBe(safe);
        }),
        { numRuns: 5_000 },
      );
    },
  );

  it("keeps within the length asked for, never cutting a character in two", () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 12 }), (text, maxCharacters) => {
        const whole = safeText(text);
        const cut = safeText(text, { maxCharacters });
        expect(cut.length).toBeLessThanOrEqual(maxCharacters);
        expect(cut).not.toMatch(harmful);
        if (cut !== whole) {
          expect(cut.endsWith("…")).toBe(true);
          expect(whole.startsWith(cut.slice(0, -1))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("does not touch letters, punctuation and emoji without joiners", () => {
    const ranges: readonly (readonly [number, number])[] = [
      [0x20, 0x7e],
      [0xa1, 0xac],
      [0xae, 0x17f],
      [0x370, 0x3ff],
      [0x3041, 0x30ff],
      [0x4e00, 0x9fff],
      [0x3400, 0x4dbf],
      [0xac00, 0xd7a3],
      [0xff01, 0xff9f],
      [0x20000, 0x2a6df],
      [0x1f300, 0x1f64f],
      [0x1f680, 0x1f6ff],
      [0x1f900, 0x1f9ff],
    ];
    const letter = fc.oneof(
      ...ranges.map(([min, max]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))),
      fc.constantFrom("❤️", "e\u0301", "🇨🇳", "👍🏽"),
    );
    fc.assert(
      fc.property(fc.array(letter), (letters) => {
        expect(safeText(letters.join(""))).toBe(letters.join(""));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["colour", "a\u001b[31mb\u001b[0m", "ab"],
    ["cursor and private modes", "a\u001b[2J\u001b[?1049h\u001b[10;5Hb", "ab"],
    ["title", "a\u001b]0;owned\u0007b", "ab"],
    ["link with string terminator", "a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\b", "alinkb"],
    ["clipboard, cut off", "a\u001b]52;c;AAAA", "a"],
    ["device control", "a\u001bP1$r0m\u001b\\b", "ab"],
    ["application, privacy, start of string", "a\u001b_x\u001b\\\u001b^y\u001b\\\u001bXz\u001b\\b", "ab"],
    ["8-bit forms", "a\u009b31mb\u009d0;t\u009cc\u0090x\u009cd", "abcd"],
    ["two and three characters", "a\u001bcb\u001b(Bc\u001b#8d\u001b7e", "abcde"],
    ["cut off", "a\u001b[31", "a"],
    ["lone escape", "a\u001b\u001bb\u001b", "a"],
    ["one inside another", "a\u001b]0;x\u001b[31mb", "ab"],
  ])("takes a sequence out whole: %s", (_, text, expected) => {
    expect(safeText(text)).toBe(expected);
  });

  it("makes blanks of line breaks, or keeps them", () => {
    const text = "a\r\nb\rc\nd\u0085e\u2028f\u2029g\n\nh\ti";
    expect(safeText(text)).toBe("a b c d e f g h    i");
    expect(safeText(text, { newlines: "keep" })).toBe("a\nb\nc\nd\ne\nf\ng\n\nh    i");
  });

  it("takes the wire for hostile, as in the vectors", () => {
    const talk = conversation().started();
    talk.receiveHex(hexOf("bad-031"));
    talk.receiveHex(hexOf("bad-032"));
    expect(safeText(talk.machine.peers()[0]?.nick ?? "")).toBe("red");
    expect(safeText(talk.shown()[0]?.displayText ?? "")).toBe("abevil");
  });

  // Linear work takes milliseconds here, squared work minutes: the time limit of the tests sees the difference.
  it("is linear on the longest datagram made to slow it down", () => {
    for (const part of [
      "\u0090",
      "\u001b]",
      "\u001b[",
      "\u009d",
      "\u001b ",
      "\r",
      "\u001b]\u0007\u001b",
      "\n",
    ]) {
      const text = part.repeat(Math.floor(64_000 / part.length));
      for (const end of ["", "\u001b", "\u001bX", "\u001b\u001b"]) {
        expect(safeText(text + end).length).toBeLessThanOrEqual(text.length);
      }
    }
  });
});

const sizeOf = (text: string): number => codec.encode(text, "utf-8").length;
const graphemes = (text: string): string[] =>
  Array.from(
    new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text),
    ({ segment }) => segment,
  );

describe("splitText", () => {
  it("gives pieces that fit, together the whole text, cut between graphemes", () => {
    const part = fc.constantFrom("a", "word ", "中", "文\n", "😀", "👨‍👩‍👧", "🇨🇳", "e\u0301", "\r\n", " ", "한");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 200 }), fc.integer({ min: 30, max: 90 }), (parts, room) => {
        const text = parts.join("");
        const pieces = splitText(text, room, sizeOf);
        expect(pieces.join("")).toBe(text);
        for (const piece of pieces) expect(sizeOf(piece)).toBeLessThanOrEqual(room);
        expect(pieces.flatMap(graphemes)).toEqual(graphemes(text));
        if (text !== "") for (const piece of pieces) expect(piece).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });

  it("breaks behind a line break or a blank when one is near the end", () => {
    expect(splitText("one two three four", 10, sizeOf)).toEqual(["one two ", "three four"]);
    expect(splitText("first line\nsecond", 12, sizeOf)).toEqual(["first line\n", "second"]);
    expect(splitText("a bcdefghijklmn", 10, sizeOf)).toEqual(["a bcdefghi", "jklmn"]);
    expect(splitText("fits", 4, sizeOf)).toEqual(["fits"]);
  });

  it("cuts what is called one grapheme and fits nowhere between its code points", () => {
    const tower = `a${"\u0301".repeat(100)}`;
    const pieces = splitText(`x ${tower} y`, 20, sizeOf);
    expect(pieces.join("")).toBe(`x ${tower} y`);
    for (const piece of pieces) expect(sizeOf(piece)).toBeLessThanOrEqual(20);
  });
});
