import { describe, expect, it } from "vitest";
import { describeEvent } from "../../src/cli/describe-event.js";
import { eventObjects, messageFields } from "../../src/cli/json.js";
import { createOutput } from "../../src/cli/output.js";
import { describeConfigProblem, describeProblem, formatProblem } from "../../src/cli/problem-text.js";
import { createTranslate } from "../../src/i18n/catalogue.js";
import {
  defaultPolicy,
  everyone,
  type Event,
  type Message,
  type Peer,
  type PeerId,
} from "../../src/index.js";

const text = createTranslate("en");
const at = Date.UTC(2026, 10, 20, 14, 2, 0, 120);

/** Ids are made by the machine only; here they are made up. */
const branded = (id: string) => JSON.parse(JSON.stringify(id));

const peer: Peer = {
  id: branded("p1"),
  state: "online",
  nick: "小明\u001b[31m",
  group: "研发",
  user: "ming",
  host: "pc",
  endpoint: { address: "192.0.2.7", port: 2425 },
  addresses: [
    { endpoint: { address: "192.0.2.7", port: 2425 }, lastSeen: at },
    { endpoint: { address: "fe80::1%eth0", port: 2425 }, lastSeen: at },
  ],
  dialect: "ipmsg",
  version: "1",
  charset: "utf-8",
  charsetReason: "utf8-flag",
  charsetChosen: false,
  capabilities: ["utf8"],
  feiyan: null,
  fingerprint: null,
  trust: "unknown",
  encrypt: null,
  acknowledges: true,
  firstSeen: at,
  lastSeen: at,
  motto: "",
  versionText: null,
  absenceText: null,
  typingUntil: 0,
  unread: 0,
  duplicates: 0,
  policy: defaultPolicy,
  mergedIds: [],
};

const message: Message = {
  id: branded("m1"),
  direction: "in",
  at,
  peerId: peer.id,
  to: [],
  conversation: peer.id,
  peerName: peer.nick,
  endpoint: peer.endpoint,
  packetNo: branded("007"),
  dialect: "ipmsg",
  text: "hi{/font;}",
  displayText: "hi\u0007\nthere",
  charset: "utf-8",
  charsetReason: "utf8-flag",
  options: ["SENDCHECKOPT", "UTF8OPT"],
  sealed: false,
  locked: false,
  openedAt: null,
  encryption: null,
  recipients: [],
  recalled: null,
  broadcast: false,
  autoReply: false,
  raw: new Uint8Array([1, 2, 255]),
  files: [],
  images: [],
  deliveries: [],
};

const known = { peer: (id: PeerId) => (id === peer.id ? peer : undefined) };
const reference = { id: "p1", nick: peer.nick, address: "192.0.2.7:2425" };

describe("objects for programs", () => {
  it("a peer has the keys of the contract", () => {
    const [object] = eventObjects({ kind: "peer", change: "appeared", peer, at }, known);
    expect(object).toEqual({
      type: "peer",
      at,
      fields: {
        id: "p1",
        state: "online",
        nick: peer.nick,
        group: "研发",
        user: "ming",
        host: "pc",
        address: "192.0.2.7:2425",
        addresses: ["192.0.2.7:2425", "[fe80::1%eth0]:2425"],
        dialect: "ipmsg",
        version: "1",
        motto: "",
        charset: "utf-8",
        capabilities: ["utf8"],
        acceptPolicy: null,
        fingerprint: null,
        fingerprintWords: null,
        trust: "unknown",
        encrypt: null,
        favourite: false,
        muted: false,
        blocked: false,
        unlogged: false,
        note: "",
        merged: [],
      },
    });
  });

  it("a message has the keys of the contract, its number as text and its bytes", () => {
    expect(messageFields(message, known)).toMatchObject({
      id: "m1",
      direction: "in",
      peer: reference,
      packetNo: "007",
      text: "hi\u0007\nthere",
      charset: "utf-8",
      charsetReason: "utf8-flag",
      options: ["SENDCHECKOPT", "UTF8OPT"],
      sealed: false,
      encrypted: false,
      signed: false,
      raw: "AQL/",
      files: [],
    });
    expect(messageFields(message, known)).not.toHaveProperty("to");
  });

  it("a sealed message keeps its text to itself", () => {
    expect(messageFields({ ...message, sealed: true }, known)).toMatchObject({ sealed: true, text: null });
    expect(messageFields({ ...message, sealed: true, direction: "out" }, known)).toMatchObject({
      text: "hi\u0007\nthere",
    });
  });

  it("several receivers stand in `to`, and `peer` is null", () => {
    const several = {
      ...message,
      direction: "out" as const,
      peerId: null,
      to: [peer.id, branded("gone")],
    };
    expect(messageFields(several, known)).toMatchObject({
      peer: null,
      to: [reference, { id: "gone", nick: "", address: null }],
    });
  });

  it("a message with files is an offer too; sizes that are claims only are null", () => {
    const record = { id: "5", name: "a.txt", mtime: 0, attr: 1, type: 1, ext: {} };
    const files = [
      { ...record, sizeBytes: 10n },
      { ...record, type: 2, sizeBytes: 0xffff_ffffn },
      { ...record, type: 0x20, sizeBytes: 2n ** 60n },
    ];
    const objects = eventObjects({ kind: "message", message: { ...message, files } }, known);
    expect(objects.map((object) => object.type)).toEqual(["message", "offer"]);
    expect(objects[1]!.fields).toEqual({
      offerId: "m1",
      direction: "in",
      peer: reference,
      files: [
        { fileId: "5", name: "a.txt", kind: "file", sizeBytes: 10 },
        { fileId: "5", name: "a.txt", kind: "folder", sizeBytes: null },
        { fileId: "5", name: "a.txt", kind: "image", sizeBytes: null },
      ],
    });
  });

  it("deliveries, knocks, typing and notices", () => {
    const delivery = {
      messageId: message.id,
      peerId: peer.id,
      state: "delivered",
      attempt: 2,
      rttMs: 2.9,
      at,
      final: true,
      cipher: null,
    } as const;
    const events: Event[] = [
      { kind: "delivery", delivery, message },
      { kind: "delivery", delivery: { ...delivery, peerId: everyone }, message },
      { kind: "knock", peer, at },
      { kind: "typing", peer, active: false, at },
      { kind: "notice", code: "peer-table-full", fields: { limit: 1 }, at },
    ];
    expect(
      events.flatMap((event) => eventObjects(event, known)).map(({ type, fields }) => ({ type, ...fields })),
    ).toEqual([
      {
        type: "delivery",
        messageId: "m1",
        peer: reference,
        state: "delivered",
        attempt: 2,
        rttMs: 2.9,
        cipher: null,
      },
      {
        type: "delivery",
        messageId: "m1",
        peer: null,
        state: "delivered",
        attempt: 2,
        rttMs: 2.9,
        cipher: null,
      },
      { type: "knock", peer: reference },
      { type: "typing", peer: reference, active: false },
      { type: "notice", code: "peer-table-full", fields: { limit: 1 } },
    ]);
  });

  it("inner matters are none", () => {
    expect(eventObjects({ kind: "read", conversation: peer.id, at }, known)).toEqual([]);
    expect(eventObjects({ kind: "duplicate", peerId: peer.id, packetNo: "1", at }, known)).toEqual([]);
  });
});

describe("lines for people", () => {
  it("hold nothing that a terminal would obey, and set off further lines", () => {
    const line = describeEvent({ kind: "message", message }, text)!;
    expect(line).toMatch(/^\d\d:\d\d:\d\d 小明: hi\n {4}there$/);
  });

  it("do not show what is sealed", () => {
    expect(describeEvent({ kind: "message", message: { ...message, sealed: true } }, text)).toContain(
      "[sealed message",
    );
  });

  it("tell of presence and of what was refused", () => {
    expect(describeEvent({ kind: "peer", change: "left", peer, at }, text)).toMatch(
      /\* 小明 {2}offline {2}192\.0\.2\.7:2425/,
    );
    expect(
      describeEvent({ kind: "notice", code: "peer-table-full", fields: { limit: 7 }, at }, text),
    ).toContain("(7)");
    expect(describeEvent({ kind: "typing", peer, active: false, at }, text)).toBeUndefined();
  });
});

function written(json: boolean, quiet: boolean) {
  const lines = { out: "", err: "" };
  const output = createOutput({
    json,
    quiet,
    stdout: { write: (part) => (lines.out += part) },
    stderr: { write: (part) => (lines.err += part) },
    now: () => at,
  });
  output.line("line");
  output.object("thing", { key: "\u001b\u2028" });
  output.remark("remark");
  output.complain("complaint");
  return lines;
}

describe("createOutput", () => {
  it("writes lines for people or objects for programs", () => {
    expect(written(false, false)).toEqual({ out: "line\n", err: "remark\ncomplaint\n" });
    expect(written(true, false)).toEqual({
      out: '{"v":1,"type":"thing","at":"2026-11-20T14:02:00.120Z","key":"\\u001b\u2028"}\n',
      err: "complaint\n",
    });
  });

  it("drops remarks with --quiet, never results", () => {
    expect(written(false, true)).toEqual({ out: "line\n", err: "complaint\n" });
  });
});

describe("errors in words", () => {
  it("name the owner of a port where it is known", () => {
    const fields = { port: 2425, program: "ipmsg", pid: 42 };
    expect(describeProblem("port-in-use", fields, text).text).toBe("port 2425 is in use by ipmsg (pid 42)");
    expect(describeProblem("port-in-use", { port: 2425 }, text).text).toBe("port 2425 is in use");
  });

  it("survive codes and fields that are not known", () => {
    expect(describeProblem("no-such-code", { a: 1 }, text)).toEqual({
      code: "no-such-code",
      text: "no-such-code",
      remedy: "",
    });
  });

  it("place a problem of a file", () => {
    const problem = describeConfigProblem(
      { code: "config-syntax", file: "/x\u001b.toml", line: 3, column: 5, fields: { reason: "oops" } },
      text,
    );
    expect(problem.text).toBe("/x .toml:3:5: not valid TOML: oops");
    expect(formatProblem({ ...problem, remedy: "" }, text)).toBe(`feiyan: ${problem.text}`);
  });
});
