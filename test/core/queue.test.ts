// Messages for absent receivers: they wait, go out once and in order when the receiver is there, and are known again after a crash.
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import type { Answer, SayOptions } from "../../src/core/input.js";
import { limits } from "../../src/core/limits.js";
import type { DeliveryState, Message, PeerId } from "../../src/core/model.js";
import type { QueuedMessage, SavedState } from "../../src/core/saved.js";
import { nothingSaved } from "../../src/core/saved.js";
import { conversation } from "./conversation.js";
import { peerLike } from "../contract/history-samples.js";

useSmallLimits();

const bob = "bob@pc" as PeerId;
const queue: SayOptions = { queue: { prefix: "[14:02] " } };

type Talk = ReturnType<typeof conversation>;

/** Bob was there and left. */
function absentBob(options = {}): Talk {
  const talk = conversation(options).started();
  talk.receiveText("1:1:bob:pc:1:Bob\\0\\0");
  talk.receiveText("1:2:bob:pc:2:Bob\\0\\0");
  talk.advance(2_000);
  talk.sent.length = 0;
  talk.effects.length = 0;
  return talk;
}

function say(talk: Talk, text: string, options: SayOptions = queue): Message {
  const answer: Answer | null = talk.put({
    kind: "request",
    request: { kind: "say", to: [{ peer: bob }], text, options },
  }).answer;
  if (answer?.ok !== true) throw new Error(answer?.code ?? "no answer");
  return answer.messages[0]!;
}

const stateOf = (talk: Talk, { id }: Message) =>
  talk.machine.message(id)?.deliveries.map(({ state }) => state);

const wordsSent = (talk: Talk) =>
  talk.sent.filter(({ packet }) => packet?.modeName === "SENDMSG").map(({ packet }) => packet!.text);

const comeBack = (talk: Talk) => talk.receiveText("1:900:bob:pc:1:Bob\\0\\0");

function confirmLast(talk: Talk): void {
  const { packetNo } = talk.sent.findLast(({ packet }) => packet?.modeName === "SENDMSG")!.packet!;
  talk.receiveText(`1:901:bob:pc:33:${packetNo}\\0`);
}

/** What the store was told of the queue, as it holds it then. */
function keptQueue(talk: Talk): readonly QueuedMessage[] {
  const kept = new Map<string, QueuedMessage>();
  for (const effect of talk.effects) {
    if (effect.kind !== "write") continue;
    if (effect.item.kind === "queue") kept.set(effect.item.queued.messageId, effect.item.queued);
    if (effect.item.kind === "unqueue") kept.delete(effect.item.messageId);
  }
  return [...kept.values()];
}

describe("a message to somebody absent", () => {
  it("waits, and goes out when the receiver is there, each after the one before was confirmed", () => {
    const talk = absentBob();
    const messages = ["一", "二", "三"].map((text) => say(talk, text));
    expect(wordsSent(talk)).toEqual([]);
    expect(messages.map((message) => stateOf(talk, message))).toEqual([["queued"], ["queued"], ["queued"]]);
    comeBack(talk);
    expect(wordsSent(talk)).toEqual(["一"]);
    confirmLast(talk);
    confirmLast(talk);
    confirmLast(talk);
    expect(wordsSent(talk)).toEqual(["一", "二", "三"]);
    expect(messages.map((message) => stateOf(talk, message))).toEqual([
      ["delivered"],
      ["delivered"],
      ["delivered"],
    ]);
    talk.advance(60_000);
    comeBack(talk);
    expect(wordsSent(talk)).toHaveLength(3);
  });

  it("says when it was written if that is long ago", () => {
    const talk = absentBob();
    say(talk, "三点开会");
    talk.advance(3_600_000);
    comeBack(talk);
    expect(wordsSent(talk)).toEqual(["[14:02] 三点开会"]);
    expect(talk.machine.conversation(bob).messages.at(0)).toMatchObject({ text: "三点开会" });
  });

  it("is sent at once without the wish to wait, and given up", () => {
    const talk = absentBob();
    const message = say(talk, "now", {});
    talk.advance(20_000);
    expect(stateOf(talk, message)).toEqual(["unconfirmed"]);
  });

  it("waits again when nobody confirms it, and keeps its number", () => {
    const talk = absentBob();
    const message = say(talk, "hello");
    comeBack(talk);
    talk.advance(20_000);
    expect(stateOf(talk, message)).toEqual(["queued"]);
    expect(wordsSent(talk)).toHaveLength(4);
    talk.receiveText("1:905:bob:pc:33:77\\0");
    comeBack(talk);
    talk.receiveText("1:906:bob:pc:288:hi\\0");
    const numbers = talk.sent
      .filter(({ packet }) => packet?.modeName === "SENDMSG")
      .map(({ packet }) => packet!.packetNo);
    expect(new Set(numbers).size).toBe(1);
    expect(numbers.length).toBeGreaterThan(4);
    confirmLast(talk);
    expect(stateOf(talk, message)).toEqual(["delivered"]);
  });

  it("takes its place behind those that wait, also when the receiver is back", () => {
    const talk = absentBob();
    say(talk, "一");
    comeBack(talk);
    say(talk, "二");
    expect(wordsSent(talk)).toEqual(["一"]);
    confirmLast(talk);
    expect(wordsSent(talk)).toEqual(["一", "二"]);
  });

  it("can be taken back while it waits, not after", () => {
    const talk = absentBob();
    const message = say(talk, "never mind");
    const cancel = () =>
      talk.put({ kind: "request", request: { kind: "cancel", messageId: message.id } }).answer;
    expect(cancel()).toMatchObject({ ok: true });
    expect(stateOf(talk, message)).toEqual(["cancelled"]);
    comeBack(talk);
    expect(wordsSent(talk)).toEqual([]);
    expect(cancel()).toMatchObject({ ok: false, code: "no-such-message" });
  });

  it("is taken back when nobody wants it any more", () => {
    const talk = absentBob();
    const message = say(talk, "lunch?", { queue: { expiresAt: 1_800_000_000_000 + 60_000 } });
    talk.advance(120_000);
    expect(stateOf(talk, message)).toEqual(["cancelled"]);
    expect(talk.events.at(-1)).toMatchObject({
      kind: "notice",
      code: "queue-expired",
      messageId: message.id,
    });
  });

  it("that the receiver's charset cannot carry by then is said, and not sent garbled", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:16777217:Bob\\0\\0");
    talk.receiveText("1:2:bob:pc:2:Bob\\0\\0");
    const message = say(talk, "😀");
    talk.receiveText("1_lbt6_1#128#0242AC110009#0#0#0:900:bob:pc:1:Bob\\0\\0");
    talk.receiveText("1:901:bob:pc:1:Bob\\0\\0");
    expect(wordsSent(talk)).toEqual([]);
    expect(stateOf(talk, message)).toEqual(["unconfirmed"]);
  });
});

describe("with a store", () => {
  it("is on the wire only when its number is on the disk", () => {
    const talk = absentBob({ storing: true });
    const message = say(talk, "一");
    expect(keptQueue(talk)).toMatchObject([{ messageId: message.id, packetNo: null }]);
    comeBack(talk);
    expect(wordsSent(talk)).toEqual([]);
    const [kept] = keptQueue(talk);
    expect(kept?.packetNo).toMatch(/^\d+$/u);
    talk.put({ kind: "stored", messageIds: [message.id] });
    expect(wordsSent(talk)).toEqual(["一"]);
    confirmLast(talk);
    expect(keptQueue(talk)).toEqual([]);
  });

  it("is tried at the next sign of life when the store failed", () => {
    const talk = absentBob({ storing: true });
    const message = say(talk, "一");
    comeBack(talk);
    talk.put({ kind: "store-failed", messageId: message.id, code: "store-full" });
    talk.receiveText("1:910:bob:pc:32:hi\\0");
    talk.put({ kind: "stored", messageIds: [message.id] });
    expect(wordsSent(talk)).toEqual(["一"]);
  });

  it("waits in memory alone when its receiver is not logged: nothing of it comes to the disk", () => {
    const talk = absentBob({ storing: true });
    talk.put({ kind: "request", request: { kind: "set-policy", peer: bob, policy: { unlogged: true } } });
    talk.effects.length = 0;
    const message = say(talk, "密");
    comeBack(talk);
    expect(wordsSent(talk)).toEqual(["密"]);
    confirmLast(talk);
    expect(stateOf(talk, message)).toEqual(["delivered"]);
    expect(JSON.stringify(talk.effects.filter(({ kind }) => kind === "write"))).not.toContain("密");
  });

  it("that another program sends holds the next ones back until its end is told", () => {
    const talk = absentBob({ storing: true });
    const [first, second] = ["一", "二"].map((text) => say(talk, text));
    comeBack(talk);
    talk.put({ kind: "store-failed", messageId: first!.id, code: "queue-taken" });
    talk.receiveText("1:910:bob:pc:32:hi\\0");
    talk.put({ kind: "stored", messageIds: [second!.id] });
    expect(wordsSent(talk)).toEqual([]);
    const told = talk.machine.message(first!.id)!;
    const look = (state: DeliveryState, isOver: boolean) => {
      const deliveries = told.deliveries.map((one) => ({ ...one, state, attempt: 1, final: isOver }));
      const gone = [{ messageId: first!.id, peerId: bob, isOver }];
      talk.put({ kind: "take-up", found: { free: [], gone, messages: [{ ...told, deliveries }] } });
    };
    look("sent", false);
    expect([stateOf(talk, first!), talk.machine.waiting().length]).toEqual([["sent"], 2]);
    look("delivered", true);
    talk.put({ kind: "stored", messageIds: [second!.id] });
    expect(stateOf(talk, first!)).toEqual(["delivered"]);
    expect(wordsSent(talk)).toEqual(["二"]);
    // What another program wrote is in the store already.
    const deliveries = talk.effects.filter(
      (effect) => effect.kind === "write" && effect.item.kind === "delivery",
    );
    expect(JSON.stringify(deliveries)).not.toContain(`"delivered"`);
  });

  it("that another program left unsent is sent from here", () => {
    const talk = absentBob({ storing: true });
    const message = say(talk, "一");
    comeBack(talk);
    talk.put({ kind: "store-failed", messageId: message.id, code: "queue-taken" });
    talk.put({ kind: "take-up", found: { free: keptQueue(talk), gone: [], messages: [] } });
    talk.put({ kind: "stored", messageIds: [message.id] });
    expect(wordsSent(talk)).toEqual(["一"]);
  });

  it("goes on after a crash: those that may be there already under their old number, the others after", () => {
    const before = absentBob({ storing: true });
    const messages = ["一", "二"].map((text) => say(before, text));
    comeBack(before);
    before.put({ kind: "stored", messageIds: [messages[0]!.id] });
    const number = before.sent.findLast(({ packet }) => packet?.modeName === "SENDMSG")!.packet!.packetNo;
    const state: SavedState = {
      ...nothingSaved,
      peers: [peerLike(bob, 1)],
      queue: keptQueue(before),
    };
    const after = conversation({ storing: true });
    after.put({ kind: "restore", state, waiting: messages });
    after.started();
    expect(after.machine.peer(bob)).toMatchObject({ state: "offline", unread: 0 });
    after.receiveText("1:950:bob:pc:1:Bob\\0\\0");
    after.put({ kind: "stored", messageIds: [messages[0]!.id] });
    expect(after.sent.findLast(({ packet }) => packet?.modeName === "SENDMSG")!.packet!.packetNo).toBe(
      number,
    );
    confirmLast(after);
    after.put({ kind: "stored", messageIds: [messages[1]!.id] });
    confirmLast(after);
    expect(wordsSent(after)).toEqual(["一", "二"]);
    expect(messages.map((message) => stateOf(after, message))).toEqual([["delivered"], ["delivered"]]);
  });
});

it("holds no more than its bound", () => {
  const talk = absentBob();
  for (let count = 0; count < limits.queuedMessages; count++) say(talk, "m");
  expect(stateOf(talk, say(talk, "one more"))).toEqual(["sent"]);
});
