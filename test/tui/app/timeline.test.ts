// The order of a log: messages by id and lines between them, with serials that stay.
import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/index.js";
import { createTimelines } from "../../../src/tui/timeline.js";
import { listOf, message, noon, own, peer } from "../support/world.js";

const ming = peer("小明");

function setup(messages: Message[] = []) {
  const timelines = createTimelines({
    conversation: (id) => ({
      id,
      unread: 0,
      messages: listOf(messages.filter((one) => one.conversation === id)),
    }),
  });
  const arrive = (one: Message): void => {
    messages.push(one);
    timelines.note({ kind: "message", message: one });
  };
  return { messages, timelines, arrive };
}

const kindsOf = (timeline: ReturnType<ReturnType<typeof createTimelines>["of"]>): string[] =>
  Array.from(
    { length: timeline.end - timeline.first },
    (_, index) => timeline.entry(timeline.first + index)?.kind ?? "",
  );

describe("timeline", () => {
  it("holds messages and lines in the order they came", () => {
    const { timelines, arrive } = setup([message(ming.id, "旧")]);
    const timeline = timelines.of(ming.id);
    arrive(message(ming.id, "新"));
    timelines.add(ming.id, { at: noon, text: "x", tone: "plain" });
    arrive(message(ming.id, "更新"));
    expect(kindsOf(timeline)).toEqual(["message", "message", "system", "message"]);
  });

  it("does not hold a message twice that was there when it was first looked at", () => {
    const { timelines, messages } = setup();
    const [first, second] = [message(ming.id, "一"), message(ming.id, "二")];
    // One step of the node made both; the first event opens the timeline.
    messages.push(first, second);
    timelines.of(ming.id);
    timelines.note({ kind: "message", message: first });
    timelines.note({ kind: "message", message: second });
    expect(kindsOf(timelines.of(ming.id))).toHaveLength(2);
  });

  it("draws a message anew when its delivery changes", () => {
    const sent = own(ming.id, "好", "sent");
    const { timelines } = setup([sent]);
    const timeline = timelines.of(ming.id);
    const before = timeline.version(0);
    timelines.note({ kind: "delivery", delivery: sent.deliveries[0]!, message: sent });
    expect(timeline.version(0)).not.toBe(before);
    expect(timeline.find(sent.id)).toBe(0);
  });

  it("draws an envelope anew when it was opened", () => {
    const sent = own(ming.id, "好", "sent");
    const { timelines } = setup([sent]);
    const timeline = timelines.of(ming.id);
    const before = timeline.version(0);
    timelines.note({ kind: "message-changed", message: sent, at: 1 });
    expect(timeline.version(0)).not.toBe(before);
    expect(timeline.find(sent.id)).toBe(0);
  });

  it("joins two conversations by time, lines included", () => {
    const addr = peer("addr:1").id;
    const early = message(addr, "早", { at: noon });
    const late = message(ming.id, "晚", { at: noon + 2_000 });
    const { timelines, messages } = setup([early, late]);
    timelines.of(addr);
    timelines.of(ming.id);
    timelines.add(addr, { at: noon + 1_000, text: "之间", tone: "plain" });
    messages.splice(0, 2, { ...early, conversation: ming.id }, late);
    timelines.note({ kind: "peer-merged", from: addr, into: ming, at: noon });
    expect(kindsOf(timelines.of(ming.id))).toEqual(["message", "system", "message"]);
  });

  it("stays bounded, and serials of what is newer than the lines that went do not change", () => {
    const { timelines, arrive } = setup();
    const timeline = timelines.of(ming.id);
    arrive(message(ming.id, "早"));
    for (let index = 0; index < 2_500; index += 1) {
      timelines.add(ming.id, { at: noon + index, text: String(index), tone: "plain" });
    }
    arrive(message(ming.id, "晚"));
    expect(timeline.end).toBe(2_502);
    expect(timeline.end - timeline.first).toBe(1_502);
    expect(timeline.entry(2_500)).toMatchObject({ line: { text: "2499" } });
    expect(timeline.entry(2_501)).toMatchObject({ message: { text: "晚" } });
    expect(timeline.entry(timeline.first)).toMatchObject({ message: { text: "早" } });
    expect(timeline.entry(0)).toBeUndefined();
    expect(timeline.generation).toBe(1);
  });

  it("follows the node's own list: what has left memory leaves, lines before it too", () => {
    let [kept, evicted] = [["一", "二", "三"].map((text) => message(ming.id, text)), 0];
    const timelines = createTimelines({
      conversation: (id) => ({ id, unread: 0, messages: listOf(kept, evicted) }),
    });
    const timeline = timelines.of(ming.id);
    timelines.add(ming.id, { at: noon, text: "x", tone: "plain" });
    kept = [...kept, message(ming.id, "四")];
    expect(kindsOf(timeline)).toEqual(["message", "message", "message", "system", "message"]);
    [kept, evicted] = [kept.slice(2), 2];
    expect(timeline.first).toBe(2);
    expect(kindsOf(timeline)).toEqual(["message", "system", "message"]);
    expect(timeline.find(kept[1]!.id)).toBe(4);
    [kept, evicted] = [kept.slice(2), 4];
    expect([timeline.first, timeline.end]).toEqual([5, 5]);
    // A conversation that was forgotten altogether counts from the start.
    timelines.add(ming.id, { at: noon, text: "y", tone: "plain" });
    [kept, evicted] = [[message(ming.id, "五")], 0];
    expect(timeline.end - timeline.first).toBe(2);
    expect(kindsOf(timeline)).toEqual(["system", "message"]);
  });
});
