// Rows of single messages: marks, files, many receivers, and what a hostile peer may write.
import { describe, expect, it } from "vitest";
import type { Delivery, FileRecord, Message } from "../../../src/index.js";
import { cellWidth } from "../../../src/tui/text/width.js";
import { messageLines, nameRoleOf, systemLines } from "../../../src/tui/view/message-lines.js";
import type { LogColumns } from "../../../src/tui/view/message-lines.js";
import type { Line } from "../../../src/tui/view/scene.js";
import { message, minutes, noon, own, peer, world } from "../support/world.js";

const ming = peer("小明").id;
const wide: LogColumns = { columns: 40, nameColumns: 6 };
const narrow: LogColumns = { columns: 40, nameColumns: null };
const w = world();

const file = (name: string, more: Partial<FileRecord> = {}): FileRecord => ({
  id: "0",
  name,
  sizeBytes: 2048n,
  mtime: 0,
  type: 1,
  attr: 1,
  ext: {},
  ...more,
});

const texts = (lines: readonly Line[]): string[] =>
  lines.map((line) =>
    line
      .map((span) => span.text)
      .join("")
      .trimEnd(),
  );
const rows = (made: Message, columns = wide): string[] => texts(messageLines(made, columns, w));

describe("messages", () => {
  it("hang under their text column", () => {
    expect(rows(message(ming, "第一行\n第二行，后面还有很多很多很多字要换行"))).toEqual([
      "14:00 小明    第一行",
      "              第二行，后面还有很多很多很",
      "              多字要换行",
    ]);
    expect(rows(message(ming, "第一行\n第二行"), narrow)).toEqual(["14:00 小明 第一行", "      第二行"]);
  });

  it.each([
    ["queued", "[排队中]"],
    ["sent", "[已发送]"],
    ["retried", "[重发 1/3]"],
    ["delivered", "[已送达]"],
    ["opened", "[已拆阅]"],
    ["unconfirmed", "[未确认]"],
  ] as const)("of ours end in what became of them: %s", (state, mark) => {
    expect(rows(own(ming, "好", state, { attempt: 2 }))).toEqual([`14:00 我      好 ${mark}`]);
  });

  it("give the mark a row of its own where there is no room", () => {
    expect(rows(own(ming, "一二三四五六七八九十甲乙丙", "delivered"))).toEqual([
      "14:00 我      一二三四五六七八九十甲乙丙",
      "              [已送达]",
    ]);
  });

  it("to several say how many have them, and who: those without an answer first", () => {
    const three = ["小明", "李芳", "田中さん"].map((nick) => peer(nick));
    const made = own(ming, "好", "delivered");
    const states: readonly Delivery["state"][] = ["delivered", "unconfirmed", "opened"];
    const deliveries = three.map((one, index): Delivery => {
      const state = states[index] ?? "sent";
      return { ...made.deliveries[0]!, peerId: one.id, state, rttMs: index === 0 ? 12.4 : null, final: true };
    });
    const lines = messageLines(
      { ...made, deliveries },
      { columns: 60, nameColumns: 6 },
      world({ peers: three }),
    );
    expect(texts(lines)).toEqual([
      "14:00 我      好 [已送达 2/3]",
      "              李芳 [未确认]  小明 [已送达] 12ms  田中さん",
      "              [已拆阅]",
    ]);
  });

  it("of ours tell how long the answer took", () => {
    const made = own(ming, "好", "delivered");
    const after = (rttMs: number): string[] =>
      rows({ ...made, deliveries: made.deliveries.map((one) => ({ ...one, rttMs })) });
    expect(after(0.3)).toEqual(["14:00 我      好 [已送达] <1ms"]);
    expect(after(7.6)).toEqual(["14:00 我      好 [已送达] 8ms"]);
  });

  it("of FeiQ show its faces as words, and nobody else's", () => {
    const feiq = message(ming, "早/:)走http://x/:) /:rose", { dialect: "feiq" });
    expect(rows(feiq, { columns: 70, nameColumns: 6 })).toEqual([
      "14:00 小明    早[微笑]走http://x/:) [玫瑰]",
    ]);
    expect(rows(message(ming, "早/:)"))).toEqual(["14:00 小明    早/:)"]);
    const roles = messageLines(feiq, { columns: 70, nameColumns: 6 }, w).flat();
    expect(roles.find((span) => span.text === "[微笑]")?.role).toBe("message.emoticon");
  });

  it("mark what is searched, in any case", () => {
    const made = message(ming, "Lab 和 LAB 与 lab，还有 a.b");
    const marked = (query: string): string[] =>
      messageLines(made, { columns: 70, nameColumns: 6 }, w, { query, reading: null, isExpanded: false })
        .flat()
        .filter((span) => span.role === "message.match")
        .map((span) => span.text);
    expect(marked("lab")).toEqual(["Lab", "LAB", "lab"]);
    expect(marked("a.b")).toEqual(["a.b"]);
    expect(marked("(")).toEqual([]);
  });

  it("read again in another charset from their bytes", () => {
    const raw = w.codec.encode("1:100:小明:主机:32:你好，今天", "gbk");
    const garbled = message(ming, "\ufffd\ufffd", { raw });
    const look = { query: "", reading: "gbk", isExpanded: false } as const;
    expect(texts(messageLines(garbled, wide, w, look))).toEqual(["14:00 小明    你好，今天"]);
    expect(texts(messageLines({ ...garbled, raw: new Uint8Array() }, wide, w, look))[0]).not.toContain(
      "你好",
    );
  });

  it("are shown whole when that is wished", () => {
    const long = message(ming, "字".repeat(9_000));
    const look = { query: "", reading: null, isExpanded: true };
    expect(messageLines(long, wide, w, look).length).toBeGreaterThan(messageLines(long, wide, w).length);
    expect(texts(messageLines(long, wide, w, look)).join("")).not.toContain("显示全文");
  });

  it("carry their marks and offered files", () => {
    expect(rows(message(ming, "秘密", { sealed: true, autoReply: true, openedAt: minutes(3) }))).toEqual([
      "14:00 小明    [密封 14:03 拆开] [自动回",
      "              复] 秘密",
    ]);
    expect(
      rows(
        message(ming, "请收", {
          files: [file("a.txt"), file("照片", { type: 2, sizeBytes: 0n }), file("x.png", { type: 0x20 })],
        }),
      ),
    ).toEqual([
      "14:00 小明    请收",
      "              [文件] a.txt  2.0 KB",
      "              [文件夹] 照片",
      "              [图片] x.png  2.0 KB",
    ]);
    const many = message(ming, "", { files: Array.from({ length: 25 }, (_, index) => file(`f${index}`)) });
    expect(rows(many)).toHaveLength(21);
    expect(rows(many).at(-1)).toContain("还有 5 个文件");
  });

  it("mark links and nothing else", () => {
    const [line] = messageLines(
      message(ming, "看 https://example.net/a，好"),
      { columns: 60, nameColumns: 6 },
      w,
    );
    expect(line?.filter((span) => span.role === "message.link").map((span) => span.text)).toEqual([
      "https://example.net/a",
    ]);
  });

  it.each([
    ["escape sequences", "a\u001b[31mb\u001b]0;owned\u0007c", "abc"],
    ["direction marks", "x\u202egnp.exe", "xgnp.exe"],
    ["NUL and bells", "a\u0000\u0007b", "ab"],
    ["blessed tags", "{bold}x{/bold}", "{bold}x{/bold}"],
    ["half a pair", "a\ud800b", "a\ufffdb"],
  ])("show %s as harmless text", (_name, text, shown) => {
    const made = message(ming, text, { peerName: `n${text}` });
    expect(rows(made)[0]?.endsWith(` ${shown}`)).toBe(true);
    expect(rows(made).join("")).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
  });

  // Squared work would run into the time limit of the tests.
  it("stay inside their columns whatever comes", () => {
    const long = [
      "x".repeat(50_000),
      `a${"\u0301".repeat(4000)}`,
      "👨‍👩‍👧‍👦".repeat(2000),
      "。".repeat(5000),
      "\n".repeat(3000),
    ];
    for (const text of long) {
      const lines = messageLines(message(ming, text, { peerName: text }), wide, w);
      for (const line of lines) {
        expect(cellWidth(line.map((span) => span.text).join(""))).toBeLessThanOrEqual(wide.columns + 1);
      }
      expect(lines.length).toBeLessThan(2_000);
    }
  });

  it("that are cut say how much is missing", () => {
    const lines = rows(message(ming, "字".repeat(9_000)));
    expect(lines.join("").replaceAll(" ", "")).toContain("还有1000个字，e显示全文");
  });
});

describe("lines of our own", () => {
  it("have a star, errors an exclamation mark", () => {
    expect(texts(systemLines({ at: minutes(1), text: "小明 下线了", tone: "plain" }, wide))).toEqual([
      "14:01 * 小明 下线了",
    ]);
    expect(
      texts(
        systemLines({ at: noon, text: "发不出去，因为网络断了，请检查网线再试一次", tone: "error" }, wide),
      ),
    ).toEqual(["14:00 ! 发不出去，因为网络断了，请检查网", "        线再试一次"]);
  });
});

it("a name has one of eight colours, always the same", () => {
  const roles = new Set(Array.from({ length: 200 }, (_, index) => nameRoleOf(`peer-${index}`)));
  expect(roles.size).toBe(8);
  expect(nameRoleOf("peer-7")).toBe(nameRoleOf("peer-7"));
});
