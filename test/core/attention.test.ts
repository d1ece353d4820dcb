// Words to look out for, and rules about who may ring.
import { describe, expect, it } from "vitest";
import { isHighlight, notifyWayOf, parseNotifyRule, type NotifyRule } from "../../src/core/attention.js";
import { everyone, type PeerId } from "../../src/core/model.js";

const rulesOf = (...lines: string[]): readonly NotifyRule[] =>
  lines.map((line) => parseNotifyRule(line)).filter((rule) => rule !== null);
const xiaoming = { nick: "小明", group: "研发" };
const id = "ming@pc" as PeerId;

describe("a word to look out for", () => {
  it.each([
    ["三点发布", true],
    ["URGENT: call", true],
    ["ｕｒｇｅｎｔ", true],
    ["hello @小李", true],
    ["hello 小李", false],
    ["发 布", false],
  ])("%s: %s", (text, expected) => {
    expect(isHighlight(text, "小李", ["发布", "urgent", " ", ""])).toBe(expected);
  });
});

describe("a rule", () => {
  it.each(["", "=bell", "小明", "小明=loud", "小明=", " =off"])("is not %j", (text) => {
    expect(parseNotifyRule(text)).toBeNull();
  });

  it("may hold an equals sign in its name", () => {
    expect(parseNotifyRule("a=b = off")).toEqual({ who: "a=b", way: "off" });
  });

  it("counts when it is the first that fits", () => {
    const rules = rulesOf("highlight=desktop", "小明=off", "@研发=bell", "everyone=off", "*=desktop");
    expect(notifyWayOf(rules, id, xiaoming, true)).toBe("desktop");
    expect(notifyWayOf(rules, id, xiaoming, false)).toBe("off");
    expect(notifyWayOf(rules, id, { nick: "小红", group: "研发" }, false)).toBe("bell");
    expect(notifyWayOf(rules, everyone, { nick: "老陈", group: "" }, false)).toBe("off");
    expect(notifyWayOf(rules, id, undefined, false)).toBe("desktop");
    expect(notifyWayOf(rulesOf("小红=off"), id, xiaoming, true)).toBeNull();
  });
});
