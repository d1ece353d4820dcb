// In which charset a peer is read and written to (docs/protocol.md section 4), checked on the bytes that go out.
import { describe, expect, it } from "vitest";
import type { Charset } from "../../src/protocol/text-codec.js";
import { codec, conversation } from "./conversation.js";

type Talk = ReturnType<typeof conversation>;

/** What was said to the peer, as hex behind the header. */
function bytesTo(talk: Talk, peer: string, text: string, options = {}): string {
  talk.sent.length = 0;
  talk.say(peer, text, options);
  const bytes = talk.sent.at(-1)?.bytes ?? new Uint8Array();
  const header = talk.sent.at(-1)?.packet === null ? 0 : Buffer.from(bytes).lastIndexOf(":") + 1;
  return Buffer.from(bytes.subarray(header)).toString("hex");
}

const hex = (text: string, charset: Charset, end = "00"): string =>
  Buffer.from(codec.encode(text, charset)).toString("hex") + end;

describe("a raw sender", () => {
  it("is answered in the charset of its last line, GBK then UTF-8 then GBK from one source port", () => {
    const talk = conversation().started();
    const from = "10.0.0.2:40000";
    const id = `raw:${from}`;
    talk.receiveText("你好，世界", from, "gbk");
    expect(talk.peer(id)).toMatchObject({ charset: "gbk", charsetReason: "default" });
    expect(bytesTo(talk, id, "中")).toBe(hex("中", "gbk", ""));
    talk.receiveText("你好，世界", from, "utf-8");
    expect(talk.peer(id)).toMatchObject({ charset: "utf-8", charsetReason: "valid-utf8" });
    expect(bytesTo(talk, id, "中")).toBe(hex("中", "utf-8", ""));
    talk.receiveText("再见，世界", from, "gbk");
    expect(talk.peer(id)).toMatchObject({ charset: "gbk", charsetReason: "default" });
    talk.receiveText("ok", from);
    expect(bytesTo(talk, id, "中")).toBe(hex("中", "gbk", ""));
    expect(talk.shown().map(({ text }) => text)).toEqual(["你好，世界", "你好，世界", "再见，世界", "ok"]);
  });

  it("is remembered by address and port, not by address", () => {
    const talk = conversation().started();
    talk.receiveText("你好，世界", "10.0.0.2:40000", "utf-8");
    // Two-byte sequences alone prove nothing: one port has shown UTF-8 before, the other has not.
    talk.receive(codec.encode("é", "utf-8"), "10.0.0.2:40000");
    talk.receive(codec.encode("é", "utf-8"), "10.0.0.2:40001");
    expect(talk.shown().map(({ text, charsetReason }) => [text, charsetReason])).toEqual([
      ["你好，世界", "valid-utf8"],
      ["é", "peer-past"],
      ["茅", "default"],
    ]);
  });

  it("never gets the UTF8 option, whatever was chosen", () => {
    const talk = conversation().started();
    talk.receiveText("hi", "10.0.0.2:40000");
    expect(bytesTo(talk, "raw:10.0.0.2:40000", "中😀", { charset: "utf-8" })).toBe(hex("中😀", "utf-8", ""));
  });
});

describe("a peer with packets", () => {
  it("that reads UTF-8 gets it with the option, emoji included", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:16777219:Bob\\0\\0");
    expect(talk.peer("Bob")).toMatchObject({ charset: "utf-8", charsetReason: "utf8-flag" });
    expect(bytesTo(talk, "Bob", "好😀")).toBe(hex("好😀", "utf-8"));
    expect(talk.sent[0]?.packet?.options).toEqual(["SENDCHECKOPT", "UTF8OPT"]);
    // An entry without it takes that back; a packet with the option gives it again.
    talk.receiveText("1:2:bob:pc:3:Bob\\0\\0");
    expect(talk.peer("Bob").charset).toBe("gbk");
    talk.receiveText("1:3:bob:pc:8388640:hi\\0");
    expect(talk.peer("Bob")).toMatchObject({ charset: "utf-8", charsetReason: "utf8-flag" });
  });

  it("of FeiQ is GBK, also where the bytes would pass as UTF-8", () => {
    const talk = conversation({ legacyCharset: "cp932" }).started();
    const version = "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9";
    talk.receive(codec.encode(`${version}:1:bob:PC:32:浣犲ソ\0`, "gbk"));
    expect(talk.shown()[0]).toMatchObject({ text: "浣犲ソ", charset: "gbk", charsetReason: "dialect" });
    expect(talk.peer("bob")).toMatchObject({ charset: "gbk", charsetReason: "dialect" });
    expect(bytesTo(talk, "bob", "中")).toBe(hex("中", "gbk"));
  });

  it.each(["utf-8", "gb18030"])("of iptux that names %s gets UTF-8 without the option", (name) => {
    const talk = conversation().started();
    talk.receiveText(`1_iptux 0.8.3:1:tux:pc:257:tux\\0\\0icon\\0${name}`);
    expect(talk.peer("tux")).toMatchObject({ charset: "utf-8", charsetReason: "dialect" });
    expect(bytesTo(talk, "tux", "一")).toBe(hex("一", "utf-8"));
    expect(talk.sent[0]?.packet?.options).toEqual(["SENDCHECKOPT"]);
  });

  it("of iptux is read as its bytes say, GBK for GBK although it names utf-8", () => {
    const talk = conversation().started();
    const entry = "1_iptux 0.8.3:1:tux:pc:257:企鹅\\0\\0icon\\0utf-8";
    talk.receiveText(entry, "10.0.0.2", "utf-8");
    expect(talk.peer("tux").nick).toBe("企鹅");
    talk.receiveText(entry, "10.0.0.2", "gbk");
    expect(talk.peer("tux").nick).toBe("企鹅");
  });

  it("is answered in the charset of its last packet that was not ASCII", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:288:你好\\0", "10.0.0.2", "utf-8");
    expect(talk.peer("bob")).toMatchObject({ charset: "utf-8", charsetReason: "valid-utf8" });
    talk.receiveText("1:2:bob:pc:288:ok\\0");
    expect(bytesTo(talk, "bob", "中")).toBe(hex("中", "utf-8"));
    expect(talk.sent[0]?.packet?.options).toEqual(["SENDCHECKOPT"]);
    talk.receiveText("1:3:bob:pc:288:你好\\0", "10.0.0.2", "gbk");
    expect(bytesTo(talk, "bob", "中")).toBe(hex("中", "gbk"));
  });

  it("changes are told when they change what is sent", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:288:你好\\0", "10.0.0.2", "utf-8");
    talk.events.length = 0;
    talk.receiveText("1:2:bob:pc:288:你好\\0", "10.0.0.2", "gbk");
    expect(talk.events).toMatchObject([
      { kind: "message" },
      { kind: "peer", change: "changed", peer: { charset: "gbk" } },
    ]);
  });
});

describe("the user's choice", () => {
  it("holds for reading and writing, whatever the bytes look like, until it is taken back", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:288:你好\\0", "10.0.0.2", "utf-8");
    const bob = talk.peerId("bob");
    talk.events.length = 0;
    expect(talk.ask({ kind: "set-charset", peer: bob, charset: "gbk" })).toEqual({ ok: true, messages: [] });
    expect(talk.events).toMatchObject([{ kind: "peer", change: "changed", peer: { charset: "gbk" } }]);
    expect(talk.peer("bob")).toMatchObject({ charsetReason: "peer-choice", charsetChosen: true });
    expect(bytesTo(talk, "bob", "中")).toBe(hex("中", "gbk"));
    talk.receiveText("1:2:bob:pc:288:你好\\0", "10.0.0.2", "utf-8");
    expect(talk.shown().at(-1)).toMatchObject({ text: "浣犲ソ", charsetReason: "peer-choice" });
    talk.ask({ kind: "set-charset", peer: bob, charset: null });
    talk.receiveText("1:3:bob:pc:288:你好\\0", "10.0.0.2", "utf-8");
    expect(talk.shown().at(-1)).toMatchObject({ text: "你好", charsetReason: "peer-past" });
  });

  it("of UTF-8 carries the option only to those who know it", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:knows:pc:16777219:knows\\0\\0", "10.0.0.2");
    talk.receiveText("1:1:old:pc:3:old\\0\\0", "10.0.0.3");
    for (const name of ["knows", "old"]) {
      talk.ask({ kind: "set-charset", peer: talk.peerId(name), charset: "utf-8" });
      expect(bytesTo(talk, name, "中")).toBe(hex("中", "utf-8"));
      expect(talk.sent[0]?.packet?.options.includes("UTF8OPT")).toBe(name === "knows");
    }
  });

  it("for one message passes over the peer's", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:16777219:bob\\0\\0");
    expect(bytesTo(talk, "bob", "漢", { charset: "big5" })).toBe(hex("漢", "big5"));
    expect(talk.sent[0]?.packet?.options).toEqual(["SENDCHECKOPT"]);
    expect(bytesTo(talk, "bob", "漢", { charset: "utf-8" })).toBe(hex("漢", "utf-8"));
    expect(talk.sent[0]?.packet?.options).toEqual(["SENDCHECKOPT", "UTF8OPT"]);
    expect(talk.peer("bob").charsetChosen).toBe(false);
  });

  it("for a message to everyone sets the option with UTF-8", () => {
    const talk = conversation().started();
    expect(talk.say("everyone", "早上好")).toMatchObject({ charset: "gbk", charsetReason: "default" });
    expect(talk.sent[0]?.packet?.options).toEqual(["BROADCASTOPT"]);
    const message = talk.say("everyone", "早😀", { charset: "utf-8" });
    expect(message).toMatchObject({ charset: "utf-8", charsetReason: "peer-choice" });
    expect(talk.sent[1]?.packet).toMatchObject({ text: "早😀", options: ["BROADCASTOPT", "UTF8OPT"] });
    talk.say("everyone", "裸😀", { charset: "utf-8", raw: true });
    expect(Buffer.from(talk.sent[2]!.bytes).toString("utf8")).toBe("裸😀");
  });
});

describe("what a charset cannot carry", () => {
  it("is refused by name before anything is sent", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:bob\\0\\0");
    const answer = talk.ask({
      kind: "say",
      to: [{ peer: talk.peerId("bob") }],
      text: "好👨‍👩‍👧 and 😀😀",
      options: {},
    });
    expect(answer).toEqual({
      ok: false,
      code: "text-not-encodable",
      text: "gbk cannot carry 👨‍👩‍👧 😀",
      fields: { charset: "gbk", peer: "bob@pc", count: 3, characters: ["👨‍👩‍👧", "😀"] },
    });
    expect(talk.sent).toEqual([]);
    expect(talk.events.filter(({ kind }) => kind === "message")).toEqual([]);
  });

  it("goes as question marks when that is meant", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:bob\\0\\0");
    expect(bytesTo(talk, "bob", "好😀!", { lossy: true })).toBe(hex("好?!", "gbk"));
  });

  it("names the one receiver of several that cannot read it", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:utf:pc:16777219:utf\\0\\0", "10.0.0.2");
    talk.receiveText("1:1:old:pc:3:old\\0\\0", "10.0.0.3");
    const to = [{ peer: talk.peerId("utf") }, { peer: talk.peerId("old") }];
    expect(talk.ask({ kind: "say", to, text: "😀", options: {} })).toMatchObject({
      code: "text-not-encodable",
      fields: { peer: "old@pc" },
    });
    expect(talk.ask({ kind: "say", to: "everyone", text: "😀", options: {} })).toMatchObject({
      code: "text-not-encodable",
      fields: { peer: "everyone" },
    });
    talk.ask({ kind: "say", to, text: "好", options: {} });
    expect(talk.sent.map(({ packet }) => [packet?.charset, packet?.text])).toEqual([
      ["utf-8", "好"],
      ["gbk", "好"],
    ]);
  });
});

describe("our own names", () => {
  it("that are not ASCII survive in acknowledgements and other small answers", () => {
    const talk = conversation({
      self: { user: "王五", host: "办公室", nick: "五", group: "", away: null },
    }).started();
    talk.receiveText("1:1:bob:pc:288:hi\\0", "10.0.0.2");
    talk.receiveText("1:1:tux:pc:8388896:你好\\0", "10.0.0.3", "utf-8");
    talk.receiveText("1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1:feiq:pc:209:\\0", "10.0.0.4");
    talk.receiveText("1:1:eve:pc:119:\\0", "10.0.0.5");
    const told = talk.sent.filter(({ packet }) => packet?.modeName !== "BR_ENTRY");
    expect(told.map(({ packet }) => [packet?.modeName, packet?.user, packet?.host, packet?.charset])).toEqual(
      [
        ["RECVMSG", "王五", "办公室", "gbk"],
        ["RECVMSG", "王五", "办公室", "utf-8"],
        ["FEIQ_SHAKE_ACK", "王五", "办公室", "gbk"],
        ["FEIQ_OPENCHAT_ACK", "王五", "办公室", "gbk"],
      ],
    );
  });
});

describe("a peer that was never heard", () => {
  it("gets the configured legacy charset", () => {
    const talk = conversation({ legacyCharset: "cp932" }).started();
    talk.say([{ endpoint: { address: "10.0.0.7", port: 2425 } }], "日本");
    const body = Buffer.from(talk.sent[0]!.bytes).toString("hex");
    expect(body.endsWith(hex("日本", "cp932"))).toBe(true);
    expect(talk.peer("addr:10.0.0.7:2425")).toMatchObject({
      charset: "cp932",
      charsetReason: "default",
    });
  });
});
