// Envelopes: opened by their reader, reported to their sender until that one says so; locked ones; forged receipts; taking back.
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model.js";
import { hexText } from "../../src/protocol/bytes.js";
import { buildRecall, recallText } from "../../src/protocol/recall.js";
import { cipherOf } from "../crypto/keys.js";
import { conversation } from "./conversation.js";
import { linked, liAt, type Talk } from "./linked.js";
import sequences from "../vectors/sequences.json" with { type: "json" };

const lastIn = (talk: Talk): Message => {
  const found = talk.shown().at(-1);
  if (found === undefined) throw new Error("nothing was shown");
  return talk.machine.message(found.id) ?? found;
};
const open = (talk: Talk, message: Message, unlocked = true) =>
  talk.ask({ kind: "open", messageId: message.id, unlocked, kept: null });
const stateOf = (talk: Talk, message: Message) => talk.machine.message(message.id)?.deliveries[0]?.state;

describe("the vector of sealed messages", () => {
  const vector = sequences.vectors.find(({ id }) => id === "seq-009-secret-read");

  it("READMSG is repeated until ANSREADMSG comes", () => {
    const talk = conversation().started();
    const zero = talk.atMs;
    const steps = vector?.steps ?? [];
    expect(steps).toHaveLength(4);
    const first = steps[0] as { recv: string; send: string[] };
    talk.receiveHex(first.recv);
    expect(talk.lines().filter((line) => !line.startsWith("BR_ENTRY"))).toEqual(first.send);
    const message = lastIn(talk);
    expect(message).toMatchObject({ sealed: true, openedAt: null });
    talk.advanceTo(zero + 100);
    open(talk, message);
    const [sent] = talk.sent;
    expect(talk.lines()).toEqual((steps[1] as { send: string[] }).send);
    talk.advanceTo(zero + 1_600);
    expect(talk.lines().map((line) => `${line} (repeat)`)).toEqual((steps[2] as { send: string[] }).send);
    talk.receiveText(`1:1110007006:bob:pc:50:${sent?.packet?.packetNo}\\0`);
    talk.advance(20_000);
    expect(talk.lines()).toEqual([]);
  });
});

describe("a sealed message", () => {
  it("is sent sealed and encrypted, and its opening is told with the time", () => {
    const { li, bob, settle, advance } = linked();
    const message = li.say("Bob", "秘密", { seal: true });
    settle();
    const received = lastIn(bob);
    expect(received).toMatchObject({ sealed: true, locked: false, openedAt: null, text: "秘密" });
    expect(stateOf(li, message)).toBe("delivered");
    advance(5_000);
    const opened = open(bob, received);
    settle();
    expect(opened).toMatchObject({ ok: true, messages: [{ openedAt: expect.any(Number) }] });
    expect(li.machine.message(message.id)?.deliveries).toMatchObject([
      { state: "opened", at: lastIn(bob).openedAt, final: true },
    ]);
    // Opened once more: nothing new is told.
    open(bob, received);
    expect(bob.lines()).toEqual([]);
    advance(10_000);
    expect(bob.lines()).toEqual([]);
  });

  it("is not sent in clear unless that is meant", () => {
    const talk = conversation().started();
    talk.receiveText("1:5:bob:pc:1:Bob\\0\\0");
    talk.advance(2_000);
    talk.lines();
    const to = [{ peer: talk.peerId("Bob") }];
    const say = (options: object, receivers: typeof to | "everyone" = to) =>
      talk.ask({ kind: "say", to: receivers, text: "x", options });
    expect(say({ seal: true })).toMatchObject({ code: "sealed-not-encrypted" });
    expect(say({ seal: true }, "everyone")).toMatchObject({ code: "sealed-not-encrypted" });
    expect(say({ seal: true, plain: true })).toMatchObject({ ok: true });
    expect(say({ lock: true, plain: true })).toMatchObject({ ok: true });
    expect(talk.lines()).toEqual([
      "SENDMSG|SENDCHECKOPT|SECRETOPT|READCHECKOPT x",
      "SENDMSG|SENDCHECKOPT|SECRETOPT|PASSWORDOPT|READCHECKOPT x",
    ]);
  });

  it("waits for the key rather than going in clear", () => {
    const { li, bob, advance } = linked();
    const message = li.say("Bob", "secret", { seal: true });
    advance(5_000, (line) => line.startsWith("ANSPUBKEY"));
    expect(stateOf(li, message)).toBe("refused");
    expect(bob.shown()).toEqual([]);
  });

  it("that is locked opens with the password only, which never travels", () => {
    const { li, bob, settle, lines } = linked();
    li.say("Bob", "秘密", { lock: true });
    settle();
    lines.length = 0;
    const received = lastIn(bob);
    expect(received.locked).toBe(true);
    expect(open(bob, received, false)).toMatchObject({ ok: false, code: "password-wrong" });
    settle();
    expect(lines).toEqual([]);
    expect(open(bob, received, true)).toMatchObject({ ok: true });
  });

  it("that is none cannot be opened", () => {
    const { li, bob, settle } = linked();
    li.say("Bob", "hello");
    settle();
    expect(open(bob, lastIn(bob))).toMatchObject({ code: "no-such-message" });
  });

  it("gives up telling after the fourth time", () => {
    const { li, bob, settle, advance, lines } = linked();
    li.say("Bob", "秘密", { seal: true });
    settle();
    open(bob, lastIn(bob));
    advance(20_000, (line) => line.startsWith("READMSG"));
    expect(lines.filter((line) => line.startsWith("bob: READMSG"))).toHaveLength(4);
  });
});

describe("forged receipts", () => {
  it("of opening, of files and of arrival from elsewhere are ignored, counted and not answered", () => {
    const { li, settle } = linked();
    const message = li.say("Bob", "秘密", { seal: true });
    settle((line) => line.startsWith("RECVMSG"));
    for (const [no, word] of [
      [1, 33],
      [2, 48 + 0x100000],
      [3, 97],
      [4, 49],
    ] as const)
      li.receiveText(`1:${no}:bob:pc-bob:${word}:${message.packetNo}\\0`, "10.0.0.66");
    expect(li.lines()).toEqual([]);
    expect(stateOf(li, message)).toBe("sent");
    expect(li.machine.diagnostics().dropped["forged-receipt"]).toBe(4);
    li.receiveText(`1:9:bob:pc-bob:50:77\\0`, "10.0.0.66");
    expect(li.machine.diagnostics().dropped["stray-receipt"]).toBe(1);
    li.receiveText("1:10:bob:pc-bob:2:\\0", "10.0.0.66");
    expect(li.machine.diagnostics().dropped["forged-exit"]).toBe(1);
    expect(li.peer("Bob").state).toBe("online");
  });
});

describe("taking a message back", () => {
  it("works between peers that both can: the text goes, the place stays", () => {
    const { li, bob, settle } = linked();
    const message = li.say("Bob", "oops");
    settle();
    expect(li.ask({ kind: "recall", messageId: message.id })).toMatchObject({ ok: true });
    expect(li.machine.message(message.id)?.recalled).toBe("asked");
    settle();
    expect(lastIn(bob)).toMatchObject({ recalled: "done", text: "", displayText: "" });
    expect(li.machine.message(message.id)).toMatchObject({ recalled: "done", text: "oops" });
  });

  it("is refused by who does not allow it, and unconfirmed when nobody answers", () => {
    const refusing = linked({}, { allowRecall: false });
    const message = refusing.li.say("Bob", "oops");
    refusing.settle();
    refusing.li.ask({ kind: "recall", messageId: message.id });
    refusing.settle();
    expect(refusing.li.machine.message(message.id)?.recalled).toBe("refused");
    expect(lastIn(refusing.bob).text).toBe("oops");

    const silent = linked();
    const other = silent.li.say("Bob", "oops");
    silent.settle();
    silent.li.ask({ kind: "recall", messageId: other.id });
    silent.advance(20_000, (line) => line.startsWith("FEIYAN"));
    expect(silent.li.machine.message(other.id)?.recalled).toBe("unconfirmed");
    expect(silent.lines.filter((line) => line.startsWith("li: FEIYAN"))).toHaveLength(4);
  });

  it("asks nobody who does not know of it", () => {
    const talk = conversation().started();
    talk.receiveText("1:5:bob:pc:1:Bob\\0\\0");
    const message = talk.say("Bob", "hi");
    talk.sent.length = 0;
    expect(talk.ask({ kind: "recall", messageId: message.id })).toMatchObject({
      code: "recall-not-possible",
    });
    expect(talk.lines()).toEqual([]);
  });

  it("of a signed message needs the signature, of any message its sender's address", () => {
    const { li, bob, settle } = linked();
    const message = li.say("Bob", "signed");
    settle();
    const ask = (signature: string | null, from: string) =>
      bob.receiveText(
        `1:1900000000:li:pc-li:8388879:${buildRecall(message.packetNo, signature).join("\\0")}\\0`,
        from,
        "utf-8",
      );
    const signed = (letter: "a" | "b"): string =>
      hexText(cipherOf(letter).sign(Buffer.from(recallText(message.packetNo))) ?? new Uint8Array());
    ask(null, liAt);
    ask(signed("b"), liAt);
    ask(signed("a"), "10.0.0.66");
    expect(lastIn(bob)).toMatchObject({ recalled: null, text: "signed" });
    expect(bob.machine.diagnostics().dropped["forged-recall"]).toBe(1);
    ask(signed("a"), liAt);
    expect(lastIn(bob).recalled).toBe("done");
  });

  it("heeds no answer from elsewhere and nothing that is no request", () => {
    const { li, bob, settle } = linked();
    const message = li.say("Bob", "oops");
    settle();
    li.ask({ kind: "recall", messageId: message.id });
    li.sent.length = 0;
    const answer = `1:7:bob:pc-bob:8388623:FY1 recall-answer\\0{"packetNo":"${message.packetNo}","done":true}\\0`;
    li.receiveText(answer, "10.0.0.66", "utf-8");
    expect(li.machine.message(message.id)?.recalled).toBe("asked");
    for (const body of ["", "[]", "{", '{"packetNo":7}', '{"packetNo":"1","signature":"zz"}'])
      bob.receiveText(`1:8:li:pc-li:8388879:FY1 recall\\0${body}\\0`, liAt, "utf-8");
    expect(bob.machine.diagnostics().dropped["forged-recall"]).toBeUndefined();
    li.receiveText(answer, "10.0.0.2", "utf-8");
    expect(li.machine.message(message.id)?.recalled).toBe("done");
  });
});
