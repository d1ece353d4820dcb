// The virtual log: what is on the screen for a position, through appends, eviction, resize and scrolling.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createRowCache,
  follow,
  type LogFrame,
  type LogPosition,
  type LogSource,
  oldestLog,
  pageLog,
  scrollLog,
  showMessage,
  viewLog,
} from "../../../src/tui/log/log.js";
import { thumbOf } from "../../../src/tui/log/scrollbar.js";

/** Messages as texts; a row is as many characters as there are columns. */
function createSource(texts: string[], first = 0) {
  let asked = 0;
  const versions = new Map<number, number>();
  const source = {
    first,
    get end() {
      return first + texts.length;
    },
    rowsOf(serial: number, columns: number) {
      asked += 1;
      const text = texts[serial - first] ?? "";
      const rows: string[] = [];
      for (let at = 0; at < text.length; at += columns) rows.push(text.slice(at, at + columns));
      return rows;
    },
    versionOf: (serial: number) => versions.get(serial) ?? 0,
  } satisfies LogSource<string>;
  return {
    source,
    touch: (serial: number, text: string) => {
      texts[serial - first] = text;
      versions.set(serial, (versions.get(serial) ?? 0) + 1);
    },
    asked: () => asked,
  };
}

function frameOf(source: LogSource<string>, columns = 10, height = 4): LogFrame<string> {
  return { source, cache: createRowCache<string>(), columns, height };
}

const shown = (frame: LogFrame<string>, position: LogPosition): string[] =>
  viewLog(frame, position).rows.map(({ content }) => content);

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);

describe("virtual log", () => {
  it("follows the newest, filled from the bottom", () => {
    const texts = numbers(10);
    const frame = frameOf(createSource(texts).source);
    expect(shown(frame, follow)).toEqual(["m6", "m7", "m8", "m9"]);
    texts.push("m10");
    expect(shown(frame, follow)).toEqual(["m7", "m8", "m9", "m10"]);
  });

  it("is shorter than the pane when the log is", () => {
    const view = viewLog(frameOf(createSource(["a", "b"]).source), follow);
    expect(view.rows.map(({ content }) => content)).toEqual(["a", "b"]);
    expect(view.isAtOldest).toBe(true);
    expect(viewLog(frameOf(createSource([]).source), follow).rows).toEqual([]);
  });

  it("stays where the reader is, counts what comes below, and follows again at the end", () => {
    const texts = numbers(10);
    const frame = frameOf(createSource(texts).source);
    let position = scrollLog(frame, follow, -2);
    expect(shown(frame, position)).toEqual(["m4", "m5", "m6", "m7"]);
    texts.push("new1", "new2");
    expect(shown(frame, position)).toEqual(["m4", "m5", "m6", "m7"]);
    expect(viewLog(frame, position).newBelow).toBe(2);
    position = scrollLog(frame, position, 3);
    expect(shown(frame, position)).toEqual(["m7", "m8", "m9", "new1"]);
    expect(viewLog(frame, position).newBelow).toBe(1);
    position = scrollLog(frame, position, 100);
    expect(position).toEqual(follow);
  });

  it("scrolls by rows within messages", () => {
    const frame = frameOf(createSource(["aaaabbbbcccc", "dddd"]).source, 4, 2);
    expect(shown(frame, follow)).toEqual(["cccc", "dddd"]);
    const up = scrollLog(frame, follow, -1);
    expect(shown(frame, up)).toEqual(["bbbb", "cccc"]);
    expect(up).toEqual({ kind: "anchor", serial: 0, row: 2, seenEnd: 2 });
  });

  it("pages with one row of context and stops at the oldest with a full pane", () => {
    const frame = frameOf(createSource(numbers(9)).source);
    const page = pageLog(frame, follow, -1);
    expect(shown(frame, page)).toEqual(["m2", "m3", "m4", "m5"]);
    const top = pageLog(frame, page, -1);
    expect(shown(frame, top)).toEqual(["m0", "m1", "m2", "m3"]);
    expect(viewLog(frame, top).isAtOldest).toBe(true);
    expect(scrollLog(frame, top, -5)).toEqual(top);
    expect(shown(frame, oldestLog(frame, follow))).toEqual(["m0", "m1", "m2", "m3"]);
    expect(shown(frame, pageLog(frame, top, 1))).toEqual(["m3", "m4", "m5", "m6"]);
  });

  it("keeps the anchor's message over resizes, and follow stays follow", () => {
    const frame = frameOf(createSource(["aaaaaaaabbbbbbbb", "cc", "dd", "ee", "ff", "gg"]).source, 16, 3);
    const anchored = scrollLog(frame, follow, -2);
    expect(shown(frame, anchored)).toEqual(["cc", "dd", "ee"].map((_, i) => ["cc", "dd", "ee"][i]));
    const narrow = { ...frame, columns: 4 };
    expect(shown(narrow, anchored).at(-1)).toBe("ee");
    expect(shown({ ...frame, columns: 1, height: 1 }, anchored)).toHaveLength(1);
    expect(viewLog({ ...frame, height: 0 }, anchored).position).toEqual(anchored);
    expect(viewLog({ ...frame, columns: 3 }, follow).position).toEqual(follow);
  });

  it("moves to the oldest left when the anchor's message fell out of the ring", () => {
    const frame = frameOf(createSource(numbers(10), 100).source);
    const view = viewLog(frame, { kind: "anchor", serial: 3, row: 7, seenEnd: 50 });
    expect(view.rows.map(({ serial }) => serial)).toEqual([100, 101, 102, 103]);
    expect(view.newBelow).toBe(6);
  });

  it("shows a message in the middle", () => {
    const frame = frameOf(createSource(numbers(100)).source);
    expect(shown(frame, showMessage(frame, follow, 50))).toEqual(["m49", "m50", "m51", "m52"]);
  });

  it("repaints a changed message in place and lays out no other", () => {
    const { source, touch, asked } = createSource(numbers(10));
    const frame = frameOf(source);
    viewLog(frame, follow);
    const before = asked();
    touch(8, "58 %");
    expect(shown(frame, follow)).toEqual(["m6", "m7", "58 %", "m9"]);
    expect(asked()).toBe(before + 1);
  });

  it("skips messages without rows", () => {
    const frame = frameOf(createSource(["a", "", "b", "", "c", ""]).source, 10, 2);
    expect(shown(frame, follow)).toEqual(["b", "c"]);
    expect(shown(frame, scrollLog(frame, follow, -1))).toEqual(["a", "b"]);
  });

  it("costs the rows on the screen, not the length of the log", () => {
    const { source, asked } = createSource(numbers(100_000));
    const frame = frameOf(source, 80, 30);
    viewLog(frame, follow);
    expect(asked()).toBeLessThan(60);
    const before = asked();
    for (let frameCount = 0; frameCount < 100; frameCount += 1) viewLog(frame, follow);
    expect(asked()).toBe(before);
  });

  it("empties the cache when the widths change, and bounds it", () => {
    const { source, asked } = createSource(numbers(5));
    let epoch = 0;
    const cache = createRowCache<string>(() => epoch, 2);
    cache.rows(source, 0, 10);
    cache.rows(source, 0, 10);
    expect(asked()).toBe(1);
    epoch = 1;
    cache.rows(source, 0, 10);
    expect(asked()).toBe(2);
    cache.rows(source, 1, 10);
    cache.rows(source, 2, 10);
    cache.rows(source, 0, 10);
    expect(asked()).toBe(5);
  });

  it("equals the plain list of all rows, cut by a window, for any steps", () => {
    const steps = fc.array(
      fc.oneof(
        fc.integer({ min: -9, max: 9 }).map((delta) => ({ kind: "scroll" as const, delta })),
        fc.string({ maxLength: 9 }).map((text) => ({ kind: "append" as const, text })),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 9 }), { maxLength: 12 }),
        steps,
        fc.integer({ min: 1, max: 6 }),
        (start, moves, height) => {
          const texts = [...start];
          const { source } = createSource(texts);
          const frame = frameOf(source, 3, height);
          const all = () =>
            texts.flatMap((_, serial) =>
              source.rowsOf(serial, 3).map((content, row) => ({ serial, row, content })),
            );
          let position: LogPosition = follow;
          let bottom = Infinity;
          for (const move of moves) {
            if (move.kind === "append") texts.push(move.text);
            else {
              const rows = all().length;
              const from = Math.min(bottom, rows);
              // The oracle: a window over all rows whose bottom moves by the delta, clamped to keep the pane full.
              const next =
                move.delta < 0 && from <= height
                  ? from
                  : Math.max(Math.min(height, rows), Math.min(rows, from + move.delta));
              bottom = next >= rows ? Infinity : next;
              position = scrollLog(frame, position, move.delta);
            }
            const rows = all();
            const end = Math.min(bottom, rows.length);
            const expected = rows.slice(
              Math.max(0, end - height),
              Math.max(end, Math.min(height, rows.length)),
            );
            const view = viewLog(frame, position);
            expect(view.rows).toEqual(expected);
            position = view.position;
            if (position.kind === "follow") bottom = Infinity;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("scroll bar", () => {
  it.each([
    [10, { first: 0, end: 5 }, { first: 0, end: 5 }, null],
    [10, { first: 0, end: 100 }, { first: 90, end: 100 }, { start: 9, length: 1 }],
    [10, { first: 0, end: 100 }, { first: 0, end: 10 }, { start: 0, length: 1 }],
    [10, { first: 0, end: 100 }, { first: 1, end: 11 }, { start: 1, length: 1 }],
    [10, { first: 0, end: 100 }, { first: 89, end: 99 }, { start: 8, length: 1 }],
    [10, { first: 50, end: 70 }, { first: 55, end: 65 }, { start: 3, length: 5 }],
    [0, { first: 0, end: 9 }, { first: 0, end: 1 }, null],
  ])("%#", (height, items, visible, thumb) => {
    expect(thumbOf(height, items, visible)).toEqual(thumb);
  });
});
