// Knocking, telling that we type, stepping aside by ourselves, and groups of receivers.
import { describe, expect, it } from "vitest";
import { announcedGroups } from "../../src/core/groups.js";
import { timers } from "../../src/core/limits.js";
import { resolveTarget } from "../../src/core/selectors.js";
import { conversation } from "./conversation.js";

const feiq = "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9";

function withPeers() {
  const talk = conversation({ idleMinutes: 5, idleText: "不在" }).started();
  talk.receiveText(`${feiq}:1:zhang:pc:1:张伟\\0财务\\0`, "10.0.0.3");
  talk.receiveText("1:5:old:pc:1:Old\\0财务\\0", "10.0.0.9");
  talk.receiveText("1:6:li:other:1:Lee\\0研发\\0", "10.0.0.8");
  talk.advance(2_000);
  talk.lines();
  talk.events.length = 0;
  return talk;
}

describe("a knock", () => {
  it("goes to who can be shaken, once in ten seconds, and its answer is told", () => {
    const talk = withPeers();
    const peer = talk.peerId("张伟");
    expect(talk.ask({ kind: "knock", peer })).toMatchObject({ ok: true });
    expect(talk.ask({ kind: "knock", peer })).toMatchObject({
      code: "knock-too-soon",
      fields: { seconds: 10 },
    });
    expect(talk.ask({ kind: "knock", peer: talk.peerId("Old") })).toMatchObject({
      code: "knock-not-possible",
    });
    expect(talk.lines()).toEqual(["FEIQ_SHAKE"]);
    talk.receiveText(`${feiq}:2:zhang:pc:210:\\0`, "10.0.0.66");
    talk.receiveText(`${feiq}:2:zhang:pc:210:\\0`, "10.0.0.3");
    talk.receiveText(`${feiq}:2:zhang:pc:210:\\0`, "10.0.0.3");
    talk.advance(timers.knockMs);
    expect(talk.events).toMatchObject([{ kind: "knock-answered", answered: true, peer: { id: peer } }]);
    expect(talk.machine.diagnostics().dropped["stray-knock-answer"]).toBe(2);
    expect(talk.ask({ kind: "knock", peer })).toMatchObject({ ok: true });
  });

  it("without an answer is given up, and not repeated: that would shake twice", () => {
    const talk = withPeers();
    talk.ask({ kind: "knock", peer: talk.peerId("张伟") });
    talk.advance(20_000);
    expect(talk.lines()).toEqual(["FEIQ_SHAKE"]);
    expect(talk.events).toMatchObject([{ kind: "knock-answered", answered: false }]);
  });
});

describe("typing", () => {
  it("is told every three seconds at most, its end once, and only to who shows it", () => {
    const talk = withPeers();
    const peer = talk.peerId("张伟");
    for (let key = 0; key < 40; key++) {
      talk.ask({ kind: "typing", peer, active: true });
      talk.ask({ kind: "typing", peer: talk.peerId("Old"), active: true });
      talk.advance(100);
    }
    talk.ask({ kind: "typing", peer, active: false });
    talk.ask({ kind: "typing", peer, active: false });
    expect(talk.lines()).toEqual(["FEIQ_TYPING", "FEIQ_TYPING", "FEIQ_TYPING_END"]);
  });
});

describe("idle minutes", () => {
  it("make us absent by ourselves, and a key brings us back", () => {
    const talk = withPeers();
    talk.advance(60_000);
    talk.put({ kind: "request", request: { kind: "activity" } });
    talk.advance(5 * 60_000 - 1_000);
    expect(talk.machine.self.away).toBeNull();
    talk.advance(2_000);
    expect(talk.machine.self.away).toBe("不在");
    expect(talk.lines().at(-1)).toContain("BR_ABSENCE|ABSENCEOPT");
    talk.put({ kind: "request", request: { kind: "activity" } });
    expect(talk.machine.self.away).toBeNull();
    talk.advance(6 * 60_000);
    expect(talk.machine.self.away).toBe("不在");
  });

  it("leave alone who said so himself", () => {
    const talk = withPeers();
    talk.ask({ kind: "away", text: "开会" });
    talk.advance(30 * 60_000);
    talk.put({ kind: "request", request: { kind: "activity" } });
    expect(talk.machine.self.away).toBe("开会");
  });
});

describe("a group", () => {
  it("is who announces it, and our own list, everybody once", () => {
    const talk = withPeers();
    const peers = talk.machine.peers();
    const groups = new Map([
      ["财务", ["Lee", "10.0.0.77", "张伟"]],
      ["全部", ["@财务", "Old"]],
      ["环", ["@环"]],
    ]);
    const ids = (target: string, own?: typeof groups) => {
      const found = resolveTarget(target, peers, 2425, own);
      return found.ok
        ? found.receivers.map((one) => ("peer" in one ? one.peer : one.endpoint.address))
        : found.code;
    };
    expect(ids("@财务")).toEqual([talk.peerId("张伟"), "old@pc"]);
    expect(ids("@财务", groups)).toEqual(["li@other", "10.0.0.77", talk.peerId("张伟"), "old@pc"]);
    expect(ids("@全部", groups)).toHaveLength(4);
    expect(ids("@环", groups)).toBe("no-such-peer");
    expect(ids("@没有", groups)).toBe("no-such-peer");
    expect(announcedGroups(peers)).toEqual([
      { name: "财务", size: 2 },
      { name: "研发", size: 1 },
    ]);
  });
});
