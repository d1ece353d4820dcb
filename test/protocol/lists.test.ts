// File lists, host lists, keys and requests beyond the vectors: odd forms and refusals.
import { describe, expect, it } from "vitest";
import type { FileRecord, HostList, RequestProgress } from "../../src/protocol.js";
import {
  buildFileRequest,
  createRequestReader,
  parseFileList,
  parseFileRequest,
  parseHostList,
  parsePublicKey,
  swapPort,
} from "../../src/protocol.js";
import { bytesOf, codec, packetOf } from "./vectors.js";

const gbk = { legacyCharset: "gbk" } as const;

function filesOf(text: string): readonly FileRecord[] {
  const bytes = bytesOf(text);
  return parseFileList(bytes, { start: 0, end: bytes.length }, codec, "gbk");
}

function hostListOf(text: string): HostList | null {
  const bytes = bytesOf(text);
  return parseHostList(bytes, { start: 0, end: bytes.length }, codec, "gbk");
}

function readPieces(...pieces: readonly string[]): { results: RequestProgress[]; end: RequestProgress } {
  const reader = createRequestReader(codec, gbk);
  const results = pieces.map((piece) => reader.feed(bytesOf(piece)));
  return { results, end: reader.end() };
}

describe("file lists", () => {
  it.each([
    "",
    "1",
    "1:",
    "1:a",
    "1:a:",
    "1::5:0:1:",
    ":a:5:0:1:",
    "1x:a:5:0:1:",
    "1:a:5:x:1:",
    "1:a:5:0:x:",
    "1:a:5:0:100000000:",
    `1:a:${"f".repeat(17)}:0:1:`,
    `1:a:${"f".repeat(25)}:0:1:`,
    `${"1".repeat(21)}:a:5:0:1:`,
  ])("skips %j", (text) => {
    expect(filesOf(text)).toEqual([]);
  });

  it("understands what other programs put for times", () => {
    expect(filesOf("0:hello.txt:b:1dd791be399d886:1:")).toMatchObject([{ mtime: expect.any(Number) }]);
    const [windows] = filesOf("0:hello.txt:b:1dd791be399d886:1:");
    expect(new Date(windows!.mtime * 1000).getUTCFullYear()).toBe(2026);
    expect(filesOf("0:d:0:7f4777eb69c9:2:")).toMatchObject([{ mtime: 0, type: 2 }]);
  });

  it("keeps attribute values as they are and passes over what is none", () => {
    expect(filesOf("1:a:5:0:1:1A=x,y:=z:zz=1:10=:noequals:")[0]?.ext).toEqual({ "1a": ["x", "y"], 10: [""] });
    expect(filesOf("1:a:5:0::14=1:")[0]).toMatchObject({ attr: 1, ext: { 14: ["1"] } });
  });
});

describe("host lists", () => {
  const good = "u\x07h\x070\x0710.0.0.1\x0730985\x07小王\x07研发\x07";

  it("needs its two numbers and skips senseless hosts", () => {
    for (const text of ["", "x\x072\x07", "1\x07"]) expect(hostListOf(text)).toBeNull();
    const bad = [
      "-1\x0710.0.0.1\x0730985",
      "0\x07host name\x0730985",
      "0\x0710.0.0.1\x0765536",
      "99999999999\x0710.0.0.1\x071",
      "0\x0710.0.0.1\x07x",
    ];
    const text = `0\x079\x07${bad.map((middle) => `u\x07h\x07${middle}\x07n\x07g\x07`).join("")}${good}u\x07cut`;
    expect(hostListOf(text)).toMatchObject({
      next: 0,
      count: 9,
      hosts: [{ nick: "小王", group: "研发", port: 2425 }],
    });
  });

  it("swaps ports both ways", () => {
    expect(swapPort(2425)).toBe(30985);
    expect(swapPort(30985)).toBe(2425);
  });

  it("is null in a packet that holds none", () => {
    expect(packetOf("1:1:u:h:19:nothing").body).toEqual({
      kind: "list",
      step: "list",
      start: 0,
      hostList: null,
    });
    expect(packetOf("1:1:u:h:18:x").body).toMatchObject({ step: "get", start: 0 });
    expect(packetOf("1:1:u:h:18:  120").body).toMatchObject({ step: "get", start: 120 });
    expect(packetOf("1:1:u:h:16:").body).toMatchObject({ step: "ask" });
  });
});

describe("public keys", () => {
  it.each(["", "1:2", "1:0-5", "1:3-0", "x:3-5", "1:3-5x", `1:3-${"f".repeat(1025)}`, "123456789:3-5"])(
    "refuses %j",
    (text) => {
      expect(parsePublicKey(text)).toBeNull();
    },
  );

  it("counts bits", () => {
    expect(parsePublicKey("20002:010001-00FF")).toEqual({ caps: "20002", e: "10001", n: "ff", bits: 8 });
    expect(parsePublicKey("1:3-1ff")?.bits).toBe(9);
  });
});

describe("requests", () => {
  it("refuses numbers that are none", () => {
    for (const text of ["", "1", "x:1:0", "1:x:0", "1:1:x", "1:fffffffffffffffff:0", "1::"])
      expect(parseFileRequest(text, "file")).toBeNull();
    expect(parseFileRequest("a:b", "file")).toMatchObject({ packetNo: 10, fileIdIfHex: 11, offset: 0 });
    expect(parseFileRequest("a:b:zz", "dir")).toMatchObject({ offset: null });
    expect(buildFileRequest({ type: "dir", packetNo: 1800000030n, fileId: 305419897n, offset: 9n })).toBe(
      "6b49d21e:12345679:",
    );
  });

  it("takes one without NUL and colon when the sender stops", () => {
    const { results, end } = readPieces("1:1:u:h:96:5:1", ":0");
    expect(results.map((result) => result.kind)).toEqual(["need-more", "need-more"]);
    expect(end).toMatchObject({ kind: "request", request: { offset: 0, fileIdIfHex: 1 } });
  });

  it("does not change its mind", () => {
    const { results, end } = readPieces("1:1:u:h:98:5:1:", "0\0garbage");
    expect(results[0]).toMatchObject({ kind: "request", request: { type: "dir" } });
    expect(results[1]).toBe(results[0]);
    expect(end).toBe(results[0]);
  });

  it.each([
    ["GET / HTTP/1.1 a:b:c:d:e:", "version field is not one of the known forms"],
    ["1:1:u:h:32:hello\0", "not a file request"],
    ["1_iptux 0.8.3:1:u:h:509:\0PNG", "not a file request"],
    ["1:1:u:h:96:zz:1:0:", "file request without its numbers"],
    [`1:1:u:h:96:${"1".repeat(9000)}`, "request over the limit"],
    ["1:1:u\0:h:96:1:1:0:", "NUL inside the header"],
  ])("refuses %j", (text, reason) => {
    expect(readPieces(text).results[0]).toEqual({ kind: "bad", reason });
  });

  it("calls an unfinished header bad at the end only", () => {
    const { results, end } = readPieces("1:1:u:h");
    expect(results[0]).toEqual({ kind: "need-more" });
    expect(end).toEqual({ kind: "bad", reason: "fewer than five colons" });
  });

  it("waits for the NUL of an encrypted one and leaves it to crypto", () => {
    const { results } = readPieces("1:1:u:h:4196450:41900004:ab:cd:", "ef\0");
    expect(results).toMatchObject([
      { kind: "need-more" },
      { kind: "request", request: null, packet: { modeName: "GETDIRFILES" } },
    ]);
  });
});
