// What outlives the program of peers: remembered as it changes, back before the start; merges that are seen and undone; policies.
import { describe, expect, it } from "vitest";
import type { Request } from "../../src/core/input.js";
import { everyone } from "../../src/core/model.js";
import type { PeerId } from "../../src/core/model.js";
import type { PeerMemory } from "../../src/core/saved.js";
import { nothingSaved } from "../../src/core/saved.js";
import { peerLike } from "../contract/history-samples.js";
import { conversation, network, startMs } from "./conversation.js";
import type { PacketNo } from "../../src/protocol/message.js";

type Talk = ReturnType<typeof conversation>;

const ask = (talk: Talk, request: Request) => talk.put({ kind: "request", request }).answer;
const [ann, bob] = ["ann@pc-a", "bob@pc-b"] as PeerId[];

function remembered(talk: Talk): readonly PeerMemory[] {
  return talk.effects.flatMap((effect) =>
    effect.kind === "write" && effect.item.kind === "peer" ? [effect.item.peer] : [],
  );
}

function withBoth(): Talk {
  const talk = conversation({ storing: true }).started();
  talk.receiveText("1:10:ann:pc-a:1:Ann\\0\\0", "10.0.0.2");
  talk.receiveText("1:10:bob:pc-b:1:Bob\\0\\0", "10.0.0.3");
  talk.advance(2_000);
  return talk;
}

describe("a peer", () => {
  it("is remembered when something of it changes, and not for each packet", () => {
    const talk = withBoth();
    expect(remembered(talk).map(({ nick }) => nick)).toEqual(["Ann", "Bob"]);
    for (let no = 20; no < 30; no++) talk.receiveText(`1:${no}:ann:pc-a:32:m\\0`, "10.0.0.2");
    expect(remembered(talk)).toHaveLength(2);
    ask(talk, { kind: "set-charset", peer: ann!, charset: "big5" });
    ask(talk, { kind: "set-policy", peer: ann!, policy: { favourite: true, note: "三楼" } });
    expect(remembered(talk).at(-1)).toMatchObject({
      id: ann,
      chosenCharset: "big5",
      policy: { favourite: true, note: "三楼", muted: false },
    });
  });

  it("comes back absent, with its charset, its policy and what is unread", () => {
    const talk = conversation();
    const memory: PeerMemory = { ...peerLike(ann!, 5), chosenCharset: "big5" };
    const policy = { ...memory.policy, muted: true };
    const state = { ...nothingSaved, peers: [{ ...memory, policy }], unread: { [ann!]: 3, [everyone]: 2 } };
    talk.put({ kind: "restore", state, waiting: [] });
    talk.started();
    expect(talk.machine.peer(ann!)).toMatchObject({
      state: "offline",
      charset: "big5",
      unread: 3,
      policy: { muted: true },
    });
    expect(talk.machine.conversation(everyone).unread).toBe(2);
    talk.receiveText("1:10:ann:pc-a:1:Ann\\0\\0", "10.0.0.77");
    expect(talk.machine.peer(ann!)).toMatchObject({ state: "online", endpoint: { address: "10.0.0.77" } });
    expect(talk.machine.peers()).toHaveLength(1);
  });

  it("that repeats what was kept before a crash is acknowledged, and the message not kept twice", () => {
    const talk = conversation({ storing: true });
    const told = { peerId: ann!, address: "10.0.0.2", text: "hello", at: startMs - 5_000 };
    const recent = ["50", "51"].map((packetNo) => ({ ...told, packetNo: packetNo as PacketNo }));
    const old = { ...told, packetNo: "52" as PacketNo, at: startMs - 3_600_000 };
    talk.put({
      kind: "restore",
      state: { ...nothingSaved, peers: [peerLike(ann!, 5)], recent: [old, ...recent] },
      waiting: [],
    });
    talk.put({ kind: "start", network });
    talk.sent.length = 0;
    for (const no of [50, 51, 52]) talk.receiveText(`1:${no}:ann:pc-a:288:hello\\0`, "10.0.0.2");
    expect(talk.shown()).toHaveLength(1);
    expect(talk.lines()).toEqual(["RECVMSG 50", "RECVMSG 51"]);
  });

  it("that is blocked is neither shown nor acknowledged", () => {
    const talk = withBoth();
    ask(talk, { kind: "set-policy", peer: ann!, policy: { blocked: true } });
    talk.sent.length = 0;
    talk.receiveText("1:50:ann:pc-a:288:hello\\0", "10.0.0.2");
    expect(talk.shown()).toEqual([]);
    expect(talk.sent).toEqual([]);
    expect(talk.machine.diagnostics().dropped["blocked"]).toBe(1);
  });

  it("that is blocked gets no answer of any kind, yet is known to be there, and can be written to", () => {
    const talk = withBoth();
    ask(talk, { kind: "set-policy", peer: ann!, policy: { blocked: true } });
    talk.sent.length = 0;
    talk.events.length = 0;
    const commands = { entry: 1, version: 0x40, absence: 0x50, key: 0x72, knock: 0xd1, window: 0x78 };
    for (const command of Object.values(commands)) {
      talk.receiveText(`1:6${command}:ann:pc-a:${command}:Ann\\0\\0`, "10.0.0.2");
    }
    talk.receiveText("1:70:ann:pc-a:288:to all\\0", "10.0.0.2");
    talk.advance(5_000);
    expect(talk.sent).toEqual([]);
    expect(talk.events.map(({ kind }) => kind)).not.toContain("knock");
    expect(talk.machine.peer(ann!)).toMatchObject({ state: "online", unread: 0 });
    // Bob is answered as ever.
    talk.receiveText("1:71:bob:pc-b:64:\\0", "10.0.0.3");
    expect(talk.lines()).toEqual([expect.stringContaining("SENDINFO")]);
    talk.sent.length = 0;
    const said = ask(talk, { kind: "say", to: [{ peer: ann! }], text: "bye", options: {} });
    const packetNo = said?.ok === true ? said.messages[0]!.packetNo : "";
    talk.receiveText(`1:72:ann:pc-a:33:${packetNo}\\0`, "10.0.0.2");
    expect(talk.events.filter(({ kind }) => kind === "delivery").at(-1)).toMatchObject({
      delivery: { state: "delivered" },
    });
    ask(talk, { kind: "set-policy", peer: ann!, policy: { blocked: false } });
    talk.receiveText("1:73:ann:pc-a:32:again\\0", "10.0.0.2");
    expect(talk.machine.peer(ann!)).toMatchObject({ unread: 1 });
  });

  it("whose messages are not logged is acknowledged at once and not stored", () => {
    const talk = withBoth();
    ask(talk, { kind: "set-policy", peer: ann!, policy: { unlogged: true } });
    talk.sent.length = 0;
    talk.effects.length = 0;
    talk.receiveText("1:50:ann:pc-a:288:secret\\0", "10.0.0.2");
    expect(talk.lines()).toEqual(["RECVMSG 50"]);
    talk.put({
      kind: "request",
      request: { kind: "say", to: [{ peer: ann! }], text: "secret too", options: {} },
    });
    const kept = talk.effects.filter(({ kind }) => kind === "store" || kind === "write");
    expect(JSON.stringify(kept)).not.toContain("secret");
  });
});

describe("two entries that are one person", () => {
  it("share one conversation after a merge, also for what comes later", () => {
    const talk = withBoth();
    talk.receiveText("1:50:ann:pc-a:32:one\\0", "10.0.0.2");
    talk.advance(10);
    talk.receiveText("1:51:bob:pc-b:32:two\\0", "10.0.0.3");
    expect(ask(talk, { kind: "merge-peers", from: ann!, into: bob! })).toMatchObject({ ok: true });
    expect(talk.events.at(-1)).toMatchObject({
      kind: "peer-merged",
      from: ann,
      into: { id: bob, unread: 2 },
    });
    talk.advance(10);
    talk.receiveText("1:52:ann:pc-a:32:three\\0", "10.0.0.2");
    const texts = (id: PeerId) => [...talk.machine.conversation(id).messages].map(({ text }) => text);
    expect(texts(bob!)).toEqual(["one", "two", "three"]);
    expect(talk.machine.peers().map(({ id }) => id)).toEqual([bob]);
    expect(talk.effects).toContainEqual({
      kind: "write",
      item: { kind: "merge", merge: expect.objectContaining({ from: ann, into: bob, automatic: false }) },
      about: null,
    });
    expect(ask(talk, { kind: "split-peer", from: ann! })).toMatchObject({ ok: true });
    expect(texts(ann!)).toEqual(["one"]);
    expect(texts(bob!)).toEqual(["two", "three"]);
    talk.receiveText("1:53:ann:pc-a:32:four\\0", "10.0.0.2");
    expect(texts(ann!)).toEqual(["one", "four"]);
    expect(ask(talk, { kind: "split-peer", from: ann! })).toMatchObject({ ok: false });
  });

  it("stay one over a restart, and can be parted then", () => {
    const talk = conversation({ storing: true });
    const state = {
      ...nothingSaved,
      peers: [peerLike(ann!, 5), peerLike(bob!, 6)],
      merges: [{ from: ann!, into: bob!, at: 7, automatic: false }],
    };
    talk.put({ kind: "restore", state, waiting: [] });
    talk.started();
    talk.receiveText("1:50:ann:pc-a:32:hello\\0", "10.0.0.2");
    expect(talk.machine.peers().map(({ id }) => id)).toEqual([bob]);
    ask(talk, { kind: "split-peer", from: ann! });
    expect(talk.machine.peers().map(({ id }) => id)).toEqual([bob, ann]);
    expect(talk.effects).toContainEqual({ kind: "write", item: { kind: "unmerge", from: ann }, about: null });
  });

  it("name what is counted to them; a chain is undone link by link, with its messages", () => {
    const talk = withBoth();
    const carl = "carl@pc-c" as PeerId;
    talk.receiveText("1:10:carl:pc-c:1:Carl\\0\\0", "10.0.0.4");
    talk.receiveText("1:50:ann:pc-a:32:one\\0", "10.0.0.2");
    talk.advance(10);
    talk.receiveText("1:51:bob:pc-b:32:two\\0", "10.0.0.3");
    ask(talk, { kind: "merge-peers", from: ann!, into: bob! });
    ask(talk, { kind: "merge-peers", from: bob!, into: carl });
    const texts = (id: PeerId) => [...talk.machine.conversation(id).messages].map(({ text }) => text);
    const counted = (id: PeerId) => talk.machine.peer(id)?.mergedIds.toSorted();
    expect([counted(carl), texts(carl)]).toEqual([
      [ann, bob],
      ["one", "two"],
    ]);
    ask(talk, { kind: "split-peer", from: bob! });
    expect([counted(carl), counted(bob!), texts(bob!)]).toEqual([[], [ann], ["one", "two"]]);
    expect(talk.events.find(({ kind }) => kind === "peer-split")).toMatchObject({
      from: carl,
      moved: [expect.any(String), expect.any(String)],
    });
    talk.receiveText("1:52:ann:pc-a:32:three\\0", "10.0.0.2");
    ask(talk, { kind: "split-peer", from: ann! });
    expect([counted(bob!), texts(bob!), texts(ann!)]).toEqual([[], ["two", "three"], ["one"]]);
  });

  it("are refused when one of them is unknown", () => {
    const talk = withBoth();
    expect(ask(talk, { kind: "merge-peers", from: ann!, into: "eve" as PeerId })).toMatchObject({
      code: "no-such-peer",
    });
    expect(ask(talk, { kind: "merge-peers", from: ann!, into: ann! })).toMatchObject({ ok: false });
  });
});
