// Which charset is chosen and why; what is text at all.
import { describe, expect, it } from "vitest";
import { chooseCharset, decode, encodeRawText, lookAtUtf8 } from "../../src/protocol.js";
import { bytesOf, codec, fromHex, packetOf } from "./vectors.js";

const gbk = { legacyCharset: "gbk" } as const;

function look(bytes: Uint8Array, context = {}): (string | null)[] | null {
  const decoded = decode(bytes, codec, { ...gbk, ...context });
  return decoded.kind === "dropped" ? null : [decoded.charset, decoded.charsetReason];
}

function kindOf(hex: string): string {
  return decode(fromHex(hex), codec, gbk).kind;
}

describe("charset decision", () => {
  const utf8 = bytesOf("1:1:u:h:32:你好", "utf-8");
  const gbkBytes = bytesOf("1:1:u:h:32:你好");
  it("follows the order of section 4", () => {
    expect(look(bytesOf("1:1:u:h:32:hi"))).toEqual(["ascii", "ascii"]);
    expect(look(bytesOf("1:1:u:h:8388640:hi"))).toEqual(["utf-8", "utf8-flag"]);
    expect(look(utf8)).toEqual(["utf-8", "valid-utf8"]);
    expect(look(gbkBytes)).toEqual(["gbk", "default"]);
    expect(look(gbkBytes, { legacyCharset: "cp932" })).toEqual(["cp932", "default"]);
    const feige = bytesOf("5.1.180210:1:u:h:32:你好", "utf-8");
    expect(look(feige, { peerCharset: "utf-8" })).toEqual(["gbk", "dialect"]);
    expect(look(feige, { peerCharset: "utf-8", peerCharsetChosen: true })).toEqual(["utf-8", "peer-choice"]);
    expect(look(utf8, { peerCharset: "big5" })).toEqual(["big5", "peer-past"]);
    expect(look(utf8, { peerCharset: "big5", peerCharsetChosen: true })).toEqual(["big5", "peer-choice"]);
  });

  it("uses a remembered utf-8 only where the bytes bear it out, a chosen one always", () => {
    expect(look(utf8, { peerCharset: "utf-8" })).toEqual(["utf-8", "peer-past"]);
    expect(look(fromHex("313a313a753a683a33323ac4a3"), { peerCharset: "utf-8" })).toEqual([
      "utf-8",
      "peer-past",
    ]);
    expect(look(gbkBytes, { peerCharset: "utf-8" })).toEqual(["gbk", "default"]);
    expect(look(gbkBytes, { peerCharset: "utf-8", peerCharsetChosen: true })).toEqual([
      "utf-8",
      "peer-choice",
    ]);
    const broken = bytesOf("1:1:u:h:2097184:你好", "utf-8");
    expect(look(Uint8Array.from([...broken, 0, 0x31, 0x3a, 0xff]), { peerCharset: "utf-8" })).toEqual([
      "utf-8",
      "valid-utf8",
    ]);
  });

  it("does not believe an iptux entry that names utf-8 over GBK bytes", () => {
    const entry = "1_iptux 0.8.3:29:laowang:IPTUX-PC:259:老王\0三年二班\0icon-tux.png\0utf-8\0";
    expect(look(bytesOf(entry, "gbk"))).toEqual(["gbk", "default"]);
    expect(look(bytesOf(entry, "utf-8"))).toEqual(["utf-8", "declared"]);
    expect(packetOf(entry).body).toMatchObject({ nick: "老王", group: "三年二班", declaredCharset: "utf-8" });
    expect(look(bytesOf("1_iptux 0.8.3:29:u:h:259:é\0\0i\0gbk\0", "utf-8"))).toEqual(["gbk", "default"]);
  });

  it("looks at file names and groups too", () => {
    expect(look(bytesOf("1_iptux 0.8.3:1:u:h:2097184:\x0010000:作业本:0:0:2:\x07", "utf-8"))).toEqual([
      "utf-8",
      "valid-utf8",
    ]);
    expect(look(bytesOf("1:1:u:h:2097184:\x001:作业本:0:0:2:\x07"))).toEqual(["gbk", "default"]);
    expect(look(bytesOf("1:1:u:h:32:\0作业本", "utf-8"))).toEqual(["ascii", "ascii"]);
    expect(look(bytesOf("1:1:u:h:1:nick\0研发"))).toEqual(["gbk", "default"]);
    expect(look(bytesOf("1:1:u:h:16777217:nick\0\nNN:小王", "utf-8"))).toEqual(["ascii", "ascii"]);
  });

  it("can be asked alone", () => {
    const bytes = fromHex("c4e3");
    const evidence = {
      bytes,
      main: { start: 0, end: 2 },
      more: null,
      utf8Flag: false,
      alwaysGbk: false,
      declaredUtf8: false,
    };
    expect(chooseCharset(evidence, gbk)).toEqual({ charset: "gbk", reason: "default" });
    expect(lookAtUtf8(bytes, 0, 2)).toBe("invalid");
    expect(lookAtUtf8(fromHex("c4a3"), 0, 2)).toBe("narrow");
    expect(lookAtUtf8(fromHex("e4bda0"), 0, 3)).toBe("wide");
  });
});

describe("raw text", () => {
  it("is text without control bytes; the rest is dropped", () => {
    expect(kindOf("68690a6c6f1b5b316d09070d0c08")).toBe("raw-text");
    expect(kindOf("6869000000")).toBe("raw-text");
    expect(kindOf("0d0a00")).toBe("dropped");
    for (const control of ["00", "01", "0b", "0e", "1c", "7f"])
      expect(kindOf(`6869${control}6a`)).toBe("dropped");
  });

  it("drops what no charset makes sense of", () => {
    expect(kindOf("fffefffefffe")).toBe("dropped");
    expect(kindOf("c4e3bac3c4e3bac3c4")).toBe("raw-text");
  });

  it("is written as it stands", () => {
    expect(encodeRawText("你好", codec, "gbk")).toEqual(fromHex("c4e3bac3"));
  });
});
