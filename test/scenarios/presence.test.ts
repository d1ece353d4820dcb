// Nodes that find each other, see each other leave, and talk across charsets, on a network inside the process.
import { describe, expect, it } from "vitest";
import { createLan } from "../node/lan.js";
import type { Station } from "../node/lan.js";

const present = ({ node }: Station): string[] =>
  node
    .peers()
    .filter(({ state }) => state !== "offline")
    .map(({ nick }) => nick)
    .toSorted();

describe("three nodes", () => {
  it("discover each other, whoever comes first, and see each other leave", async () => {
    const lan = createLan();
    const a = lan.station({ address: "10.0.0.1", nick: "甲" });
    const b = lan.station({ address: "10.0.0.2", nick: "乙", versionItem: "feiq" });
    const c = lan.station({ address: "10.0.0.3", nick: "丙", announceUtf8: false });
    await lan.open(a);
    expect(present(a)).toEqual([]);
    await lan.open(b);
    expect(present(a)).toEqual(["乙"]);
    expect(present(b)).toEqual(["甲"]);
    await lan.open(c);
    expect(present(a)).toEqual(["丙", "乙"]);
    expect(present(b)).toEqual(["丙", "甲"]);
    expect(present(c)).toEqual(["乙", "甲"]);
    // Nobody hears himself, and each is told once.
    for (const { events } of [a, b, c]) {
      expect(events.filter((event) => event.kind === "peer" && event.change === "appeared")).toHaveLength(2);
    }
    await lan.close(b);
    expect(present(a)).toEqual(["丙"]);
    expect(present(c)).toEqual(["甲"]);
    await lan.close(a);
    expect(present(c)).toEqual([]);
    expect(c.node.peers().map(({ state }) => state)).toEqual(["offline", "offline"]);
  });

  it("hear of names, absence and messages to everyone", async () => {
    const lan = createLan();
    const [a, b, c] = ["甲", "乙", "丙"].map((nick, at) =>
      lan.station({ address: `10.0.0.${at + 1}`, nick }),
    ) as [Station, Station, Station];
    await lan.open(a, b, c);
    await a.node.rename({ nick: "甲甲", group: "一班" });
    await b.node.setAway("吃饭");
    await c.node.say("everyone", "大家好");
    lan.clock.advance(100);
    expect(present(c)).toEqual(["乙[吃饭]", "甲甲"]);
    expect(a.node.peers().map(({ state }) => state)).toEqual(["away", "online"]);
    expect([a.texts(), b.texts(), c.texts()]).toEqual([["大家好"], ["大家好"], []]);
    const [message] = await c.node.say("甲甲,乙[吃饭]", "两位");
    lan.clock.advance(100);
    expect(c.states(message!)).toEqual(["delivered", "delivered"]);
    // The one who is away answers by itself, and nobody answers that.
    expect(c.texts()).toEqual(["吃饭"]);
    lan.clock.advance(60_000);
    expect([a.texts().length, b.texts().length, c.texts().length]).toEqual([2, 2, 1]);
  });

  it("find each other again after a restart, with a message in between", async () => {
    const lan = createLan();
    const a = lan.station({ address: "10.0.0.1", nick: "甲" });
    const b = lan.station({ address: "10.0.0.2", nick: "乙", user: "b" });
    await lan.open(a, b);
    await lan.close(b);
    const [lost] = await a.node.say("乙", "有人吗");
    lan.clock.advance(10_000);
    expect(a.states(lost!)).toEqual(["unconfirmed"]);
    const again = lan.station({ address: "10.0.0.2", nick: "乙", user: "b" });
    await lan.open(again);
    expect(present(a)).toEqual(["乙"]);
    await a.node.resend(lost!.id);
    lan.clock.advance(10);
    expect(a.states(lost!)).toEqual(["delivered"]);
    expect(again.texts()).toEqual(["有人吗"]);
  });
});

describe("a GBK node and a UTF-8 node", () => {
  it.each([
    ["gbk", true],
    ["gbk", false],
    ["cp932", true],
  ] as const)(
    "chat in words that both can write (legacy %s, UTF-8 announced: %s)",
    async (charset, announceUtf8) => {
      const lan = createLan();
      const old = lan.station({
        address: "10.0.0.1",
        nick: "old",
        charset,
        announceUtf8: false,
        versionItem: "ipmsg",
      });
      const modern = lan.station({ address: "10.0.0.2", nick: "modern", charset, announceUtf8 });
      await lan.open(old, modern);
      const word = charset === "gbk" ? "一言为定，你好" : "日本語です";
      for (const [from, to] of [
        [old, "modern"],
        [modern, "old"],
        [old, "modern"],
      ] as const) {
        const [message] = await from.node.say(to, word);
        lan.clock.advance(10);
        expect(from.states(message!)).toEqual(["delivered"]);
      }
      expect(modern.texts()).toEqual([word, word]);
      expect(old.texts()).toEqual([word]);
      // What the legacy charset has not goes to those that announced UTF-8 or used it, and is refused for the others.
      const outcomes = await Promise.allSettled([old.node.say("modern", "😀"), modern.node.say("old", "😀")]);
      lan.clock.advance(10);
      expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([announceUtf8, announceUtf8]);
      expect(modern.texts().includes("😀")).toBe(announceUtf8);
      expect(old.texts().includes("😀")).toBe(announceUtf8);
    },
  );

  it("agree although their legacy charsets differ, once a choice was made", async () => {
    const lan = createLan();
    const chinese = lan.station({ address: "10.0.0.1", nick: "cn", charset: "gbk", announceUtf8: false });
    const japanese = lan.station({ address: "10.0.0.2", nick: "jp", charset: "cp932", announceUtf8: false });
    await lan.open(chinese, japanese);
    await chinese.node.say("jp", "你好");
    lan.clock.advance(10);
    expect(japanese.texts()[0]).not.toBe("你好");
    await japanese.node.setCharset(japanese.node.peers()[0]!.id, "gbk");
    await chinese.node.say("jp", "你好");
    await japanese.node.say("cn", "你好");
    lan.clock.advance(10);
    expect(japanese.texts()[1]).toBe("你好");
    expect(chinese.texts()).toEqual(["你好"]);
  });
});
