import { describe, expect, it } from "vitest";
import { cliCodes } from "../../src/cli/problem.js";
import { findingCodes } from "../../src/doctor/finding.js";
import { configCodes } from "../../src/config/problem.js";
import { settingKeys, specOf } from "../../src/config/schema.js";
import { chooseLanguage, createTranslate, hasText, translateFrom } from "../../src/i18n/catalogue.js";
import { en } from "../../src/i18n/en.js";
import { zhCN } from "../../src/i18n/zh-CN.js";
import { errorCodes, noticeCodes } from "../../src/index.js";

const keys = Object.keys(zhCN()).filter(hasText);

function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{([A-Za-z]\w*)/g)].map((match) => match[1]!))].toSorted();
}

describe("the catalogues", () => {
  it("have the same keys and no empty text", () => {
    expect(Object.keys(en())).toEqual(keys);
    for (const key of keys) expect([zhCN()[key], en()[key]]).not.toContain("");
  });

  it("ask for the same values in both languages", () => {
    for (const key of keys) expect([key, namesIn(en()[key])]).toEqual([key, namesIn(zhCN()[key])]);
  });

  it("have text and remedy for every code", () => {
    for (const code of [...errorCodes, ...noticeCodes, ...configCodes, ...cliCodes, ...findingCodes]) {
      expect([code, hasText(`error.${code}.text`), hasText(`error.${code}.remedy`)]).toEqual([
        code,
        true,
        true,
      ]);
    }
  });

  it("have no text for a code that does not exist", () => {
    const codes: readonly string[] = [
      ...errorCodes,
      ...noticeCodes,
      ...configCodes,
      ...cliCodes,
      ...findingCodes,
    ];
    const named = keys.flatMap((key) => /^error\.(.+)\.text$/.exec(key)?.[1] ?? []);
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("describe every setting and every kind", () => {
    for (const key of settingKeys) {
      expect([key, hasText(`setting.${key}`)]).toEqual([key, true]);
      expect(hasText(`config.expects.${specOf(key).kind}`)).toBe(true);
    }
  });
});

describe("translating", () => {
  it("puts values in their places", () => {
    const text = translateFrom({ a: "{name} 有 {count} 条", b: "{list}" }, "zh-CN");
    expect(text("a", { name: "小李", count: 3 })).toBe("小李 有 3 条");
    expect(text("b", { list: ["x", "y"] })).toBe("x, y");
  });

  it("leaves the place of a missing value empty", () => {
    expect(translateFrom({ a: "[{gone}]" }, "en")("a")).toBe("[]");
  });

  it("does not look for places in values", () => {
    expect(translateFrom({ a: "{x}{y}" }, "en")("a", { x: "{y}", y: "$&" })).toBe("{y}$&");
  });

  it("chooses the form by the rules of the language", () => {
    const text = createTranslate("en");
    expect(text("cli.send.confirm", { count: 1 })).toContain("1 receiver?");
    expect(text("cli.send.confirm", { count: 2 })).toContain("2 receivers?");
    expect(createTranslate("zh-CN")("cli.send.confirm", { count: 1 })).toContain("1 个收件人");
  });
});

describe("chooseLanguage", () => {
  it.each([
    [["zh_CN.UTF-8"], "zh-CN"],
    [["zh"], "zh-CN"],
    [["zh-Hans"], "zh-CN"],
    [["en_GB.UTF-8"], "en"],
    [["de_DE"], "en"],
    [[undefined, "", "C.UTF-8"], "en"],
    [[undefined, "", undefined], "zh-CN"],
    [["POSIX"], "en"],
    [[], "zh-CN"],
    [["en", "zh_CN"], "en"],
  ] as const)("%j is %s", (wishes, language) => {
    expect(chooseLanguage(wishes)).toBe(language);
  });
});
