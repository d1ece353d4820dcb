// How a datagram is shown byte by byte.
import { describe, expect, it } from "vitest";
import { inspect, isSafeName } from "../../src/protocol.js";
import { bytesOf, codec, crypto } from "./vectors.js";

const gbk = { legacyCharset: "gbk" } as const;

function fieldNames(text: string): string[] {
  const { fields } = inspect(bytesOf(text), codec, gbk, { crypto, isSafeName });
  return fields.filter((field) => field.name !== "separator").map((field) => field.name);
}

describe("inspect", () => {
  const header = ["version", "packetNo", "user", "host", "command"];

  it.each([
    ["1:1:u:h:288:hi\0\0", [...header, "text", "padding"]],
    [
      "1_lbt6_0#1:1:u:h:288:你 {/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 255;}\0",
      [...header, "text", "trailer", "padding"],
    ],
    ["5.1.180210:1:u:h:32:开会[rich]0A[/rich]", [...header, "text", "trailer"]],
    [
      "1:1:u:h:2097184:x\x001:a::b:5:0:1:14=0:\x07:2:c:5:0\x07bad\0",
      [
        ...header,
        "text",
        "file0.id",
        "file0.name",
        "file0.size",
        "file0.mtime",
        "file0.attr",
        "file0.ext",
        "file1.id",
        "file1.name",
        "file1.size",
        "file1.mtime",
        "file2.bad",
        "padding",
      ],
    ],
    ["1:1:u:h:16777217:n\0g\0\nUN:a\nodd", [...header, "nick", "group", "block.UN", "block.line"]],
    [
      "1_iptux 0.8.3:1:u:h:257:n\0g\0icon\0utf-8\0",
      [...header, "nick", "group", "section2", "charset", "padding"],
    ],
    ["1:1:u:h:33:77\0", [...header, "argument", "padding"]],
    ["1:1:u:h:33:77\0more", [...header, "argument", "section1"]],
    ["1:1:u:h:115:1:3-5", [...header, "caps", "key"]],
    ["1:1:u:h:115:1:3-5\0x", [...header, "caps", "key", "section1"]],
    ["1:1:u:h:96:a:b:c:", [...header, "packetNoHex", "fileIdHex", "offsetHex"]],
    ["1:1:u:h:96:a:b:c:\0x", [...header, "packetNoHex", "fileIdHex", "offsetHex", "section1"]],
    [
      "1:1:u:h:19:0\x071\x07u\x07h\x070\x0710.0.0.1\x071\x07n\x07g\x07",
      [
        ...header,
        "next",
        "count",
        "host0.user",
        "host0.host",
        "host0.status",
        "host0.address",
        "host0.port",
        "host0.nick",
        "host0.group",
      ],
    ],
    ["1:1:u:h:17:x", [...header, "section0"]],
    ["1:1:u:h:4194592:20002:ab:cd\0", [...header, "caps", "sessionKey", "cipher", "padding"]],
    ["1:1:u:h:32:x\0unexpected", [...header, "text", "section1"]],
    ["1:1:u:h:192:broken", [...header, "section0"]],
    ["1:1:u:h:35:nothing", [...header, "rest"]],
    ["hello\r\n\0", ["text", "line-end"]],
    ["\x01", ["bytes"]],
    ["", []],
  ])("names the parts of %j", (text, expected) => {
    expect(fieldNames(text)).toEqual(expected);
  });

  it("leaves a trailer unnamed when its bytes cannot be found again", () => {
    // E3 7B is one character of GBK here, so the tag begins in the middle of bytes that look like it.
    const bytes = Uint8Array.from([
      ...Buffer.from("1_lbt6_0#1:1:u:h:32:"),
      0x81,
      ...Buffer.from("{/font;"),
      ...Buffer.from("{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 x 255;}"),
    ]);
    const { fields } = inspect(bytes, codec, gbk, { crypto, isSafeName });
    expect(fields.filter((field) => field.name === "trailer")).toHaveLength(1);
  });

  it("shows requests without text when they came over TCP", () => {
    const bytes = bytesOf("1:1:u:h:96:a:b:c:");
    expect(inspect(bytes, codec, gbk, { isSafeName, kind: "tcp-request" })).not.toHaveProperty("text");
    expect(inspect(bytes, codec, gbk, { isSafeName })).toMatchObject({
      text: "a:b:c:",
      request: { offset: 12 },
      reply: null,
    });
    expect(inspect(bytesOf("1:1:u:h:96:x"), codec, gbk, { isSafeName })).not.toHaveProperty("request");
  });
});
