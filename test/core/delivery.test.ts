// Messages on their way (docs/protocol.md section 6): when each packet goes, what is known of it at every moment, and what is
// refused before anything is sent.
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import { limits } from "../../src/core/limits.js";
import { everyone } from "../../src/core/model.js";
import type { Message, MessageId, PeerId } from "../../src/core/model.js";
import { textRoomFor } from "../../src/core/text-room.js";
import { conversation } from "./conversation.js";

useSmallLimits();

type Talk = ReturnType<typeof conversation>;

function withBob(options?: Parameters<typeof conversation>[0]): Talk {
  const talk = conversation(options).started();
  talk.receiveText("1:1:bob:pc:3:Bob\\0\\0");
  talk.events.length = 0;
  return talk;
}

/** The course of one message: time after `since`, state, attempt, final. */
function course(talk: Talk, since: number): unknown[] {
  return talk.events.flatMap((event) =>
    event.kind === "delivery"
      ? [
          [
            event.delivery.at - 1_800_000_000_000 - since,
            event.delivery.state,
            event.delivery.attempt,
            event.delivery.final,
          ],
        ]
      : [],
  );
}

const deliveriesOf = (talk: Talk, { id }: Message) =>
  talk.machine.message(id)?.deliveries.map(({ peerId, state, attempt }) => [peerId, state, attempt]);

describe("a message to one peer", () => {
  it("is queued, sent, repeated every 1.5 s with the same bytes, then unconfirmed", () => {
    const talk = withBob();
    const start = talk.atMs;
    const message = talk.say("Bob", "hello");
    expect(talk.events[0]).toMatchObject({
      kind: "message",
      message: {
        direction: "out",
        peerId: "bob@pc",
        to: ["bob@pc"],
        conversation: "bob@pc",
        peerName: "Bob",
        endpoint: { address: "10.0.0.2", port: 2425 },
        options: ["SENDCHECKOPT"],
        broadcast: false,
        deliveries: [{ state: "queued", attempt: 0, rttMs: null, final: false }],
      },
    });
    talk.advance(60_000);
    expect(course(talk, start)).toEqual([
      [0, "sent", 1, false],
      [1_500, "retried", 2, false],
      [3_000, "retried", 3, false],
      [4_500, "retried", 4, false],
      [6_000, "unconfirmed", 4, true],
    ]);
    expect(talk.sent.map(({ atMs }) => atMs - start)).toEqual([0, 1_500, 3_000, 4_500]);
    for (const { bytes } of talk.sent) expect(bytes).toEqual(message.raw);
    expect(talk.machine.diagnostics()).toMatchObject({
      messagesSent: 1,
      messagesDelivered: 0,
      messagesUnconfirmed: 1,
      repeats: 3,
    });
    expect(talk.machine.wakeAt()).toBeNull();
  });

  it("is delivered by the acknowledgement, with the time since the first send", () => {
    const talk = withBob();
    const start = talk.atMs;
    const message = talk.say("Bob", "hello");
    talk.advance(1_600);
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`);
    talk.receiveText(`1:3:bob:pc:33:${message.packetNo}\\0`);
    talk.advance(60_000);
    expect(course(talk, start)).toEqual([
      [0, "sent", 1, false],
      [1_500, "retried", 2, false],
      [1_600, "delivered", 2, true],
    ]);
    expect(talk.machine.message(message.id)?.deliveries[0]?.rttMs).toBe(1_600);
    expect(talk.sent).toHaveLength(2);
    expect(talk.machine.diagnostics()).toMatchObject({ messagesDelivered: 1, messagesUnconfirmed: 0 });
  });

  it("is not acknowledged by another address, nor by another number", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`, "10.0.0.66");
    talk.receiveText(`1:3:bob:pc:33:${Number(message.packetNo) + 1}\\0`);
    talk.receiveText("1:4:bob:pc:33:\\0");
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "sent", 1]]);
    expect(talk.machine.diagnostics().dropped).toMatchObject({ "forged-receipt": 1, "stray-receipt": 2 });
    // The port does not matter: some clients answer from another one.
    talk.receiveText(`1:5:bob:pc:33: ${message.packetNo} \\0`, "10.0.0.2:5000");
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "delivered", 1]]);
  });

  it("is opened when its receiver says so, who is answered and only from where it was sent", () => {
    const talk = withBob();
    const message = talk.say("Bob", "secret");
    const state = (): unknown =>
      talk.machine.message(message.id)?.deliveries.map((one) => [one.state, one.rttMs]);
    talk.advance(40);
    talk.receiveText(`1:90:bob:pc:33:${message.packetNo}\\0`);
    expect(state()).toEqual([["delivered", 40]]);
    talk.receiveText(`1:91:eve:pc:48:${message.packetNo}\\0`, "10.0.0.77");
    expect(state()).toEqual([["delivered", 40]]);
    talk.lines();
    talk.advance(5_000);
    talk.receiveText(`1:92:bob:pc:${48 | 0x100000}:${message.packetNo}\\0`);
    expect(state()).toEqual([["opened", 40]]);
    expect(talk.lines()).toEqual(["ANSREADMSG 92"]);
    talk.receiveText(`1:93:bob:pc:33:${message.packetNo}\\0`);
    expect(state()).toEqual([["opened", 40]]);
    expect(talk.machine.diagnostics().messagesDelivered).toBe(1);
    const other = talk.say("Bob", "opened before it was acknowledged");
    talk.receiveText(`1:94:bob:pc:48:${other.packetNo}\\0`);
    expect(talk.machine.message(other.id)?.deliveries).toMatchObject([{ state: "opened", final: true }]);
    expect(talk.machine.diagnostics().messagesDelivered).toBe(2);
  });

  it("may be acknowledged late", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.advance(30_000);
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "unconfirmed", 4]]);
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`);
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "delivered", 4]]);
    expect(talk.machine.diagnostics()).toMatchObject({ messagesDelivered: 1, messagesUnconfirmed: 0 });
  });

  it("is forgotten after ten minutes", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.advance(600_001);
    talk.say("Bob", "later");
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`);
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "unconfirmed", 4]]);
    expect(talk.ask({ kind: "resend", messageId: message.id })).toMatchObject({
      ok: false,
      code: "no-such-message",
    });
  });

  it("follows the peer to its new address; both may acknowledge", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.receiveText("1:2:bob:pc:3:Bob\\0\\0", "10.0.0.3");
    talk.advance(1_500);
    expect(talk.sent.map(({ to }) => to !== "broadcast" && to.address)).toEqual(["10.0.0.2", "10.0.0.3"]);
    talk.receiveText(`1:3:bob:pc:33:${message.packetNo}\\0`, "10.0.0.2");
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "delivered", 2]]);
  });

  it("goes on to the last address when the peer is forgotten", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    const named = talk.say([{ endpoint: { address: "10.0.0.2", port: 2425 } }], "there");
    talk.ask({ kind: "forget-peer", peer: talk.peerId("Bob") });
    talk.advance(1_500);
    expect(talk.sent.map(({ packet }) => packet?.text)).toEqual(["hello", "there", "hello", "there"]);
    talk.advance(60_000);
    expect(deliveriesOf(talk, named)).toEqual([["bob@pc", "unconfirmed", 4]]);
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "unconfirmed", 4]]);
  });

  it("brings back a peer that was taken for gone", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.receiveText("1:2:bob:pc:2:Bob\\0\\0");
    talk.events.length = 0;
    talk.receiveText(`1:3:bob:pc:33:${message.packetNo}\\0`);
    expect(talk.events).toMatchObject([{ kind: "peer", change: "appeared" }, { kind: "delivery" }]);
  });

  it.each([
    [0, [0]],
    [1, [0, 1_500]],
    [25, Array.from({ length: 21 }, (_, at) => at * 1_500)],
  ])("is repeated %i times at wish, 20 at most", (retries, times) => {
    const talk = withBob();
    const start = talk.atMs;
    talk.say("Bob", "hello", { retries });
    talk.advance(120_000);
    expect(talk.sent.map(({ atMs }) => atMs - start)).toEqual(times);
    expect(course(talk, start).at(-1)).toEqual([times.length * 1_500, "unconfirmed", times.length, true]);
  });
});

describe("sending again", () => {
  it("repeats the same packet with the whole row of repeats", () => {
    const talk = withBob();
    const message = talk.say("Bob", "hello");
    talk.advance(20_000);
    const start = talk.atMs;
    talk.events.length = 0;
    talk.sent.length = 0;
    expect(talk.ask({ kind: "resend", messageId: message.id })).toMatchObject({
      ok: true,
      messages: [{ id: message.id, deliveries: [{ state: "retried", attempt: 5 }] }],
    });
    expect(talk.machine.diagnostics().messagesUnconfirmed).toBe(0);
    talk.advance(20_000);
    expect(course(talk, start)).toEqual([
      [0, "retried", 5, false],
      [1_500, "retried", 6, false],
      [3_000, "retried", 7, false],
      [4_500, "retried", 8, false],
      [6_000, "unconfirmed", 8, true],
    ]);
    for (const { bytes } of talk.sent) expect(bytes).toEqual(message.raw);
    talk.ask({ kind: "resend", messageId: message.id });
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`);
    expect(deliveriesOf(talk, message)).toEqual([["bob@pc", "delivered", 9]]);
    talk.advance(60_000);
    expect(talk.sent).toHaveLength(5);
  });

  it("goes to those receivers only that are unconfirmed", () => {
    const talk = withBob();
    talk.receiveText("1:1:eve:pc:3:Eve\\0\\0", "10.0.0.3");
    const message = talk.say([{ peer: talk.peerId("Bob") }, { peer: talk.peerId("Eve") }], "hello");
    talk.receiveText(`1:2:eve:pc:33:${message.packetNo}\\0`, "10.0.0.3");
    talk.advance(20_000);
    talk.sent.length = 0;
    talk.ask({ kind: "resend", messageId: message.id });
    expect(talk.sent.map(({ to }) => to !== "broadcast" && to.address)).toEqual(["10.0.0.2"]);
    // While it is on its way there is nothing to send again.
    talk.ask({ kind: "resend", messageId: message.id });
    expect(talk.sent).toHaveLength(1);
  });

  it("is refused for what was not sent", () => {
    const talk = withBob();
    talk.receiveText("1:2:bob:pc:32:mine\\0");
    for (const messageId of ["nothing" as MessageId, talk.shown()[0]!.id]) {
      expect(talk.ask({ kind: "resend", messageId })).toMatchObject({ ok: false, code: "no-such-message" });
    }
    const message = talk.say("Bob", "hello");
    talk.advance(20_000);
    talk.put({ kind: "stop" });
    expect(talk.ask({ kind: "resend", messageId: message.id })).toMatchObject({ code: "node-closed" });
  });
});

describe("several receivers", () => {
  it("get a packet each with one number and MULTICAST; the message stands in each conversation", () => {
    const talk = withBob();
    talk.receiveText("1:1:eve:pc:16777219:Eve\\0\\0", "10.0.0.3");
    const to = [{ peer: talk.peerId("Bob") }, { peer: talk.peerId("Eve") }, { peer: talk.peerId("Bob") }];
    const message = talk.say(to, "大家好");
    expect(
      talk.sent.map(({ to: at, line, packet }) => [at !== "broadcast" && at.address, line, packet?.packetNo]),
    ).toEqual([
      ["10.0.0.2", "SENDMSG|SENDCHECKOPT|MULTICASTOPT 大家好", message.packetNo],
      ["10.0.0.3", "SENDMSG|SENDCHECKOPT|MULTICASTOPT|UTF8OPT 大家好", message.packetNo],
    ]);
    expect(message).toMatchObject({
      peerId: null,
      to: ["bob@pc", "eve@pc"],
      peerName: "Bob, Eve",
      endpoint: null,
    });
    talk.receiveText(`1:2:eve:pc:33:${message.packetNo}\\0`, "10.0.0.3");
    talk.advance(20_000);
    expect(deliveriesOf(talk, message)).toEqual([
      ["bob@pc", "unconfirmed", 4],
      ["eve@pc", "delivered", 1],
    ]);
    const current = talk.machine.message(message.id);
    for (const id of ["bob@pc", "eve@pc"]) {
      expect(talk.machine.conversation(id as PeerId).messages.slice()).toEqual([current]);
    }
    expect(talk.machine.diagnostics()).toMatchObject({
      messagesSent: 2,
      messagesDelivered: 1,
      messagesUnconfirmed: 1,
    });
  });

  it("on one machine are told apart by their ports", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:a:pc:3:A\\0\\0", "10.0.0.2:3001");
    talk.receiveText("1:1:b:pc:3:B\\0\\0", "10.0.0.2:3002");
    const message = talk.say([{ peer: talk.peerId("A") }, { peer: talk.peerId("B") }], "hi");
    talk.receiveText(`1:2:b:pc:33:${message.packetNo}\\0`, "10.0.0.2:3002");
    expect(deliveriesOf(talk, message)).toEqual([
      ["a@pc", "sent", 1],
      ["b@pc", "delivered", 1],
    ]);
    // From a third port: then one that still waits.
    talk.receiveText(`1:2:a:pc:33:${message.packetNo}\\0`, "10.0.0.2:3003");
    expect(deliveriesOf(talk, message)?.map(([, state]) => state)).toEqual(["delivered", "delivered"]);
  });

  it("need one at least, and all must be known", () => {
    const talk = withBob();
    const say = (to: Parameters<Talk["say"]>[0]) =>
      talk.ask({ kind: "say", to: to as never, text: "x", options: {} });
    expect(say([])).toMatchObject({ code: "no-such-peer" });
    expect(say([{ peer: "bob@pc" as PeerId }, { peer: "eve" as PeerId }])).toMatchObject({
      code: "no-such-peer",
      fields: { peer: "eve" },
    });
    expect(talk.sent).toEqual([]);
  });
});

describe("everyone", () => {
  it("gets one broadcast, without acknowledgement and final at once", () => {
    const talk = withBob();
    const message = talk.say("everyone", "开会了");
    expect(talk.lines()).toEqual(["SENDMSG|BROADCASTOPT 开会了"]);
    expect(message).toMatchObject({
      peerId: null,
      to: [],
      conversation: everyone,
      broadcast: true,
      deliveries: [{ peerId: everyone, state: "sent", attempt: 1, final: true }],
    });
    const all = talk.machine.conversation(everyone);
    expect([all.unread, Array.from(all.messages, ({ id }) => id)]).toEqual([0, [message.id]]);
    talk.advance(60_000);
    expect(talk.lines()).toEqual([]);
    talk.receiveText(`1:2:bob:pc:33:${message.packetNo}\\0`);
    expect(deliveriesOf(talk, message)).toEqual([[everyone, "sent", 1]]);
  });
});

const asked = (talk: Talk, name: string, options = {}): boolean => {
  const message = talk.say(name, "x", options);
  const isAsked = message.options.includes("SENDCHECKOPT");
  expect(message.deliveries[0]?.final).toBe(!isAsked);
  return isAsked;
};

describe("without acknowledgement", () => {
  it("goes what is said to hand-typed headers, until they ask themselves", () => {
    const talk = conversation().started();
    talk.receiveText("1:123:name:host:32:typed by hand\\0", "10.0.0.2:40000");
    expect(talk.sent).toEqual([]);
    expect(asked(talk, "name")).toBe(false);
    expect(talk.sent[0]?.to).toEqual({ address: "10.0.0.2", port: 40_000 });
    expect(asked(talk, "name", { check: true })).toBe(true);
    talk.receiveText("1:124:name:host:288:please\\0", "10.0.0.2:40000");
    expect(asked(talk, "name")).toBe(true);
    expect(asked(talk, "name", { check: false })).toBe(false);
  });

  it("counts nothing", () => {
    const talk = withBob();
    talk.say("Bob", "x", { check: false });
    talk.advance(60_000);
    expect(talk.sent).toHaveLength(1);
    expect(talk.machine.diagnostics()).toMatchObject({ messagesSent: 0, messagesUnconfirmed: 0 });
  });

  it("goes bare text, at wish or to debug tools; line ends are LF", () => {
    const talk = withBob();
    const message = talk.say("Bob", "a\r\nb\rc", { raw: true });
    expect(Buffer.from(talk.sent[0]!.bytes).toString("latin1")).toBe("a\nb\nc");
    expect(message).toMatchObject({ options: [], deliveries: [{ state: "sent", final: true }] });
    expect(talk.say("Bob", "a\r\nb").text).toBe("a\r\nb");
    expect(talk.sent[1]?.packet?.text).toBe("a\nb");
  });
});

describe("a text", () => {
  it("that is empty is refused", () => {
    const talk = withBob();
    const answer = talk.ask({
      kind: "say",
      to: [{ peer: talk.peerId("Bob") }],
      text: "",
      options: { lossy: true },
    });
    expect(answer).toMatchObject({ ok: false, code: "text-empty" });
  });

  it.each([
    ["a peer of unknown buffer", "1:1:bob:pc:3:Bob\\0\\0", limits.datagramBytes],
    ["an official client", "1:1:bob:pc:16777219:Bob\\0\\0", limits.datagramBytesIpmsg],
    [
      "a FeiQ that reads UTF-8",
      "1_lbt6_0#128#0#0#0#0#4001#9:1:bob:pc:16777219:Bob\\0\\0",
      limits.datagramBytes,
    ],
  ])("too long for %s is refused, and cut at wish", (_, entry, limit) => {
    const talk = conversation().started();
    talk.receiveText(entry);
    talk.sent.length = 0;
    const text = "春眠不觉晓，处处闻啼鸟。\n夜来风雨声 花落知多少".repeat(1_500);
    const say = { kind: "say", to: [{ peer: talk.peerId("Bob") }], text } as const;
    const refused = talk.ask({ ...say, options: {} });
    expect(refused).toMatchObject({ ok: false, code: "text-too-long", fields: { peer: "bob@pc" } });
    expect(talk.sent).toEqual([]);
    const answer = talk.ask({ ...say, options: { split: true } });
    const messages = answer.ok ? answer.messages : [];
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.map((message) => message.text).join("")).toBe(text);
    expect(talk.sent.map(({ packet }) => packet?.text).join("")).toBe(text);
    // What front ends count by while somebody types is the same room.
    const peer = talk.machine.peers().find(({ nick }) => nick === "Bob") ?? null;
    expect(!refused.ok && refused.fields["limit"]).toBe(textRoomFor(talk.machine.self, peer, false));
    const sizes = talk.sent.map(({ bytes }) => bytes.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
    expect(Math.max(...sizes)).toBeGreaterThan(limit * 0.7);
    expect(new Set(messages.map(({ packetNo }) => packetNo)).size).toBe(messages.length);
  });

  it("at the limit goes whole, bare text up to what a datagram carries", () => {
    const talk = withBob();
    const answer = talk.ask({
      kind: "say",
      to: [{ peer: talk.peerId("Bob") }],
      text: "x".repeat(limits.datagramBytesRaw),
      options: { raw: true },
    });
    expect(answer.ok).toBe(true);
    const over = talk.ask({
      kind: "say",
      to: [{ peer: talk.peerId("Bob") }],
      text: "x".repeat(limits.datagramBytesRaw + 1),
      options: { raw: true },
    });
    expect(over).toMatchObject({ code: "text-too-long", fields: { bytes: 65_508, limit: 65_507 } });
    expect(textRoomFor(talk.machine.self, talk.peer("Bob"), true)).toBe(65_507);
    expect(textRoomFor(talk.machine.self, null, false)).toBeLessThan(8_000);
  });

  it("for several is cut for the smallest", () => {
    const talk = withBob();
    talk.receiveText("1:1:eve:pc:16777219:Eve\\0\\0", "10.0.0.3");
    const to = [{ peer: talk.peerId("Eve") }, { peer: talk.peerId("Bob") }];
    const text = "字".repeat(10_000);
    const answer = talk.ask({ kind: "say", to, text, options: { split: true } });
    expect(answer.ok && answer.messages.map((message) => message.text).join("")).toBe(text);
    for (const { bytes, to: at } of talk.sent) {
      expect(bytes.length).toBeLessThanOrEqual(
        at !== "broadcast" && at.address === "10.0.0.2" ? limits.datagramBytes : limits.datagramBytesIpmsg,
      );
    }
  });
});

describe("the bound on what waits", () => {
  it("gives up the oldest as unconfirmed", () => {
    const talk = withBob();
    const first = talk.say("Bob", "first");
    for (let index = 0; index < limits.pendingMessages; index++) talk.say("Bob", "x");
    expect(deliveriesOf(talk, first)).toEqual([["bob@pc", "unconfirmed", 1]]);
    expect(talk.machine.diagnostics().messagesUnconfirmed).toBe(1);
    talk.advance(60_000);
    expect(talk.machine.diagnostics().messagesUnconfirmed).toBe(limits.pendingMessages + 1);
    expect(talk.machine.wakeAt()).toBeNull();
  });

  it("does not stop at messages that are no longer in memory", () => {
    const talk = withBob();
    const message = talk.say("Bob", "first");
    const long = "x".repeat(60_000);
    for (let index = 0; index < 2_200 && talk.machine.message(message.id) !== undefined; index++) {
      talk.receiveText(`1:${index}:eve${index}:pc:32:${long}\0`, `10.1.${index >> 8}.${index & 255}`);
    }
    expect(talk.machine.message(message.id)).toBeUndefined();
    expect(talk.machine.conversation("bob@pc" as PeerId).messages.slice()).toEqual([]);
    talk.events.length = 0;
    talk.advance(20_000);
    expect(talk.events).toEqual([]);
    expect(talk.machine.wakeAt()).toBeNull();
  });
});
