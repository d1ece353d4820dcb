// Entries, texts and groups beyond the vectors, and what is written for sending.
import { describe, expect, it } from "vitest";
import {
  buildExtension,
  createPacketCrypto,
  decode,
  encode,
  entryNames,
  parseExtension,
  parsePacketNo,
  parseStyledText,
} from "../../src/protocol.js";
import { bytesOf, codec, crypto, fromHex, packetNo, packetOf } from "./vectors.js";

const gbk = { legacyCharset: "gbk" } as const;

describe("entries", () => {
  const block = "\nUN:王莉\nHN:\nNN:小王🙂\nGN:财务部\nXX\nVS:00010002:5\r\nFY:1:5";
  const entry = (command: number) => {
    const bytes = [...bytesOf(`1:1:wang:pc:${command}:nick\0group\0`), ...bytesOf(block, "utf-8")];
    const decoded = decode(Uint8Array.from(bytes), codec, gbk);
    if (decoded.kind !== "packet") throw new Error(decoded.reason);
    return decoded;
  };

  it("takes names from the block: all in announcements, user and host in answers", () => {
    expect(entryNames(entry(0x1000001))).toEqual({
      user: "王莉",
      host: "pc",
      nick: "小王🙂",
      group: "财务部",
    });
    expect(entryNames(entry(0x1000004))).toEqual({
      user: "王莉",
      host: "pc",
      nick: "小王🙂",
      group: "财务部",
    });
    expect(entryNames(entry(0x1000003))).toEqual({ user: "王莉", host: "pc", nick: "nick", group: "group" });
    expect(entryNames(entry(0x1))).toEqual({ user: "wang", host: "pc", nick: "nick", group: "group" });
    expect(entryNames(packetOf("1:1:u:h:32:x"))).toEqual({ user: "u", host: "h", nick: "", group: "" });
  });

  it("keeps unknown lines, drops what is none, and survives odd keys", () => {
    const { body } = entry(0x1000001);
    expect(body).toMatchObject({ block: { VS: "00010002:5", FY: "1:5" } });
    const odd = packetOf("1:1:u:h:16777217:n\0g\0\n__proto__:x\nconstructor:y\nUN:a\nUN:b");
    expect(odd.body).toMatchObject({ block: { UN: "b" } });
    expect(entryNames(odd)).toEqual({ user: "b", host: "h", nick: "n", group: "g" });
  });

  it("reads and builds our own extension line", () => {
    expect(parseExtension("1:5")).toEqual({
      version: 1,
      manifests: true,
      recall: false,
      peerLists: true,
      probes: false,
    });
    expect(buildExtension({ manifests: true, recall: true, peerLists: true, probes: true })).toBe("1:f");
    expect(buildExtension({ manifests: false, recall: false, peerLists: false, probes: false })).toBe("1:0");
    expect(
      parseExtension(buildExtension({ manifests: false, recall: true, peerLists: false, probes: false })),
    ).toMatchObject({ recall: true, manifests: false });
    for (const value of [undefined, "", "2:1", "1:", "1:xyz", "1:123456789"])
      expect(parseExtension(value)).toBeNull();
  });

  it("writes no line feed from a value into the block", () => {
    const bytes = encode(
      {
        version: "1",
        packetNo: packetNo("1"),
        user: "u",
        host: "h",
        command: 0x1000001,
        sections: ["n", "g"],
        charset: "gbk",
        block: { NN: "a\nUN:evil\0b" },
      },
      codec,
    );
    const decoded = decode(bytes, codec, gbk);
    expect(decoded).toMatchObject({ body: { block: { NN: "a UN:evil b" } } });
  });
});

describe("encode", () => {
  const base = {
    version: "1",
    packetNo: packetNo("9"),
    user: "u",
    host: "h",
    command: 32,
    charset: "gbk",
  } as const;

  it("has a section 0 even when none is given, and keeps the word unsigned", () => {
    expect(Buffer.from(encode({ ...base, sections: [] }, codec)).toString()).toBe("1:9:u:h:32:\0");
    expect(Buffer.from(encode({ ...base, command: -2147483616, sections: ["x"] }, codec)).toString()).toBe(
      "1:9:u:h:2147483680:x\0",
    );
  });

  it("lets no name or file name break the packet", () => {
    const files = [{ id: "1", name: "a\x07b\0c\n:d", sizeBytes: 1n, mtime: -5.5, attr: 1 }];
    const bytes = encode({ ...base, user: "a:\0\nb", command: 0x200020, sections: ["x"], files }, codec);
    const decoded = decode(bytes, codec, gbk);
    expect(decoded).toMatchObject({ user: "a;  b", body: { files: [{ name: "a_b_c_:d", mtime: 0 }] } });
  });

  it("takes decimal packet numbers only", () => {
    expect(parsePacketNo("00042")).toBe("00042");
    for (const text of ["", "-1", "1a", "1".repeat(21)]) expect(parsePacketNo(text)).toBeNull();
  });
});

describe("text", () => {
  const font = "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 255;}";

  it.each([
    [`x${font}`, "x"],
    [`x ${font}`, "x"],
    [`x  ${font}`, "x "],
    ["x{/font;1 2 3;}", "x{/font;1 2 3;}"],
    ["x;}", "x;}"],
    ["x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体;}", "x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体;}"],
    ["x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 255;}", "x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 255;}"],
    [`x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 ${"宋".repeat(300)} 255;}`, "x"],
  ])("FeiQ %j shows %j", (text, displayText) => {
    expect(parseStyledText(text, "feiq").displayText).toBe(displayText);
  });

  it("tells fonts apart, however many", () => {
    for (let color = 0; color < 600; color += 1) {
      expect(
        parseStyledText(`x{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 ${color};}`, "feiq").font?.color,
      ).toBe(color);
    }
  });

  it.each([
    ["a[rich]0A[/rich]", "a"],
    ["a[/rich]", "a[/rich]"],
    ["a[rich]zz[/rich]", "a[rich]zz[/rich]"],
    ["a[rich][/rich]", "a"],
    ["a[rich]0A[/rich] ", "a[rich]0A[/rich] "],
  ])("Feige %j shows %j", (text, displayText) => {
    expect(parseStyledText(text, "feige5").displayText).toBe(displayText);
  });
});

describe("groups", () => {
  const clear =
    "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1:u:h:35:QUNMSGMARK#3b19_77#大家好{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 255;}\0";

  it("reads clear text, with or without a cipher at hand", () => {
    const { body } = packetOf(clear);
    expect(body).toMatchObject({
      kind: "group",
      step: "message",
      group: { keyText: "", groupId: "3b19", stamp: "77", displayText: "大家好" },
    });
  });

  it("reads cipher text only with the cipher, and nothing else as a group", () => {
    const cipher = fromHex("9b02a7e2886654c9f38518e1909b765474776c185c2c2472");
    const packet = (version: string, withCrypto: boolean) => {
      const bytes = Uint8Array.from([...bytesOf(`${version}:1:u:h:201:`), ...cipher]);
      const decoded = decode(bytes, codec, gbk, withCrypto ? crypto : undefined);
      return decoded.kind === "packet" && decoded.body.kind === "group" ? decoded.body.group : undefined;
    };
    const version = "1_lbt4_0#128#001EC958856C#0#0#24";
    expect(packet(version, true)).toMatchObject({ groupId: "7f001122", text: "", keyText: "001EC958856C" });
    expect(packet(version, false)).toBeNull();
    for (const wrong of [
      "1_lbt4_0#128#001EC958856D#0#0#24",
      "1_lbt4_0#128#001EC958856C#0#0#23",
      "1_lbt4_0#128#001EC958856C#0#0#32",
      "1_lbt4_0#128#001EC958856C#0#0#x",
      "1_lbt4_0#128",
      "1",
    ]) {
      expect(packet(wrong, true)).toBeNull();
    }
    expect(packetOf("1_lbt4_0#1:1:u:h:35:QUNMSGMARK#no end").body).toMatchObject({ group: null });
  });

  it("opens nothing with senseless keys or lengths", () => {
    const packetCrypto = createPacketCrypto();
    expect(packetCrypto.openGroup(new Uint8Array(3), new Uint8Array(8))).toBeNull();
    expect(packetCrypto.openGroup(new Uint8Array(57), new Uint8Array(8))).toBeNull();
    expect(packetCrypto.openGroup(new Uint8Array(12), new Uint8Array(0))).toBeNull();
    expect(packetCrypto.openGroup(new Uint8Array(12), new Uint8Array(9))).toBeNull();
  });
});
