// Feiyan tells feiyan where others are: only who asked twice from where he announced himself, only addresses that can mean somebody, and
// what was told is greeted slowly and believed not at all.
import { describe, expect, it } from "vitest";
import { isTellable } from "../../src/core/peer-lists.js";
import { limits, rates, timers } from "../../src/core/limits.js";
import { decode } from "../../src/protocol/decode.js";
import { buildPeerList, parsePeerList, type PeerListPacket } from "../../src/protocol/peer-list.js";
import { codec, conversation } from "./conversation.js";
import { createLan } from "../node/lan.js";
import type { Station } from "../node/lan.js";

const token = "0123456789abcdef";
let number = 100;

/** An entry with the FY line: 4 is what tells of lists. */
const entryOf = (user: string, capabilities = "4") =>
  `1:${number++}:${user}:pc-${user}:16777217:${user}\\0\\0\nUN:${user}\nHN:pc-${user}\nFY:1:${capabilities}`;

const bytesOf = (packet: PeerListPacket, user = "eve"): Uint8Array => {
  const { command, sections } = buildPeerList(packet);
  return codec.encode(`1:${number++}:${user}:pc-${user}:${command}:${sections.join("\0")}\0`, "ascii");
};

const listsSent = (talk: ReturnType<typeof conversation>) =>
  talk.sent.splice(0).flatMap(({ to, bytes, packet }) => {
    const list = packet === null ? null : parsePeerList(packet);
    return list === null || to === "broadcast" ? [] : [{ to: to.address, list, bytes: bytes.length }];
  });

const entriesTo = (talk: ReturnType<typeof conversation>): string[] =>
  talk.sent
    .splice(0)
    .flatMap(({ to, line }) => (to !== "broadcast" && line.startsWith("BR_ENTRY") ? [to.address] : []));

/** One that has it switched on, and knows `eve` at 10.0.0.2, who has too. */
const started = (isOn = true, capabilities = "4") => {
  const talk = conversation({ sharePeers: isOn }).started();
  talk.receiveText(entryOf("eve", capabilities), "10.0.0.2", "utf-8");
  return talk;
};

/** The question that `eve` was asked. */
const questionOf = (talk: ReturnType<typeof conversation>): string => {
  talk.advance(timers.peerListPauseMs);
  const [question] = listsSent(talk);
  expect(question).toMatchObject({ to: "10.0.0.2", list: { kind: "request", pass: null } });
  return question?.list.token ?? "";
};

const line = (isOn: boolean) => {
  const talk = conversation({ sharePeers: isOn });
  talk.started(false).advanceTo(1_000);
  const text = new TextDecoder().decode(talk.sent.at(-1)?.bytes);
  return Number.parseInt(/FY:1:([0-9a-f]+)/u.exec(text)?.[1] ?? "", 16) & 4;
};

describe("asking", () => {
  it("asks who tells it, once in a while, and nobody else", () => {
    const talk = started();
    questionOf(talk);
    talk.receiveText(entryOf("eve"), "10.0.0.2", "utf-8");
    talk.advance(60_000);
    expect(listsSent(talk)).toEqual([]);
    talk.advance(timers.peerListAskMs);
    talk.receiveText(entryOf("eve"), "10.0.0.2", "utf-8");
    questionOf(talk);
    for (const quiet of [started(false), started(true, "b")]) {
      quiet.advance(60_000);
      expect(listsSent(quiet)).toEqual([]);
    }
  });

  it("says so in its own entries only when it is switched on", () => {
    expect([line(false), line(true)]).toEqual([0, 4]);
  });

  it("greets what it is told, slowly, each once, and knows nobody by it", () => {
    const talk = started();
    const asked = questionOf(talk);
    talk.receive(bytesOf({ kind: "pass", token: asked, pass: token }), "10.0.0.2");
    expect(listsSent(talk)).toMatchObject([{ list: { kind: "request", token: asked, pass: token } }]);
    const addresses = [
      "192.0.2.7:2425",
      "192.0.2.8:2426",
      "192.0.2.7:2425",
      "10.0.0.1:2425",
      "10.0.0.2:2425",
    ];
    talk.receive(bytesOf({ kind: "peers", token: asked, addresses }), "10.0.0.2");
    expect(talk.machine.peers()).toHaveLength(1);
    expect(entriesTo(talk)).toEqual([]);
    talk.advance(timers.toldPauseMs);
    expect(entriesTo(talk)).toEqual(["192.0.2.7"]);
    talk.advance(60_000);
    expect(entriesTo(talk)).toEqual(["192.0.2.8"]);
    expect(talk.machine.peers()).toHaveLength(1);
    // The same answer once more, and one that nobody asked for.
    talk.receive(bytesOf({ kind: "peers", token: asked, addresses: ["192.0.2.9:2425"] }), "10.0.0.2");
    talk.receive(bytesOf({ kind: "peers", token, addresses: ["192.0.2.9:2425"] }), "10.0.0.2");
    talk.advance(60_000);
    expect(entriesTo(talk)).toEqual([]);
    expect(talk.machine.diagnostics().dropped["stray-peer-list"]).toBe(2);
  });

  it("an answer from elsewhere, or too late, is none", () => {
    const talk = started();
    const asked = questionOf(talk);
    const told = bytesOf({ kind: "peers", token: asked, addresses: ["192.0.2.7:2425"] });
    talk.receive(told, "10.0.0.3");
    talk.receive(told, "10.0.0.2:9999");
    talk.advance(timers.peerListMs);
    talk.receive(told, "10.0.0.2");
    talk.advance(60_000);
    expect(entriesTo(talk)).toEqual([]);
  });

  it("a list of a thousand victims costs each of them a greeting in ten minutes at most, two a second in all", () => {
    const talk = started();
    let asked = questionOf(talk);
    const greeted: string[] = [];
    for (let round = 0; round < 3; round++) {
      const addresses = Array.from({ length: 100 }, (_, at) => `203.0.113.${at + 1}:2425`);
      talk.receive(bytesOf({ kind: "peers", token: asked, addresses }), "10.0.0.2");
      const before = talk.atMs;
      talk.advance(20_000);
      const some = entriesTo(talk);
      expect(some.length).toBeLessThanOrEqual((talk.atMs - before) / timers.toldPauseMs);
      greeted.push(...some);
      talk.advance(timers.peerListAskMs);
      greeted.push(...entriesTo(talk));
      talk.receiveText(entryOf("eve"), "10.0.0.2", "utf-8");
      asked = questionOf(talk);
    }
    const counts = new Map<string, number>();
    for (const one of greeted) counts.set(one, (counts.get(one) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(3);
    expect(talk.machine.peers()).toHaveLength(1);
    expect(limits.toldAddresses).toBeGreaterThanOrEqual(100);
  });
});

const asks = (talk: ReturnType<typeof conversation>, pass: string | null, from = "10.0.0.2") => {
  talk.receive(bytesOf({ kind: "request", token, pass }), from);
  return listsSent(talk).filter(({ to }) => to === from.split(":")[0]);
};

describe("telling", () => {
  it("gives a pass first, no longer than the question, and the list to who comes back with it", () => {
    const talk = started();
    questionOf(talk);
    talk.receiveText(entryOf("wang", "b"), "192.0.2.20", "utf-8");
    talk.receiveText(entryOf("zhao", "b"), "192.0.2.21:2430", "utf-8");
    talk.receiveText("hand typed", "192.0.2.22");
    talk.receiveText("1:7:sun:pc:32:never announced", "192.0.2.23");
    talk.advance(5_000);
    talk.sent.length = 0;
    const question = bytesOf({ kind: "request", token, pass: null }).length;
    const [given, ...more] = asks(talk, null);
    expect(more).toEqual([]);
    expect(given?.list).toMatchObject({ kind: "pass", token });
    expect(given?.bytes).toBeLessThan(question + 40);
    const pass = given?.list.kind === "pass" ? given.list.pass : "";
    const [told] = asks(talk, pass);
    expect(told?.list).toMatchObject({ kind: "peers", token });
    const addresses = told?.list.kind === "peers" ? told.list.addresses : [];
    expect(addresses.toSorted()).toEqual(["192.0.2.20:2425", "192.0.2.21:2430"]);
    // Not again for a minute, with whatever pass.
    expect(asks(talk, pass)).toEqual([]);
    expect(asks(talk, null)).toEqual([]);
  });

  it("a wrong, a stolen and an old pass give no list", () => {
    const talk = started();
    questionOf(talk);
    const passOf = () => {
      const [given] = asks(talk, null);
      return given?.list.kind === "pass" ? given.list.pass : "";
    };
    expect(asks(talk, token)).toMatchObject([{ list: { kind: "pass" } }]);
    const pass = passOf();
    talk.receiveText(entryOf("mal"), "10.0.0.9", "utf-8");
    talk.advance(4_000);
    talk.sent.length = 0;
    expect(asks(talk, pass, "10.0.0.9")).toMatchObject([{ list: { kind: "pass" } }]);
    const old = passOf();
    talk.advance(timers.peerListMs);
    talk.sent.length = 0;
    expect(asks(talk, old)).toMatchObject([{ list: { kind: "pass" } }]);
  });

  it("nothing to strangers, to who is elsewhere, to who does not take part, or when it is off", () => {
    expect(asks(started(), null, "10.0.0.77")).toEqual([]);
    expect(asks(started(), null, "10.0.0.2:5000")).toEqual([]);
    expect(asks(started(true, "b"), null)).toEqual([]);
    expect(asks(started(false), null)).toEqual([]);
  });

  it("a flood of questions is answered so often in a minute and no more", () => {
    const talk = started();
    for (let one = 0; one < 200; one++) {
      const from = `10.0.3.${one + 1}`;
      talk.receiveText(entryOf(`u${one}`), from, "utf-8");
      for (let again = 0; again < 3; again++)
        talk.receive(bytesOf({ kind: "request", token, pass: null }, `u${one}`), from);
    }
    const sent = listsSent(talk);
    expect(sent.length).toBeLessThanOrEqual(rates.peerListAnswers);
    expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(200 * rates.peerListAnswers);
  });
});

it("addresses that mean nobody elsewhere are neither told nor believed", () => {
  const bad = [
    ["127.0.0.1", 2425],
    ["0.0.0.0", 2425],
    ["255.255.255.255", 2425],
    ["10.0.0.255", 2425],
    ["226.81.9.8", 2425],
    ["240.0.0.1", 2425],
    ["169.254.1.1", 2425],
    ["192.0.2.7", 53],
    ["fe80::1%eth0", 2425],
    ["::1", 2425],
    ["ff15::979", 2425],
  ] as const;
  expect(bad.filter(([address, port]) => isTellable({ address, port }))).toEqual([]);
  const good = ["192.0.2.7", "10.1.2.3", "2001:db8::7", "172.16.0.1"];
  expect(good.every((address) => isTellable({ address, port: 2425 }))).toBe(true);
});

const present = ({ node }: Station): string[] =>
  node
    .peers()
    .filter(({ state }) => state !== "offline")
    .map(({ nick }) => nick)
    .toSorted();

const school = (isOn: boolean) => {
  const lan = createLan();
  const office = lan.station({ address: "10.0.0.1", nick: "办公室", segment: "a", sharePeers: isOn });
  const gate = lan.station({
    address: "10.0.1.5",
    nick: "门卫",
    segment: "b",
    sharePeers: isOn,
    peers: [{ address: "10.0.0.1", port: 2425 }],
  });
  const other = lan.station({ address: "10.0.1.6", nick: "食堂", segment: "b" });
  return { lan, office, gate, other };
};

describe("three machines in two segments", () => {
  it("find each other when two of them tell, and part again", async () => {
    const { lan, office, gate, other } = school(true);
    await lan.open(office, other, gate);
    lan.clock.advance(30_000);
    expect(present(office)).toEqual(["门卫", "食堂"].toSorted());
    expect(present(other)).toEqual(["办公室", "门卫"].toSorted());
    await office.node.say("食堂", "午饭好了吗");
    lan.clock.advance(1_000);
    expect(other.texts()).toEqual(["午饭好了吗"]);
    await office.node.rename({ nick: "校长室" });
    lan.clock.advance(1_000);
    expect(present(other)).toEqual(["校长室", "门卫"].toSorted());
    await lan.close(office);
    expect(present(other)).toEqual(["门卫"]);
  });

  it("do not, when nobody wants that told", async () => {
    const { lan, office, gate, other } = school(false);
    await lan.open(office, other, gate);
    lan.clock.advance(30_000);
    expect(present(office)).toEqual(["门卫"]);
    expect(present(other)).toEqual(["门卫"]);
  });

  it("speak in a FeiQ group within a segment, and beyond it with configured peers", async () => {
    const lan = createLan();
    const groups = { feiqGroups: ["3b199b07"] };
    const a = lan.station({ address: "10.0.0.1", nick: "甲", segment: "a", ...groups });
    const b = lan.station({ address: "10.0.0.2", nick: "乙", segment: "a", ...groups });
    const far = lan.station({ address: "10.0.1.7", nick: "丙", segment: "b", ...groups });
    const near = lan.station({
      address: "10.0.0.3",
      nick: "丁",
      segment: "a",
      ...groups,
      peers: [{ address: "10.0.1.7", port: 2425 }],
    });
    await lan.open(a, b, far, near);
    lan.clock.advance(60_000);
    await a.node.say("group:3b199b07", "甲说");
    await near.node.say("group:3b199b07", "丁说");
    lan.clock.advance(1_000);
    expect([a.texts(), b.texts(), far.texts()]).toEqual([["丁说"], ["甲说", "丁说"], ["丁说"]]);
    const [room] = a.node.rooms();
    expect(room?.members.map(({ name }) => name).toSorted()).toEqual(["丁", "乙"].toSorted());
    expect(decode(new Uint8Array(), codec, { legacyCharset: "gbk" }).kind).toBe("dropped");
  });
});

describe("a configured segment", () => {
  const segments = Array.from({ length: 250 }, (_, at) => ({ address: `10.0.1.${at + 1}`, port: 2425 }));

  it("hears each of its addresses greeted, a few at a time, and again with a refresh", () => {
    const talk = conversation({ segments: [...segments, { address: "10.0.0.1", port: 2425 }] });
    talk.started(false).advanceTo(timers.secondEntryMs);
    talk.sent.length = 0;
    talk.advance(timers.segmentPauseMs);
    expect(entriesTo(talk).length).toBeLessThanOrEqual(20);
    talk.advance(10_000);
    talk.sent.length = 0;
    expect(talk.machine.peers()).toEqual([]);
    talk.ask({ kind: "refresh", hostList: false });
    talk.ask({ kind: "refresh", hostList: false });
    talk.advance(20_000);
    const greeted = entriesTo(talk);
    expect(greeted).toEqual(segments.map(({ address }) => address));
  });

  it("who answers is found, and hears of changes and of the end; the others do not", async () => {
    const lan = createLan();
    const far = lan.station({ address: "10.0.1.77", nick: "远", segment: "b" });
    const near = lan.station({ address: "10.0.0.1", nick: "近", segment: "a", segments });
    await lan.open(far, near);
    lan.clock.advance(20_000);
    expect([present(near), present(far)]).toEqual([["远"], ["近"]]);
    await near.node.rename({ nick: "近二" });
    lan.clock.advance(100);
    expect(present(far)).toEqual(["近二"]);
    const sent = near.node.diagnostics().datagramsOut;
    await lan.close(near);
    expect(near.node.diagnostics().datagramsOut - sent).toBeLessThan(10);
    expect(present(far)).toEqual([]);
  });
});
