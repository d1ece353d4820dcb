import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import { charsetNamed, createTextCodec } from "../../src/charset/codecs.js";
import type { Charset } from "../../src/protocol/text-codec.js";

const codec = createTextCodec();
const charsets: readonly Charset[] = ["ascii", "utf-8", "gbk", "gb18030", "big5", "cp932", "euc-kr"];

const samples: readonly (readonly [Charset, string, string])[] = [
  ["ascii", "hi ~", "6869207e"],
  ["utf-8", "你é🙂", "e4bda0c3a9f09f9982"],
  ["gbk", "你好", "c4e3bac3"],
  ["gb18030", "㐁🙂", "8139ef3095308532"],
  ["big5", "你好", "a741a66e"],
  ["cp932", "表示ｱ", "955c8ea6b1"],
  ["euc-kr", "안녕", "bec8b3e7"],
];

describe("text codec", () => {
  it.each(samples)("writes and reads %s", (charset, text, hex) => {
    expect(Buffer.from(codec.encode(text, charset)).toString("hex")).toBe(hex);
    expect(codec.decode(Uint8Array.from(Buffer.from(hex, "hex")), charset)).toBe(text);
    expect(codec.decode(Buffer.from(hex, "hex"), charset)).toBe(text);
  });

  it("gives plain byte arrays", () => {
    for (const charset of charsets) expect(codec.encode("x", charset).constructor).toBe(Uint8Array);
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.constantFrom(...charsets), (bytes, charset) => {
        expect(typeof codec.decode(bytes, charset)).toBe("string");
      }),
    );
  });

  it("never throws, whatever the text, lone surrogates included", () => {
    fc.assert(
      fc.property(anyText(), fc.constantFrom(...charsets), (text, charset) => {
        expect(codec.encode(text, charset)).toBeInstanceOf(Uint8Array);
      }),
    );
    expect(codec.decode(codec.encode("a\ud800b", "utf-8"), "utf-8")).toBe("a\ufffdb");
  });

  it("shows bytes above 0x7f in ASCII as replacement characters and writes ? for what ASCII has not", () => {
    expect(codec.decode(Uint8Array.of(0x41, 0x80, 0xff), "ascii")).toBe("A\ufffd\ufffd");
    expect(Buffer.from(codec.encode("a你🙂", "ascii")).toString()).toBe("a??");
  });

  it("keeps a byte order mark", () => {
    expect(codec.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41), "utf-8")).toBe("\ufeffA");
  });

  it("reads four-byte sequences in GBK and never writes them", () => {
    expect(codec.decode(Uint8Array.of(0x81, 0x39, 0xef, 0x30), "gbk")).toBe("㐁");
    expect(Buffer.from(codec.encode("㐁ok 🙂!", "gbk")).toString()).toBe("?ok ?!");
  });
});

describe("unencodable", () => {
  it("is empty when everything survives", () => {
    expect(codec.unencodable("三点开会 OK€", "gbk")).toEqual([]);
    expect(codec.unencodable("🙂 é 한", "utf-8")).toEqual([]);
  });

  it("names whole characters with their places", () => {
    expect(codec.unencodable("好🙂x👩‍👩‍👧y🇨🇳", "gbk")).toEqual([
      { character: "🙂", index: 1 },
      { character: "👩‍👩‍👧", index: 4 },
      { character: "🇨🇳", index: 13 },
    ]);
    expect(codec.unencodable("naïve", "cp932")).toEqual([{ character: "ï", index: 2 }]);
    expect(codec.unencodable("汉", "ascii")).toEqual([{ character: "汉", index: 0 }]);
  });

  it("finds something exactly when the round trip changes the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.constantFrom(...charsets),
        (text, charset) => {
          const survives = codec.decode(codec.encode(text, charset), charset) === text;
          expect(codec.unencodable(text, charset).length === 0).toBe(survives);
        },
      ),
    );
  });
});

describe("charsetNamed", () => {
  it.each([
    ["GBK", "gbk"],
    ["gb2312", "gbk"],
    ["CP936", "gbk"],
    ["UTF-8", "utf-8"],
    ["utf8", "utf-8"],
    ["Shift_JIS", "cp932"],
    ["Windows-31J", "cp932"],
    ["Big5-HKSCS", "big5"],
    ["EUC-KR", "euc-kr"],
    ["ks_c_5601-1987", "euc-kr"],
    ["us-ascii", "ascii"],
    ["gb18030", "gb18030"],
  ] as const)("%s is %s", (name, charset) => {
    expect(charsetNamed(name)).toBe(charset);
  });

  it("does not know others", () => {
    for (const name of ["", "koi8-r", "constructor", "utf-16"]) expect(charsetNamed(name)).toBeNull();
  });

  it("knows every charset by its own name", () => {
    for (const charset of charsets) expect(charsetNamed(charset)).toBe(charset);
  });
});
