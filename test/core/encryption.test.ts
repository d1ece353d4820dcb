// Encrypted messages between two machines: keys asked for once, both forms, what is refused, what cannot be opened, signatures.
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/core/model.js";
import { limits, rates, timers } from "../../src/core/limits.js";
import { cipherOf, keyNumbers, publicKey } from "../crypto/keys.js";
import { conversation } from "./conversation.js";
import { bobAt, linked, type Talk } from "./linked.js";

const last = (talk: Talk): Message => {
  const found = talk.shown().at(-1);
  if (found === undefined) throw new Error("nothing was shown");
  return talk.machine.message(found.id) ?? found;
};
const droppedBy = (talk: Talk) => talk.machine.diagnostics().dropped;
const a1024 = keyNumbers["a1024"]?.n ?? "";
const b2048 = keyNumbers["b2048"]?.n ?? "";

describe("a message to a peer that can encrypt", () => {
  it("waits for its key, goes sealed and signed, and is verified there", () => {
    const { li, bob, settle, lines } = linked();
    const message = li.say("Bob", "三点开会");
    expect(message.deliveries).toMatchObject([{ state: "queued", cipher: null }]);
    settle();
    expect(lines.map((line) => line.split(" ")[1])).toEqual([
      "GETPUBKEY",
      "ANSPUBKEY",
      "SENDMSG|SENDCHECKOPT|ENCRYPTOPT|UTF8OPT",
      // Bob has no key for the signature yet.
      "GETPUBKEY",
      "RECVMSG",
      "ANSPUBKEY",
    ]);
    expect(lines.join()).not.toContain("三点开会");
    expect(last(bob)).toMatchObject({
      text: "三点开会",
      encryption: { cipher: "aes-256-cbc", signature: "valid" },
    });
    expect(li.machine.message(message.id)).toMatchObject({
      encryption: { cipher: "aes-256-cbc", signature: "valid" },
      deliveries: [{ state: "delivered", cipher: "aes-256-cbc", attempt: 1 }],
    });
    lines.length = 0;
    li.say("Bob", "again");
    bob.say("小李", "收到");
    settle();
    expect(lines.filter((line) => line.includes("PUBKEY"))).toEqual([]);
    expect(last(li).encryption).toEqual({ cipher: "aes-256-cbc", signature: "valid" });
  });

  it("is asked for its key again after a restart of its program, never while it runs", () => {
    const { li, bob, settle, lines } = linked();
    li.say("Bob", "one");
    settle();
    lines.length = 0;
    bob.put({ kind: "stop" });
    settle();
    bob.advance(200);
    settle();
    li.receiveText("1:1900000000:bob:pc-bob:20971521:Bob\\0\\0", bobAt);
    li.sent.length = 0;
    li.say("Bob", "two");
    expect(li.lines()).toEqual(["GETPUBKEY 61920006"]);
  });

  it("that knows RSA-1024 and Blowfish only, as FeiQ", () => {
    const talk = conversation({ cipher: cipherOf("b") }).started();
    talk.receiveText("1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1:zhang:pc:6291457:张伟\\0\\0", "10.0.0.3");
    talk.advance(2_000);
    talk.lines();
    const message = talk.say("张伟", "你好");
    expect(talk.lines()).toEqual(["GETPUBKEY 61920006"]);
    talk.receiveText(
      `1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:2:zhang:pc:115:21003:10001-${a1024}\\0`,
      "10.0.0.3",
    );
    const [sent] = talk.sent.splice(0);
    expect(sent?.packet).toMatchObject({ charset: "ascii" });
    expect(sent?.packet?.options).toEqual(["SENDCHECKOPT", "ENCRYPTOPT"]);
    expect(sent?.packet?.text).toMatch(/^20002:[0-9a-f]{256}:(?:[0-9a-f]{16})+$/u);
    expect(talk.machine.message(message.id)).toMatchObject({
      encryption: { cipher: "blowfish-128-cbc", signature: "none" },
    });
    const zhang = conversation({ cipher: cipherOf("a") }).started();
    zhang.receive(sent?.bytes ?? new Uint8Array());
    expect(last(zhang)).toMatchObject({ text: "你好", charset: "gbk" });
  });

  it("that does not answer for its key gets it in clear, after three questions", () => {
    const { li, bob, advance, lines } = linked();
    const message = li.say("Bob", "hello");
    advance(4_000, (line) => line.startsWith("ANSPUBKEY"));
    expect(lines.filter((line) => line.startsWith("li: GETPUBKEY"))).toHaveLength(timers.keyAttempts);
    expect(last(bob)).toMatchObject({ text: "hello", encryption: null });
    expect(li.machine.message(message.id)).toMatchObject({
      encryption: null,
      deliveries: [{ state: "delivered", cipher: null }],
    });
  });

  it("whose key is pinned never gets one in clear because nobody answers", () => {
    const { li, bob, settle, advance } = linked();
    li.say("Bob", "one");
    settle();
    li.receiveText("1:1900000000:bob:pc-bob:2:\\0", bobAt);
    li.receiveText("1:1900000001:bob:pc-bob:20971521:Bob\\0\\0", bobAt);
    li.say("Bob", "two");
    advance(5_000, (line) => line.startsWith("ANSPUBKEY"));
    expect(last(bob)).toMatchObject({ text: "two", encryption: { cipher: "aes-256-cbc" } });
  });

  it("is repeated as it is, shown once, and not opened twice", () => {
    const { li, bob, settle, advance } = linked();
    const message = li.say("Bob", "once");
    let lost = 0;
    settle((line) => line.startsWith("RECVMSG") && lost++ < 1);
    advance(3_000);
    expect(bob.shown()).toHaveLength(1);
    expect(li.machine.message(message.id)?.deliveries).toMatchObject([{ state: "delivered", attempt: 2 }]);
  });
});

describe("the policy", () => {
  it("`never` sends in clear, `always` refuses before anything is sent", () => {
    const { li, bob, settle } = linked();
    li.say("Bob", "open", { encrypt: "never" });
    settle();
    expect(last(bob).encryption).toBeNull();
    li.receiveText("1:5:old:pc:1:Old\\0\\0", "10.0.0.9");
    li.sent.length = 0;
    const answer = li.ask({
      kind: "say",
      to: [{ peer: li.peerId("Old") }],
      text: "secret",
      options: { encrypt: "always" },
    });
    expect(answer).toMatchObject({ ok: false, code: "encryption-not-possible" });
    expect(li.ask({ kind: "say", to: "everyone", text: "x", options: { encrypt: "always" } })).toMatchObject({
      code: "encryption-not-possible",
    });
    expect(li.lines()).toEqual([]);
  });

  it("of a peer is kept and stands above the program's, below the message's", () => {
    const { li, bob, settle } = linked();
    const peer = li.peerId("Bob");
    li.ask({ kind: "set-encrypt", peer, policy: "never" });
    expect(li.peer("Bob").encrypt).toBe("never");
    li.say("Bob", "open");
    settle();
    expect(last(bob).encryption).toBeNull();
    li.say("Bob", "sealed", { encrypt: "auto" });
    settle();
    expect(last(bob).encryption).not.toBeNull();
    const kept = li.effects.filter((effect) => effect.kind === "keep-trust").at(-1)?.records;
    expect(kept).toMatchObject([{ peerId: peer, policy: "never", key: { bits: 2048 } }]);
    const later = linked({ trust: kept ?? [] });
    expect(later.li.peer("Bob")).toMatchObject({ encrypt: "never", trust: "pinned" });
  });

  it("`always` with a silent peer refuses the delivery and says so", () => {
    const { li, bob, advance } = linked();
    const message = li.say("Bob", "secret", { encrypt: "always" });
    advance(4_000, (line) => line.startsWith("ANSPUBKEY"));
    expect(li.machine.message(message.id)?.deliveries).toMatchObject([{ state: "refused", final: true }]);
    expect(li.events).toContainEqual(
      expect.objectContaining({ kind: "notice", code: "encryption-not-possible", messageId: message.id }),
    );
    expect(bob.shown()).toEqual([]);
  });

  it("without keys of our own nothing is announced and nothing sealed", () => {
    const talk = conversation().started(false);
    talk.advance(300);
    const entry = talk.sent.find(({ packet }) => packet?.modeName === "BR_ENTRY");
    expect(entry?.packet?.options).toEqual(["CAPUTF8OPT"]);
    talk.receiveText("1:5:bob:pc:6291457:Bob\\0\\0");
    talk.sent.length = 0;
    talk.say("Bob", "hi");
    talk.receiveText("1:6:bob:pc:114:21003\\0");
    expect(talk.lines()).toEqual(["SENDMSG|SENDCHECKOPT hi"]);
  });
});

describe("our key", () => {
  it("is told by what the asker knows, also to an automatic question, and never asked back", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    talk.receiveText("1:5:x:pc:114:21003\\0", "10.0.0.9");
    talk.receiveText("1:6:x:pc:8306:20002\\0", "10.0.0.9");
    talk.receiveText("1:7:x:pc:114:65920006\\0", "10.0.0.9");
    talk.receiveText("1:8:x:pc:114:1001\\0", "10.0.0.9");
    talk.receiveText("1:9:x:pc:114:nonsense\\0", "10.0.0.9");
    expect(talk.lines().map((line) => line.slice(0, 30))).toEqual([
      `ANSPUBKEY 20002:10001-${a1024}`.slice(0, 30),
      `ANSPUBKEY 20002:10001-${a1024}`.slice(0, 30),
      `ANSPUBKEY 61900004:10001-${publicKey("a2048").n}`.slice(0, 30),
    ]);
    expect(talk.machine.peers()).toEqual([]);
  });

  it("does not make us a cannon", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    for (let no = 0; no < 500; no++) talk.receiveText(`1:${no}:x:pc:114:21003\\0`, `10.1.${no % 250}.1`);
    expect(talk.lines()).toHaveLength(rates.keyAnswersPerSecond);
    expect(droppedBy(talk)["key-flood"]).toBe(400);
  });

  it("that comes later is announced when it is there", () => {
    const cipher = { ...cipherOf("a"), keys: null as ReturnType<typeof cipherOf>["keys"] };
    const talk = conversation({ cipher }).started();
    cipher.keys = cipherOf("a").keys;
    talk.put({ kind: "keys-ready" });
    expect(talk.lines()).toEqual([
      // With the key comes another name: the old one says goodbye.
      "BR_EXIT|ENCRYPTOPT|CAPUTF8OPT|ENCEXTMSGOPT 小李",
      "BR_ENTRY|ENCRYPTOPT|CAPUTF8OPT|ENCEXTMSGOPT 小李",
    ]);
  });
});

describe("a key that nobody asked for", () => {
  it("is dropped, as are keys that are none", () => {
    const { li, settle } = linked();
    li.receiveText(`1:7:bob:pc-bob:115:65900004:10001-${b2048}\\0`, bobAt);
    expect(droppedBy(li)["stray-key"]).toBe(1);
    expect(li.peer("Bob").trust).toBe("unknown");
    li.say("Bob", "hi");
    li.receiveText(`1:8:bob:pc-bob:115:65900004:10001-${b2048}\\0`, "10.0.0.66");
    expect(droppedBy(li)["stray-key"]).toBe(2);
    li.receiveText(`1:9:bob:pc-bob:115:1:10001-${keyNumbers["a512"]?.n}\\0`, bobAt);
    expect(droppedBy(li)["unusable-key"]).toBe(1);
    settle();
  });
});

/** Another wrapped key for every number. */
const forged = (no: number): string =>
  `20002:${no.toString(16).padStart(8, "0").repeat(32)}:${"0".repeat(16)}`;

describe("what cannot be opened", () => {
  const suite = { cipher: "blowfish-128-cbc", rsaBits: 1024, keyBytes: 16, blockBytes: 8 } as const;
  const weak = { ...suite, packetNoIv: false, encoding: "hex", digest: null, caps: 0x20002 } as const;
  const sealedFor = (key: "a1024" | "b1024", no: number, text = "hi\0"): string =>
    cipherOf("b").seal(Buffer.from(text), weak, publicKey(key), String(no) as never) ?? "";

  it("is answered in one way whatever is wrong with it, and never acknowledged", () => {
    const good = sealedFor("a1024", 100);
    const [caps = "", key = "", cipher = ""] = good.split(":");
    const faults: Record<string, string> = {
      padding: `${caps}:${"1".repeat(256)}:${cipher}`,
      "cipher text": `${caps}:${key}:${"0".repeat(32)}`,
      stranger: sealedFor("b1024", 100),
      length: `${caps}:${key}:${cipher.slice(2)}`,
      digits: `${caps}:${key}:${cipher.slice(1)}`,
      "rc2 and rsa-512": `1001:${key.slice(128)}:${cipher}`,
      nothing: "",
    };
    const answers = Object.entries(faults).map(([, text]) => {
      const talk = conversation({ cipher: cipherOf("a") }).started();
      talk.receiveText("1:5:bob:pc:6291457:Bob\\0\\0");
      talk.advance(2_000);
      talk.lines();
      for (let copy = 0; copy < 3; copy++) talk.receiveText(`1:100:bob:pc:4194592:${text}\\0`);
      expect(talk.shown()).toEqual([]);
      return talk.lines();
    });
    for (const lines of answers) expect(lines).toEqual(answers[0]);
    expect(answers[0]).toHaveLength(1);
  });

  it("a wrapped key that was used before, under another number and from elsewhere", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    const good = sealedFor("a1024", 100);
    talk.receiveText(`1:100:bob:pc:4194592:${good}\\0`);
    expect(talk.lines()).toContain("RECVMSG 100");
    talk.receiveText(`1:101:eve:pc:4194592:${good}\\0`, "10.0.0.66");
    expect(talk.lines().join()).not.toContain("RECVMSG");
    expect(droppedBy(talk)["cipher-replayed"]).toBe(1);
    expect(talk.shown()).toHaveLength(1);
  });

  it("a flood costs no more than its share; what was left is opened when it is repeated", () => {
    let opened = 0;
    const cipher = { ...cipherOf("a"), open: () => (opened++, Buffer.from("hi\0")) };
    const talk = conversation({ cipher }).started();
    for (let no = 1; no <= 400; no++) talk.receiveText(`1:${no}:bob:pc:4194592:${forged(no)}\\0`);
    expect(opened).toBe(rates.openingsPerAddress);
    expect(droppedBy(talk)["cipher-flood"]).toBe(150);
    talk.advance(1_000);
    talk.receiveText(`1:400:bob:pc:4194592:${forged(400)}\\0`);
    expect(talk.shown()).toHaveLength(rates.openingsPerAddress + 1);
  });
});

describe("names that carry a key", () => {
  const name = `bob-<${cipherOf("b").nameFingerprintOf(publicKey("b2048"))}>`;

  it("are refused in clear from programs that encrypt, and with another key", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    talk.receiveText(`1:5:${name}:pc:4194305:Bob\\0\\0`);
    talk.advance(2_000);
    talk.receiveText(`1:6:${name}:pc:288:I am Bob\\0`);
    expect(talk.shown()).toEqual([]);
    expect(droppedBy(talk)["unsigned-key-name"]).toBe(1);
    talk.say("Bob", "hi");
    talk.receiveText(`1:7:${name}:pc:115:65900004:10001-${publicKey("a2048").n}\\0`);
    expect(droppedBy(talk)["key-name-mismatch"]).toBe(1);
    expect(talk.peer("Bob").trust).toBe("unknown");
    talk.say("Bob", "hi");
    talk.receiveText(`1:8:${name}:pc:115:65900004:10001-${b2048}\\0`);
    expect(talk.peer("Bob").trust).toBe("pinned");
  });
});

describe("several receivers", () => {
  it("each get it in their own way, with one row each, and see the others where their program shows them", () => {
    const { li, bob, settle } = linked();
    li.receiveText("1:5:old:pc:1:Old\\0\\0", "10.0.0.9");
    li.sent.length = 0;
    const to = [{ peer: li.peerId("Bob") }, { peer: li.peerId("Old") }];
    const answer = li.ask({ kind: "say", to, text: "大家好", options: {} });
    if (!answer.ok) throw new Error(answer.code);
    settle((line) => !line.includes("ENCRYPTOPT") && line.includes("SENDMSG"));
    const message = li.machine.message(answer.messages[0]?.id as never);
    expect(message?.deliveries).toMatchObject([
      { state: "delivered", cipher: "aes-256-cbc" },
      { state: "sent", cipher: null },
    ]);
    expect(message?.encryption).toBeNull();
    expect(last(bob)).toMatchObject({
      text: "大家好",
      recipients: [
        // By the name that its owner is known by to programs that read such lists.
        { user: expect.stringMatching(/^bob-<[0-9a-f]{16}>$/u), host: "pc-bob" },
        { user: "old", host: "pc" },
      ],
    });
    expect(last(bob).options).toContain("MULTICASTOPT");
  });

  it("what fits in clear but not sealed is cut or refused", () => {
    const { li, bob, settle } = linked();
    const long = "字".repeat(2_000);
    const to = [{ peer: li.peerId("Bob") }];
    li.say("Bob", "first, for the key");
    settle();
    expect(li.ask({ kind: "say", to, text: long.repeat(6), options: {} })).toMatchObject({
      code: "text-too-long",
    });
    li.ask({ kind: "say", to, text: long.repeat(6), options: { split: true } });
    settle();
    expect(
      bob
        .shown()
        .slice(1)
        .map(({ text }) => text)
        .join(""),
    ).toBe(long.repeat(6));
    expect(limits.datagramBytesIpmsg).toBeGreaterThan(30_000);
  });
});
