// Messages that come as dictionaries (protocol.md section 10): read, judged and acknowledged, repeats known, forgeries counted.
import { describe, expect, it } from "vitest";
import { timers } from "../../src/core/limits.js";
import { createSeededRandom } from "../../src/node/random.js";
import { buildIpDict, parseIpDict, type DictValue } from "../../src/protocol/ipdict.js";
import { packetOfDict } from "../../src/protocol/dict-message.js";
import { cipherOf, publicKey } from "../crypto/keys.js";
import { fromHex, vectorsOf } from "../protocol/vectors.js";
import { codec, conversation } from "./conversation.js";
import { bobAt, linked, type Talk } from "./linked.js";

const plain = (packetNo: number, text: string): Record<string, DictValue> => ({
  VER: 3,
  PKT: packetNo,
  UID: "bob",
  HID: "pc-bob",
  CMD: 32,
  FLG: 256,
  BODY: text,
});
const signed = (entries: Record<string, DictValue>, by: "a" | "b" = "b"): Uint8Array => {
  const signature = cipherOf(by).sign(buildIpDict(entries, codec)) ?? new Uint8Array();
  return buildIpDict({ ...entries, SIGN: signature }, codec);
};
const sealed = (inner: Uint8Array): Uint8Array =>
  cipherOf("b").sealDict(inner, publicKey("a2048")) ?? new Uint8Array();
const lastOf = (talk: Talk) => talk.machine.message(talk.shown().at(-1)?.id ?? ("" as never));
const droppedBy = (talk: Talk) => talk.machine.diagnostics().dropped;

describe("a message in a dictionary", () => {
  it("of the vector is shown and acknowledged by its number in decimal", () => {
    const [vector] = vectorsOf("ipdict").filter(({ id }) => id === "ipdict-003-sendmsg");
    const talk = conversation().started();
    talk.receive(fromHex(vector?.hex ?? ""), "10.0.0.5");
    expect(talk.shown()).toMatchObject([{ text: "你好:世界", charset: "utf-8", encryption: null }]);
    expect(talk.lines()[0]).toBe("RECVMSG 1786000400");
    expect(talk.peerId("alice")).toBe("alice@pc-a");
  });

  it("signed and encrypted is opened and verified, also when the key is asked for afterwards", () => {
    const { li, settle } = linked();
    li.receive(sealed(signed(plain(1_900_000_001, "字典 ✓"))), bobAt);
    settle();
    expect(lastOf(li)).toMatchObject({
      text: "字典 ✓",
      encryption: { cipher: "aes-256-ctr", signature: "valid" },
    });
    li.receive(sealed(signed(plain(1_900_000_002, "不是我"), "a")), bobAt);
    expect(lastOf(li)).toMatchObject({ text: "不是我", encryption: { signature: "invalid" } });
    li.receive(sealed(buildIpDict(plain(1_900_000_003, "没签"), codec)), bobAt);
    expect(lastOf(li)).toMatchObject({ encryption: { cipher: "aes-256-ctr", signature: "none" } });
  });

  it("signed in front of something else is not signed", () => {
    const { li, settle } = linked();
    li.receive(sealed(signed(plain(1_900_000_001, "一"))), bobAt);
    settle();
    const dict = parseIpDict(signed(plain(1_900_000_002, "二"))) ?? new Map<string, Uint8Array>();
    const moved = buildIpDict({ ...Object.fromEntries(dict), GRP: "x" }, codec);
    li.receive(sealed(moved), bobAt);
    expect(lastOf(li)).toMatchObject({ text: "二", encryption: { signature: "invalid" } });
  });

  it("is acknowledged again when it comes again, and shown once; its key in another one is refused", () => {
    const { li, settle } = linked();
    const bytes = sealed(signed(plain(1_900_000_001, "一次")));
    li.receive(bytes, bobAt);
    settle();
    li.receive(bytes, bobAt);
    expect(li.lines()).toEqual(["RECVMSG 1900000001"]);
    expect(li.shown()).toHaveLength(1);
    const forged = bytes.slice();
    forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 1;
    li.receive(forged, bobAt);
    expect(droppedBy(li)).toMatchObject({ duplicate: 1, "cipher-replayed": 1 });
    expect(li.lines()).toEqual([]);
  });

  it("recorded and sent again long after is not shown again", () => {
    const { li, settle } = linked();
    const bytes = sealed(signed(plain(1_900_000_001, "一次")));
    li.receive(bytes, bobAt);
    settle();
    li.advance(timers.seenMs + 1_000);
    li.lines();
    li.receive(bytes, "10.0.0.66");
    expect(li.shown()).toHaveLength(1);
    expect(droppedBy(li)).toMatchObject({ duplicate: 1 });
  });

  it("that cannot be opened, or holds no message, is counted and not answered", () => {
    const { li } = linked();
    li.receive(cipherOf("a").sealDict(signed(plain(1, "x")), publicKey("b2048")) ?? new Uint8Array(), bobAt);
    li.receive(buildIpDict({ ...plain(2, "x"), CMD: 1 }, codec), bobAt);
    li.receive(buildIpDict({ ...plain(2, "x"), PKT: -2 }, codec), bobAt);
    li.receive(buildIpDict({ EF: 1, EB: "x" }, codec), bobAt);
    expect(droppedBy(li)).toMatchObject({ "cipher-unreadable": 2, "dictionary-no-message": 2 });
    expect(li.shown()).toEqual([]);
    expect(li.lines()).toEqual([]);
  });

  it("in clear from a name that carries a key is not of its owner", () => {
    const { li } = linked();
    const name = `bob-<${cipherOf("b").nameFingerprintOf(publicKey("b2048"))}>`;
    li.receiveText(`1:1900000000:${name}:pc-bob:20971521:Bob\\0\\0`, "10.0.0.7");
    li.receive(buildIpDict({ ...plain(1_900_000_001, "假"), UID: name }, codec), "10.0.0.7");
    expect(droppedBy(li)).toMatchObject({ "unsigned-key-name": 1 });
  });

  it("names the files it offers", () => {
    const file = { FI: 1001, FN: "b:c.txt", FS: 500, MT: 0x5f5e1000, FA: 1 };
    const offer = { ...plain(5, "请收"), FLG: 0x200100, FILE: [file, { FI: -1, FN: "x" }, { FN: "no id" }] };
    const bytes = buildIpDict(offer, codec);
    const packet = packetOfDict(parseIpDict(bytes) ?? new Map(), bytes, codec);
    expect(packet?.options).toContain("FILEATTACHOPT");
    expect(packet?.body).toMatchObject({
      files: [{ id: "1001", name: "b:c.txt", sizeBytes: 500n, mtime: 0x5f5e1000, type: 1 }],
    });
  });

  it("is not announced, so nobody is asked for it", () => {
    const talk = conversation({ cipher: cipherOf("a") });
    talk.put({ kind: "start", network: { port: 2425, addresses: [], mac: null } });
    talk.advance(1_000);
    const entry = talk.sent.find(({ packet }) => packet?.modeName === "BR_ENTRY");
    expect(entry?.packet?.options).toContain("ENCEXTMSGOPT");
    expect(entry?.packet?.options).not.toContain("CAPIPDICTOPT");
  });

  it("mutated in whatever way is never an exception, and never shown as something signed", () => {
    // A million by hand: FEIYAN_FUZZ=1000000.
    const count = Number(process.env["FEIYAN_FUZZ"] ?? 300);
    const random = createSeededRandom(11);
    const chance = (below: number): number => random.uint32() % below;
    const { li, settle } = linked();
    const seeds = [sealed(signed(plain(1_900_000_001, "字典"))), signed(plain(1_900_000_002, "明"))];
    li.receive(seeds[0] ?? new Uint8Array(), bobAt);
    settle();
    li.events.length = 0;
    const answers = new Set<string>();
    for (let round = 0; round < count; round++) {
      const bytes = (seeds[chance(2)] ?? new Uint8Array()).slice();
      for (let change = 1 + chance(3); change > 0; change--) bytes[chance(bytes.length)] = chance(256);
      li.receive(chance(8) === 0 ? bytes.subarray(0, chance(bytes.length)) : bytes, `10.0.1.${chance(200)}`);
      if (round % 64 === 0) li.advance(1_000);
      for (const line of li.lines()) answers.add(line.split(" ")[0] ?? "");
      li.effects.length = 0;
      for (const event of li.events.splice(0)) {
        if (event.kind !== "message" || event.message.encryption?.signature !== "valid") continue;
        throw new Error(`a forgery is signed: ${Buffer.from(bytes).toString("hex")}`);
      }
    }
    // Those in clear may still be messages; about the others nobody hears anything.
    expect([...answers].filter((line) => !/^(?:RECVMSG|BR_ENTRY|GETPUBKEY)/u.test(line))).toEqual([]);
  }, 3_600_000);
});
