// The message log against a plain one: whatever is added, changed, moved and pushed out, it holds what arrays would hold.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageLog } from "../../src/core/conversations.js";
import type { LogLimits } from "../../src/core/conversations.js";
import { createIdIndex } from "../../src/core/id-index.js";
import type { Place } from "../../src/core/id-index.js";
import { everyone } from "../../src/core/model.js";
import type { Delivery, Message, MessageId, PeerId } from "../../src/core/model.js";
import { packMessages } from "../../src/core/packed-messages.js";
import type { PacketNo } from "../../src/protocol/message.js";

const peers: readonly PeerId[] = [...(["a@pc", "b@pc", "addr:10.0.0.9"] as PeerId[]), everyone];
const roomy: LogLimits = { messages: 100_000, bytes: 1 << 30, objects: 24 };

interface Draft {
  readonly from: number;
  readonly kind: "in" | "out" | "group" | "files" | "trailer" | "named";
  readonly text: string;
  readonly count: number;
}

let made = 0;

function messageOf({ from, kind, text }: Draft): Message {
  made += 1;
  const id = `id-${made.toString(36).padStart(8, "0")}${"x".repeat(made % 3)}` as MessageId;
  const conversation = peers[from]!;
  const to =
    kind === "group" ? peers.slice(0, 2) : kind === "out" && conversation !== everyone ? [conversation] : [];
  const isOut = kind === "group" || kind === "out";
  const deliveries = (to.length === 0 && isOut ? [everyone] : to).map((peerId): Delivery => {
    return {
      messageId: id,
      peerId,
      state: "sent",
      attempt: 1,
      rttMs: null,
      at: made,
      final: made % 2 === 0,
      cipher: null,
    };
  });
  return {
    id,
    direction: isOut ? "out" : "in",
    at: 1_800_000_000_000 + made * 0.5,
    peerId: conversation === everyone || kind === "group" ? null : conversation,
    to,
    conversation: to[0] ?? conversation,
    peerName: kind === "named" ? `n${made % 5}` : "小明",
    endpoint: kind === "out" ? null : { address: "10.0.0.2", port: 2425 + (made % 2) },
    packetNo: String(made * 7) as PacketNo,
    dialect: "feiq",
    text,
    displayText: kind === "trailer" ? text.slice(0, -1) : text,
    charset: "gbk",
    charsetReason: "default",
    options: made % 4 === 0 ? ["SENDCHECKOPT"] : [],
    sealed: false,
    locked: kind === "named",
    openedAt: null,
    encryption:
      made % 3 === 0 && !isOut
        ? { cipher: "aes-256-cbc", signature: made % 2 === 0 ? "valid" : "none" }
        : null,
    recipients: [],
    recalled: kind === "files" ? "done" : null,
    broadcast: conversation === everyone,
    autoReply: made % 9 === 0,
    raw: Uint8Array.from({ length: made % 40 }, (_, at) => (at * made) & 255),
    files:
      kind === "files"
        ? [{ id: "1", name: "报告.docx", sizeBytes: 3n, mtime: 1, type: 1, attr: 1, ext: {} }]
        : [],
    images: [],
    deliveries,
  };
}

const settled = (message: Message, attempt: number): Message => ({
  ...message,
  deliveries: message.deliveries.map((one): Delivery => {
    const rttMs = attempt % 2 === 0 ? attempt + 0.25 : null;
    return { ...one, state: rttMs === null ? "unconfirmed" : "delivered", attempt, rttMs, final: true };
  }),
});

type Step =
  | ({ readonly do: "add" } & Draft)
  | { readonly do: "settle"; readonly which: number; readonly attempt: number }
  | { readonly do: "move"; readonly from: number; readonly to: number };

const draft = fc.record({
  do: fc.constant("add" as const),
  from: fc.nat(3),
  kind: fc.constantFrom("in", "in", "in", "out", "out", "group", "files", "trailer", "named"),
  text: fc.string({ unit: "grapheme", maxLength: 12 }),
  count: fc.constantFrom(1, 1, 1, 40, 150),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: draft, weight: 8 },
    {
      arbitrary: fc.record({ do: fc.constant("settle" as const), which: fc.nat(), attempt: fc.nat(9) }),
      weight: 8,
    },
    { arbitrary: fc.record({ do: fc.constant("move" as const), from: fc.nat(2), to: fc.nat(2) }), weight: 1 },
  ),
  { maxLength: 40 },
);

const rename = (one: PeerId, from: PeerId, to: PeerId): PeerId => (one === from ? to : one);

/** A plain log: one array for each conversation. */
function createPlain() {
  const threads = new Map<PeerId, Message[]>();
  return {
    threads,
    all: () => [...new Map([...threads.values()].flat().map((one) => [one.id, one])).values()],
    add(message: Message) {
      for (const id of message.to.length > 1 ? message.to : [message.conversation])
        threads.set(id, [...(threads.get(id) ?? []), message]);
    },
    replace(message: Message) {
      for (const list of threads.values()) {
        const index = list.findIndex(({ id }) => id === message.id);
        if (index >= 0) list[index] = message;
      }
    },
    move(from: PeerId, to: PeerId) {
      const old = threads.get(from);
      if (old === undefined || from === to) return;
      threads.delete(from);
      const target = threads.get(to) ?? [];
      threads.set(to, target);
      for (const message of old) {
        const renamed = {
          ...message,
          conversation: rename(message.conversation, from, to),
          peerId: message.peerId === null ? null : rename(message.peerId, from, to),
          to: message.to.map((one) => rename(one, from, to)),
          deliveries: message.deliveries.map((one) => ({ ...one, peerId: rename(one.peerId, from, to) })),
        };
        this.replace(renamed);
        if (!target.some(({ id }) => id === message.id)) target.push(renamed);
      }
      target.sort((a, b) => a.at - b.at);
    },
  };
}

function play(script: readonly Step[], bounds: LogLimits) {
  const log = createMessageLog(bounds);
  const plain = createPlain();
  for (const step of script) {
    if (step.do === "add") {
      for (let index = 0; index < step.count; index++) {
        const message = messageOf(step);
        log.add(message);
        plain.add(message);
      }
    } else if (step.do === "settle") {
      const all = plain.all();
      const old = all[step.which % Math.max(1, all.length)];
      if (old === undefined) continue;
      log.replace(settled(old, step.attempt));
      plain.replace(settled(old, step.attempt));
    } else {
      log.move(peers[step.from]!, peers[step.to]!);
      plain.move(peers[step.from]!, peers[step.to]!);
    }
  }
  return { log, plain };
}

describe("the message log", () => {
  it("holds what arrays would hold", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { log, plain } = play(script, roomy);
        expect(new Set(log.conversations())).toEqual(new Set(plain.threads.keys()));
        for (const [id, wanted] of plain.threads) {
          const list = log.messages(id);
          expect([...list]).toEqual(wanted);
          expect([list.length, list.evicted]).toEqual([wanted.length, 0]);
          expect(list.slice(-7, -2)).toEqual(wanted.slice(-7, -2));
          for (const [index, message] of wanted.entries()) {
            if (index % 17 !== 0 && index < wanted.length - 3) continue;
            expect(list.indexOf(message.id)).toBe(index);
            expect(list.at(index - wanted.length)).toEqual(message);
            expect(log.get(message.id)).toEqual(message);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the newest within its bounds, and finds nothing of what has gone", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 300 }), (script, most) => {
        const additions = script.filter((step) => step.do !== "move");
        const { log, plain } = play(additions, { messages: most, bytes: 1 << 30, objects: 10 });
        let total = 0;
        for (const [id, wanted] of plain.threads) {
          const list = log.messages(id);
          total += list.length;
          expect([...list]).toEqual(wanted.slice(wanted.length - list.length));
          const gone = wanted.slice(0, wanted.length - list.length);
          for (const message of gone) {
            expect(list.indexOf(message.id)).toBe(-1);
            if (message.to.length < 2) expect(log.get(message.id)).toBeUndefined();
          }
          for (const message of list) expect(log.get(message.id)).toEqual(message);
        }
        expect(total).toBeLessThanOrEqual(most);
      }),
      { numRuns: 20 },
    );
  });

  it("gives the same object twice while it is looked at", () => {
    const { log } = play([{ do: "add", from: 0, kind: "in", text: "好", count: 150 }], roomy);
    const list = log.messages(peers[0]!);
    expect(list.at(3)).toBe(list.at(3));
    expect(list.at(3)).toBe(log.get(list.at(3)!.id));
    expect(list.at(150)).toBeUndefined();
    expect(list.at(-151)).toBeUndefined();
  });

  it("shares addresses and lists of messages that are alike", () => {
    const { log } = play([{ do: "add", from: 0, kind: "in", text: "好", count: 140 }], roomy);
    const [first, third] = [log.messages(peers[0]!).at(0), log.messages(peers[0]!).at(2)];
    expect(third?.endpoint).toBe(first?.endpoint);
    expect(third?.raw.buffer).toBe(first?.raw.buffer);
  });
});

describe("packed messages", () => {
  it("are what they were, and tell how many changed ones are objects", () => {
    const messages = Array.from({ length: 100 }, () =>
      settled(messageOf({ from: 0, kind: "out", text: "嗨😀", count: 1 }), 2),
    );
    const packed = packMessages(messages);
    expect(Array.from({ length: 102 }, (_, index) => packed.at(index))).toEqual([
      ...messages,
      undefined,
      undefined,
    ]);
    expect([packed.at(-1), packed.idAt(-1), packed.idAt(100)]).toEqual([undefined, undefined, undefined]);
    expect(packed.idAt(7)).toBe(messages[7]!.id);
    packed.set(7, { ...messages[7]!, text: "新" });
    expect(packed.at(7)?.text).toBe("新");
    expect(packed.at(8)).toEqual(messages[8]);
    expect(packed.looseCount).toBe(1);
  });
});

describe("the index of ids", () => {
  it("finds what a map would find", () => {
    const operation = fc.tuple(fc.boolean(), fc.nat(400));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 900 }), (operations) => {
        const wanted = new Map<MessageId, Place>();
        const names = new Map<string, MessageId>();
        const index = createIdIndex(({ thread, number }) => names.get(`${thread} ${number}`));
        for (const [adds, value] of operations) {
          const id = `m${value}` as MessageId;
          const known = wanted.get(id);
          if (adds && known === undefined) {
            const place = { thread: value % 5, number: value };
            names.set(`${place.thread} ${place.number}`, id);
            wanted.set(id, place);
            index.add(id, place);
          } else if (!adds && known !== undefined) {
            index.remove(id, known);
            wanted.delete(id);
          }
        }
        expect(index.size).toBe(wanted.size);
        for (let value = 0; value <= 400; value++)
          expect(index.find(`m${value}` as MessageId)).toEqual(wanted.get(`m${value}` as MessageId));
      }),
      { numRuns: 15 },
    );
  });
});
