// A conversation read again in another charset: in memory at once, and in the history, so that search finds what is shown.
import { describe, expect, it } from "vitest";
import { createTextCodec } from "../../src/charset/codecs.js";
import { createMemoryHistory } from "../../src/history/open-history.js";
import { parseSearch } from "../../src/core/search-query.js";
import type { PeerId } from "../../src/core/model.js";
import type { Charset } from "../../src/protocol/text-codec.js";
import { createMemoryNetwork, createManualClock } from "../../src/testing.js";
import { createNode } from "../../src/index.js";
import { conversation } from "./conversation.js";

const codec = createTextCodec();
const bytesOf = (text: string, charset: Charset, number: number): Uint8Array =>
  Buffer.concat([Buffer.from(`1:${number}:yoko:pc:288:`), codec.encode(text, charset), Buffer.of(0)]);
const from = { address: "10.0.0.9", port: 2425 };

describe("rereading", () => {
  it("changes what is shown, tells of it once, and what is right already stays", () => {
    const talk = conversation({}).started();
    talk.put({ kind: "datagram", bytes: bytesOf("会議は三時です", "cp932", 1_700_000_001), from });
    talk.put({ kind: "datagram", bytes: bytesOf("ok", "ascii", 1_700_000_002), from });
    const [garbled] = talk.shown();
    const id = garbled!.conversation;
    expect(garbled!.text).not.toContain("会議");
    const request = { kind: "reread", conversation: id, charset: "cp932" } as const;
    expect(talk.ask(request)).toMatchObject({ ok: true, messages: [{ id: garbled!.id }] });
    const told = (): unknown[] => talk.events.filter(({ kind }) => kind === "reread");
    expect(told()).toMatchObject([{ conversation: id, charset: "cp932" }]);
    expect(talk.machine.message(garbled!.id)).toMatchObject({
      text: "会議は三時です",
      displayText: "会議は三時です",
      charset: "cp932",
      charsetReason: "peer-choice",
    });
    expect(talk.ask(request)).toEqual({ ok: true, messages: [] });
    expect(told()).toHaveLength(1);
  });

  it("of a node changes memory and history, and search follows", async () => {
    const clock = createManualClock(1_700_000_000_000);
    const network = createMemoryNetwork({ clock });
    const history = createMemoryHistory();
    const node = createNode({
      nick: "me",
      clock,
      history,
      transport: network.transport({ address: "10.0.0.1" }),
    });
    await node.start();
    const other = network.transport(from);
    await other.open({ arrived: () => undefined, problem: () => undefined, networkChanged: () => undefined });
    const isKept = new Promise<void>((resolve) => {
      node.subscribe(({ kind }) => kind === "message" && resolve());
    });
    other.send(bytesOf("会議は三時です", "cp932", 1_700_000_001), { address: "10.0.0.1", port: 2425 });
    clock.advance(10);
    await isKept;
    const found = async (): Promise<number> =>
      (await history.search({ query: parseSearch("会議", () => null), limit: 5 })).hits.length;
    expect(await found()).toBe(0);
    const id = node.peers()[0]!.id;
    expect(await node.redecode(id, "cp932")).toEqual({ changed: 1, unchanged: 0 });
    expect(await found()).toBe(1);
    expect(node.conversation(id).messages.at(0)?.displayText).toBe("会議は三時です");
    expect(await node.redecode("nobody" as PeerId, "cp932")).toEqual({ changed: 0, unchanged: 0 });
    const closing = node.close();
    clock.advance(1_000);
    await closing;
    await other.close();
  });
});
