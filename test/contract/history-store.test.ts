// What every history must do: in memory and on each SQLite that this Node has. Run on other Nodes by test/nodes.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { foldText } from "../../src/core/fold-text.js";
import type { Delivery, Message, PeerId } from "../../src/core/model.js";
import type { KeptOffer } from "../../src/core/saved.js";
import { matchesSearch } from "../../src/core/search-match.js";
import { parseSearch } from "../../src/core/search-query.js";
import { createDirectStore } from "../../src/history/direct-store.js";
import type { HistoryEngine } from "../../src/history/engine.js";
import { createMemoryEngine } from "../../src/history/memory-engine.js";
import { rowOf, subjectOf } from "../../src/history/message-row.js";
import { driverNames, loadDriver } from "../../src/history/sqlite/driver.js";
import { openHistoryFile } from "../../src/history/sqlite/open.js";
import type { HistoryStore, KeptMessage } from "../../src/ports/history-store.js";
import { deliveryTo, messageLike, peerLike, readDate, waitingLike } from "./history-samples.js";

const folder = mkdtempSync(join(tmpdir(), "feiyan-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Engine {
  readonly name: string;
  /** A new one. */
  open(): Promise<HistoryEngine>;
}

let files = 0;
const engines: Engine[] = [{ name: "memory", open: async () => createMemoryEngine() }];
for (const driver of driverNames) {
  if ((await loadDriver(driver)) === null) continue;
  engines.push({
    name: driver,
    open: async () => {
      files += 1;
      return (await openHistoryFile({ file: join(folder, `${files}.db`), driver })).engine;
    },
  });
}

it("has at least one SQLite here", () => {
  expect(engines.length).toBeGreaterThan(1);
});

async function keepAll(store: HistoryStore, messages: readonly Message[]): Promise<void> {
  await Promise.all(messages.map((message) => store.write({ kind: "message", message, group: "研发" })));
}

const ids = (kept: readonly KeptMessage[]): readonly string[] => kept.map(({ message }) => message.id);

const offerLike = (id: Message["id"], expiresAt: number): KeptOffer => ({
  offer: { offerId: id, direction: "in", at: 1, parties: [], files: [], isUnfinished: false },
  packetNo: "1",
  expiresAt,
  source: null,
  transfers: [],
});

describe.each(engines)("history in $name", (tried) => {
  async function opened(): Promise<{ engine: HistoryEngine; store: HistoryStore }> {
    const engine = await tried.open();
    return { engine, store: createDirectStore(engine) };
  }

  it("gives a message back as it was", async () => {
    const { store } = await opened();
    const rich = messageLike({
      text: "报告{/font;…}",
      displayText: "报告",
      packetNo: "007" as Message["packetNo"],
      options: ["SENDCHECKOPT", "FILEATTACHOPT"],
      raw: Uint8Array.of(0, 1, 255, 200),
      files: [
        {
          id: "0",
          name: "方案 最终.doc",
          sizeBytes: 12_345_678_901n,
          mtime: 1,
          type: 1,
          attr: 1,
          ext: { "14": ["a"] },
        },
      ],
      images: [{ id: "64ea4edd", kind: "B" }],
      at: 1_800_000_000_000.25,
      sealed: true,
    });
    const plain = messageLike({
      endpoint: null,
      peerId: null,
      conversation: "everyone" as PeerId,
      broadcast: true,
    });
    await keepAll(store, [rich, plain]);
    expect(await store.message(rich.id)).toMatchObject({ group: "研发", message: rich });
    expect((await store.message(plain.id))?.message).toEqual(plain);
    expect(await store.message("none" as Message["id"])).toBeNull();
    await store.close();
  });

  it("keeps a message once, however often it is written", async () => {
    const { store } = await opened();
    const message = messageLike({});
    await keepAll(store, [message, message]);
    await store.write({ kind: "message", message, group: "" });
    expect((await store.sizes()).messages).toBe(1);
    await store.close();
  });

  it("keeps the order of messages that come in the same millisecond", async () => {
    const { store } = await opened();
    const messages = Array.from({ length: 300 }, () => messageLike({ at: 1_800_000_000_000 }));
    await keepAll(store, messages);
    const page = await store.page({ conversation: null, limit: 1_000 });
    expect(ids(page.messages)).toEqual(messages.map(({ id }) => id));
    await store.close();
  });

  it("pages a conversation both ways, and from a date", async () => {
    const { store } = await opened();
    const messages = Array.from({ length: 10 }, (_, index) => messageLike({ at: 1_000 + index }));
    const other = messageLike({ at: 1_004, conversation: "eve@pc" as PeerId, peerId: "eve@pc" as PeerId });
    await keepAll(store, [...messages, other]);
    const conversation = messages[0]!.conversation;
    const newest = await store.page({ conversation, limit: 4 });
    expect(ids(newest.messages)).toEqual(messages.slice(6).map(({ id }) => id));
    expect(newest).toMatchObject({ hasOlder: true, hasNewer: false });
    const older = await store.page({ conversation, before: newest.messages[0]!.place, limit: 4 });
    expect(ids(older.messages)).toEqual(messages.slice(2, 6).map(({ id }) => id));
    expect(older).toMatchObject({ hasOlder: true, hasNewer: true });
    const oldest = await store.page({ conversation, before: older.messages[0]!.place, limit: 4 });
    expect(ids(oldest.messages)).toEqual(messages.slice(0, 2).map(({ id }) => id));
    expect(oldest).toMatchObject({ hasOlder: false, hasNewer: true });
    const since = await store.page({ conversation, sinceMs: 1_008, limit: 4 });
    expect(ids(since.messages)).toEqual(messages.slice(8).map(({ id }) => id));
    expect(since).toMatchObject({ hasOlder: true, hasNewer: false });
    const after = await store.page({ conversation, after: oldest.messages[1]!.place, limit: 2 });
    expect(ids(after.messages)).toEqual(messages.slice(2, 4).map(({ id }) => id));
    expect(after).toMatchObject({ hasOlder: true, hasNewer: true });
    expect((await store.page({ conversation: null, limit: 100 })).messages).toHaveLength(11);
    expect(await store.page({ conversation: "nobody" as PeerId, limit: 3 })).toEqual({
      messages: [],
      hasOlder: false,
      hasNewer: false,
    });
    await store.close();
  });

  it("shows a message to several in the conversation with each", async () => {
    const { store } = await opened();
    const to = ["ann@a", "bob@b"] as PeerId[];
    const message = messageLike({ direction: "out", peerId: null, to, conversation: to[0]!, endpoint: null });
    await keepAll(store, [message]);
    for (const conversation of to) {
      expect(ids((await store.page({ conversation, limit: 5 })).messages)).toEqual([message.id]);
      const query = parseSearch(message.text, readDate);
      expect(ids((await store.search({ query, conversation, limit: 5 })).hits)).toEqual([message.id]);
    }
    await store.close();
  });

  it("keeps what became of each receiver and attempt", async () => {
    const { store } = await opened();
    const to = ["ann@a", "bob@b"] as PeerId[];
    const id = messageLike({}).id;
    const deliveries = to.map((peer) => deliveryTo(id, peer, "queued", 0));
    const message = messageLike({ id, direction: "out", peerId: null, to, conversation: to[0]!, deliveries });
    await keepAll(store, [message]);
    const later: Delivery[] = [
      deliveryTo(id, to[0]!, "sent", 1),
      deliveryTo(id, to[0]!, "delivered", 1),
      deliveryTo(id, to[1]!, "sent", 1),
      deliveryTo(id, to[1]!, "retried", 2),
      deliveryTo(id, to[1]!, "unconfirmed", 2),
    ];
    for (const delivery of later) await store.write({ kind: "delivery", delivery });
    await store.write({ kind: "delivery", delivery: deliveryTo(id, "eve@e" as PeerId, "sent", 1) });
    expect((await store.message(id))?.message.deliveries).toEqual([later[1], later[4]]);
    expect((await store.ledger(id)).map((line) => [line.receiver, line.attempt, line.state])).toEqual([
      [0, 0, "queued"],
      [0, 1, "delivered"],
      [1, 0, "queued"],
      [1, 1, "sent"],
      [1, 2, "unconfirmed"],
    ]);
    await store.close();
  });

  it("remembers peers, merges, the queue, marks and values", async () => {
    const { store } = await opened();
    const [ann, bob] = [peerLike("ann@a", 5), peerLike("bob@b", 9)];
    await store.write({ kind: "peer", peer: ann });
    await store.write({ kind: "peer", peer: bob });
    await store.write({ kind: "peer", peer: { ...ann, nick: "安", lastSeen: 10 } });
    await keepAll(store, [
      messageLike({ at: 100, peerId: ann.id, conversation: ann.id }),
      messageLike({ at: 200, peerId: ann.id, conversation: ann.id }),
      messageLike({ at: 300, peerId: bob.id, conversation: bob.id }),
    ]);
    await store.write({ kind: "read", conversation: ann.id, at: 100 });
    const queued = waitingLike("M1" as Message["id"]);
    await store.write({ kind: "queue", queued, claims: false });
    await store.write({
      kind: "queue",
      queued: { ...queued, messageId: "M0" as Message["id"] },
      claims: false,
    });
    await store.write({ kind: "unqueue", messageId: "M0" as Message["id"], peerId: bob.id });
    await store.write({ kind: "value", name: "drafts", value: "{}" });
    await store.write({ kind: "value", name: "gone", value: "x" });
    await store.write({ kind: "value", name: "gone", value: null });
    expect(await store.value("drafts")).toBe("{}");
    expect(await store.value("gone")).toBeNull();
    expect(await store.state()).toEqual({
      recent: [100, 200, 300].map((at) =>
        expect.objectContaining({ at, text: "三点开会", address: "10.0.0.2" }),
      ),
      peers: [{ ...ann, nick: "安", lastSeen: 10 }, bob],
      merges: [],
      queue: [queued],
      unread: { [ann.id]: 1, [bob.id]: 1 },
      offers: [],
    });
    const merge = { from: bob.id, into: ann.id, at: 8, automatic: false };
    await store.write({ kind: "merge", merge });
    expect(await store.state()).toMatchObject({ merges: [merge], unread: { [ann.id]: 2 } });
    expect((await store.page({ conversation: ann.id, limit: 9 })).messages).toHaveLength(3);
    expect(await store.conversations()).toMatchObject([{ id: ann.id, messages: 3, lastAt: 300 }]);
    await store.write({ kind: "unmerge", from: bob.id });
    expect((await store.page({ conversation: ann.id, limit: 9 })).messages).toHaveLength(2);
    await store.write({ kind: "forget-peer", id: bob.id });
    expect((await store.state()).peers.map(({ id }) => id)).toEqual([ann.id]);
    await store.close();
  });

  it("keeps offers, the latest of each, and forgets them with their message", async () => {
    const { store } = await opened();
    const messages = [1_000, 2_000, 3_000].map((at) => messageLike({ at }));
    await keepAll(store, messages);
    for (const { id } of messages) await store.write({ kind: "offer", offer: offerLike(id, 1) });
    await store.write({ kind: "offer", offer: offerLike(messages[0]!.id, 2) });
    await store.remove({ ids: [messages[1]!.id] });
    const { offers } = await store.state();
    expect(offers.map(({ offer, expiresAt }) => [offer.offerId, expiresAt])).toEqual([
      [messages[0]!.id, 2],
      [messages[2]!.id, 1],
    ]);
    expect(await store.value(`offer ${messages[1]!.id}`)).toBeNull();
    await store.close();
  });

  it("puts what is imported into its place in time, as read", async () => {
    const { store } = await opened();
    await keepAll(store, [messageLike({ at: 5_000 })]);
    const old = [3_000, 1_000, 2_000].map((at) => ({ message: messageLike({ at }), group: "" }));
    expect(await store.import(old)).toEqual({ added: 3, known: 0 });
    expect(await store.import(old)).toEqual({ added: 0, known: 3 });
    const { messages } = await store.page({ conversation: null, limit: 9 });
    expect(messages.map(({ message }) => message.at)).toEqual([1_000, 2_000, 3_000, 5_000]);
    const query = parseSearch("", readDate);
    expect((await store.search({ query, limit: 9 })).hits.map(({ message }) => message.at)).toEqual([
      5_000, 3_000, 2_000, 1_000,
    ]);
    await store.close();
  });

  it("finds again what was read anew in another charset, and no longer what it was", async () => {
    const { store } = await opened();
    const message = messageLike({ text: "Ä°²¾²", displayText: "Ä°²¾²" });
    await keepAll(store, [message]);
    const hitsOf = async (text: string) =>
      ids((await store.search({ query: parseSearch(text, readDate), limit: 5 })).hits);
    expect(await hitsOf("°²¾")).toEqual([message.id]);
    const change = {
      id: message.id,
      text: "安静",
      displayText: "安静",
      charset: "gbk",
      charsetReason: "peer-choice",
    } as const;
    await store.rewrite([change]);
    expect(await hitsOf("°²¾")).toEqual([]);
    expect(await hitsOf("静")).toEqual([message.id]);
    expect(await hitsOf("charset:gbk")).toEqual([message.id]);
    expect((await store.message(message.id))?.message).toMatchObject(change);
    await store.close();
  });

  it("removes what is meant, and nothing else", async () => {
    const { store, engine } = await opened();
    const messages = Array.from({ length: 6 }, (_, index) =>
      messageLike({ at: 1_000 * index, text: `第${index}条`, displayText: `第${index}条` }),
    );
    const other = messageLike({ at: 500, conversation: "eve@pc" as PeerId, peerId: "eve@pc" as PeerId });
    await keepAll(store, [...messages, other]);
    while (engine.indexSome(100));
    expect(await store.remove({ ids: [messages[3]!.id] })).toBe(1);
    expect(await store.remove({ conversation: messages[0]!.conversation, beforeMs: 1_500 })).toBe(2);
    expect(await store.remove({ conversation: "nobody" as PeerId })).toBe(0);
    const hits = (await store.search({ query: parseSearch("第", readDate), limit: 9 })).hits;
    expect(ids(hits)).toEqual([messages[5]!.id, messages[4]!.id, messages[2]!.id]);
    expect(await store.retain({ beforeMs: 600, maxBytes: null })).toBe(1);
    expect(await store.retain({ beforeMs: null, maxBytes: 1_000_000_000 })).toBe(0);
    expect(await store.retain({ beforeMs: null, maxBytes: 1 })).toBe(3);
    expect((await store.sizes()).messages).toBe(0);
    expect(await store.check()).toEqual([]);
    await store.close();
  });

  it("spares by a rule what still waits, and takes what a person deletes out of the queue", async () => {
    const { store } = await opened();
    const messages = [1, 2, 3].map((at) => messageLike({ at, direction: "out" }));
    await keepAll(store, messages);
    const [first, second] = messages;
    for (const { id } of [first!, second!]) {
      const queued = waitingLike(id);
      // oxlint-disable-next-line no-await-in-loop -- in order
      await store.write({ kind: "queue", queued, claims: false });
    }
    expect(await store.retain({ beforeMs: 1_000, maxBytes: 1 })).toBe(1);
    expect((await store.waiting())!.map(({ queued }) => queued.messageId)).toEqual([first!.id, second!.id]);
    expect(await store.remove({ ids: [first!.id] })).toBe(1);
    expect((await store.waiting())!.map(({ queued }) => queued.messageId)).toEqual([second!.id]);
    await store.close();
  });

  it("refuses after its end", async () => {
    const { store } = await opened();
    await store.close();
    await store.close();
    await expect(store.sizes()).rejects.toMatchObject({ code: "node-closed" });
    await expect(store.write({ kind: "value", name: "a", value: "b" })).rejects.toMatchObject({
      code: "node-closed",
    });
  });

  // Few characters, so that queries are found: both cases, both widths, wildcards, quotes, controls, several scripts, emoji.
  const letter = fc.constantFrom(...Array.from("abAÉéＡa1%_\"'* 中文测试的\u0001c1ßİς😀́ｱ"));
  const texts = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(""));
  const needle = fc.array(letter, { minLength: 1, maxLength: 5 }).map((letters) => letters.join(""));
  const term = fc.oneof(
    { weight: 6, arbitrary: needle.map((text) => ({ kind: "text", text }) as const) },
    fc.constantFrom(
      { kind: "from", text: "ANN" } as const,
      { kind: "from", text: "me" } as const,
      { kind: "to", text: "bob" } as const,
      { kind: "group", text: "研" } as const,
      { kind: "charset", text: "UTF8" } as const,
      { kind: "has-file" } as const,
      { kind: "after", at: 4_000 } as const,
      { kind: "before", at: 9_000 } as const,
    ),
  );
  const query = fc.oneof(
    term,
    fc.array(term, { maxLength: 3 }).map((parts) => ({ kind: "and", parts }) as const),
    fc.array(term, { maxLength: 3 }).map((parts) => ({ kind: "or", parts }) as const),
    fc.tuple(term, term).map(([a, b]) => ({ kind: "and", parts: [a, { kind: "not", part: b }] }) as const),
  );

  it("finds what a plain filter finds, newest first, portion by portion", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: texts, kind: fc.integer({ min: 0, max: 5 }) }), { maxLength: 25 }),
        fc.array(query, { minLength: 8, maxLength: 16 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        async (samples, queries, indexed, limit) => {
          const { store, engine } = await opened();
          const messages = samples.map(({ text, kind }, index) => sampleOf(text, kind, 500 * index));
          await keepAll(store, messages);
          if (indexed > 0) engine.indexSome(indexed);
          for (const one of queries) {
            const expected = messages
              .filter((message) => matchesSearch(one, subjectOf(rowOf(message, "研发"))))
              .map(({ id }) => id)
              .toReversed();
            if (one.kind === "text") {
              const plain = messages.filter(({ text }) => foldText(text).includes(foldText(one.text)));
              expect(expected).toEqual(plain.map(({ id }) => id).toReversed());
            }
            const found: string[] = [];
            let before: number | undefined;
            for (let round = 0; round < 100; round++) {
              const page = engine.search({ query: one, limit, before });
              found.push(...ids(page.hits));
              if (page.next === null) break;
              before = page.next;
            }
            expect(found).toEqual(expected);
          }
          await store.close();
        },
      ),
      { numRuns: 12 },
    );
  });
});

function sampleOf(text: string, kind: number, at: number): Message {
  const base = { text, displayText: text, at } as const;
  switch (kind) {
    case 0:
      return messageLike({ ...base, direction: "out", to: ["bob@b" as PeerId], peerName: "Bob" });
    case 1:
      return messageLike({ ...base, peerName: "Ann", charset: "utf-8" });
    case 2:
      return messageLike({
        ...base,
        direction: "out",
        peerId: null,
        to: ["bob@b", "ann@a"] as PeerId[],
        peerName: "B, A",
      });
    case 3:
      return messageLike({
        ...base,
        files: [{ id: "1", name: "测a.txt", sizeBytes: 1n, mtime: 0, type: 1, attr: 1, ext: {} }],
        peerName: "Zoe",
        text: `${text}\n测a.txt`,
      });
    default:
      return messageLike(base);
  }
}
