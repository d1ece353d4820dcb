// A flood: appending and drawing cost the same however long the log is, and a thousand messages a second leave time for the rest.
import { expect, it } from "vitest";
import type { Message, PeerId } from "../../../src/index.js";
import { findInLog } from "../../../src/tui/find.js";
import { createTimelines } from "../../../src/tui/timeline.js";
import { update } from "../../../src/tui/update/update.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { listOf, message, noon, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const ming = peer("小明");

/** A world whose conversation is one growing array, as the node's is. */
function longWorld(count: number): { w: TestWorld; messages: Message[]; byId: Map<string, Message> } {
  const messages: Message[] = [];
  const byId = new Map<string, Message>();
  const base = world({ peers: [ming] });
  const node = {
    ...base.node,
    conversation: (id: PeerId) => ({ id, unread: 0, messages: listOf(id === ming.id ? messages : []) }),
    message: (id: Message["id"]) => byId.get(id),
  };
  const w: TestWorld = Object.assign(base, { node, timelines: createTimelines(node) });
  for (let index = 0; index < count; index += 1) add(messages, byId, index);
  return { w, messages, byId };
}

function add(messages: Message[], byId: Map<string, Message>, index: number): Message {
  const made = message(ming.id, `第${index}条，中文和 English 混在一起，还要换行的一条消息`, {
    at: noon + index,
  });
  messages.push(made);
  byId.set(made.id, made);
  return made;
}

/** Milliseconds for messages that arrive one by one, with a frame after every thirty. */
function flood(count: number, arriving: number): number {
  const { w, messages, byId } = longWorld(count);
  let state = uiState(120, 40, { conversation: ming.id });
  viewScreen(state, w);
  const started = performance.now();
  for (let index = 0; index < arriving; index += 1) {
    const made = add(messages, byId, count + index);
    const event = { kind: "message", message: made } as const;
    w.touch();
    w.timelines.note(event);
    ({ state } = update(state, { kind: "node", event }, w));
    if (index % 30 === 29) viewScreen(state, w);
  }
  return performance.now() - started;
}

it("takes a thousand messages in far less than a second, also behind fifty thousand", () => {
  flood(100, 300);
  const short = flood(100, 1_000);
  const long = flood(50_000, 1_000);
  expect(short).toBeLessThan(500);
  expect(long).toBeLessThan(500);
});

it("finds words among fifty thousand messages while one types", () => {
  const { w, messages, byId } = longWorld(50_000);
  const timeline = w.timelines.of(ming.id);
  const started = performance.now();
  expect(findInLog(timeline, "第4999")).toHaveLength(11);
  const first = performance.now() - started;
  // A longer query looks at the last hits only, and what has come since is the only new thing read.
  const again = performance.now();
  expect(findInLog(timeline, "第49999")).toHaveLength(1);
  const made = add(messages, byId, 49_999);
  w.timelines.note({ kind: "message", message: made });
  expect(findInLog(timeline, "第49999")).toHaveLength(2);
  expect(performance.now() - again).toBeLessThan(Math.max(10, first / 2));
  expect(first).toBeLessThan(500);
});
