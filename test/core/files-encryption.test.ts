// Offers and encryption: where the file list stands, who can read it, and what becomes of an offer that cannot go as it should.
import { describe, expect, it } from "vitest";
import type { Answer, SayOptions } from "../../src/core/input.js";
import type { LocalEntry } from "../../src/ports/file-store.js";
import { fileLimits } from "../../src/core/limits.js";
import { createReplayGuard } from "../../src/core/files/replay-guard.js";
import type { FilesEffect, SealedAsk } from "../../src/core/files/signals.js";
import { chooseSuite } from "../../src/protocol/encryption/capabilities.js";
import { createRequestReader } from "../../src/protocol/request.js";
import { cipherOf, keyNumbers, publicKey } from "../crypto/keys.js";
import { codec, conversation } from "./conversation.js";
import { bobAt, liAt, linked, type Talk } from "./linked.js";

const entry = (name: string): LocalEntry => ({
  path: `/home/li/${name}`,
  name,
  kind: "file",
  sizeBytes: 500,
  mtime: 0x5f5e1000,
  readOnly: false,
});

function offer(
  talk: Talk,
  to: string | readonly string[],
  names: readonly string[],
  options: SayOptions = {},
): Answer {
  return talk.ask({
    kind: "files",
    request: {
      kind: "offer",
      to: [to].flat().map((name) => ({ peer: talk.peerId(name) })),
      entries: names.map(entry),
      text: "请收",
      options,
    },
  });
}

const states = ({ machine }: Talk) =>
  machine.offers().map(({ parties }) => parties.map(({ state }) => state).join());

/** A FeiQ at 10.0.0.3 with a key of 1024 bits, which knows no ENCEXTMSG. */
function withFeiq() {
  const talk = conversation({ cipher: cipherOf("b"), files: true }).started();
  const version = "1_lbt6_0#128#F8B46AA55B28#0#0#0#4001#9";
  talk.receiveText(`${version}:1:zhang:pc:6291457:张伟\\0\\0`, "10.0.0.3");
  talk.advance(2_000);
  talk.lines();
  const tellKey = () =>
    talk.receiveText(`${version}:2:zhang:pc:115:21003:10001-${keyNumbers["a1024"]?.n ?? ""}\\0`, "10.0.0.3");
  return { talk, tellKey };
}

describe("an offer to a peer that can encrypt", () => {
  it("goes sealed with its list inside, and is an offer there", () => {
    const { li, bob, settle, lines } = linked({ files: true }, { files: true });
    const answer = offer(li, "Bob", ["合同.pdf", "a:b.txt"]);
    if (!answer.ok) throw new Error(answer.code);
    settle();
    const [sent] = lines.filter((line) => line.startsWith("li: SENDMSG"));
    expect(sent?.split(" ")[1]).toBe("SENDMSG|SENDCHECKOPT|FILEATTACHOPT|ENCRYPTOPT|UTF8OPT|ENCEXTMSGOPT");
    const { raw } = li.machine.message(answer.messages[0]!.id)!;
    expect(Buffer.from(raw).toString("utf8")).not.toMatch(/合同|a::b/u);
    expect(bob.shown().at(-1)).toMatchObject({
      text: "请收",
      encryption: { cipher: "aes-256-cbc" },
      files: [
        { name: "合同.pdf", sizeBytes: 500n },
        { name: "a:b.txt", sizeBytes: 500n },
      ],
    });
    expect(bob.machine.offers()).toMatchObject([
      { direction: "in", files: [{ name: "合同.pdf" }, { name: "a:b.txt" }] },
    ]);
    expect([states(li), states(bob)]).toEqual([["open"], ["open"]]);
    expect(li.machine.message(answer.messages[0]!.id)).toMatchObject({
      encryption: { cipher: "aes-256-cbc", signature: "valid" },
      deliveries: [{ state: "delivered", cipher: "aes-256-cbc" }],
    });
  });

  it("that knows no ENCEXTMSG has its list behind the sealed text", () => {
    const { talk, tellKey } = withFeiq();
    offer(talk, "张伟", ["照片.jpg"]);
    tellKey();
    const [sent] = talk.sent.filter(({ line }) => line.startsWith("SENDMSG"));
    expect(sent?.packet).toMatchObject({
      options: ["SENDCHECKOPT", "FILEATTACHOPT", "ENCRYPTOPT"],
      body: { files: [{ name: "照片.jpg", sizeBytes: 500n }] },
    });
    expect(sent?.packet?.text).toMatch(/^20002:[0-9a-f]+:[0-9a-f]+$/u);
    const zhang = conversation({ cipher: cipherOf("a"), files: true }).started();
    zhang.receive(sent?.bytes ?? new Uint8Array());
    expect(zhang.shown()).toMatchObject([
      { text: "请收", encryption: { cipher: "blowfish-128-cbc" }, files: [{ name: "照片.jpg" }] },
    ]);
    expect(states(zhang)).toEqual(["open"]);
  });

  it("has room for fewer names than one in clear, and says so before anything is sent", () => {
    const { li, bob, settle, lines } = linked({ files: true }, { files: true });
    const names = Array.from({ length: 200 }, (_, at) => `${String(at).padStart(3, "0")}${"长".repeat(20)}`);
    const fits = (options: SayOptions): number => {
      let most = 0;
      for (let step = 128; step >= 1; step /= 2)
        if (most + step <= names.length && offer(li, "Bob", names.slice(0, most + step), options).ok)
          most += step;
      return most;
    };
    const [inClear, sealed] = [fits({ encrypt: "never" }), fits({ encrypt: "always" })];
    expect(sealed).toBeGreaterThan(20);
    expect(sealed).toBeLessThan(inClear);
    expect(offer(li, "Bob", names.slice(0, inClear), { encrypt: "always" })).toMatchObject({
      ok: false,
      code: "offer-too-long",
    });
    settle();
    expect(bob.machine.offers().at(-1)?.files).toHaveLength(sealed);
    expect(lines.filter((line) => line.startsWith("bob: RECVMSG")).length).toBeGreaterThan(2);
  });

  it("is withdrawn when the key that it must have does not come", () => {
    const { talk } = withFeiq();
    expect(offer(talk, "张伟", ["a"], { encrypt: "always" })).toMatchObject({ ok: true });
    expect(states(talk)).toEqual(["open"]);
    talk.advance(10_000);
    expect(states(talk)).toEqual(["cancelled"]);
    expect(talk.lines().filter((line) => line.startsWith("SENDMSG"))).toEqual([]);
  });
});

const withOld = () => {
  const pair = linked({ files: true }, { files: true });
  pair.li.receiveText("1:1900000000:old:pc-o:2097153:Old\\0\\0", "10.0.0.9");
  pair.li.advance(1_100);
  pair.settle((_, sender) => sender === pair.li);
  pair.lines.length = 0;
  return pair;
};
/** What goes to the one that encrypts is delivered, the rest is looked at. */
const toOld = (line: string) => !line.includes("ENCRYPTOPT") && line.startsWith("SENDMSG");

describe("an offer to several", () => {
  it("is sealed for those that can, clear for the others, and one offer with a party for each", () => {
    const { li, bob, settle, lines } = withOld();
    const answer = offer(li, ["Bob", "Old"], ["合同.pdf"]);
    if (!answer.ok) throw new Error(answer.code);
    settle(toOld);
    const sent = lines.filter((line) => line.startsWith("li: SENDMSG")).map((line) => line.split(" ")[1]);
    expect(new Set(sent)).toEqual(
      new Set([
        "SENDMSG|SENDCHECKOPT|MULTICASTOPT|FILEATTACHOPT",
        "SENDMSG|SENDCHECKOPT|MULTICASTOPT|FILEATTACHOPT|ENCRYPTOPT|UTF8OPT|ENCEXTMSGOPT",
      ]),
    );
    expect(bob.shown().at(-1)).toMatchObject({
      encryption: { cipher: "aes-256-cbc" },
      files: [{ name: "合同.pdf" }],
    });
    const message = li.machine.message(answer.messages[0]!.id);
    // Of several the weakest is what the message says of itself; each row says its own.
    expect(message?.encryption).toBeNull();
    expect(message?.deliveries.map(({ cipher }) => cipher)).toEqual(["aes-256-cbc", null]);
    expect(states(li)).toEqual(["open,open"]);
  });

  it("that must be encrypted is refused before anybody hears of it when one of them cannot", () => {
    const { li, settle, lines } = withOld();
    const answer = offer(li, ["Bob", "Old"], ["合同.pdf"], { encrypt: "always" });
    expect(answer).toMatchObject({
      ok: false,
      code: "encryption-not-possible",
      fields: { peer: "old@pc-o" },
    });
    settle();
    expect(lines.filter((line) => line.includes("SENDMSG"))).toEqual([]);
    expect(li.machine.offers()).toEqual([]);
  });
});

it("what a rule would take is asked about when the signature is wrong or an alarm is not answered", () => {
  const all = { accept: "all", maxSizeBytes: null, dir: "/in", overwrite: "rename", resume: true } as const;
  const { li, bob, settle } = linked({ files: true }, { files: true });
  bob.ask({ kind: "files", request: { kind: "policy", peer: null, policy: all } });
  const fetches = () =>
    bob.effects
      .splice(0)
      .filter(({ kind, ...rest }) => kind === "files" && JSON.stringify(rest).includes("fetch"));
  offer(li, "Bob", ["one"]);
  settle();
  expect(fetches()).toHaveLength(1);
  const liAtBob = bob.peerId("小李");
  bob.receiveText("1:1900000000:li:pc-li:2:\\0", liAt);
  // Somebody else's key now answers for li.
  bob.receiveText("1:1900000001:li:pc-li:20971521:小李\\0\\0", liAt);
  bob.say("小李", "?");
  bob.receiveText(`1:1900000002:li:pc-li:115:65900004:10001-${keyNumbers["b2048"]?.n ?? ""}\\0`, liAt);
  expect(bob.machine.peer(liAtBob)?.trust).toBe("alarm");
  offer(li, "Bob", ["two"], { encrypt: "never" });
  settle((line) => line.includes("PUBKEY"));
  expect(fetches()).toEqual([]);
  expect(states(bob).at(-1)).toBe("open");
});

const fileEffects = (talk: Talk): FilesEffect[] =>
  talk.effects.splice(0).flatMap((effect) => (effect.kind === "files" ? [effect.effect] : []));

/** Bob has accepted what li offers, and asks. */
function asked() {
  const link = linked({ files: true }, { files: true });
  const { li, bob, settle } = link;
  offer(li, "Bob", ["合同.pdf"]);
  settle();
  const [made] = bob.machine.offers();
  bob.ask({ kind: "files", request: { kind: "accept", offerId: made!.offerId, options: { dir: "/in" } } });
  const order = fileEffects(bob).flatMap((effect) => (effect.kind === "fetch" ? [effect.order] : []))[0]!;
  const seal = (): SealedAsk => {
    const ask = { type: "file", fileId: BigInt(order.claim.fileId), offset: 100 } as const;
    const input = { kind: "seal-wanted", transferId: order.transferId, ask } as const;
    bob.put({ kind: "files", input });
    const [given] = fileEffects(bob);
    if (given?.kind !== "give-seal" || given.sealed === null) throw new Error("not sealed");
    return given.sealed;
  };
  let connections = 0;
  /** What li does about a request with this section, from `address`. */
  const request = (packetNo: string, section: string, address = bobAt): FilesEffect | undefined => {
    connections += 1;
    const connectionId = `c${connections}`;
    li.put({ kind: "files", input: { kind: "connection", connectionId, from: { address, port: 50_000 } } });
    const reader = createRequestReader(codec, { legacyCharset: "gbk" });
    const { bits } = order.request;
    const progress = reader.feed(
      codec.encode(`1:${packetNo}:bob:pc-bob:${(0x60 | bits) >>> 0}:${section}\0`, "ascii"),
    );
    if (progress.kind !== "request") throw new Error("no request");
    li.effects.length = 0;
    const { packet } = progress;
    li.put({ kind: "files", input: { kind: "request", connectionId, packet, request: progress.request } });
    const [effect] = fileEffects(li);
    li.put({ kind: "files", input: { kind: "connection-closed", connectionId } });
    return effect;
  };
  const dropped = () => li.machine.diagnostics().dropped;
  return { ...link, order, seal, request, dropped };
}

describe("a file request under seal", () => {
  const suite = chooseSuite({ caps: "61900004", bits: 2048 })!;

  it("is served from its offset, with the key that it brings", () => {
    const { li, order, seal, request } = asked();
    expect(order).toMatchObject({ isSealed: true, asRecord: false });
    const { packetNo, section, bodyKeyHex } = seal();
    expect(bodyKeyHex).toMatch(/^[0-9a-f]{64}$/u);
    expect(request(packetNo, section)).toMatchObject({
      kind: "serve",
      order: { offset: 100, asTree: false, body: { keyHex: bodyKeyHex, requestNo: packetNo } },
    });
    expect(li.machine.transfers()).toMatchObject([{ cipher: "aes-256-ctr", state: "started" }]);
    expect(seal().bodyKeyHex).not.toBe(bodyKeyHex);
  });

  it("counts once: recorded, or made anew with a number that was there", () => {
    const { order, seal, request, dropped } = asked();
    const { packetNo, section, bodyKeyHex } = seal();
    expect(request(packetNo, section)?.kind).toBe("serve");
    expect(request(packetNo, section)?.kind).toBe("close-connection");
    const text = `${BigInt(order.claim.packetNo).toString(16)}:3e8:0:900000:${bodyKeyHex}:${BigInt(packetNo).toString(16)}\0`;
    const again = (signer: "a" | "b") =>
      cipherOf(signer).seal(codec.encode(text, "ascii"), suite, publicKey("a2048"), order.request.packetNo)!;
    expect(request(order.request.packetNo, again("b"))?.kind).toBe("close-connection");
    // Somebody else's signature, and his own from elsewhere.
    expect(request(order.request.packetNo, again("a"))?.kind).toBe("close-connection");
    const later = seal();
    expect(request(later.packetNo, later.section, "10.0.0.77")?.kind).toBe("close-connection");
    expect(dropped()).toMatchObject({
      "cipher-replayed": 1,
      "request-replayed": 1,
      "request-unsigned": 2,
      "request-refused": 4,
    });
  });

  it("may overtake another, and never counts twice however many there are", () => {
    const guard = createReplayGuard();
    expect([5, 5, 4, 6, 6].map((no) => guard.accept("a", no))).toEqual([true, false, true, true, false]);
    expect(guard.accept("b", 5)).toBe(true);
    const most = fileLimits.requestNumbers;
    const numbers = Array.from({ length: most * 3 }, (_, at) => 10 + at);
    expect(numbers.filter((no) => !guard.accept("a", no))).toEqual([]);
    expect(numbers.filter((no) => guard.accept("a", no))).toEqual([]);
    expect(guard.accept("a", 1)).toBe(false);
  });
});

it("an offer that comes before its sender's announcement is fetched under seal all the same", () => {
  const { li, settle } = linked({ files: true }, { files: true });
  offer(li, "Bob", ["one"]);
  settle();
  const raw = li.machine.conversation(li.peerId("Bob")).messages.at(-1)!.raw;
  const talk = conversation({ cipher: cipherOf("b"), files: true }).started();
  const all = { accept: "all", maxSizeBytes: null, dir: "/in", overwrite: "rename", resume: true } as const;
  talk.ask({ kind: "files", request: { kind: "policy", peer: null, policy: all } });
  talk.receive(raw, "10.0.0.9");
  talk.receiveText(`1:1900000000:li:pc-li:115:61900004:10001-${keyNumbers["a2048"]?.n ?? ""}\\0`, "10.0.0.9");
  expect(fileEffects(talk)).toEqual([]);
  // CAPUTF8, FILEATTACH, ENCRYPT, ENCEXTMSG, CLIPBOARD and CAPFILEENC.
  talk.receiveText(`1:1900000002:li:pc-li:${0xd64_0000 + 3}:小李\\0\\0`, "10.0.0.9");
  talk.advance(2_000);
  expect(fileEffects(talk)).toMatchObject([{ kind: "fetch", order: { isSealed: true } }]);
});

it("a release is believed from whom something was offered to, and from nobody else", () => {
  const { talk, tellKey } = withFeiq();
  const answer = offer(talk, "张伟", ["a"]);
  tellKey();
  const packetNo = answer.ok ? answer.messages[0]!.packetNo : "";
  talk.receiveText(`1:8:eve:pc-e:97:${packetNo}\\0`, "10.0.0.66");
  expect(states(talk)).toEqual(["open"]);
  expect(talk.machine.diagnostics().dropped["forged-receipt"]).toBe(1);
  // Long after the message itself waits for no answer any more.
  talk.advance(12 * 60 * 60 * 1000);
  talk.receiveText(`1:9:zhang:pc:97:${packetNo}\\0`, "10.0.0.3");
  expect(states(talk)).toEqual(["refused"]);
});

/** Li offers it sealed; who takes it knows li's program as an official one: the bits, no FY line. */
const offered = (asPicture: boolean) => {
  const { li, settle } = linked({ files: true }, { files: true });
  const answer = li.ask({
    kind: "files",
    request: {
      kind: "offer",
      to: [{ peer: li.peerId("Bob") }],
      entries: [entry("截图.png")],
      text: "看",
      options: { encrypt: "always" },
      asPicture,
    },
  });
  if (!answer.ok) throw new Error(answer.code);
  settle();
  const { raw } = li.machine.conversation(li.peerId("Bob")).messages.at(-1)!;
  const bob = conversation({
    self: { user: "bob", host: "pc-bob", nick: "Bob", group: "", away: null },
    cipher: cipherOf("b"),
    files: true,
  }).started();
  bob.receiveText(`1:1900000002:li:pc-li:${0xd64_0000 + 3}:小李\\0\\0`, "10.0.0.9");
  bob.advance(2_000);
  bob.receive(raw, "10.0.0.9");
  bob.receiveText(`1:1900000003:li:pc-li:115:61900004:10001-${keyNumbers["a2048"]?.n ?? ""}\\0`, "10.0.0.9");
  return { li, bob };
};

describe("a clipboard picture under seal", () => {
  it("is read out of the envelope, asked for by GETFILEDATA in another, and served encrypted", () => {
    const { li, bob } = offered(true);
    expect(bob.machine.message(bob.shown()[0]!.id)).toMatchObject({
      encryption: { cipher: "aes-256-cbc", signature: "valid" },
      files: [{ name: "截图.png", type: 0x20 }],
    });
    const [made] = bob.machine.offers();
    expect(made?.files).toMatchObject([{ kind: "image", sizeBytes: 500 }]);
    bob.effects.length = 0;
    bob.ask({ kind: "files", request: { kind: "accept", offerId: made!.offerId, options: { dir: "/in" } } });
    const order = fileEffects(bob).flatMap((effect) => (effect.kind === "fetch" ? [effect.order] : []))[0]!;
    // A record in a stream of folders is for ordinary files (section 9.4).
    expect(order).toMatchObject({ isSealed: true, asRecord: false });
    const ask = { type: "file", fileId: BigInt(order.claim.fileId), offset: 0 } as const;
    bob.put({ kind: "files", input: { kind: "seal-wanted", transferId: order.transferId, ask } });
    const [given] = fileEffects(bob);
    if (given?.kind !== "give-seal" || given.sealed === null) throw new Error("not sealed");
    const { packetNo, section, bodyKeyHex } = given.sealed;
    const word = (0x60 | order.request.bits) >>> 0;
    expect(word & 0x40_0800).toBe(0x40_0800);
    const serve = (bytes: Uint8Array): FilesEffect | undefined => {
      const from = { address: bobAt, port: 50_000 };
      li.put({ kind: "files", input: { kind: "connection", connectionId: "c1", from } });
      const progress = createRequestReader(codec, { legacyCharset: "gbk" }).feed(bytes);
      if (progress.kind !== "request") throw new Error("no request");
      li.effects.length = 0;
      const { packet, request } = progress;
      li.put({ kind: "files", input: { kind: "request", connectionId: "c1", packet, request } });
      const [effect] = fileEffects(li);
      li.put({ kind: "files", input: { kind: "connection-closed", connectionId: "c1" } });
      return effect;
    };
    const request = codec.encode(`1:${packetNo}:bob:pc-bob:${word}:${section}\0`, "ascii");
    expect(serve(request)).toMatchObject({
      kind: "serve",
      order: { offset: 0, asTree: false, body: { keyHex: bodyKeyHex, requestNo: packetNo } },
    });
    expect(li.machine.transfers()).toMatchObject([{ cipher: "aes-256-ctr" }]);
    // Recorded and sent again, it is served to nobody.
    expect(serve(request)).toMatchObject({ kind: "close-connection" });
  });

  it("an ordinary file of the same sender is asked for as a record", () => {
    const { bob } = offered(false);
    const [made] = bob.machine.offers();
    bob.effects.length = 0;
    bob.ask({ kind: "files", request: { kind: "accept", offerId: made!.offerId, options: { dir: "/in" } } });
    const orders = fileEffects(bob).flatMap((effect) => (effect.kind === "fetch" ? [effect.order] : []));
    expect(orders).toMatchObject([{ isSealed: true, asRecord: true }]);
  });
});
