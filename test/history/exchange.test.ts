// Logs out and in: our own NDJSON, IP Messenger's text, iptux's; the page of HTML that no text can break out of.
import * as fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { createTextCodec } from "../../src/charset/codecs.js";
import { escapeHtml, formatHtml } from "../../src/history/exchange/html.js";
import { formatIpmsgLog } from "../../src/history/exchange/ipmsg-log.js";
import { readLog } from "../../src/history/exchange/read-log.js";
import { readDate } from "../../src/history/read-date.js";
import type { KeptMessage } from "../../src/ports/history-store.js";
import { messageLike } from "../contract/history-samples.js";

const codec = createTextCodec();
const read = (text: string | Uint8Array) =>
  readLog(typeof text === "string" ? new TextEncoder().encode(text) : text, { codec, legacyCharset: "gbk" });

/** A moment without fractions of a second: logs have none. */
const at = new Date(2026, 10, 20, 14, 2, 5).getTime();
const kept = (changes: Parameters<typeof messageLike>[0]): KeptMessage => ({
  place: 1,
  group: "研发",
  message: messageLike({ at, peerId: "ming@pc-m" as never, conversation: "ming@pc-m" as never, ...changes }),
});

describe("the log of IP Messenger", () => {
  const official = [
    "=====================================",
    " From: 白水 (开发部/JUPITER/192.168.1.7/shirouzu)",
    "  at Fri Nov 20 14:02:05 2026 (加密)",
    "-------------------------------------",
    "第一行",
    "第二行",
    "",
    "=====================================",
    " To: 小明 (研发/PC-M)",
    " To: 小红 (PC-H)",
    "  at Sat Nov 21 09:00:00 2026 ",
    "  (附件) 方案.doc",
    "-------------------------------------",
    "=====================================",
    "不是头",
    "",
    "",
  ].join("\r\n");

  it("is read, in UTF-8 or in the charset of its Windows", () => {
    for (const bytes of [new TextEncoder().encode(official), iconv.encode(official, "gbk")]) {
      const log = read(bytes)!;
      expect(log.format).toBe("ipmsg");
      expect(log.messages.map(({ group, message }) => ({ group, ...message }))).toMatchObject([
        {
          direction: "in",
          at,
          text: "第一行\n第二行",
          peerName: "白水",
          peerId: "shirouzu@JUPITER",
          group: "开发部",
          endpoint: { address: "192.168.1.7", port: 2425 },
        },
        { direction: "out", text: "=====================================\n不是头", peerName: "小明, 小红" },
      ]);
    }
  });

  it("comes back as it was written", () => {
    const one = kept({ peerName: "小明", displayText: "三点开会\n带电脑" });
    const two = kept({ direction: "out", to: ["ming@pc-m" as never], peerName: "小明", displayText: "好" });
    const { messages } = read(formatIpmsgLog(one) + formatIpmsgLog(two))!;
    expect(messages.map(({ message }) => message)).toMatchObject([
      { direction: "in", at, peerName: "小明", text: "三点开会\n带电脑", peerId: "ming@pc-m" },
      { direction: "out", at, peerName: "小明", text: "好", conversation: "ming@pc-m" },
    ]);
  });
});

describe("the log of iptux", () => {
  it.each([
    ["Fri 20 Nov 2026 02:02:05 PM CST", "Recevied-From: Nickname:小明 User:ming Host:pc-m:", "in"],
    ["Fri Nov 20 14:02:05 2026", "Send-To: Nickname:小明 User:ming Host:pc-m:", "out"],
    ["2026年11月20日 星期五 14时02分05秒", "收到来自: 昵称:小明 用户:ming 主机:pc-m:", "in"],
  ])("of a desktop that writes %s", (time, who, direction) => {
    const block = (text: string) =>
      `=====================================\n(${time}) ${who}\n${text}\n-------------------------------------\n\n`;
    const { format, messages } = read(block("你好\n在吗") + block("你好\n在吗"))!;
    expect(format).toBe("iptux");
    expect(messages.map(({ message }) => message)).toMatchObject([
      { direction, at, text: "你好\n在吗", peerId: "ming@pc-m", peerName: "小明" },
      { direction, at },
    ]);
    expect(messages[0]!.message.id).not.toBe(messages[1]!.message.id);
  });
});

it("reads no log out of anything else, whatever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(read(bytes)?.messages ?? []).toEqual([]);
    }),
    { numRuns: 100 },
  );
  expect(read('{"type":"peer"}\n')).toBeNull();
});

it("gives a message the same id each time it is imported", () => {
  const log = formatIpmsgLog(kept({ displayText: "一" }));
  expect(read(log)!.messages[0]!.message.id).toBe(read(log)!.messages[0]!.message.id);
});

describe("the page", () => {
  const page = formatHtml({
    title: "<聊天>",
    self: "我",
    lang: "zh-CN",
    formatDay: () => "今天",
    formatTime: () => "14:02",
  });

  it("holds texts as texts", () => {
    const nasty = `<script>alert("1")</script>&\u001b[31m</p><img src=x onerror='x'>`;
    const html = page.message(kept({ displayText: nasty, peerName: "<b>", files: [] }));
    expect(html).not.toMatch(/<script|<img|onerror='/u);
    expect(html).not.toContain("\u001b");
    expect(html).toContain("&#60;script&#62;");
    expect(page.head).toContain("default-src 'none'");
    expect(page.head).toContain("<title>&#60;聊天&#62;</title>");
  });

  it("lets no text open a tag or end an attribute", () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/u);
      }),
      { numRuns: 100 },
    );
  });
});

const day = (month: number, date: number, hour = 0, minute = 0) =>
  new Date(2026, month - 1, date, hour, minute).getTime();

it("reads dates as people type them", () => {
  const now = new Date(2026, 10, 20, 14, 2).getTime();
  expect(
    ["2026-11-05", "2026年11月5日", "11-5", "11/05 09:30", "今天", "yesterday", "09:30", "3d"].map((text) =>
      readDate(text, now),
    ),
  ).toEqual([
    day(11, 5),
    day(11, 5),
    day(11, 5),
    day(11, 5, 9, 30),
    day(11, 20),
    day(11, 19),
    day(11, 20, 9, 30),
    now - 3 * 86_400_000,
  ]);
  expect(["", "02-31", "13-01", "soon", "99d99"].map((text) => readDate(text, now))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
