// Our user name with the fingerprint of our key (protocol.md section 9.3): who sees which name, and that everybody sees one person.
import { describe, expect, it } from "vitest";
import { entryNames } from "../../src/protocol/entry.js";
import { buildKeyName } from "../../src/protocol/encryption/key-name.js";
import type { MessageCipher } from "../../src/protocol/encryption/message-cipher.js";
import { cipherOf, publicKey } from "../crypto/keys.js";
import { conversation, network } from "./conversation.js";
import { linked, liAt } from "./linked.js";

const named = buildKeyName("li", cipherOf("a").nameFingerprintOf(publicKey("a2048")));
const bobNamed = buildKeyName("bob", cipherOf("b").nameFingerprintOf(publicKey("b2048")));

/** What a program with, or without, the UTF-8 block sees of each packet sent. */
const usersIn = (talk: ReturnType<typeof conversation>, readsBlock: boolean): readonly string[] => {
  const users = talk.sent.flatMap(({ packet }) =>
    packet === null ? [] : [readsBlock ? entryNames(packet).user : packet.user],
  );
  return [...new Set(users)];
};
const announced = (options: Parameters<typeof conversation>[0]) => {
  const talk = conversation({ cipher: cipherOf("a"), ...options });
  talk.put({ kind: "start", network });
  talk.advance(6_000);
  talk.sent.splice(0, 1); // NOOPERATION names nobody.
  return talk;
};

describe("the name in the announcements", () => {
  it("is plain in front and tied to the key in the block, coming and going", () => {
    const talk = announced({});
    talk.ask({ kind: "away", text: "午饭" });
    talk.put({ kind: "stop" });
    talk.advance(200);
    expect(usersIn(talk, true)).toEqual([named]);
    expect(usersIn(talk, false)).toEqual(["li"]);
  });

  it.each([
    ["with FeiQ's version item", { versionItem: "feiq" }],
    ["without encryption", { encrypt: "never" }],
    ["without the block", { announceUtf8: false }],
    ["when it is switched off", { keyName: false }],
    ["without keys", { cipher: undefined }],
  ] as const)("is plain everywhere %s", (_, options) => {
    expect(usersIn(announced(options), true)).toEqual(["li"]);
  });

  it("follows a goodbye under the plain one when the first keys are made", () => {
    let keys: MessageCipher["keys"] = null;
    const made = cipherOf("a");
    const talk = announced({ cipher: { ...made, get keys() { return keys; } } }); // prettier-ignore
    talk.sent.length = 0;
    keys = made.keys;
    talk.put({ kind: "keys-ready" });
    expect(
      talk.sent.map(({ packet }) => [packet?.modeName, packet === null ? "" : entryNames(packet).user]),
    ).toEqual([
      ["BR_EXIT", "li"],
      ["BR_ENTRY", named],
    ]);
  });
});

it("FeiQ's version item says which picture stands for us", () => {
  const [entry] = announced({ versionItem: "feiq", avatar: 35 }).sent;
  expect(entry?.packet?.version).toBe("1_lbt6_35#128#0242AC110002#0#0#0#4001#9");
  expect(entry?.packet?.feiq?.avatar).toBe(35);
});

describe("to one peer", () => {
  it("that reads the block everything signed and every answer comes under one name", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    talk.receiveText(`1:1900000000:${bobNamed}:pc-b:23068673:Bob\\0\\0\nUN:${bobNamed}`, "10.0.0.2", "utf-8");
    talk.receiveText(`1:1900000001:${bobNamed}:pc-b:64:\\0`);
    talk.receiveText(`1:1900000002:${bobNamed}:pc-b:114:61920006\\0`);
    talk.advance(1_100);
    talk.say("Bob", "hello");
    expect(usersIn(talk, true)).toEqual([named]);
  });

  it("of the old kind, or FeiQ, everything comes under the plain one", () => {
    const talk = conversation({ cipher: cipherOf("a") }).started();
    talk.receiveText("1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9:1:zhang:pc:6291457:张伟\\0\\0", "10.0.0.3");
    talk.receiveText("1:1900000000:old:pc-o:1:Old\\0\\0", "10.0.0.4");
    talk.advance(1_100);
    talk.say("张伟", "你好");
    talk.say("Old", "hello");
    talk.receiveText("1:1900000001:old:pc-o:288:hi\\0", "10.0.0.4");
    expect(usersIn(talk, false)).toEqual(["li"]);
    expect(talk.sent.length).toBeGreaterThanOrEqual(5);
  });

  it("a message in clear comes under the plain one, and is shown as of the same person", () => {
    const { li, bob, settle } = linked();
    li.say("Bob", "sealed");
    settle();
    li.say("Bob", "open", { encrypt: "never" });
    settle();
    expect(bob.shown().map(({ peerId, text }) => [peerId, text])).toEqual([
      ["li@pc-li", "sealed"],
      ["li@pc-li", "open"],
    ]);
    expect(bob.machine.peers().map(({ id, user }) => [id, user])).toEqual([["li@pc-li", named]]);
    expect(li.machine.conversation("bob@pc-bob" as never).messages.length).toBe(2);
  });
});

it("a name with another fingerprint from elsewhere rings the alarm of the person it claims to be", () => {
  const { li, bob, settle } = linked();
  li.say("Bob", "hello");
  settle();
  bob.events.length = 0;
  const other = buildKeyName("li", cipherOf("b").nameFingerprintOf(publicKey("b2048")));
  bob.receiveText(`1:1900000009:${other}:pc-li:23068673:小李\\0\\0`, "10.0.0.66");
  bob.receiveText(`1:1900000010:${other}:pc-li:115:61920004:10001-${publicKey("b2048").n}\\0`, "10.0.0.66");
  expect(bob.events.filter(({ kind }) => kind === "alarm")).toMatchObject([
    { alarm: { peerId: "li@pc-li", reason: "key-changed", address: "10.0.0.66" } },
  ]);
  expect(bob.machine.peer("li@pc-li" as never)?.addresses[0]?.endpoint.address).not.toBe(liAt);
});
