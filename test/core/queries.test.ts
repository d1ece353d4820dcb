// Small questions and answers (docs/protocol.md sections 5, 7 and 12.3): version, absence, knock, typing, chat window, pictures,
// remote help, and the host list as a client.
import { describe, expect, it } from "vitest";
import { useSmallLimits } from "./small-limits.js";
import { limits, rates } from "../../src/core/limits.js";
import type { PeerId } from "../../src/core/model.js";
import { buildHostList } from "../../src/protocol/host-list.js";
import { conversation } from "./conversation.js";

useSmallLimits();

type Talk = ReturnType<typeof conversation>;

const feiq = "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9";

function withBob(options?: Parameters<typeof conversation>[0]): Talk {
  const talk = conversation(options).started();
  talk.receiveText("1:1:bob:pc:3:Bob\\0\\0");
  talk.events.length = 0;
  return talk;
}

describe("questions to us", () => {
  it("for the version and the absence text are answered, in the charset of the asker", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:64:\\0");
    talk.receiveText("1:101:bob:pc:80:\\0");
    talk.ask({ kind: "away", text: "开会" });
    talk.sent.length = 0;
    talk.receiveText("1:102:bob:pc:80:\\0");
    talk.receiveText("1:1:stranger:pc:80:\\0", "10.0.0.3:7777");
    talk.receiveText("1:1:utf:pc:16777219:utf\\0\\0", "10.0.0.4");
    talk.receiveText("1:2:utf:pc:80:\\0", "10.0.0.4");
    expect(
      talk.sent.map(({ line, to, packet }) => [line, to !== "broadcast" && to.port, packet?.charset]),
    ).toEqual([
      ["SENDABSENCEINFO 开会", 2425, "gbk"],
      ["SENDABSENCEINFO 开会", 7777, "gbk"],
      ["SENDABSENCEINFO|UTF8OPT 开会", 2425, "utf-8"],
    ]);
    expect(talk.effects.filter(({ kind }) => kind === "send")).toHaveLength(5);
  });

  it("say that we are here when we are", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:64:\\0");
    talk.receiveText("1:101:bob:pc:80:\\0");
    expect(talk.lines()).toEqual(["SENDINFO feiyan test", "SENDABSENCEINFO Not absence mode"]);
  });

  it("for a public key are not answered: what came encrypted could not be opened", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:114:20002\\0");
    expect(talk.lines()).toEqual([]);
  });

  it("are answered ten times in ten seconds for each address", () => {
    const talk = withBob();
    for (let number = 0; number < 30; number++) talk.receiveText(`1:${100 + number}:bob:pc:64:\\0`);
    talk.receiveText("1:100:eve:pc:64:\\0", "10.0.0.3");
    expect(talk.lines()).toHaveLength(rates.queryAnswers + 1);
    expect(talk.machine.diagnostics().dropped["query-flood"]).toBe(20);
    talk.advance(rates.queryWindowMs);
    talk.receiveText("1:200:bob:pc:64:\\0");
    expect(talk.lines()).toHaveLength(1);
  });

  it("are counted for a thousand addresses at most", () => {
    const talk = conversation().started();
    const ask = (index: number): number => {
      talk.receiveText("1:1:x:y:64:\\0", `10.${index >> 8}.${index & 255}.9`);
      return talk.lines().length;
    };
    for (let times = 0; times < rates.queryAnswers; times++) expect(ask(0)).toBe(1);
    expect(ask(0)).toBe(0);
    for (let index = 1; index <= rates.queryAddresses; index++) ask(index);
    expect(ask(0)).toBe(1);
    expect(talk.machine.peers()).toEqual([]);
  });
});

describe("questions of ours", () => {
  it("go to the peer; the answer is told and kept, cut to a sane length", () => {
    const talk = withBob();
    const bob = talk.peerId("Bob");
    talk.ask({ kind: "ask", peer: bob, what: "version" });
    talk.ask({ kind: "ask", peer: bob, what: "absence" });
    expect(talk.lines()).toEqual(["GETINFO", "GETABSENCEINFO"]);
    talk.receiveText("1:100:bob:pc:65:Win32Ver4.99\\0");
    talk.receiveText(`1:101:bob:pc:81:${"开会".repeat(10_000)}\\0`);
    expect(talk.events).toMatchObject([
      { kind: "info", what: "version", text: "Win32Ver4.99", peer: { versionText: "Win32Ver4.99" } },
      { kind: "info", what: "absence" },
    ]);
    expect(talk.peer("Bob").versionText).toBe("Win32Ver4.99");
    expect(talk.peer("Bob").absenceText).toHaveLength(limits.infoCharacters);
    expect(talk.ask({ kind: "ask", peer: "nobody" as PeerId, what: "version" })).toMatchObject({
      ok: false,
      code: "no-such-peer",
    });
  });

  it("are not answered by strangers", () => {
    const talk = conversation().started();
    talk.receiveText("1:100:bob:pc:65:Win32Ver4.99\\0");
    expect(talk.events).toEqual([]);
    expect(talk.machine.diagnostics().dropped["stranger"]).toBe(1);
  });
});

describe("a knock", () => {
  it("is told and answered, once in ten seconds for each peer", () => {
    const talk = conversation().started();
    talk.receiveText(`${feiq}:100:bob:PC:209:\\0`, "10.0.0.2:3000");
    talk.advance(9_999);
    talk.receiveText(`${feiq}:101:bob:PC:209:\\0`);
    talk.receiveText(`${feiq}:100:eve:PC:209:\\0`, "10.0.0.3");
    expect(talk.sent.map(({ line, to }) => [line, to !== "broadcast" && to.port])).toEqual([
      ["FEIQ_SHAKE_ACK", 3000],
      ["FEIQ_SHAKE_ACK", 2425],
    ]);
    // The second of bob's came from another address, which is told; the knock is not.
    const kinds = ["peer", "knock", "peer", "peer", "knock"];
    expect(talk.events.map((event) => event.kind)).toEqual(kinds);
    expect(talk.machine.diagnostics().dropped["knock-flood"]).toBe(1);
    talk.advance(1);
    talk.receiveText(`${feiq}:102:bob:PC:209:\\0`);
    expect(talk.events.at(-1)).toMatchObject({ kind: "knock", peer: { id: "bob@PC#F8B46AA55B28" } });
  });

  it("that answers ours is not answered, and makes nobody known", () => {
    const talk = conversation().started();
    talk.receiveText(`${feiq}:100:bob:PC:210:\\0`);
    expect(talk.machine.peers()).toEqual([]);
    talk.receiveText(`${feiq}:101:bob:PC:3:Bob\\0\\0`);
    talk.receiveText(`${feiq}:102:bob:PC:210:\\0`);
    expect(talk.lines()).toEqual([]);
    expect(talk.events.map(({ kind }) => kind)).toEqual(["peer"]);
  });
});

const typing = (talk: Talk): unknown[] =>
  talk.events.flatMap((event) =>
    event.kind === "typing" ? [[event.at - 1_800_000_010_000, event.active]] : [],
  );

describe("typing", () => {
  it("is told once and ends five seconds after the last notice", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:121:\\0");
    talk.advance(3_000);
    talk.receiveText("1:101:bob:pc:121:\\0");
    talk.advance(60_000);
    expect(typing(talk)).toEqual([
      [0, true],
      [8_000, false],
    ]);
    expect(talk.peer("Bob").typingUntil).toBe(0);
  });

  it("ends when the peer says so", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:122:\\0");
    talk.receiveText("1:101:bob:pc:121:\\0");
    talk.advance(1_000);
    talk.receiveText("1:102:bob:pc:122:\\0");
    talk.advance(1_000);
    talk.receiveText("1:103:bob:pc:121:\\0");
    talk.advance(60_000);
    expect(typing(talk)).toEqual([
      [0, true],
      [1_000, false],
      [2_000, true],
      [7_000, false],
    ]);
  });

  it("ends with its peer", () => {
    const talk = withBob();
    talk.receiveText("1:100:bob:pc:121:\\0");
    talk.ask({ kind: "forget-peer", peer: talk.peerId("Bob") });
    talk.advance(60_000);
    expect(typing(talk)).toEqual([[0, true]]);
  });

  it("of strangers is not told", () => {
    const talk = conversation().started();
    talk.receiveText("1:100:bob:pc:121:\\0");
    expect(talk.events).toEqual([]);
  });

  it("sets one alarm for a peer, however many notices come", () => {
    const talk = withBob();
    for (let number = 0; number < 10_000; number++)
      talk.receiveText(`1:${number}:bob:pc:${121 + (number % 2)}:\\0`);
    talk.receiveText("1:1:bob:pc:121:\\0");
    let wakes = 0;
    for (let next = talk.machine.wakeAt(); next !== null; next = talk.machine.wakeAt()) {
      talk.advanceTo(next - 1_800_000_000_000);
      wakes++;
    }
    expect(wakes).toBeLessThanOrEqual(2);
  });
});

describe("FeiQ's other commands", () => {
  it("a chat window that opens is answered within the rate of questions", () => {
    const talk = conversation().started();
    for (let number = 0; number < 12; number++) talk.receiveText(`${feiq}:${100 + number}:bob:PC:119:\\0`);
    talk.receiveText(`${feiq}:200:bob:PC:120:\\0`);
    expect(talk.lines()).toEqual(Array.from({ length: rates.queryAnswers }, () => "FEIQ_OPENCHAT_ACK"));
    expect(talk.events).toEqual([]);
  });

  it("pictures are told once each, not once a slice, and not acknowledged", () => {
    const talk = conversation().started();
    talk.receiveText(`${feiq}:1:bob:PC:3:Bob\\0\\0`);
    talk.events.length = 0;
    for (const id of ["64ea4edd", "64ea4ede"]) {
      for (let index = 1; index <= 3; index++) {
        const head = `${id}|1300|${(index - 1) * 512}|3|${index}|512|0|2|0|00000000#`;
        talk.receiveText(`${feiq}:${100 + index}:bob:PC:2097344:${head}\\0${"x".repeat(512)}`);
      }
    }
    talk.receiveText(`${feiq}:110:bob:PC:2097344:rubbish`);
    expect(talk.lines()).toEqual([]);
    const notice = {
      kind: "notice",
      code: "image-not-supported",
      fields: { address: "10.0.0.2", peer: "bob@PC#F8B46AA55B28" },
    };
    expect(talk.events).toMatchObject([notice, notice, notice]);
  });

  it("remote help is refused silently and told once", () => {
    const talk = conversation().started();
    talk.receiveText(`${feiq}:100:bob:PC:176:\\0`);
    talk.receiveText(`${feiq}:101:bob:PC:176:\\0`);
    expect(talk.lines()).toEqual([]);
    expect(talk.events).toMatchObject([
      { kind: "notice", code: "remote-help-refused", fields: { address: "10.0.0.2" } },
    ]);
  });

  it("notices are remembered for so many and then told again", () => {
    const talk = conversation().started();
    for (let index = 0; index <= limits.waitingAnswers; index++) {
      talk.receiveText(`${feiq}:100:bob:PC:176:\\0`, `10.${index >> 8}.${index & 255}.9`);
    }
    const before = talk.events.length;
    talk.receiveText(`${feiq}:100:bob:PC:176:\\0`, "10.0.0.9");
    expect(talk.events.length).toBe(before + 1);
  });

  it("commands of others' private traffic are heard in silence", () => {
    const talk = withBob();
    for (const mode of [0, 35, 96, 97, 98, 115, 160, 180, 193, 201, 250]) {
      talk.receiveText(`1:${mode}:bob:pc:${mode}:1:2:3\\0`);
    }
    expect(talk.lines()).toEqual([]);
    expect(talk.events).toEqual([]);
  });
});

const server = "10.0.0.5";
const host = (index: number) => ({
  user: `u${index}`,
  host: "pc",
  status: 1,
  address: `10.2.${index >> 8}.${index & 255}`,
  port: 2425,
  nick: "",
  group: "",
});
const page = (talk: Talk, next: number, from: number, count: number, at = server): void => {
  const hosts = Array.from({ length: count }, (_, index) => host(from + index));
  talk.receiveText(`1:9:srv:pc:19:${buildHostList(next, hosts)}\\0`, at);
};
const lines = (talk: Talk): string[] =>
  talk.sent.splice(0).map(({ line, to }) => `${line} > ${to === "broadcast" ? to : to.address}`);
const notices = (talk: Talk) => talk.events.filter(({ kind }) => kind === "notice");

describe("the host list", () => {
  it("is asked for by broadcast, fetched page by page from the first that offers, and everybody on it greeted", () => {
    const talk = conversation({ hostList: true }).started(false);
    expect(lines(talk)).toEqual(["NOOPERATION > broadcast", "BR_ISGETLIST2 > broadcast"]);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    talk.receiveText("1:7:other:pc:17:\\0", "10.0.0.6");
    expect(lines(talk)).toEqual([`GETLIST 0 > ${server}`]);
    page(talk, 2, 0, 2);
    const entry = "BR_ENTRY|CAPUTF8OPT 小李";
    expect(lines(talk)).toEqual([`${entry} > 10.2.0.0`, `${entry} > 10.2.0.1`, `GETLIST 2 > ${server}`]);
    // The same page once more (a repeat on the way), then the last one.
    page(talk, 2, 0, 2);
    expect(lines(talk)).toEqual([]);
    page(talk, 0, 2, 1);
    expect(lines(talk)).toEqual([`${entry} > 10.2.0.2`]);
    expect(notices(talk)).toMatchObject([{ code: "host-list-received", fields: { hosts: 3, server } }]);
    page(talk, 0, 3, 1);
    expect(lines(talk)).toEqual([]);
    expect(talk.machine.diagnostics().dropped["unasked-host-list"]).toBe(1);
  });

  it("that nobody asked for, or that another sends, is ignored", () => {
    const talk = conversation().started();
    page(talk, 0, 0, 5);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    expect(talk.lines()).toEqual([]);
    talk.ask({ kind: "refresh", hostList: true });
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    talk.lines();
    page(talk, 0, 0, 5, "10.0.0.66");
    page(talk, 0, 0, 5, `${server}:9999`);
    talk.receiveText("1:9:srv:pc:19:rubbish\\0", server);
    expect(talk.lines()).toEqual([]);
    expect(talk.machine.diagnostics().dropped["unasked-host-list"]).toBe(3);
  });

  it("is asked for once more after 3 s, with RETRY, and then given up with what is there", () => {
    const talk = conversation({ hostList: true }).started(false);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    page(talk, 1, 0, 1);
    const asked = (): unknown[] =>
      talk.sent.flatMap(({ atMs, line }) => (line.startsWith("GETLIST") ? [[atMs, line]] : []));
    talk.advance(20_000);
    expect(asked()).toEqual([
      [0, "GETLIST 0"],
      [0, "GETLIST 1"],
      [3_000, "GETLIST|RETRYOPT 1"],
    ]);
    expect(notices(talk)).toMatchObject([{ code: "host-list-received", fields: { hosts: 1 } }]);
    page(talk, 0, 1, 1);
    expect(talk.machine.diagnostics().dropped["unasked-host-list"]).toBe(1);
  });

  it("that nobody offers is forgotten; a second question is not ended by the first one's clock", () => {
    const talk = conversation({ hostList: true }).started(false);
    talk.advance(20_000);
    expect(notices(talk)).toEqual([]);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    expect(talk.sent.filter(({ line }) => line.startsWith("GETLIST"))).toEqual([]);
    talk.ask({ kind: "refresh", hostList: true });
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    page(talk, 0, 0, 1);
    talk.advance(1_000);
    talk.ask({ kind: "refresh", hostList: true });
    talk.advance(2_500);
    talk.sent.length = 0;
    talk.receiveText("1:8:srv:pc:17:\\0", server);
    expect(talk.sent.map(({ line }) => line)).toEqual(["GETLIST 0"]);
  });

  it("greets no more hosts than there is room for, and reads no more pages than make sense", () => {
    const talk = conversation({ hostList: true }).started(false);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    talk.sent.length = 0;
    for (let index = 0; index < 20; index++) page(talk, (index + 1) * 1_000, index * 1_000, 1_000);
    const greeted = talk.sent.filter(({ packet }) => packet?.modeName === "BR_ENTRY");
    expect(greeted).toHaveLength(limits.peers);
    talk.ask({ kind: "refresh", hostList: true });
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    talk.sent.length = 0;
    for (let index = 0; index < 400; index++) page(talk, index + 1, index, 1);
    expect(talk.sent.filter(({ line }) => line.startsWith("GETLIST"))).toHaveLength(limits.hostListPages - 1);
  });

  it("with addresses that are none greets nobody", () => {
    const talk = conversation({ hostList: true }).started(false);
    talk.receiveText("1:7:srv:pc:17:\\0", server);
    talk.sent.length = 0;
    const hosts = [
      { ...host(1), address: "300.1.1.1" },
      { ...host(2), address: "fe80::1%eth0" },
      { ...host(3), port: 0 },
    ];
    talk.receiveText(`1:9:srv:pc:19:${buildHostList(0, hosts)}\\0`, server);
    expect(talk.sent.map(({ to }) => to)).toEqual([]);
    expect(notices(talk)).toHaveLength(1);
  });
});
