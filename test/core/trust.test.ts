// Whose key it is: the first one is pinned, another one rings, a name at a new place must show its key, and what people answer counts.
import { describe, expect, it } from "vitest";
import { formatFingerprint } from "../../src/core/fingerprint-words.js";
import { limits, timers } from "../../src/core/limits.js";
import type { PeerId } from "../../src/core/model.js";
import { createTrust } from "../../src/core/trust.js";
import { cipherOf, keyNumbers, publicKey } from "../crypto/keys.js";
import { bobAt, linked } from "./linked.js";

const alarmsOf = (talk: ReturnType<typeof linked>["li"]) =>
  talk.events.flatMap((event) => (event.kind === "alarm" ? [event.alarm] : []));
const a = cipherOf("a");
const fingerprint = (letter: "a" | "b") => a.fingerprintOf(publicKey(`${letter}2048`));

/** li and Bob who have talked: Bob's key is pinned. */
function friends() {
  const link = linked();
  link.li.say("Bob", "hi");
  link.settle();
  link.li.events.length = 0;
  return link;
}

const restarted = "1:1900000001:bob:pc-bob:20971521:Bob\\0\\0";

describe("a key", () => {
  it("is pinned at first use and shown", () => {
    const { li, bob } = friends();
    expect(li.peer("Bob")).toMatchObject({ trust: "pinned", fingerprint: fingerprint("b") });
    expect(bob.peer("小李")).toMatchObject({ trust: "pinned", fingerprint: fingerprint("a") });
    expect(li.effects.filter((effect) => effect.kind === "keep-trust")).toHaveLength(1);
  });

  it("that changed rings, holds back what was to be sent, and is told once", () => {
    const { li } = friends();
    li.receiveText(restarted, bobAt);
    const message = li.say("Bob", "secret");
    li.lines();
    li.receiveText(`1:1900000002:bob:pc-bob:115:65900004:10001-${publicKey("a2048").n}\\0`, bobAt);
    expect(alarmsOf(li)).toMatchObject([
      {
        reason: "key-changed",
        knownFingerprint: fingerprint("b"),
        newFingerprint: fingerprint("a"),
        address: bobAt,
      },
    ]);
    expect(li.lines()).toEqual([]);
    expect(li.machine.message(message.id)?.deliveries).toMatchObject([{ state: "refused", final: true }]);
    expect(li.peer("Bob").trust).toBe("alarm");
    const to = [{ peer: li.peerId("Bob") }];
    expect(li.ask({ kind: "say", to, text: "x", options: {} })).toMatchObject({ code: "key-alarm" });
    li.say("Bob", "in clear, knowingly", { encrypt: "never" });
    expect(li.lines()).toEqual(["SENDMSG|SENDCHECKOPT|UTF8OPT in clear, knowingly"]);
  });

  it("is taken or refused by a person; the refused one is not asked about again", () => {
    for (const answer of ["accept", "reject"] as const) {
      const { li } = friends();
      const peer = li.peerId("Bob");
      const change = () => {
        li.receiveText(restarted, bobAt);
        li.say("Bob", "x");
        li.receiveText(`1:1900000002:bob:pc-bob:115:65900004:10001-${publicKey("a2048").n}\\0`, bobAt);
      };
      change();
      expect(li.ask({ kind: "trust", peer, answer })).toMatchObject({ ok: true });
      expect(li.ask({ kind: "trust", peer, answer })).toMatchObject({ code: "no-alarm" });
      const kept = answer === "accept" ? "a" : "b";
      expect(li.peer("Bob")).toMatchObject({ trust: "pinned", fingerprint: fingerprint(kept) });
      if (answer === "accept") continue;
      li.receiveText("1:1900000003:bob:pc-bob:2:\\0", bobAt);
      change();
      expect(alarmsOf(li)).toHaveLength(1);
      expect(li.peer("Bob").trust).toBe("pinned");
    }
  });

  it("that was compared says so, until it is forgotten", () => {
    const { li } = friends();
    const peer = li.peerId("Bob");
    li.ask({ kind: "trust", peer, answer: "verify" });
    expect(li.peer("Bob").trust).toBe("verified");
    li.ask({ kind: "trust", peer, answer: "forget" });
    expect(li.peer("Bob")).toMatchObject({ trust: "unknown", fingerprint: null });
    expect(li.ask({ kind: "trust", peer, answer: "verify" })).toMatchObject({ code: "no-alarm" });
    expect(li.ask({ kind: "trust", peer: "nobody" as PeerId, answer: "verify" })).toMatchObject({
      code: "no-such-peer",
    });
  });
});

describe("a known name at a new address", () => {
  const thief = "10.0.0.66";

  it("rings at once when it writes unsigned, though its owner could sign", () => {
    const { li } = friends();
    li.receiveText("1:1900000001:bob:pc-bob:288:send me the password\\0", thief);
    expect(alarmsOf(li)).toMatchObject([{ reason: "name-moved", address: thief, newFingerprint: null }]);
    expect(li.shown().at(-1)?.encryption).toBeNull();
    expect(li.peer("Bob").trust).toBe("alarm");
  });

  it("rings when it announces itself and cannot tell the key, and not when it can", () => {
    for (const tells of [true, false]) {
      const { li } = friends();
      li.receiveText(restarted, thief);
      expect(li.lines()).toContain("GETPUBKEY 61920006");
      if (tells)
        li.receiveText(`1:1900000002:bob:pc-bob:115:65900004:10001-${publicKey("b2048").n}\\0`, thief);
      li.advance(5_000);
      expect(alarmsOf(li)).toHaveLength(tells ? 0 : 1);
    }
  });

  it("that only repeats the public key still rings when it writes", () => {
    const { li } = friends();
    li.receiveText(restarted, thief);
    li.receiveText(`1:1900000002:bob:pc-bob:115:65900004:10001-${publicKey("b2048").n}\\0`, thief);
    li.receiveText("1:1900000003:bob:pc-bob:288:it is me\\0", thief);
    expect(alarmsOf(li)).toHaveLength(1);
  });

  it("is at home there after a signed message, or after a person said so", () => {
    const { li, bob, settle } = friends();
    bob.say("小李", "I moved");
    const [sent] = bob.sent.splice(0);
    li.receive(sent?.bytes ?? new Uint8Array(), "10.0.0.7");
    expect(li.shown().at(-1)?.encryption?.signature).toBe("valid");
    li.receiveText("1:1900000009:bob:pc-bob:288:in clear\\0", "10.0.0.7");
    expect(alarmsOf(li)).toEqual([]);
    li.receiveText("1:1900000010:bob:pc-bob:288:in clear\\0", thief);
    li.ask({ kind: "trust", peer: li.peerId("Bob"), answer: "accept" });
    li.receiveText("1:1900000011:bob:pc-bob:288:in clear\\0", thief);
    expect(alarmsOf(li)).toHaveLength(1);
    settle();
  });

  it("means nothing while no key is known", () => {
    const { li } = linked();
    li.receiveText("1:1900000001:bob:pc-bob:288:hello\\0", thief);
    expect(alarmsOf(li)).toEqual([]);
    expect(timers.keyAttempts).toBe(3);
  });
});

describe("signatures", () => {
  it("of another key are wrong, and stay so", () => {
    const { li, bob, settle } = linked();
    li.say("Bob", "hi");
    settle();
    // Somebody in the middle: the name and address of Bob, the keys of li.
    const eve = linked({}, { cipher: cipherOf("a") }).bob;
    eve.receiveText("1:1900000001:li:pc-li:20971521:小李\\0\\0", "10.0.0.1");
    eve.advance(2_000);
    eve.say("小李", "give me money", { encrypt: "auto" });
    eve.receiveText(`1:1900000002:li:pc-li:115:65900004:10001-${publicKey("a2048").n}\\0`, "10.0.0.1");
    const sent = eve.sent.findLast(({ packet }) => packet?.options.includes("ENCRYPTOPT") === true);
    li.receive(sent?.bytes ?? new Uint8Array(), bobAt);
    expect(li.shown().at(-1)).toMatchObject({
      text: "give me money",
      encryption: { signature: "invalid" },
    });
    expect(bob.shown()).toHaveLength(1);
  });
});

describe("the table of keys", () => {
  const key = { caps: "20002", e: "10001", n: keyNumbers["a1024"]?.n ?? "", bits: 1024 };

  it("is bounded; who was compared or decided about stays", () => {
    const trust = createTrust([]);
    for (let peer = 0; peer < 3; peer++) trust.offer(`p${peer}` as PeerId, key, "f", "10.0.0.1", peer);
    trust.answer("p0" as PeerId, "verify", 1);
    trust.setPolicy("p1" as PeerId, "always");
    for (let peer = 3; peer < limits.trustRecords + 10; peer++)
      trust.offer(`p${peer}` as PeerId, key, "f", "10.0.0.1", peer);
    expect(trust.all()).toHaveLength(limits.trustRecords);
    expect(["p0", "p1", "p2"].map((id) => trust.stateOf(id as PeerId))).toEqual([
      "verified",
      "pinned",
      "unknown",
    ]);
  });

  it("moves with a peer that got another id", () => {
    const trust = createTrust([]);
    trust.offer("old" as PeerId, key, "f", "10.0.0.1", 1);
    expect(trust.takeChanged()).toBe(true);
    trust.move("old" as PeerId, "new" as PeerId);
    expect([trust.stateOf("old" as PeerId), trust.stateOf("new" as PeerId)]).toEqual(["unknown", "pinned"]);
    expect([trust.takeChanged(), trust.takeChanged()]).toEqual([true, false]);
  });
});

describe("a fingerprint aloud", () => {
  const sample = "000f10ff7e81c3d2000102030405060708090a0b0c0d0e0f1011121314151617";

  it("is eight words or thirty digits, the same on both sides", () => {
    expect(formatFingerprint(sample, "zh-CN").split(" ").slice(0, 4)).toEqual([
      "红马",
      "红星",
      "黄马",
      "冷星",
    ]);
    expect(formatFingerprint(sample, "zh-CN").split(" ")).toHaveLength(8);
    expect(formatFingerprint(sample, "en").split(" ").slice(0, 4)).toEqual([
      "red-horse",
      "red-star",
      "yellow-horse",
      "cold-star",
    ]);
    expect(formatFingerprint(sample, "digits")).toMatch(/^(?:\d{5} ){5}\d{5}$/u);
    expect(formatFingerprint(sample, "hex")).toHaveLength(79);
    expect(formatFingerprint("short", "en")).toBe("");
  });

  it("has 256 different words in either language", () => {
    for (const form of ["zh-CN", "en"] as const) {
      const words = Array.from({ length: 256 }, (_, byte) => {
        const hex = byte.toString(16).padStart(2, "0");
        return formatFingerprint(hex + "00".repeat(31), form).split(" ")[0];
      });
      expect(new Set(words).size).toBe(256);
    }
  });
});
