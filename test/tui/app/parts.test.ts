// The small parts of the screen on their own: what is remembered, the ring of datagrams, readings of names, notifications, faces.
import { assert, property, string, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../../any-text.js";
import { createTextCodec } from "../../../src/index.js";
import type { TapRecord } from "../../../src/index.js";
import { faceNamesEn, faceNamesZhCN } from "../../../src/i18n/faces.js";
import { emoticonCodes } from "../../../src/protocol.js";
import { facesLike, splitFaces } from "../../../src/tui/faces.js";
import { isFound, splitMatches } from "../../../src/tui/find.js";
import { formatNotification, notificationWay } from "../../../src/tui/notification.js";
import { createReadings } from "../../../src/tui/pinyin.js";
import { nothingRemembered, parseRemembered } from "../../../src/tui/remembered.js";
import { createWireLog, wireSummary } from "../../../src/tui/wire-log.js";

const codec = createTextCodec();
const record = (bytes: Uint8Array): TapRecord => ({
  at: 0,
  direction: "in",
  bytes,
  peer: { address: "10.0.0.1", port: 2425 },
  broadcast: false,
  fate: null,
});

describe("what is remembered", () => {
  it("comes back as it was kept", () => {
    const kept = {
      theme: "mono",
      lang: "en",
      cursor: "block",
      notify: "bell",
      favourites: ["a"],
      folded: ["组"],
      isGrouped: false,
      isWelcomed: true,
      nick: "小李",
    };
    expect(parseRemembered(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });

  it.each([
    null,
    undefined,
    7,
    "x",
    [],
    { theme: 3, lang: "fr", favourites: "a", folded: [1, {}], nick: "" },
  ])("is nothing when the file holds %j", (value) => {
    expect(parseRemembered(value)).toEqual(nothingRemembered);
  });

  it("never grows beyond reason", () => {
    const favourites = Array.from({ length: 20_000 }, (_, index) => `p${index}`);
    expect(parseRemembered({ favourites, nick: "x".repeat(1_000) })).toMatchObject({ nick: null });
    expect(parseRemembered({ favourites }).favourites.length).toBe(5_000);
  });
});

describe("the ring of datagrams", () => {
  it("keeps the newest, in number and in bytes, under serials that never change", () => {
    const log = createWireLog({ records: 3, bytes: 10 });
    for (let size = 1; size <= 5; size += 1) log.note(record(new Uint8Array(size).fill(size)));
    // 4 + 5 bytes are in; 3 more would be too many.
    expect([log.first, log.end]).toEqual([3, 5]);
    expect(log.entry(2)).toBeUndefined();
    expect(log.entry(4)?.record.bytes.length).toBe(5);
    expect(log.entry(5)).toBeUndefined();
    for (let count = 0; count < 100; count += 1) log.note(record(new Uint8Array([count])));
    expect([log.first, log.end]).toEqual([102, 105]);
    expect(log.entry(104)?.record.bytes).toEqual(new Uint8Array([99]));
  });

  it("keeps its own bytes, and one datagram however large", () => {
    const log = createWireLog({ records: 3, bytes: 10 });
    const bytes = new Uint8Array(20).fill(1);
    log.note(record(bytes));
    bytes.fill(2);
    expect(log.entry(0)?.record.bytes[0]).toBe(1);
  });

  it("says something harmless about any bytes", () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        const summary = wireSummary({ serial: 0, record: record(bytes) }, codec);
        expect(summary.text).not.toMatch(/\p{Cc}/u);
        expect(["packet", "raw-text", "dropped"]).toContain(summary.kind);
      }),
    );
  });
});

describe("readings", () => {
  it("know initials and syllables once the tables are there", async () => {
    const readings = createReadings();
    expect(readings.of("张三")).toEqual([]);
    expect(await readings.load()).toBe(true);
    expect(readings.of("张三")).toEqual(["zs", "zhangsan"]);
    expect(readings.of("重庆Bob")).toEqual(["cqbob", "chongqingbob"]);
    expect(readings.of("Bob")).toEqual([]);
    expect(readings.of("田中さん")[0]).toContain("tz");
  });
});

describe("notifications", () => {
  it.each([
    [{ TERM: "xterm-kitty" }, "osc99"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, "osc9"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, "osc9"],
    [{ TERM: "foot" }, "osc777"],
    [{ TERM: "xterm-256color", VTE_VERSION: "7600" }, "osc777"],
    [{ TERM: "xterm-256color" }, null],
    [{ TERM: "tmux-256color", TMUX: "/tmp/x", TERM_PROGRAM: "WezTerm" }, null],
    [{}, null],
  ] as const)("%j", (environment, way) => {
    expect(notificationWay(environment)).toBe(way);
  });

  it("are one sequence whatever the text", () => {
    expect(formatNotification("osc9", "小明", "在吗")).toBe("\u001b]9;小明: 在吗\u0007");
    expect(formatNotification("osc777", "a;b", "c;d")).toBe("\u001b]777;notify;a,b;c,d\u0007");
    assert(
      property(anyText(), anyText(), (title, body) => {
        const inner = formatNotification("osc777", title, body).slice(2, -1);
        expect(inner).not.toMatch(/\p{Cc}/u);
        expect(inner.split(";")).toHaveLength(4);
        expect(formatNotification("osc9", title, body).slice(2, -1)).not.toMatch(/\p{Cc}/u);
      }),
    );
    // A number first would be a progress bar in some terminals.
    expect(formatNotification("osc9", "4;3;50", "x")).toBe("\u001b]9; 4;3;50: x\u0007");
  });
});

describe("faces", () => {
  it("have a name for every code, each its own", () => {
    for (const names of [faceNamesZhCN, faceNamesEn]) {
      expect(names).toHaveLength(emoticonCodes.length);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("are cut out of a text and found by code or name", () => {
    expect(splitFaces("a/:)b", "en")).toEqual([
      { text: "a", isFace: false },
      { text: "[smile]", isFace: true },
      { text: "b", isFace: false },
    ]);
    expect(facesLike("[微", "zh-CN")).toEqual([{ code: "/:)", name: "[微笑]" }]);
    expect(facesLike("/:ro", "en")).toEqual([{ code: "/:rose", name: "[rose]" }]);
  });
});

describe("finding", () => {
  it("takes the words as they are, in any case, and in names of files", () => {
    const made = { text: "Straße 三点", files: [], direction: "in", sealed: false, openedAt: null } as const;
    expect(isFound(made, "STRASSE")).toBe(false);
    expect(isFound(made, "STRAßE")).toBe(true);
    expect(isFound(made, "三点")).toBe(true);
  });

  it("finds nothing in an envelope before it is opened", () => {
    const made = { text: "试题在三号柜", files: [], direction: "in", sealed: true, openedAt: null } as const;
    expect(isFound(made, "三号")).toBe(false);
    expect(isFound({ ...made, openedAt: 1 }, "三号")).toBe(true);
    expect(isFound({ ...made, direction: "out" }, "三号")).toBe(true);
  });

  it("cuts a text so that it stays whole, whatever the words", () => {
    assert(
      property(string({ unit: "grapheme" }), string({ unit: "grapheme", minLength: 1 }), (text, query) => {
        expect(splitMatches(text, query).join("")).toBe(text);
      }),
    );
  });
});
