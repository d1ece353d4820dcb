// Pages of the history before what the node holds: in order, each message once, without losing the reader's place when messages leave
// memory, when a date is jumped to, and when a charset turns out to be another.
import { describe, expect, it } from "vitest";
import { createTextCodec } from "../../../src/charset/codecs.js";
import { createMemoryHistory } from "../../../src/history/open-history.js";
import type {
  Event,
  HistoryStore,
  Message,
  MessageId,
  MessageList,
  Peer,
  PeerId,
} from "../../../src/index.js";
import { createArchive } from "../../../src/tui/log/archive.js";
import type { Archive } from "../../../src/tui/log/archive.js";
import { withArchive } from "../../../src/tui/log/archived-timeline.js";
import { keepPlace } from "../../../src/tui/log/kept-messages.js";
import { createTimelines } from "../../../src/tui/timeline.js";
import type { Timeline } from "../../../src/tui/timeline.js";
import { withPosition } from "../../../src/tui/ui-state.js";
import { messageLike } from "../../contract/history-samples.js";
import { uiState } from "../support/world.js";

const wang = "wang@pc-w" as PeerId;
const firstAt = 1_700_000_000_000;
const minute = 60_000;

interface Stage {
  readonly archive: Archive;
  readonly timeline: Timeline;
  readonly history: HistoryStore;
  /** All that were ever said, and how many of them left the node's memory. */
  readonly said: readonly Message[];
  first(): number;
  evict(until: number): void;
  hear(count: number): Promise<void>;
  moved: number;
  /** Until nothing is loading. */
  idle(): Promise<void>;
}

/** `count` messages a minute apart, of which the node holds the newest. */
async function stage(count: number, held: number): Promise<Stage> {
  const history = createMemoryHistory();
  const said: Message[] = [];
  let evicted = 0;
  const list = (): MessageList => {
    const messages = said.slice(evicted);
    return {
      length: messages.length,
      evicted,
      at: (index) => messages.at(index),
      slice: (from, to) => messages.slice(from, to),
      indexOf: (id) => messages.findIndex((one) => one.id === id),
      [Symbol.iterator]: () => messages[Symbol.iterator](),
    };
  };
  const node = {
    conversation: () => ({ id: wang, messages: list(), unread: 0 }),
    message: (id: MessageId) => said.slice(evicted).find((one) => one.id === id),
  };
  const made: Stage = {
    archive: createArchive({
      node,
      history,
      codec: createTextCodec(),
      now: () => firstAt + count * minute,
      onChange: () => undefined,
      onLeave: () => undefined,
      onMove: (_, delta) => (made.moved += delta),
    }),
    history,
    said,
    moved: 0,
    first: () => timelines.of(wang).first,
    evict: (until) => (evicted = until),
    get timeline() {
      return combined.of(wang);
    },
    async hear(more) {
      const fresh = Array.from({ length: more }, (_, index) => {
        const number = said.length + index;
        return messageLike({
          at: firstAt + number * minute,
          text: `m${number}`,
          displayText: `m${number}`,
          packetNo: String(number) as Message["packetNo"],
          raw: new TextEncoder().encode(`1:${number}:wang:pc-w:288:m${number}`),
        });
      });
      said.push(...fresh);
      await Promise.all(fresh.map((message) => history.write({ kind: "message", message, group: "" })));
    },
    idle: () => new Promise((resolve) => setTimeout(resolve, 0)),
  };
  const timelines = createTimelines(node);
  const combined = withArchive(timelines, made.archive);
  await made.hear(count);
  evicted = count - held;
  return made;
}

function texts(timeline: Timeline): string[] {
  const { first, end } = timeline;
  return Array.from({ length: end - first }, (_, index) => {
    const one = timeline.entry(first + index);
    return one?.kind === "message" ? one.message.displayText : "?";
  });
}

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `m${from + index}`);

describe("pages before what the node holds", () => {
  it("come in order, each message once, up to the first one", async () => {
    const talk = await stage(950, 100);
    expect(texts(talk.timeline)).toEqual(range(850, 950));
    for (const from of [650, 450, 250, 50, 0, 0]) {
      talk.archive.wantOlder(wang, talk.first());
      await talk.idle();
      expect(texts(talk.timeline)).toEqual(range(from, 950));
    }
    // What the node holds keeps its serials while pages come before it.
    expect(talk.timeline.find(talk.said[900]!.id)).toBe(900);
    expect(talk.timeline.find(talk.said[3]!.id)).toBe(3);
    expect(talk.archive.message(talk.said[3]!.id)?.displayText).toBe("m3");
  });

  it("stay under the reader when the messages after them leave memory, and join the present again", async () => {
    const talk = await stage(400, 100);
    talk.archive.wantOlder(wang, talk.first());
    await talk.idle();
    const reading = withPosition(uiState(80, 24, { conversation: wang }), {
      kind: "anchor",
      serial: 200,
      row: 0,
      seenEnd: 400,
    });
    const recent = { of: () => ({ first: talk.first() }) } as unknown as Parameters<typeof keepPlace>[1];
    await talk.hear(50);
    talk.evict(350);
    keepPlace(reading, recent, talk.archive);
    const there = talk.timeline.entry(200);
    expect(there?.kind === "message" && there.message.displayText).toBe("m200");
    expect(texts(talk.timeline)).toEqual(range(100, 300));
    talk.archive.wantNewer(wang, talk.first());
    await talk.idle();
    expect(texts(talk.timeline)).toEqual(range(100, 450));
    expect(talk.moved).toBe(0);
  });

  it("are forgotten when the messages after them leave memory and nobody reads there", async () => {
    const talk = await stage(400, 100);
    talk.archive.wantOlder(wang, talk.first());
    await talk.idle();
    const recent = { of: () => ({ first: talk.first() }) } as unknown as Parameters<typeof keepPlace>[1];
    talk.evict(350);
    keepPlace(uiState(80, 24, { conversation: wang }), recent, talk.archive);
    expect(talk.archive.of(wang)).toBeUndefined();
    expect(texts(talk.timeline)).toEqual(range(350, 400));
    talk.archive.wantOlder(wang, talk.first());
    await talk.idle();
    expect(texts(talk.timeline)).toEqual(range(150, 400));
  });
});

describe("a jump to a date", () => {
  it("opens a window with both sides of it, and goes on to the newest", async () => {
    const talk = await stage(2_000, 50);
    const serial = await talk.archive.jump(wang, talk.first(), firstAt + 1_000 * minute, null);
    expect(serial).not.toBeNull();
    expect(talk.archive.of(wang)?.isDetached).toBe(true);
    const entry = talk.timeline.entry(serial!);
    expect(entry?.kind === "message" && entry.message.displayText).toBe("m1000");
    expect(texts(talk.timeline)).toEqual(range(800, 1_200));
    for (let page = 0; page < 5; page += 1) {
      talk.archive.wantNewer(wang, talk.first());
      await talk.idle();
    }
    expect(talk.archive.of(wang)?.isDetached).toBe(false);
    expect(texts(talk.timeline)).toEqual(range(800, 2_000));
    expect(await talk.archive.jump(wang, talk.first(), firstAt + 9_000 * minute, null)).toBeNull();
  });

  it("is left for the newest messages", async () => {
    const talk = await stage(500, 50);
    await talk.archive.jump(wang, talk.first(), firstAt, null);
    talk.archive.leave(wang);
    expect(texts(talk.timeline)).toEqual(range(450, 500));
  });
});

describe("another charset", () => {
  it("is in loaded pages and in what was found at once", async () => {
    const talk = await stage(0, 0);
    const codec = createTextCodec();
    const raw = Buffer.concat([
      Buffer.from("1:7:wang:pc-w:288:"),
      codec.encode("会議は三時です", "cp932"),
      Buffer.of(0),
    ]);
    const garbled = codec.decode(codec.encode("会議は三時です", "cp932"), "gbk");
    const message = messageLike({ raw, text: garbled, displayText: garbled, at: firstAt });
    await talk.history.write({ kind: "message", message, group: "" });
    await talk.hear(1);
    talk.evict(1);
    talk.archive.wantOlder(wang, talk.first());
    await talk.idle();
    expect(talk.archive.search("会議")).toEqual([]);
    await talk.idle();
    expect(talk.archive.search("会議")).toEqual([]);
    const before = talk.archive.of(wang)!.generation;
    await talk.history.rewrite([
      { ...message, text: "会議は三時です", displayText: "会議は三時です", charset: "cp932" },
    ]);
    talk.archive.note({ kind: "reread", conversation: wang, charset: "cp932", at: firstAt });
    expect(texts(talk.timeline)).toContain("会議は三時です");
    expect(talk.archive.of(wang)!.generation).toBeGreaterThan(before);
    await talk.idle();
    expect(talk.archive.search("会議")).toHaveLength(1);
  });

  it("are asked for again when two entries turn out to be one, or one to be two", async () => {
    const talk = await stage(400, 50);
    const hong = { id: "hong@pc-h" } as Peer;
    const events: Event[] = [
      { kind: "peer-merged", from: hong.id, into: { id: wang } as Peer, at: firstAt },
      { kind: "peer-split", from: wang, peer: hong, moved: [], at: firstAt },
    ];
    for (const event of events) {
      talk.archive.wantOlder(wang, talk.first());
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await talk.idle();
      expect(texts(talk.timeline).length).toBeGreaterThan(50);
      talk.archive.note(event);
      expect(texts(talk.timeline)).toEqual(range(350, 400));
    }
  });
});
