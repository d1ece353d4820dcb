// Offers, requests, refusals, policies and pictures as the machine sees them: inputs in, effects and events out. No byte moves here.
import { describe, expect, it } from "vitest";
import type { FilesEffect, FilesInput } from "../../src/core/files/signals.js";
import type { AcceptPolicy, Transfer } from "../../src/core/files/model.js";
import type { FilePolicy } from "../../src/core/saved.js";
import { fileLimits } from "../../src/core/limits.js";
import type { LocalEntry } from "../../src/ports/file-store.js";
import { createRequestReader } from "../../src/protocol/request.js";
import { bytesOf, vectorsOf } from "../protocol/vectors.js";
import { codec, conversation } from "./conversation.js";

const entry = (name: string, kind: LocalEntry["kind"] = "file", sizeBytes = 500): LocalEntry => ({
  path: `/home/li/${name}`,
  name,
  kind,
  sizeBytes,
  mtime: 0x5f5e1000,
  readOnly: false,
});

/** A node with files that knows 王 (a v3 client) at 10.0.0.2. */
function talkWithFiles() {
  const talk = conversation({ files: true }).started();
  talk.receiveText("1:100:wang:pc-w:2097153:王\\0组\\0");
  talk.advance(2_000);
  talk.sent.length = 0;
  talk.effects.length = 0;
  const files = (): FilesEffect[] =>
    talk.effects.splice(0).flatMap((effect) => (effect.kind === "files" ? [effect.effect] : []));
  const put = (input: FilesInput): FilesEffect[] => {
    talk.effects.length = 0;
    talk.put({ kind: "files", input });
    return files();
  };
  let connections = 0;
  /** Somebody connects and asks; what is done about it. */
  const ask = (text: string, address = "10.0.0.2"): FilesEffect[] => {
    put({ kind: "connection-closed", connectionId: `c${connections}` });
    connections += 1;
    const connectionId = `c${connections}`;
    const closed = put({ kind: "connection", connectionId, from: { address, port: 50_000 } });
    if (closed.length > 0) return closed;
    const reader = createRequestReader(codec, { legacyCharset: "gbk" });
    reader.feed(bytesOf(text.replaceAll("\\0", "\0")));
    const progress = reader.end();
    if (progress.kind !== "request" || progress.request === null) throw new Error("no request");
    const { packet, request } = progress;
    return put({ kind: "request", connectionId, packet, request });
  };
  const offer = (...entries: LocalEntry[]) => {
    const to = [{ peer: talk.peerId("王") }];
    const answer = talk.ask({
      kind: "files",
      request: { kind: "offer", to, entries, text: "请收", options: {} },
    });
    if (!answer.ok) throw new Error(answer.code);
    return { offer: answer.offers![0]!, packetNo: Number(answer.messages[0]!.packetNo) };
  };
  const states = () => talk.machine.offers().map(({ parties }) => parties[0]!.state);
  return { talk, files, put, ask, offer, states };
}

const closed = (effects: FilesEffect[]) =>
  expect(effects.map(({ kind }) => kind)).toEqual(["close-connection"]);

const fetches = (effects: FilesEffect[]) =>
  effects.flatMap((effect) => (effect.kind === "fetch" ? [effect.order] : []));

describe("an offer of ours", () => {
  it("is a message with a list, ids that neither base confuses, and colons doubled", () => {
    const { talk, offer } = talkWithFiles();
    const { offer: made } = offer(entry("a:b.txt"), entry("照片", "folder", 0));
    expect(talk.sent.at(-1)!.packet!.options).toEqual(["SENDCHECKOPT", "FILEATTACHOPT"]);
    expect(talk.machine.message(made.offerId)!.files).toMatchObject([
      { id: "1000", name: "a:b.txt", sizeBytes: 500n, type: 1 },
      { id: "1001", name: "照片", sizeBytes: 1n, type: 2 },
    ]);
    const ids = Array.from({ length: fileLimits.offerFiles }, (_, at) => 1_000 + at);
    const readWrong = new Set(ids.map((id) => Number.parseInt(String(id), 16)));
    expect(ids.filter((id) => readWrong.has(id))).toEqual([]);
  });

  it("has no colon in a name for iptux, which would show nothing of it", () => {
    const { talk } = talkWithFiles();
    talk.receiveText("1_iptux 0.8.3:1:lao:pc-l:257:老\\0组\\0icon\\0utf-8\\0", "10.0.0.3");
    const to = [{ peer: talk.peerId("老") }];
    const request = { kind: "offer", to, entries: [entry("a:b.txt")], text: "", options: {} } as const;
    const answer = talk.ask({ kind: "files", request });
    if (!answer.ok) throw new Error(answer.code);
    expect(talk.machine.message(answer.offers![0]!.offerId)!.files[0]!.name).toBe("a：b.txt");
    expect(answer.offers![0]!.files[0]!.name).toBe("a:b.txt");
  });

  it("serves its receiver: hex first, then decimal, file, folder, file as a stream", () => {
    const { ask, offer } = talkWithFiles();
    const { packetNo } = offer(entry("a"), entry("d", "folder"));
    const no = packetNo.toString(16);
    const order = (text: string) =>
      ask(text)
        .map((effect) => (effect.kind === "serve" ? effect.order : effect))
        .at(-1);
    expect(order(`1:7:wang:pc-w:96:${no}:3e8:10:\\0`)).toMatchObject({
      path: "/home/li/a",
      offset: 16,
      asTree: false,
    });
    expect(order(`1:7:wang:pc-w:96:${no}:1000:0:\\0`)).toMatchObject({ path: "/home/li/a", offset: 0 });
    expect(order(`1:7:wang:pc-w:96:${packetNo}:1000:0:\\0`)).toMatchObject({ path: "/home/li/a" });
    expect(order(`1:7:wang:pc-w:98:${no}:3e9:\\0`)).toMatchObject({ path: "/home/li/d", asTree: true });
    expect(order(`1:7:wang:pc-w:98:${no}:3e8:\\0`)).toMatchObject({ path: "/home/li/a", asTree: true });
  });

  it("serves nobody else, nothing else, and nothing that is withdrawn, refused or late", () => {
    const { talk, ask, offer, put, states } = talkWithFiles();
    const { offer: made, packetNo } = offer(entry("a"));
    const text = `1:7:wang:pc-w:96:${packetNo.toString(16)}:3e8:0:\\0`;
    closed(ask(text, "10.0.0.99"));
    closed(ask(`1:7:wang:pc-w:96:1:3e8:0:\\0`));
    closed(ask(`1:7:wang:pc-w:96:${packetNo.toString(16)}:3e9:0:\\0`));
    for (const id of ["c1", "c2", "c3"]) put({ kind: "connection-closed", connectionId: id });
    talk.receiveText(`1:8:wang:pc-w:97:${packetNo}\\0`, "10.0.0.66");
    expect(states()).toEqual(["open"]);
    talk.receiveText(`1:8:wang:pc-w:97:${packetNo}\\0`);
    expect(states()).toEqual(["refused"]);
    closed(ask(text));
    const second = offer(entry("b"));
    talk.ask({ kind: "files", request: { kind: "cancel", offerId: second.offer.offerId, fileId: null } });
    expect(states()).toEqual(["refused", "cancelled"]);
    offer(entry("c"));
    talk.advance(25 * 60 * 60 * 1000);
    expect(states()).toEqual(["refused", "cancelled", "expired"]);
    expect(made.parties[0]!.state).toBe("open");
  });

  it("lets in so many connections and no more", () => {
    const { put } = talkWithFiles();
    const kinds: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      const effects = put({
        kind: "connection",
        connectionId: `x${at}`,
        from: { address: "10.0.0.7", port: 1_000 + at },
      });
      kinds.push(effects.map(({ kind }) => kind).join());
    }
    expect(kinds).toEqual(["", "", "", "", "close-connection", "close-connection"]);
    for (let at = 0; at < 20; at += 1)
      put({ kind: "connection", connectionId: `y${at}`, from: { address: `10.0.1.${at}`, port: 9 } });
    const last = put({ kind: "connection", connectionId: "z", from: { address: "10.0.2.1", port: 9 } });
    expect(last.map(({ kind }) => kind)).toEqual(["close-connection"]);
  });

  it.each([
    ["offer-empty", []],
    ["text-not-encodable", [entry("😀")]],
    ["offer-too-long", Array.from({ length: 900 }, (_, at) => entry(`a long enough name ${at}.txt`))],
  ] as const)("is refused: %s", (code, entries) => {
    const { talk } = talkWithFiles();
    const to = [{ peer: talk.peerId("王") }];
    expect(
      talk.ask({ kind: "files", request: { kind: "offer", to, entries, text: "", options: {} } }),
    ).toMatchObject({
      ok: false,
      code,
    });
  });
});

const policy: AcceptPolicy = {
  accept: "all",
  maxSizeBytes: 1_000,
  dir: "/in",
  overwrite: "rename",
  resume: true,
};

const list = "1:a.txt:1f4:5f5e1000:1:\u00072:d:0:5f5e1000:2:\u00073:c.bin:1f4:0:1:\u0007";

const decided = (files: FilePolicy | null, rule: AcceptPolicy | null) => {
  const stage = talkWithFiles();
  if (rule !== null) stage.talk.ask({ kind: "files", request: { kind: "policy", peer: null, policy: rule } });
  stage.talk.ask({ kind: "set-policy", peer: stage.talk.peerId("王"), policy: { files } });
  stage.talk.receiveText(`1:500:wang:pc-w:2097440:take\\0${list}\\0`);
  const orders = fetches(stage.files());
  return [stage.states()[0], orders.map(({ dir, maxSizeBytes }) => [dir, maxSizeBytes])[0]];
};

function offered(rule: AcceptPolicy | null) {
  const stage = talkWithFiles();
  if (rule !== null) stage.talk.ask({ kind: "files", request: { kind: "policy", peer: null, policy: rule } });
  stage.talk.effects.length = 0;
  stage.talk.receiveText(`1:500:wang:pc-w:2097440:take\\0${list}\\0`);
  return stage;
}

describe("an offer of somebody", () => {
  it("waits for the user, then comes two at a time, in order", () => {
    const { talk, files, put } = offered(null);
    expect(fetches(files())).toEqual([]);
    const [offer] = talk.machine.offers();
    talk.ask({ kind: "files", request: { kind: "accept", offerId: offer!.offerId, options: { dir: "/x" } } });
    const begun = fetches(files());
    expect(
      begun.map(({ claim, dir, honoursOffset }) => [claim.name, claim.packetNo, dir, honoursOffset]),
    ).toEqual([
      ["a.txt", "500", "/x", false],
      ["d", "500", "/x", false],
    ]);
    const done = {
      kind: "done",
      path: "/x/a.txt",
      sha256: "",
      doneBytes: 500,
      doneFiles: 0,
      isVerified: false,
      skipped: 0,
    } as const;
    const next = put({ kind: "ended", transferId: begun[0]!.transferId, outcome: done });
    expect(fetches(next).map(({ claim }) => claim.name)).toEqual(["c.bin"]);
    put({
      kind: "ended",
      transferId: begun[1]!.transferId,
      outcome: { kind: "failed", code: "stream-short", fields: {} },
    });
    put({ kind: "ended", transferId: fetches(next)[0]!.transferId, outcome: done });
    expect(talk.machine.offers()[0]!.parties[0]!.state).toBe("partly");
    // What failed is tried again, the rest is not.
    talk.ask({ kind: "files", request: { kind: "accept", offerId: offer!.offerId, options: { dir: "/x" } } });
    expect(fetches(files()).map(({ claim }) => claim.name)).toEqual(["d"]);
  });

  it("is met by policy: all, too large, never with a release, and a rule for one peer", () => {
    const total = offered(policy);
    expect(fetches(total.files()).map(({ claim }) => claim.name)).toEqual(["a.txt", "d"]);
    const large = offered({ ...policy, maxSizeBytes: 999 });
    expect(fetches(large.files())).toEqual([]);
    expect(large.talk.events.filter((event) => event.kind === "notice").at(-1)).toMatchObject({
      code: "size-over-limit",
    });
    const never = offered({ ...policy, accept: "never" });
    expect(never.talk.sent.at(-1)!.line).toBe("RELEASEFILES 500");
    expect(never.states()).toEqual(["refused"]);
    const own = talkWithFiles();
    own.talk.ask({
      kind: "files",
      request: { kind: "policy", peer: null, policy: { ...policy, accept: "never" } },
    });
    own.talk.ask({ kind: "files", request: { kind: "policy", peer: own.talk.peerId("王"), policy } });
    own.talk.receiveText(`1:500:wang:pc-w:2097440:take\\0${list}\\0`);
    expect(own.states()).toEqual(["open"]);
  });

  it("is met as was decided about its sender, over the rule for all", () => {
    const always = { accept: "always", maxSizeBytes: 5_000, dir: "/own" } as const;
    expect(decided(always, { ...policy, accept: "never" })).toEqual(["open", ["/own", 5_000]]);
    expect(decided({ ...always, maxSizeBytes: 10 }, policy)).toEqual(["open", undefined]);
    expect(decided({ accept: "never", maxSizeBytes: null, dir: null }, policy)).toEqual([
      "refused",
      undefined,
    ]);
    expect(decided({ accept: "ask", maxSizeBytes: null, dir: null }, policy)).toEqual(["open", undefined]);
    // Nowhere to put it: somebody has to say where.
    expect(decided({ ...always, dir: null }, null)).toEqual(["open", undefined]);
    expect(decided(null, policy)).toEqual(["open", [policy.dir, policy.maxSizeBytes]]);
  });

  it("speed follows what came lately", () => {
    const { talk, files, put } = offered(policy);
    const [first] = fetches(files());
    const id = first!.transferId;
    put({ kind: "started", transferId: id, heldBytes: 100, totalBytes: 500 });
    talk.advance(1_000);
    put({ kind: "progress", transferId: id, doneBytes: 300, totalBytes: null, doneFiles: 0 });
    const transfer = talk.machine.transfers().find((one): one is Transfer => one.transferId === id)!;
    expect(transfer).toMatchObject({
      doneBytes: 300,
      resumedBytes: 100,
      totalBytes: 500,
      bytesPerSecond: 200,
    });
  });

  it("of an earlier run is there again, and gives way to a new one of the same thing", () => {
    const { talk } = talkWithFiles();
    const claim = {
      name: "a.txt",
      kind: "file",
      sizeBytes: 500,
      mtime: 0x5f5e1000,
      readOnly: false,
      peer: { id: talk.peerId("王"), name: "王", address: "10.0.0.2", port: 2425 },
      packetNo: "77",
      fileId: "5",
    } as const;
    talk.ask({
      kind: "files",
      request: { kind: "unfinished", parts: [{ claim, dir: "/in", heldBytes: 100 }] },
    });
    talk.ask({
      kind: "files",
      request: { kind: "unfinished", parts: [{ claim, dir: "/in", heldBytes: 100 }] },
    });
    expect(talk.machine.offers().map(({ isUnfinished, files }) => [isUnfinished, files[0]!.fileId])).toEqual([
      [true, "5"],
    ]);
    talk.receiveText(`1:500:wang:pc-w:2097440:take\\0${list}\\0`);
    expect(talk.machine.offers().map(({ isUnfinished }) => isUnfinished)).toEqual([false]);
  });
});

describe("a picture in a message", () => {
  it("of FeiQ: every slice acknowledged, repeats too, and saved when it is whole", () => {
    const vector = vectorsOf("image-slices").find(({ id }) => id.startsWith("feiq-031"))!;
    const talk = conversation({ files: true }).started();
    talk.receiveText("1_lbt6_0#128#02005E10A1B2#0#0#0#4001#9:100:zhang:pc-z:6291457:张\\0组\\0");
    talk.advance(2_000);
    talk.sent.length = 0;
    talk.ask({ kind: "files", request: { kind: "policy", peer: null, policy } });
    talk.effects.length = 0;
    for (const hex of vector.datagrams) talk.receiveHex(hex);
    const acks = talk.lines().filter((line) => line.startsWith("FEIQ_IMAGE_ACK"));
    expect(acks).toHaveLength(vector.datagrams.length);
    const saved = talk.effects.flatMap((effect) => (effect.kind === "files" ? [effect.effect] : []));
    expect(saved).toMatchObject([{ kind: "save-image", dir: "/in", format: "lzw-dib" }]);
    talk.receiveHex(vector.datagrams[0]!);
    expect(talk.lines()).toHaveLength(1);
  });

  it("goes to FeiQ in windows, missing slices again, the text with the mark at the end", () => {
    const talk = conversation({ files: true }).started();
    talk.receiveText("1_lbt6_0#128#02005E10A1B2#0#0#0#4001#9:100:zhang:pc-z:6291457:张\\0组\\0");
    talk.advance(2_000);
    talk.sent.length = 0;
    const jpeg = new Uint8Array(512 * 40 + 3).map((_, at) => at & 0xff);
    jpeg.set([0xff, 0xd8, 0xff]);
    const peer = talk.peerId("张");
    expect(talk.ask({ kind: "files", request: { kind: "picture", peer, bytes: jpeg, text: "看" } }).ok).toBe(
      true,
    );
    const acked = new Set<number>();
    let sent = 0;
    const lost = new Set<number>();
    for (let turn = 0; turn < 400 && acked.size < 41; turn += 1) {
      talk.advance(10);
      for (const { packet } of talk.sent.splice(0)) {
        if (packet?.body.kind !== "image-slice") continue;
        const { slice } = packet.body;
        sent += 1;
        // Every seventh is lost the first time.
        if (slice!.index % 7 === 0 && !lost.has(slice!.index)) {
          lost.add(slice!.index);
          continue;
        }
        acked.add(slice!.index);
        talk.receiveText(
          `1_lbt6_0#128#02005E10A1B2#0#0#0#4001#9:${200 + sent}:zhang:pc-z:193:${slice!.id}|${slice!.index}#\\0`,
        );
      }
    }
    expect(acked.size).toBe(41);
    expect(sent).toBeGreaterThan(41);
    const words = talk.sent.find(({ packet }) => packet?.modeName === "SENDMSG")!;
    expect(words.packet!.text).toMatch(/^看\/~#>[0-9a-f]{8}<B~$/);
    const states = talk.events.flatMap((event) => (event.kind === "picture" ? [event.picture.state] : []));
    expect(states).toEqual(["started", "done"]);
  });

  it("is given up when nobody acknowledges, and refused where it cannot go", () => {
    const talk = conversation({ files: true }).started();
    talk.receiveText("1_lbt6_0#128#02005E10A1B2#0#0#0#4001#9:100:zhang:pc-z:6291457:张\\0组\\0");
    talk.receiveText("1:100:wang:pc-w:1:王\\0组\\0", "10.0.0.3");
    talk.advance(2_000);
    const picture = (name: string, bytes: Uint8Array) =>
      talk.ask({ kind: "files", request: { kind: "picture", peer: talk.peerId(name), bytes, text: "" } });
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0);
    expect(picture("王", jpeg)).toMatchObject({ code: "picture-not-sendable" });
    expect(picture("张", Uint8Array.of(1, 2, 3))).toMatchObject({ code: "picture-not-sendable" });
    expect(picture("张", jpeg).ok).toBe(true);
    talk.advance(10_000);
    const reasons = talk.events.flatMap((event) => (event.kind === "picture" ? [event.picture.reason] : []));
    expect(reasons).toEqual([null, "picture-not-confirmed"]);
  });
});

it("without files nothing is announced, fetched or served", () => {
  const talk = conversation().started();
  expect(
    talk.ask({
      kind: "files",
      request: { kind: "refuse", offerId: talk.machine.offers()[0]?.offerId ?? ("x" as never) },
    }),
  ).toMatchObject({
    code: "peer-without-files",
  });
});
