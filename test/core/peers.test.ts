// Who is who (docs/protocol.md section 5): identity, addresses, the bounded table, and receivers first known by an address only.
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import { limits } from "../../src/core/limits.js";
import { everyone } from "../../src/core/model.js";
import type { PeerId } from "../../src/core/model.js";
import { vectorsOf } from "../protocol/vectors.js";
import { conversation } from "./conversation.js";

useSmallLimits();

const feiq = (mac: string): string => `1_lbt6_0#128#${mac}#0#0#0#4001#9`;

describe("identity", () => {
  it("is user and host, not the nick and not the address", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:Bob\\0\\0", "10.0.0.2");
    talk.receiveText("1:2:bob:pc:3:Robert\\0\\0", "10.0.0.3");
    talk.receiveText("1:3:bob:other:3:Bob\\0\\0", "10.0.0.2");
    expect(talk.machine.peers().map(({ id }) => id)).toEqual(["bob@pc", "bob@other"]);
  });

  it("has FeiQ's MAC with it, when that is one", () => {
    const talk = conversation().started();
    talk.receiveText(`${feiq("f8b46aa55b28")}:1:admin:PC:3:A\\0\\0`, "10.0.0.2");
    talk.receiveText(`${feiq("F8B46AA55B29")}:1:admin:PC:3:B\\0\\0`, "10.0.0.3");
    talk.receiveText(`${feiq("000000000000")}:1:admin:PC:3:C\\0\\0`, "10.0.0.4");
    talk.receiveText(`${feiq("F8B46AA55B2O")}:1:letter:PC:3:D\\0\\0`, "10.0.0.5");
    expect(talk.machine.peers().map(({ id }) => id)).toEqual([
      "admin@PC#F8B46AA55B28",
      "admin@PC#F8B46AA55B29",
      "admin@PC",
      "letter@PC",
    ]);
  });

  it("of a raw sender is its address and port", () => {
    const talk = conversation().started();
    talk.receiveText("one", "10.0.0.2:40000");
    talk.receiveText("two", "10.0.0.2:40001");
    talk.receiveText("three", "10.0.0.2:40000");
    expect(talk.machine.peers()).toMatchObject([
      { id: "raw:10.0.0.2:40000", dialect: "raw", unread: 2, user: "" },
      { id: "raw:10.0.0.2:40001", dialect: "raw", unread: 1 },
    ]);
    talk.receiveText(" \r\n", "10.0.0.2:40000");
    expect(talk.shown()).toHaveLength(3);
  });

  it("of a raw sender answers bare, to the port it came from", () => {
    const talk = conversation().started();
    talk.receiveText("你好", "10.0.0.2:40000");
    talk.say("raw:10.0.0.2:40000", "你也好");
    expect(talk.sent[0]).toMatchObject({ to: { address: "10.0.0.2", port: 40_000 }, packet: null });
    expect(Buffer.from(talk.sent[0]!.bytes).toString("hex")).toBe("c4e3d2b2bac3");
    expect(talk.machine.conversation("raw:10.0.0.2:40000" as PeerId).messages.at(-1)).toMatchObject({
      options: [],
      deliveries: [{ state: "sent", final: true }],
    });
  });

  it("cannot be taken from the special ones by names in a UTF-8 block", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:u:h:16777217:n\\0g\\0\nUN:everyone\nHN:x", "10.0.0.2");
    talk.receiveText("1:2:u:h:16777217:n\\0g\\0\nUN:raw:10.0.0.9\nHN:2425", "10.0.0.3");
    talk.receiveText("1:3:u:h:16777217:n\\0g\\0\nUN:addr:10.0.0.9:2425\nHN:y", "10.0.0.4");
    for (const { id } of talk.machine.peers()) expect(id).toContain("@");
    expect(talk.machine.peer(everyone)).toBeUndefined();
  });
});

describe("addresses", () => {
  it("follow the peer: the newest is where messages go", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:Bob\\0\\0", "10.0.0.2");
    talk.advance(1_000);
    talk.events.length = 0;
    talk.receiveText("1:2:bob:pc:121:\\0", "10.0.0.3");
    expect(talk.peer("Bob").endpoint).toEqual({ address: "10.0.0.3", port: 2425 });
    expect(talk.peer("Bob").addresses.map(({ endpoint }) => endpoint.address)).toEqual([
      "10.0.0.3",
      "10.0.0.2",
    ]);
    talk.receiveText("1:3:bob:pc:32:back\\0", "10.0.0.2");
    expect(talk.peer("Bob").addresses.map(({ endpoint }) => endpoint.address)).toEqual([
      "10.0.0.2",
      "10.0.0.3",
    ]);
    expect(talk.peer("Bob").lastSeen).toBeGreaterThan(talk.peer("Bob").firstSeen);
    expect(talk.events).toMatchObject([{ kind: "typing" }, { kind: "message" }, { kind: "peer" }]);
  });

  it("are not moved by the same packet on another path", () => {
    const talk = conversation().started();
    for (let round = 1; round < 4; round++) {
      talk.receiveText(`1:${round}:bob:pc:3:Bob\\0\\0`, "10.0.0.2");
      talk.receiveText(`1:${round}:bob:pc:3:Bob\\0\\0`, "10.9.0.2");
    }
    expect(talk.peer("Bob").endpoint.address).toBe("10.0.0.2");
    expect(talk.peer("Bob").addresses.map(({ endpoint }) => endpoint.address)).toEqual([
      "10.0.0.2",
      "10.9.0.2",
    ]);
    expect(talk.events).toHaveLength(1);
  });

  it("are remembered up to eight", () => {
    const talk = conversation().started();
    for (let host = 2; host < 30; host++) talk.receiveText(`1:${host}:bob:pc:3:Bob\\0\\0`, `10.0.0.${host}`);
    const addresses = talk.peer("Bob").addresses.map(({ endpoint }) => endpoint.address);
    expect(addresses).toEqual(
      Array.from({ length: limits.addressesPerPeer }, (_, at) => `10.0.0.${29 - at}`),
    );
    // A forgotten address is nobody's: writing there makes a receiver of its own.
    expect(talk.say([{ endpoint: { address: "10.0.0.2", port: 2425 } }], "x").peerId).toBe(
      "addr:10.0.0.2:2425",
    );
    expect(talk.say([{ endpoint: { address: "10.0.0.25", port: 2425 } }], "x").peerId).toBe("bob@pc");
  });

  it("of a refused send tell that nobody is there", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:Bob\\0\\0", "10.0.0.2");
    const to = { address: "10.0.0.2", port: 2425 };
    talk.put({ kind: "problem", code: "send-unreachable", fields: { address: to.address }, to });
    expect(talk.peer("Bob").state).toBe("online");
    talk.put({ kind: "problem", code: "send-refused", fields: { address: to.address }, to });
    talk.put({ kind: "problem", code: "socket-failed", fields: {} });
    expect(talk.peer("Bob").state).toBe("offline");
    expect(talk.machine.diagnostics().sendProblems).toBe(3);
    expect(talk.events.filter(({ kind }) => kind === "notice")).toMatchObject([
      { code: "send-unreachable" },
      { code: "send-refused" },
      { code: "socket-failed" },
    ]);
  });
});

describe("a receiver known by its address", () => {
  const at = { address: "10.0.0.2", port: 2425 };

  it("is asked for an acknowledgement, and is there when it gives one", () => {
    const talk = conversation().started();
    const message = talk.say([{ endpoint: at }], "hello?");
    expect(talk.peer("addr:10.0.0.2:2425")).toMatchObject({ state: "offline", endpoint: at });
    expect(talk.lines()).toEqual(["SENDMSG|SENDCHECKOPT hello?"]);
    talk.receiveText(`1:9:bob:pc:33:${message.packetNo}\\0`);
    expect(talk.peer("addr:10.0.0.2:2425")).toMatchObject({ state: "online", acknowledges: true });
    expect(talk.machine.message(message.id)?.deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it("becomes the peer it turns out to be: conversation, charset and pending delivery move", () => {
    const talk = conversation().started();
    const message = talk.say([{ endpoint: at }], "hello?");
    talk.ask({ kind: "set-charset", peer: "addr:10.0.0.2:2425" as PeerId, charset: "big5" });
    talk.events.length = 0;
    talk.receiveText("1:9:bob:pc:3:Bob\\0\\0");
    expect(talk.events).toMatchObject([
      { kind: "peer-merged", from: "addr:10.0.0.2:2425", into: { id: "bob@pc" } },
      { kind: "peer", change: "appeared" },
    ]);
    expect(talk.machine.peers()).toHaveLength(1);
    expect(talk.peer("Bob")).toMatchObject({ charset: "big5", charsetChosen: true });
    expect(talk.machine.conversation("addr:10.0.0.2:2425" as PeerId).messages.slice()).toEqual([]);
    expect(talk.machine.conversations()).toEqual(["bob@pc"]);
    talk.advance(1_500);
    expect(talk.machine.message(message.id)).toMatchObject({
      to: ["bob@pc"],
      peerId: "bob@pc",
      conversation: "bob@pc",
      deliveries: [{ peerId: "bob@pc", state: "retried", attempt: 2 }],
    });
    talk.receiveText(`1:10:bob:pc:33:${message.packetNo}\\0`);
    expect(talk.machine.conversation("bob@pc" as PeerId).messages.slice()).toMatchObject([
      { id: message.id, deliveries: [{ state: "delivered", final: true }] },
    ]);
  });

  it("may turn out to be a debug tool", () => {
    const talk = conversation().started();
    const tool = { address: "10.0.0.2", port: 40_000 };
    talk.say([{ endpoint: tool }], "hello?");
    talk.receiveText("hi", "10.0.0.2:40000");
    expect(talk.machine.conversation("raw:10.0.0.2:40000" as PeerId).messages).toHaveLength(2);
    expect(talk.machine.peers()).toHaveLength(1);
  });

  it("may be a known peer all along", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:Bob\\0\\0");
    expect(talk.say([{ endpoint: at }], "hi").peerId).toBe("bob@pc");
    expect(talk.machine.peers()).toHaveLength(1);
  });

  it("merges in order of time, and a message to both stands there once", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:3:Bob\\0\\0", "10.0.0.9");
    talk.advance(10);
    const first = talk.say([{ endpoint: at }], "first");
    talk.advance(10);
    const second = talk.say("Bob", "second");
    talk.advance(10);
    const both = talk.say([{ peer: talk.peerId("Bob") }, { endpoint: at }], "both");
    talk.advance(10);
    const last = talk.say([{ endpoint: at }], "last");
    talk.receiveText("1:2:bob:pc:3:Bob\\0\\0", "10.0.0.2");
    const { messages } = talk.machine.conversation("bob@pc" as PeerId);
    expect(Array.from(messages, ({ id }) => id)).toEqual([first, second, both, last].map(({ id }) => id));
    talk.advance(20_000);
    for (const message of [first, second, both, last]) {
      const shown = messages.at(messages.indexOf(message.id));
      expect(shown).toEqual(talk.machine.message(message.id));
      expect(shown?.deliveries.every(({ state }) => state === "unconfirmed")).toBe(true);
    }
  });
});

function crowd(talk: ReturnType<typeof conversation>, count: number, from = 0): void {
  for (let index = from; index < from + count; index++) {
    talk.receiveText(`1:1:u${index}:pc:3:n${index}\\0\\0`, `10.${1 + (index >> 8)}.${index & 255}.7`);
  }
}

describe("the table", () => {
  it("is full of those present: one notice, nobody else comes in, the rest goes on", () => {
    const talk = conversation().started();
    crowd(talk, limits.peers);
    talk.events.length = 0;
    crowd(talk, 3, limits.peers);
    talk.receiveText("a raw line", "192.0.2.1:4000");
    expect(talk.machine.peers()).toHaveLength(limits.peers);
    expect(talk.events).toMatchObject([{ kind: "notice", code: "peer-table-full" }]);
    expect(talk.machine.diagnostics().dropped["table-full"]).toBe(4);
    expect(
      talk.ask({
        kind: "say",
        to: [{ endpoint: { address: "192.0.2.1", port: 9 } }],
        text: "x",
        options: {},
      }),
    ).toMatchObject({
      ok: false,
      code: "no-such-peer",
    });
    talk.receiveText("1:2:u5:pc:32:hello\\0", "10.1.5.7");
    expect(talk.shown()).toHaveLength(1);
    // One leaves, one comes, and then it is full again.
    talk.receiveText("1:3:u6:pc:2:x\\0", "10.1.6.7");
    crowd(talk, 2, limits.peers);
    expect(talk.machine.peer("u6@pc" as PeerId)).toBeUndefined();
    expect(talk.machine.peer(`u${limits.peers}@pc` as PeerId)).toBeDefined();
    expect(talk.events.filter(({ kind }) => kind === "notice")).toHaveLength(2);
  });

  it("gives up raw senders and those gone, read ones first, the longest silent first", () => {
    const talk = conversation().started();
    talk.receiveText("first", "192.0.2.1:1001");
    talk.advance(1);
    talk.receiveText("second", "192.0.2.1:1002");
    talk.advance(1);
    talk.receiveText("third", "192.0.2.1:1003");
    talk.advance(1);
    talk.receiveText("1:1:gone:pc:3:Gone\\0\\0", "10.0.0.5");
    talk.receiveText("1:2:gone:pc:2:Gone\\0\\0", "10.0.0.5");
    talk.ask({ kind: "read", conversation: "raw:192.0.2.1:1002" as PeerId });
    crowd(talk, limits.peers - 4);
    const order: string[] = [];
    const known = ["raw:192.0.2.1:1001", "raw:192.0.2.1:1002", "raw:192.0.2.1:1003", "gone@pc"];
    for (let step = 0; step < 4; step++) {
      crowd(talk, 1, limits.peers + step);
      order.push(
        ...known.filter((id) => !order.includes(id) && talk.machine.peer(id as PeerId) === undefined),
      );
    }
    expect(order).toEqual(["raw:192.0.2.1:1002", "gone@pc", "raw:192.0.2.1:1001", "raw:192.0.2.1:1003"]);
    expect(talk.machine.conversation("raw:192.0.2.1:1001" as PeerId).messages).toHaveLength(1);
  });

  it("keeps its order and forgets on request", () => {
    const talk = conversation().started();
    crowd(talk, 3);
    talk.events.length = 0;
    talk.ask({ kind: "forget-peer", peer: talk.peerId("n1") });
    expect(talk.events).toMatchObject([{ kind: "peer", change: "left", peer: { nick: "n1" } }]);
    expect(talk.machine.peers().map(({ nick }) => nick)).toEqual(["n0", "n2"]);
    expect(talk.ask({ kind: "forget-peer", peer: "nobody" as PeerId })).toMatchObject({
      code: "no-such-peer",
    });
  });
});

describe("unread counts", () => {
  it("go up with messages and down when read, told once", () => {
    const talk = conversation().started();
    talk.receiveText("1:1:bob:pc:32:a\\0");
    talk.receiveText("1:2:bob:pc:32:b\\0");
    talk.advance(1);
    talk.receiveText("1:3:bob:pc:1056:to all\\0");
    const bob = talk.peerId("bob");
    expect(talk.machine.conversation(bob).unread).toBe(2);
    const all = talk.machine.conversation(everyone);
    expect([all.unread, Array.from(all.messages, ({ text }) => text)]).toEqual([1, ["to all"]]);
    talk.events.length = 0;
    for (const conversationId of [bob, bob, everyone, everyone, "nobody" as PeerId]) {
      talk.ask({ kind: "read", conversation: conversationId });
    }
    expect(talk.events).toMatchObject([
      { kind: "read", conversation: bob },
      { kind: "read", conversation: everyone },
    ]);
    expect(talk.machine.conversations()).toEqual([everyone, bob]);
    const nobody = talk.machine.conversation("nobody" as PeerId);
    expect([nobody.unread, nobody.messages.length, [...nobody.messages]]).toEqual([0, 0, []]);
  });
});

const vector = (id: string): string => vectorsOf("datagram").find((one) => one.id === id)!.hex;

describe("the line that somebody wrote about himself", () => {
  it("is read out of Feige's entries, and changes with them only", () => {
    const talk = conversation().started();
    talk.receiveHex(vector("feige-001-entry"), "10.0.0.2");
    talk.receiveHex(vector("feige-003-ansentry"), "10.0.0.3");
    talk.receiveHex(vector("feige-004-message-rich"), "10.0.0.2");
    expect(talk.machine.peers().map(({ nick, motto }) => [nick, motto])).toEqual([
      ["张三", "签名"],
      ["李四", ""],
    ]);
  });

  it("comes from an iptux that is known, is cut, and from nobody else", () => {
    const talk = conversation().started();
    talk.receiveHex(vector("iptux-005-sendsign"), "10.0.0.2");
    expect(talk.machine.peers()).toEqual([]);
    talk.receiveText("1_iptux 0.9.4:1:u:h:257:小陈\\0\\0icon\\0utf-8\\0", "10.0.0.2", "utf-8");
    talk.receiveHex(vector("iptux-005-sendsign"), "10.0.0.66");
    expect(talk.peer("小陈").motto).toBe("");
    talk.events.length = 0;
    talk.receiveHex(vector("iptux-005-sendsign"), "10.0.0.2");
    talk.receiveHex(vector("iptux-005-sendsign"), "10.0.0.2");
    expect(talk.peer("小陈").motto).toBe("签名一句");
    expect(talk.events.filter(({ kind }) => kind === "peer")).toHaveLength(1);
    talk.receiveText(`1_iptux 0.9.4:15:u:h:252:${"长".repeat(500)}\\0`, "10.0.0.2", "utf-8");
    expect(talk.peer("小陈").motto).toHaveLength(limits.mottoCharacters);
  });
});
