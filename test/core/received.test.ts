// Messages that come in (docs/protocol.md section 6): shown once, acknowledged where that is asked for, and only when they are kept.
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import { limits, timers } from "../../src/core/limits.js";
import { everyone } from "../../src/core/model.js";
import type { Message } from "../../src/core/model.js";
import { conversation } from "./conversation.js";

useSmallLimits();

type Talk = ReturnType<typeof conversation>;

function withBob(options?: Parameters<typeof conversation>[0]): Talk {
  const talk = conversation(options).started();
  talk.receiveText("1:1:bob:pc:3:Bob\\0\\0");
  talk.events.length = 0;
  return talk;
}

const storedOf = (talk: Talk): readonly Message[] =>
  talk.effects.flatMap((effect) => (effect.kind === "store" ? [effect.message] : []));

describe("a message", () => {
  it("is told as it came", () => {
    const talk = withBob();
    talk.receiveText("1:00100:bob:pc:288:你好\\0");
    expect(talk.events).toMatchObject([
      {
        kind: "message",
        message: {
          direction: "in",
          at: 1_800_000_010_000,
          peerId: "bob@pc",
          to: [],
          conversation: "bob@pc",
          peerName: "Bob",
          endpoint: { address: "10.0.0.2", port: 2425 },
          packetNo: "00100",
          text: "你好",
          charset: "gbk",
          options: ["SENDCHECKOPT"],
          sealed: false,
          broadcast: false,
          autoReply: false,
          deliveries: [],
        },
      },
      { kind: "peer", change: "changed", peer: { unread: 1 } },
    ]);
    // The number is echoed as it was written.
    expect(talk.lines()).toEqual(["RECVMSG 00100"]);
  });

  it("of FeiQ is shown without its font trailer", () => {
    const talk = conversation().started();
    const font = "{/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}";
    talk.receiveText(`1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:100:bob:PC:288:你好${font}\\0\\0`);
    expect(talk.shown()).toMatchObject([{ displayText: "你好", text: `你好${font}`, dialect: "feiq" }]);
  });

  it("to everybody stands in the conversation with everyone", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:1056:大家好\\0");
    expect(talk.shown()).toMatchObject([{ conversation: everyone, broadcast: true, peerId: "bob@pc" }]);
    expect(talk.peer("Bob").unread).toBe(0);
  });

  it("ends a typing notice", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:121:\\0");
    talk.events.length = 0;
    talk.receiveText("1:101:bob:pc:32:done\\0");
    expect(talk.events).toMatchObject([{ kind: "message" }, { kind: "peer", peer: { typingUntil: 0 } }]);
    talk.events.length = 0;
    talk.advance(60_000);
    expect(talk.events).toEqual([]);
  });
});

const sentFor = (command: number): string[] => {
  const talk = withBob();
  talk.receiveText(`1:100:bob:pc:${command}:text\\0`);
  talk.advance(5_000);
  return talk.lines();
};

describe("an acknowledgement", () => {
  it("is sent to who asks, and never for a broadcast or an automatic answer", () => {
    expect(sentFor(32)).toEqual([]);
    expect(sentFor(32 + 0x100)).toEqual(["RECVMSG 100"]);
    expect(sentFor(32 + 0x100 + 0x800)).toEqual(["RECVMSG 100"]);
    expect(sentFor(32 + 0x100 + 0x400)).toEqual([]);
    expect(sentFor(32 + 0x100 + 0x2000)).toEqual([]);
  });

  it("is never given for anything but a message, not even for an acknowledgement that asks", () => {
    for (const mode of [0, 1, 2, 3, 4, 33, 48, 49, 50, 65, 81, 97, 115, 120, 122, 176, 201, 210, 255]) {
      const talk = withBob();
      talk.receiveText(`1:100:bob:pc:${mode + 0x100}:100\\0`);
      talk.advance(5_000);
      expect(talk.sent.filter(({ packet }) => packet?.modeName === "RECVMSG")).toEqual([]);
    }
  });

  it("goes to where the message came from, also to strangers", () => {
    const talk = conversation().started();
    talk.receiveText("1:100:eve:pc:288:hi\\0", "10.0.0.9:4000");
    expect(talk.sent[0]).toMatchObject({ to: { address: "10.0.0.9", port: 4000 }, line: "RECVMSG 100" });
  });

  it("is given to Feige's question for the MAC, without which it opens no connection", () => {
    const talk = conversation().started();
    talk.receiveText("5.1.180210:100:bob:PC:487:00-11-22-33-44-55\\0");
    expect(talk.lines()).toEqual(["RECVMSG 100"]);
    expect(talk.machine.peers()).toEqual([]);
  });

  it("answers a read receipt that asks for one, by its own number", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:1048624:7\\0");
    talk.receiveText("1:101:bob:pc:48:7\\0");
    expect(talk.lines()).toEqual(["ANSREADMSG 100"]);
  });

  it("of an encrypted message that cannot be read is withheld, also for its repeats; both sides are told once", () => {
    const talk = withBob();
    for (let copy = 0; copy < 3; copy++) talk.receiveText("1:100:bob:pc:4194592:20002:aa:bb\\0");
    talk.advance(5_000);
    expect(talk.lines()).toEqual([expect.stringMatching(/^SENDMSG\|AUTORETOPT\|NOLOGOPT .*解密/u)]);
    expect(talk.shown()).toHaveLength(0);
    expect(talk.events.filter(({ kind }) => kind === "notice")).toMatchObject([
      { code: "message-unreadable", fields: { peer: "bob@pc" } },
    ]);
  });
});

describe("repeats", () => {
  const message = "1:100:bob:pc:288:hello\\0";

  it("are acknowledged each time, shown once, and counted", () => {
    const talk = withBob();
    talk.receiveText(message);
    talk.events.length = 0;
    talk.receiveText(message);
    talk.receiveText("1:100:bob:pc:16672:hello\\0");
    expect(talk.lines()).toEqual(["RECVMSG 100", "RECVMSG 100", "RECVMSG 100"]);
    expect(talk.events).toMatchObject([
      { kind: "duplicate", peerId: "bob@pc", packetNo: "100" },
      { kind: "duplicate" },
    ]);
    expect(talk.peer("Bob")).toMatchObject({ duplicates: 2, unread: 1 });
    expect(talk.machine.diagnostics().dropped["duplicate"]).toBe(2);
  });

  it("are known for ten minutes", () => {
    const talk = withBob();
    talk.receiveText(message);
    talk.advance(599_000);
    talk.receiveText(message);
    expect(talk.shown()).toHaveLength(1);
    talk.advance(2_000);
    talk.receiveText(message);
    expect(talk.shown()).toHaveLength(2);
  });

  it("are known by sender, number, and address or text", () => {
    const talk = withBob();
    talk.receiveText(message);
    talk.receiveText("1:100:eve:pc:288:hello\\0", "10.0.0.2");
    expect(talk.shown()).toHaveLength(2);
    // Bob's other interface: the same packet.
    talk.receiveText(message, "10.9.0.2");
    expect(talk.shown()).toHaveLength(2);
    // Somebody else under his name cannot hide or replace what he says.
    talk.receiveText("1:101:bob:pc:288:forged\\0", "10.0.0.66");
    talk.receiveText("1:101:bob:pc:288:true\\0", "10.0.0.2");
    expect(talk.shown().map(({ text }) => text)).toEqual(["hello", "hello", "forged", "true"]);
    // The same number with another text from the same address is a repeat: clients may add to late ones (section 6).
    talk.receiveText("1:100:bob:pc:288:hello!\\0", "10.0.0.2");
    expect(talk.shown()).toHaveLength(4);
  });

  it("are none after the sender's program was started again", () => {
    const talk = withBob();
    const say = (number: number): void =>
      void talk.receiveText(`1_iptux 0.8.3:${number}:tux:pc:288:m\\0`, "10.0.0.4");
    talk.receiveText("1_iptux 0.8.3:1:tux:pc:257:tux\\0\\0i\\0utf-8", "10.0.0.4");
    say(2);
    say(3);
    say(3);
    expect(talk.shown()).toHaveLength(2);
    talk.receiveText("1_iptux 0.8.3:1:tux:pc:257:tux\\0\\0i\\0utf-8", "10.0.0.4");
    say(2);
    say(2);
    expect(talk.shown()).toHaveLength(3);
    talk.receiveText("1_iptux 0.8.3:3:tux:pc:65538:\\0", "10.0.0.4");
    say(2);
    expect(talk.shown()).toHaveLength(4);
  });

  it("with large numbers are known across entries: those count on", () => {
    const talk = withBob();
    talk.receiveText("1:1800000100:bob:pc:288:m\\0");
    talk.receiveText("1:1800000050:bob:pc:1:Bob\\0\\0");
    talk.receiveText("1:1800000100:bob:pc:288:m\\0");
    expect(talk.shown()).toHaveLength(1);
  });
});

describe("with a store", () => {
  it("is acknowledged when it is stored, not before", () => {
    const talk = withBob({ storing: true });
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    const [message] = storedOf(talk);
    expect(message).toEqual(talk.shown()[0]);
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    talk.receiveText("1:100:bob:pc:288:hello\\0", "10.9.0.2");
    talk.advance(60_000);
    expect(talk.lines()).toEqual([]);
    talk.put({ kind: "stored", messageIds: [message!.id] });
    talk.put({ kind: "stored", messageIds: [message!.id] });
    expect(talk.sent.map(({ to, line }) => [to, line])).toEqual([
      [{ address: "10.0.0.2", port: 2425 }, "RECVMSG 100"],
    ]);
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    expect(talk.sent).toHaveLength(2);
    expect(storedOf(talk)).toHaveLength(1);
  });

  it("keeps every kind of message, and acknowledges those that ask", () => {
    const talk = withBob({ storing: true });
    talk.receiveText("1:100:bob:pc:32:quiet\\0");
    talk.receiveText("1:101:bob:pc:1056:to all\\0");
    talk.receiveText("bare", "10.0.0.7:4000");
    for (const { id } of storedOf(talk)) talk.put({ kind: "stored", messageIds: [id] });
    expect(storedOf(talk)).toHaveLength(3);
    expect(talk.lines()).toEqual([]);
    expect(talk.say("Bob", "mine")).toBeDefined();
    expect(storedOf(talk)).toHaveLength(3);
  });

  it("that fails says so; the sender's repeat tries again and is acknowledged when it is kept", () => {
    const talk = withBob({ storing: true });
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    const id = talk.shown()[0]!.id;
    talk.put({ kind: "store-failed", messageId: id, code: "store-failed" });
    expect(talk.events.at(-1)).toMatchObject({ kind: "notice", code: "store-failed", messageId: id });
    expect(talk.lines()).toEqual([]);
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    expect(storedOf(talk).map((message) => message.id)).toEqual([id, id]);
    expect(talk.lines()).toEqual([]);
    talk.put({ kind: "stored", messageIds: [id] });
    expect(talk.lines()).toEqual(["RECVMSG 100"]);
    expect(talk.shown()).toHaveLength(1);
  });

  it("that is busy lets messages wait with their senders", () => {
    const talk = withBob({ storing: true });
    for (let number = 0; number <= limits.unstoredMessages; number++)
      talk.receiveText(`1:${number + 2}:bob:pc:288:m\\0`);
    expect(talk.shown()).toHaveLength(limits.unstoredMessages);
    expect(talk.machine.diagnostics().dropped["store-busy"]).toBe(1);
    const last = `1:${limits.unstoredMessages + 2}:bob:pc:288:m\\0`;
    talk.put({ kind: "stored", messageIds: [talk.shown()[0]!.id] });
    talk.receiveText(last);
    expect(talk.shown()).toHaveLength(limits.unstoredMessages + 1);
  });

  it("that fails for long still lets messages be read", () => {
    const talk = withBob({ storing: true });
    for (let number = 0; number < limits.unstoredMessages + 10; number++) {
      talk.receiveText(`1:${number + 2}:bob:pc:288:m\\0`);
      talk.put({ kind: "store-failed", messageId: talk.shown().at(-1)!.id, code: "store-failed" });
    }
    expect(talk.shown()).toHaveLength(limits.unstoredMessages + 10);
    expect(talk.lines()).toEqual([]);
    // Told once in a while, not for each of them.
    const told = (): number => talk.events.filter(({ kind }) => kind === "notice").length;
    expect(told()).toBe(1);
    talk.advance(timers.storeNoticeMs);
    talk.put({ kind: "store-failed", messageId: talk.shown().at(-1)!.id, code: "store-failed" });
    expect(told()).toBe(2);
  });

  it("that fails for a message which is no longer in memory lets it go", () => {
    const talk = withBob({ storing: true });
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    const id = talk.shown()[0]!.id;
    talk.put({ kind: "store-failed", messageId: id, code: "store-failed" });
    const long = "x".repeat(60_000);
    for (let index = 0; index < 2_200 && talk.machine.message(id) !== undefined; index++) {
      talk.receiveText(`1:${index}:eve${index}:pc:32:${long}\\0`, `10.1.${index >> 8}.${index & 255}`);
    }
    expect(talk.machine.message(id)).toBeUndefined();
    talk.effects.length = 0;
    talk.receiveText("1:100:bob:pc:288:hello\\0");
    expect(storedOf(talk)).toEqual([]);
  });
});

describe("while away", () => {
  it("is answered automatically, once a minute for each peer", () => {
    const talk = withBob();
    talk.receiveText("1:1:eve:pc:3:Eve\\0\\0", "10.0.0.3");
    talk.ask({ kind: "away", text: "午饭，一点回来" });
    talk.lines();
    talk.receiveText("1:100:bob:pc:288:hi\\0");
    talk.receiveText("1:101:bob:pc:288:hello?\\0");
    talk.receiveText("1:100:eve:pc:288:hi\\0", "10.0.0.3");
    const answer = "SENDMSG|AUTORETOPT 午饭，一点回来";
    expect(talk.lines()).toEqual(["RECVMSG 100", answer, "RECVMSG 101", "RECVMSG 100", answer]);
    talk.advance(60_000);
    expect(talk.lines()).toEqual([]);
    talk.receiveText("1:102:bob:pc:288:still there?\\0");
    expect(talk.lines()).toEqual(["RECVMSG 102", answer]);
    const { messages } = talk.machine.conversation(talk.peerId("Bob"));
    expect(Array.from(messages, ({ direction, autoReply }) => [direction, autoReply])).toEqual([
      ["in", false],
      ["out", true],
      ["in", false],
      ["in", false],
      ["out", true],
    ]);
    expect(messages.at(1)?.deliveries).toMatchObject([{ state: "sent", final: true }]);
  });

  it("gives no automatic answer to broadcasts, automatic answers, bare text, nor without a text", () => {
    const talk = withBob();
    talk.ask({ kind: "away", text: "lunch" });
    talk.lines();
    talk.receiveText(`1:100:bob:pc:${32 + 0x400}:all\\0`);
    talk.receiveText(`1:101:bob:pc:${32 + 0x2000}:I am away too\\0`);
    talk.receiveText("bare", "10.0.0.7:4000");
    talk.ask({ kind: "away", text: "" });
    talk.lines();
    talk.receiveText("1:102:bob:pc:32:hi\\0");
    expect(talk.lines()).toEqual([]);
  });

  it("two that are away do not answer each other for ever", () => {
    const ours = withBob({ self: { user: "bob", host: "pc", nick: "Bob", group: "", away: "away A" } });
    const theirs = conversation({
      self: { user: "eve", host: "pc", nick: "Eve", group: "", away: "away B" },
    }).started();
    ours.say([{ endpoint: { address: "10.0.0.3", port: 2425 } }], "hi");
    let packets = 0;
    for (let round = 0; round < 20; round++) {
      for (const { bytes } of ours.sent.splice(0)) {
        theirs.receive(bytes, "10.0.0.4");
        packets++;
      }
      for (const { bytes } of theirs.sent.splice(0)) {
        ours.receive(bytes, "10.0.0.3");
        packets++;
      }
      ours.advance(1_000);
      theirs.advance(1_000);
    }
    // Message, acknowledgement, automatic answer, greeting and its answer.
    expect(packets).toBeLessThan(8);
  });
});

describe("bare text", () => {
  it("is told with its sender, and a change of its charset with it", () => {
    const talk = conversation().started();
    talk.receiveText("hello\r\n", "10.0.0.7:4000");
    talk.receiveText("again", "10.0.0.7:4000");
    talk.receiveText("你好", "10.0.0.7:4000", "utf-8");
    expect(talk.events).toMatchObject([
      { kind: "peer", change: "appeared" },
      { kind: "message", message: { text: "hello", dialect: "raw", packetNo: "" } },
      { kind: "message", message: { text: "again" } },
      { kind: "peer", change: "changed", peer: { charset: "utf-8" } },
      { kind: "message", message: { text: "你好" } },
    ]);
    expect(talk.sent).toEqual([]);
  });

  it("brings back a tool that was taken for gone", () => {
    const talk = conversation().started();
    talk.receiveText("hello", "10.0.0.7:4000");
    talk.put({ kind: "problem", code: "send-refused", fields: {}, to: { address: "10.0.0.7", port: 4000 } });
    talk.events.length = 0;
    talk.receiveText("again", "10.0.0.7:4000");
    expect(talk.events[0]).toMatchObject({ kind: "peer", change: "changed", peer: { state: "online" } });
  });

  it("that is binary or blank is dropped and counted by its reason", () => {
    const talk = conversation().started();
    talk.receive(Uint8Array.of(1, 2, 3, 0, 255, 254), "10.0.0.7:4000");
    talk.receiveText("  ", "10.0.0.7:4000");
    expect(talk.events).toEqual([]);
    expect(talk.machine.diagnostics()).toMatchObject({
      datagramsIn: 2,
      bytesIn: 8,
      dropped: { "empty raw text": 1 },
    });
    expect(Object.values(talk.machine.diagnostics().dropped)).toEqual([1, 1]);
  });
});
