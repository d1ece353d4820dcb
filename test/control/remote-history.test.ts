// The history of an instance as somebody attached sees it: the pages and hits of the store itself, here one that is no file at all.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attach, type Attached } from "../../src/control/client.js";
import { controlLimits } from "../../src/control/limits.js";
import { locateControl, type ControlPlace } from "../../src/control/place.js";
import { requests } from "../../src/control/requests.js";
import { openControl, type ControlServer } from "../../src/control/server.js";
import {
  createMemoryHistory,
  createNode,
  parseSearch,
  readDate,
  type ChatNode,
  type HistoryStore,
  type PeerId,
} from "../../src/index.js";
import { createMemoryNetwork } from "../../src/testing.js";
import { messageLike } from "../contract/history-samples.js";

const wang = "wang@pc-w" as PeerId;

let home = "";
let place: ControlPlace;
let store: HistoryStore;
let node: ChatNode;
let server: ControlServer;

async function open(history: HistoryStore | undefined): Promise<void> {
  node = createNode({
    transport: createMemoryNetwork().transport({ address: "10.0.0.1" }),
    ...(history === undefined ? {} : { history }),
  });
  await node.start();
  server = await openControl({ node, kind: "daemon" }, place);
}

async function used(options: { readonly history: boolean }): Promise<Attached> {
  return (await attach(place, options))!;
}

describe("the history over the socket", () => {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "fy-"));
    place = locateControl({ home, stateDir: join(home, "state"), runtimeDir: undefined, port: 2425 });
    store = createMemoryHistory();
  });
  afterEach(async () => {
    await server.close();
    await node.close();
    await store.close();
    rmSync(home, { recursive: true, force: true });
  });

  it("gives the pages, hits and messages of the store, bytes and all", async () => {
    const kept = Array.from({ length: 30 }, (_, index) =>
      messageLike({ displayText: `第 ${index} 条 ${index % 3 === 0 ? "会议" : "午饭"}` }),
    );
    for (const message of kept) await store.write({ kind: "message", message, group: "研发" });
    await open(store);
    const attached = await used({ history: true });
    const history = attached.node.history!;
    const newest = { conversation: wang, limit: 10 };
    const page = await history.page(newest);
    expect(page).toEqual(await store.page(newest));
    expect(page.messages[0]!.message.raw).toEqual(Uint8Array.of(1, 2, 3));
    const before = { conversation: null, before: page.messages[0]!.place, limit: 7 };
    expect(await history.page(before)).toEqual(await store.page(before));
    const since = { conversation: wang, sinceMs: kept[4]!.at - 0.5, limit: 3 };
    expect(await history.page(since)).toEqual(await store.page({ ...since, sinceMs: kept[4]!.at }));
    const query = parseSearch('会议 NOT (from:me OR "第 3 条") after:3d', (text) =>
      readDate(text, kept[0]!.at),
    );
    const hits = await history.search({ query, conversation: wang, limit: 5 });
    expect(hits).toEqual(await store.search({ query, conversation: wang, limit: 5 }));
    expect(hits.hits).toHaveLength(5);
    // Who asks by hand writes the words.
    const byHand = await attached.call("history-search", { query: "会议 -from:me", limit: 3 });
    expect(byHand.hits.map(({ message }) => message.displayText)).toEqual([
      "第 27 条 会议",
      "第 24 条 会议",
      "第 21 条 会议",
    ]);
    expect(await history.message(kept[0]!.id)).toEqual(await store.message(kept[0]!.id));
    expect(await history.message(messageLike({}).id)).toBeNull();
    await attached.node.close();
  });

  it("keeps values in the store; one that is too long for the socket harms nothing", async () => {
    await open(store);
    const attached = await used({ history: true });
    const history = attached.node.history!;
    await history.write({ kind: "value", name: "screen.drafts", value: "写到一半" });
    expect([await store.value("screen.drafts"), await history.value("screen.drafts")]).toEqual([
      "写到一半",
      "写到一半",
    ]);
    await history.write({ kind: "value", name: "screen.drafts", value: null });
    expect(await history.value("screen.drafts")).toBeNull();
    const long = { kind: "value", name: "x", value: "x".repeat(controlLimits.valueCharacters + 1) } as const;
    await expect(history.write(long)).rejects.toMatchObject({ code: "request-invalid" });
    expect(await history.value("x")).toBeNull();
    await attached.node.close();
  });

  it("is null where it is not wanted and where the instance keeps none, which refuses to be asked", async () => {
    await open(undefined);
    const attached = await used({ history: true });
    expect(attached.node.history).toBeNull();
    await expect(attached.call("history-page", { conversation: null, limit: 1 })).rejects.toMatchObject({
      code: "history-off",
    });
    await attached.node.close();
    await server.close();
    await node.close();
    await open(store);
    const unwanted = await used({ history: false });
    expect(unwanted.node.history).toBeNull();
    await unwanted.node.close();
  });
});

describe("a query from outside", () => {
  it.each([
    ["no tree", 7],
    ["a kind that nobody knows", { kind: "everything" }],
    ["a word without text", { kind: "text" }],
    ["parts that are none", { kind: "and", parts: "x" }],
    ["a moment that is none", { kind: "before", at: null }],
    ["deeper than any query", Array.from({ length: 200 }).reduce((part) => ({ kind: "not", part }), {})],
    [
      "more parts than any query",
      { kind: "or", parts: Array.from({ length: 2_000 }, () => ({ kind: "has-file" })) },
    ],
    ["a borrowed key", Object.create({ kind: "has-file" })],
  ])("does not search for %s", (_name, query) => {
    const params: unknown = { query, limit: 1 };
    expect(() => requests["history-search"].params.read(params, "params")).toThrow("params.query must be");
  });
});
