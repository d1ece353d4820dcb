// Who is there (docs/protocol.md sections 5 and 19): announcements, answers, absence, goodbyes, and who is believed.
import { describe, expect, it } from "vitest";
import { entryNames } from "../../src/protocol/entry.js";
import { conversation, network, startMs } from "./conversation.js";

const entryOfBob = "1:100:bob:pc-bob:1:Bob\\0team\\0";

const entryOf = (peer: number): string => `1:100:u${peer}:pc:1:u\\0\\0`;

function started(options?: Parameters<typeof conversation>[0]) {
  return conversation(options).started();
}

describe("start", () => {
  it("wakes the network, announces after 250 ms and once more 5 s later with the same number", () => {
    const talk = conversation().started(false);
    talk.advanceTo(60_000);
    expect(talk.sent.map(({ atMs, to, packet }) => [atMs, to, packet?.modeName])).toEqual([
      [0, "broadcast", "NOOPERATION"],
      [250, "broadcast", "BR_ENTRY"],
      [5_250, "broadcast", "BR_ENTRY"],
    ]);
    const [noop, first, second] = talk.sent.map(({ packet }) => packet?.packetNo);
    expect(second).toBe(first);
    expect(Number(first)).toBeGreaterThan(Number(noop));
    expect(talk.machine.wakeAt()).toBeNull();
  });

  it("sends an entry whose UTF-8 block gives our names back, with the legacy part in GBK", () => {
    const talk = conversation({
      self: { user: "王五", host: "pc-😀", nick: "小王😀", group: "研发", away: null },
    }).started(false);
    talk.advanceTo(250);
    const packet = talk.sent[1]?.packet;
    expect(packet?.options).toEqual(["CAPUTF8OPT"]);
    expect(packet?.charset).toBe("gbk");
    expect(packet?.user).toBe("王五");
    expect(packet?.text).toBe("小王?");
    expect(packet !== undefined && packet !== null && entryNames(packet)).toEqual({
      user: "王五",
      host: "pc-😀",
      nick: "小王😀",
      group: "研发",
    });
  });

  it("can leave UTF-8 out, and look like FeiQ", () => {
    const talk = conversation({ announceUtf8: false, versionItem: "feiq" }).started(false);
    talk.advanceTo(250);
    const packet = talk.sent[1]?.packet;
    expect(packet?.version).toBe("1_lbt6_0#128#0242AC110002#0#0#0#4001#9");
    expect(packet?.options).toEqual([]);
    expect(packet?.body).toMatchObject({ kind: "entry", nick: "小李", group: "研发", block: null });
  });

  it("is shown by the user name when there is no nick", () => {
    const talk = conversation({
      self: { user: "li", host: "pc", nick: "", group: "", away: null },
    }).started(false);
    talk.advanceTo(250);
    expect(talk.sent[1]?.packet?.text).toBe("li");
  });

  it("announces again, twice, when the network changes", () => {
    const talk = started();
    const addresses = [{ ...network.addresses[0]!, address: "10.0.0.9" }];
    talk.put({ kind: "network", network: { ...network, addresses } });
    expect(talk.machine.network?.addresses).toEqual(addresses);
    expect(talk.events.map(({ kind }) => kind)).toEqual(["network"]);
    talk.advance(10_000);
    expect(talk.sent.map(({ packet }) => packet?.modeName)).toEqual(["NOOPERATION", "BR_ENTRY", "BR_ENTRY"]);
  });

  it("sends presence directly to static peers and to those who cannot hear broadcasts", () => {
    const fixed = { address: "192.0.2.7", port: 2425 };
    const talk = conversation({ staticPeers: [fixed] }).started();
    talk.receiveText("1:100:dial:pc:65537:Dial\\0\\0", "198.51.100.4");
    talk.advance(2_000);
    talk.sent.length = 0;
    talk.ask({ kind: "away", text: "午饭" });
    expect(talk.sent.map(({ to }) => to)).toEqual([
      "broadcast",
      fixed,
      { address: "198.51.100.4", port: 2425 },
    ]);
    talk.receiveText("1:101:dial:pc:65538:Dial\\0\\0", "198.51.100.4");
    talk.sent.length = 0;
    talk.ask({ kind: "away", text: null });
    expect(talk.sent.map(({ to }) => to)).toEqual(["broadcast", fixed]);
  });
});

describe("answers to entries", () => {
  it("come once, from 0 to 1023 ms later, to the source address and port", () => {
    const talk = started();
    talk.receiveText(entryOfBob, "10.0.0.2:30000");
    expect(talk.sent).toEqual([]);
    const heardAt = talk.atMs;
    talk.advance(2_000);
    expect(talk.sent).toHaveLength(1);
    expect(talk.sent[0]?.packet?.modeName).toBe("ANSENTRY");
    expect(talk.sent[0]?.to).toEqual({ address: "10.0.0.2", port: 30_000 });
    expect(talk.sent[0]?.atMs).toBeGreaterThanOrEqual(heardAt);
    expect(talk.sent[0]?.atMs).toBeLessThan(heardAt + 1_024);
  });

  it("are spread over time", () => {
    const talk = started();
    const heardAt = talk.atMs;
    for (let peer = 2; peer < 102; peer++) talk.receiveText(`1:100:u${peer}:pc:1:u\\0\\0`, `10.0.0.${peer}`);
    talk.advance(2_000);
    const delays = talk.sent.map(({ atMs }) => atMs - heardAt);
    expect(delays).toHaveLength(100);
    expect(new Set(delays).size).toBeGreaterThan(50);
    expect(Math.max(...delays)).toBeLessThan(1_024);
  });

  it("come once per packet number, whatever path it took", () => {
    const talk = started();
    for (let copy = 0; copy < 3; copy++) {
      talk.receiveText(entryOfBob);
      talk.receiveText(entryOfBob, "10.9.0.2");
    }
    talk.advance(5_000);
    talk.receiveText(entryOfBob);
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(1);
    talk.receiveText("1:101:bob:pc-bob:1:Bob\\0team\\0");
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(1);
  });

  it("come again to a client that counts from 1 and was started again", () => {
    const talk = started();
    const entry = "1_iptux 0.8.3:1:bob:pc:257:bob\\0\\0icon\\0utf-8";
    talk.receiveText(entry);
    talk.receiveText("1_iptux 0.8.3:2:bob:pc:65538:\\0");
    talk.receiveText(entry);
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(2);
    // Without a goodbye: by the number that fell, or after a while.
    talk.receiveText("1_iptux 0.8.3:7:bob:pc:288:hi\\0");
    talk.receiveText(entry);
    talk.advance(20_000);
    expect(talk.lines()).toEqual(["RECVMSG 7", "ANSENTRY|CAPUTF8OPT 小李"]);
    talk.receiveText(entry);
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(1);
  });

  it("are in the charset of the asker", () => {
    const talk = started();
    talk.receiveText("1:100:utf:pc:16777217:utf\\0\\0", "10.0.0.2");
    talk.receiveText("1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:100:feiq:pc:6291457:飞秋\\0\\0", "10.0.0.3");
    talk.receiveText("1_iptux 0.8.3:1:tux:pc:257:企鹅\\0\\0icon\\0utf-8", "10.0.0.4", "utf-8");
    talk.advance(2_000);
    const charsets = talk.sent.map(({ to, packet }) => [
      to !== "broadcast" && to.address,
      packet?.charset,
      packet?.charsetReason,
    ]);
    expect(charsets.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
      ["10.0.0.2", "utf-8", "utf8-flag"],
      ["10.0.0.3", "gbk", "default"],
      ["10.0.0.4", "utf-8", "valid-utf8"],
    ]);
    for (const { packet } of talk.sent) expect(packet?.text).toBe("小李");
    // Only the lines that say what program we are (section 19).
    expect(talk.sent[0]?.packet?.body).toMatchObject({ block: { FY: "1:a" } });
  });

  it("stay under 200 a second, and who was left out is answered at the second sending", () => {
    const talk = started();
    for (let peer = 0; peer < 250; peer++) talk.receiveText(entryOf(peer), `10.1.0.${peer}`);
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(200);
    expect(talk.machine.diagnostics().dropped["entry-storm"]).toBe(50);
    talk.advance(3_000);
    for (let peer = 0; peer < 250; peer++) talk.receiveText(entryOf(peer), `10.1.0.${peer}`);
    talk.advance(2_000);
    expect(talk.lines()).toHaveLength(50);
  });

  it("are remembered for two thousand entries at most", () => {
    const talk = started();
    for (let peer = 0; peer <= 2_000; peer++) {
      if (peer % 200 === 0) talk.advance(1_100);
      talk.receiveText(entryOf(peer), `10.1.${peer >> 8}.${peer & 255}`);
    }
    talk.advance(1_100);
    talk.lines();
    talk.receiveText(entryOf(2_000), "10.1.7.208");
    talk.receiveText(entryOf(0), "10.1.0.0");
    talk.advance(1_100);
    expect(talk.sent.map(({ to }) => to)).toEqual([{ address: "10.1.0.0", port: 2425 }]);
  });

  it("are not sent to a peer that was forgotten meanwhile, nor after our goodbye", () => {
    const talk = started();
    talk.receiveText(entryOfBob);
    talk.ask({ kind: "forget-peer", peer: talk.peerId("Bob") });
    talk.advance(2_000);
    expect(talk.lines()).toEqual([]);
    talk.receiveText("1:101:bob:pc-bob:1:Bob\\0\\0");
    talk.put({ kind: "stop" });
    talk.receiveText("1:102:eve:pc:1:Eve\\0\\0", "10.0.0.3");
    talk.advance(2_000);
    expect(talk.sent.map(({ packet }) => packet?.modeName)).toEqual(["BR_EXIT", "BR_EXIT"]);
  });

  it("are given to entries only", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc-bob:3:Bob\\0\\0");
    talk.receiveText("1:101:bob:pc-bob:4:Bob\\0\\0");
    talk.receiveText("1:102:bob:pc-bob:0:\\0");
    talk.advance(2_000);
    expect(talk.lines()).toEqual([]);
  });
});

describe("absence", () => {
  it("of ours decorates the nick and sets the bit, in entries and answers", () => {
    const talk = started();
    talk.ask({ kind: "away", text: "开会\u001b[31m" });
    expect(talk.lines()).toEqual(["BR_ABSENCE|ABSENCEOPT|CAPUTF8OPT 小李[开会]"]);
    expect(talk.machine.self.away).toBe("开会\u001b[31m");
    talk.receiveText(entryOfBob);
    talk.advance(2_000);
    expect(talk.lines()).toEqual(["ANSENTRY|ABSENCEOPT|CAPUTF8OPT 小李[开会]"]);
    talk.ask({ kind: "away", text: null });
    expect(talk.lines()).toEqual(["BR_ABSENCE|CAPUTF8OPT 小李"]);
  });

  it("of ours without a text decorates nothing; a very long text is cut", () => {
    const talk = started();
    talk.ask({ kind: "away", text: "" });
    expect(talk.lines()).toEqual(["BR_ABSENCE|ABSENCEOPT|CAPUTF8OPT 小李"]);
    talk.ask({ kind: "away", text: "长".repeat(100_000) });
    expect(talk.machine.self.away).toHaveLength(1_000);
    expect(talk.sent[0]?.bytes.length).toBeLessThan(200);
  });

  it("of others is told by the bit, but not by iptux, which always sets it", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc:260:Bob[午饭]\\0\\0");
    talk.receiveText("1_iptux 0.8.3:1:tux:pc:257:Tux\\0\\0icon\\0utf-8", "10.0.0.4");
    expect(talk.peer("Bob[午饭]").state).toBe("away");
    expect(talk.peer("Tux").state).toBe("online");
    talk.receiveText("1:101:bob:pc:4:Bob\\0\\0");
    expect(talk.peer("Bob").state).toBe("online");
  });

  it("of others lasts while they write", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc:260:Bob\\0\\0");
    talk.events.length = 0;
    talk.receiveText("1:101:bob:pc:288:so busy\\0");
    expect(talk.peer("Bob").state).toBe("away");
    expect(talk.events.map(({ kind }) => kind)).toEqual(["message"]);
  });

  it("and new names are announced, cut to 80 characters", () => {
    const talk = started();
    talk.ask({ kind: "rename", nick: "新".repeat(200), group: "组" });
    expect(talk.machine.self).toMatchObject({ nick: "新".repeat(80), group: "组" });
    expect(talk.sent[0]?.packet?.modeName).toBe("BR_ABSENCE");
    talk.ask({ kind: "rename", group: "别组" });
    expect(talk.machine.self).toMatchObject({ nick: "新".repeat(80), group: "别组" });
  });
});

describe("leaving", () => {
  it("says goodbye twice, 100 ms apart, with one number, and then is silent", () => {
    const talk = started();
    const before = talk.atMs;
    talk.put({ kind: "stop" });
    talk.put({ kind: "stop" });
    expect(talk.machine.stopped).toBe(false);
    talk.ask({ kind: "away", text: "gone" });
    talk.ask({ kind: "refresh", hostList: true });
    talk.put({ kind: "network", network });
    talk.receiveText("1:100:bob:pc:32:a stranger\\0");
    talk.advance(100);
    expect(talk.machine.stopped).toBe(true);
    expect(talk.sent.map(({ atMs, to, packet }) => [atMs - before, to, packet?.modeName])).toEqual([
      [0, "broadcast", "BR_EXIT"],
      [100, "broadcast", "BR_EXIT"],
    ]);
    expect(talk.sent[0]?.packet?.packetNo).toBe(talk.sent[1]?.packet?.packetNo);
    talk.receiveText("1:101:bob:pc:288:too late\\0");
    expect(talk.sent).toHaveLength(2);
    expect(talk.ask({ kind: "say", to: "everyone", text: "hi", options: {} })).toMatchObject({
      ok: false,
      code: "node-closed",
    });
  });

  it("keeps the first unused packet number for the next start", () => {
    const talk = started();
    talk.put({ kind: "stop" });
    talk.advance(100);
    const exitNo = Number(talk.sent[0]?.packet?.packetNo);
    const reserved = talk.effects.filter(({ kind }) => kind === "reserve-packet-numbers");
    expect(reserved.at(-1)).toEqual({ kind: "reserve-packet-numbers", below: exitNo + 1 });
  });

  it("of others is believed from their own address only", () => {
    const talk = started();
    talk.receiveText(entryOfBob, "10.0.0.2");
    talk.receiveText("1:101:bob:pc-bob:2:Bob\\0\\0", "10.0.0.66");
    expect(talk.peer("Bob").state).toBe("online");
    expect(talk.machine.diagnostics().dropped["forged-exit"]).toBe(1);
    talk.events.length = 0;
    talk.receiveText("1:102:bob:pc-bob:2:Bob\\0\\0", "10.0.0.2");
    talk.receiveText("1:102:bob:pc-bob:2:Bob\\0\\0", "10.0.0.2");
    expect(talk.peer("Bob").state).toBe("offline");
    expect(talk.events).toMatchObject([{ kind: "peer", change: "left" }]);
  });

  it("of a stranger means nothing", () => {
    const talk = started();
    talk.receiveText(entryOfBob);
    talk.receiveText("1:5:nobody:nowhere:2:x\\0\\0", "10.0.0.2");
    expect(talk.machine.peers()).toHaveLength(1);
    expect(talk.peer("Bob").state).toBe("online");
    expect(talk.machine.diagnostics().dropped["stranger"]).toBe(1);
  });

  it("is undone by an entry, an answer or a message", () => {
    const talk = started();
    talk.receiveText(entryOfBob);
    for (const [index, again] of ["1:Bob\\0\\0", "3:Bob\\0\\0", "32:hi\\0", "209:\\0"].entries()) {
      talk.receiveText(`1:${200 + 2 * index}:bob:pc-bob:2:Bob\\0\\0`);
      talk.events.length = 0;
      talk.receiveText(`1:${201 + 2 * index}:bob:pc-bob:${again}`);
      expect(talk.peer("Bob").state).toBe("online");
      expect(talk.events[0]).toMatchObject({ kind: "peer", change: "appeared" });
    }
  });
});

describe("our own echo", () => {
  it("is known by our address and port", () => {
    const talk = started();
    talk.receiveText("1:1:other:name:1:x\\0\\0", "10.0.0.1");
    talk.receiveText("bare text", "10.0.0.1");
    expect(talk.machine.peers()).toEqual([]);
    expect(talk.machine.diagnostics().dropped["own-echo"]).toBe(2);
  });

  it("is not mistaken for another program on this machine", () => {
    const talk = started();
    talk.receiveText("bare text", "10.0.0.1:40000");
    expect(talk.shown()).toHaveLength(1);
  });

  it("is known by our names and a number that we broadcast, wherever it comes from", () => {
    const talk = started();
    talk.ask({ kind: "away", text: "x" });
    const echo = talk.sent[0]?.bytes ?? new Uint8Array();
    talk.receive(echo, "203.0.113.5");
    expect(talk.machine.peers()).toEqual([]);
    // The same names with another number: somebody with our name.
    talk.receiveText("1:77:li:pc-li:3:Double\\0\\0", "203.0.113.5");
    expect(talk.machine.peers()).toHaveLength(1);
  });

  it("is not looked for before the network is known", () => {
    const talk = conversation();
    talk.receiveText("bare text", "10.0.0.1");
    expect(talk.shown()).toHaveLength(1);
  });
});

describe("refresh", () => {
  it("announces again, and takes those who stay silent for gone", () => {
    const talk = started();
    talk.receiveText("1:100:here:pc:1:Here\\0\\0", "10.0.0.2");
    talk.receiveText("1:100:dead:pc:1:Dead\\0\\0", "10.0.0.3");
    talk.receiveText("debug line", "10.0.0.4:40000");
    talk.advance(60_000);
    talk.lines();
    talk.events.length = 0;
    talk.ask({ kind: "refresh", hostList: false });
    talk.advance(500);
    talk.receiveText("1:101:here:pc:3:Here\\0\\0", "10.0.0.2");
    expect(talk.peer("Dead").state).toBe("online");
    talk.advance(8_000);
    expect(talk.sent.map(({ packet }) => packet?.modeName)).toEqual(["NOOPERATION", "BR_ENTRY", "BR_ENTRY"]);
    expect(talk.events).toMatchObject([{ kind: "peer", change: "left", peer: { nick: "Dead" } }]);
    expect(talk.peer("Here").state).toBe("online");
    expect(talk.peer("raw:10.0.0.4:40000").state).toBe("online");
  });
});

const hello = (command: number, from = "10.0.0.2"): string[] => {
  const talk = started();
  talk.receiveText(`1:100:bob:pc:${command}:hi\\0`, from);
  talk.advance(2_000);
  return talk.lines();
};

describe("a stranger that writes", () => {
  it("is greeted with our entry, once", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc:32:hi\\0");
    talk.receiveText("1:101:bob:pc:32:hi again\\0");
    expect(talk.sent.map(({ to, packet }) => [to, packet?.modeName])).toEqual([
      [{ address: "10.0.0.2", port: 2425 }, "BR_ENTRY"],
    ]);
  });

  it("is not greeted when it does not want it, or could not understand it", () => {
    expect(hello(32)).toEqual(["BR_ENTRY|CAPUTF8OPT 小李"]);
    expect(hello(32 + 0x80000)).toEqual([]);
    expect(hello(32 + 0x400)).toEqual([]);
    expect(hello(32 + 0x2000)).toEqual([]);
    expect(hello(32, "10.0.0.2:40000")).toEqual([]);
  });

  it("stays off the list when it asks for that", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc:524320:psst\\0");
    expect(talk.peer("bob").state).toBe("offline");
    expect(talk.shown()).toHaveLength(1);
  });

  it("is not greeted past the rate of answers: the address may be forged", () => {
    const talk = started();
    for (let peer = 0; peer < 300; peer++) talk.receiveText(`1:1:u${peer}:pc:32:hi\\0`, `10.1.1.${peer}`);
    expect(talk.lines()).toHaveLength(200);
  });
});

describe("without presence", () => {
  it("says nothing of itself, and still talks", () => {
    const talk = conversation({ presence: false, hostList: true }).started(false);
    talk.receiveText(entryOfBob);
    talk.ask({ kind: "away", text: "" });
    talk.ask({ kind: "refresh", hostList: true });
    talk.receiveText("1:7:eve:pc:32:a stranger\\0", "10.0.0.3");
    talk.put({ kind: "network", network });
    talk.advance(60_000);
    expect(talk.lines()).toEqual([]);
    // A refresh that asked nobody takes nobody for gone.
    expect(talk.peer("Bob").state).toBe("online");
    talk.receiveText("1:101:bob:pc-bob:288:hi\\0");
    talk.say("Bob", "hello");
    expect(talk.lines()).toEqual(["RECVMSG 101", "SENDMSG|SENDCHECKOPT hello"]);
    talk.put({ kind: "stop" });
    expect(talk.machine.stopped).toBe(true);
    expect(talk.lines()).toEqual([]);
  });
});

describe("names of others", () => {
  it("come from the UTF-8 block where there is one", () => {
    const talk = started();
    const legacy = "1:100:?:?:16777217:??\\0??\\0";
    talk.receiveText(`${legacy}\nUN:郭靖\nHN:大漠\nNN:靖😀\nGN:侠\nFY:1:5`, "10.0.0.2", "utf-8");
    expect(talk.peer("靖😀")).toMatchObject({
      id: "郭靖@大漠",
      group: "侠",
      feiyan: { version: 1, manifests: true, recall: false, peerLists: true },
      capabilities: ["utf8"],
    });
  });

  it("are cut to 80 characters", () => {
    const talk = started();
    const long = "x".repeat(500);
    talk.receiveText(`1:100:${long}:${long}:1:${long}\\0${long}\\0`);
    const [peer] = talk.machine.peers();
    for (const name of [peer?.user, peer?.host, peer?.nick, peer?.group]) expect(name).toHaveLength(80);
  });

  it("that change are told, and those that do not are not", () => {
    const talk = started();
    talk.receiveText("1:100:bob:pc:3:Bob\\0a\\0");
    talk.events.length = 0;
    talk.receiveText("1:101:bob:pc:4:Bob\\0a\\0");
    expect(talk.events).toEqual([]);
    talk.receiveText("1:102:bob:pc:4:Robert\\0a\\0");
    talk.receiveText("1:103:bob:pc:4:Robert\\0b\\0");
    talk.receiveText("1:104:bob:pc:2097156:Robert\\0b\\0");
    expect(talk.events.map((event) => event.kind === "peer" && event.change)).toEqual([
      "changed",
      "changed",
      "changed",
    ]);
    expect(talk.peer("Robert").firstSeen).toBe(startMs + 10_000);
  });
});
