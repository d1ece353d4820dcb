// A flood: appending and drawing look at as many messages however long the log is; how long that takes is the benchmarks' business.
import { expect, it } from "vitest";
import type { Message, PeerId } from "../../../src/index.js";
import { findInLog } from "../../../src/tui/find.js";
import { createTimelines } from "../../../src/tui/timeline.js";
import { update } from "../../../src/tui/update/update.js";
import { viewScreen } from "../../../src/tui/view/screen.js";
import { listOf, message, noon, peer, uiState, world } from "../support/world.js";
import type { TestWorld } from "../support/world.js";

const ming = peer("小明");

interface LongWorld {
  readonly w: TestWorld;
  readonly messages: Message[];
  readonly byId: Map<string, Message>;
  /** How many messages of the conversation were looked at since the last call. */
  readonly takeReads: () => number;
}

/** A world whose conversation grows, as the node's does. */
function longWorld(count: number): LongWorld {
  const kept: Message[] = [];
  let reads = 0;
  const messages = listOf(kept, 0, () => {
    reads += 1;
  });
  const byId = new Map<string, Message>();
  const base = world({ peers: [ming] });
  const node = {
    ...base.node,
    conversation: (id: PeerId) => ({ id, unread: 0, messages: id === ming.id ? messages : listOf([]) }),
    message(id: Message["id"]) {
      reads += 1;
      return byId.get(id);
    },
  };
  const w: TestWorld = Object.assign(base, { node, timelines: createTimelines(node) });
  for (let index = 0; index < count; index += 1) add(kept, byId, index);
  const takeReads = (): number => {
    const taken = reads;
    reads = 0;
    return taken;
  };
  return { w, messages: kept, byId, takeReads };
}

function add(messages: Message[], byId: Map<string, Message>, index: number): Message {
  const made = message(ming.id, `第${index}条，中文和 English 混在一起，还要换行的一条消息`, {
    at: noon + index,
  });
  messages.push(made);
  byId.set(made.id, made);
  return made;
}

/** Messages looked at while some arrive one by one, with a frame after every thirty. */
function flood(count: number, arriving: number): number {
  const { w, messages, byId, takeReads } = longWorld(count);
  let state = uiState(120, 40, { conversation: ming.id });
  viewScreen(state, w);
  takeReads();
  for (let index = 0; index < arriving; index += 1) {
    const made = add(messages, byId, count + index);
    const event = { kind: "message", message: made } as const;
    w.touch();
    w.timelines.note(event);
    ({ state } = update(state, { kind: "node", event }, w));
    if (index % 30 === 29) viewScreen(state, w);
  }
  return takeReads();
}

it("looks at a few messages for each that arrives, also behind fifty thousand", () => {
  const short = flood(100, 300);
  expect(short).toBeGreaterThanOrEqual(300);
  expect(short).toBeLessThan(3_000);
  expect(flood(50_000, 300)).toBe(short);
});

it("finds words among fifty thousand messages while one types", () => {
  const { w, messages, byId, takeReads } = longWorld(50_000);
  const timeline = w.timelines.of(ming.id);
  expect(findInLog(timeline, "第4999")).toHaveLength(11);
  takeReads();
  // A longer query looks at the last hits only, and what has come since is the only new thing read.
  expect(findInLog(timeline, "第49999")).toHaveLength(1);
  const made = add(messages, byId, 49_999);
  w.timelines.note({ kind: "message", message: made });
  expect(findInLog(timeline, "第49999")).toHaveLength(2);
  expect(takeReads()).toBeLessThan(100);
});
