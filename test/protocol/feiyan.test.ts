// Our own extension: what section 1 of its vectors means, what is built back to the same bytes, and that nothing else passes for it.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/protocol/decode.js";
import { encode, parsePacketNo } from "../../src/protocol/encode.js";
import {
  buildManifestDone,
  buildManifestPage,
  buildManifestRequest,
  feiyanCommand,
  paginateManifest,
  parseFeiyan,
  type FeiyanBody,
} from "../../src/protocol/feiyan.js";
import { codec, fromHex, toHex, vectorsOf } from "./vectors.js";

const offer = { packetNo: "1800000030", fileId: "1000", page: 0 };
const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const cases: readonly (readonly [string, FeiyanBody])[] = [
  ["feiyan-001-manifest-request", { kind: "manifest-request", request: offer }],
  [
    "feiyan-002-manifest",
    {
      kind: "manifest",
      page: {
        ...offer,
        state: "ready",
        pages: 1,
        entries: [
          { path: ["内"], isFolder: true, sizeBytes: 0, mtime: 1_500_000_000, sha256: null, fileId: 2 ** 30 },
          {
            path: ["内", "a.txt"],
            isFolder: false,
            sizeBytes: 5,
            mtime: 1_500_000_000,
            sha256,
            fileId: 2 ** 30 + 1,
          },
          { path: ["不可读"], isFolder: false, sizeBytes: 0, mtime: 0, sha256: null, fileId: 2 ** 30 + 2 },
        ],
      },
    },
  ],
  ["feiyan-003-manifest-wait", { kind: "manifest", page: { ...offer, state: "wait" } }],
  ["feiyan-004-manifest-none", { kind: "manifest", page: { ...offer, fileId: "7", state: "none" } }],
  ["feiyan-005-manifest-done", { kind: "manifest-done", packetNo: "1800000030", fileId: "1000" }],
  [
    "feiyan-006-manifest-done-answer",
    { kind: "manifest-done-answer", packetNo: "1800000030", fileId: "1000" },
  ],
];

function sectionsOf(body: FeiyanBody): readonly string[] {
  if (body.kind === "manifest-request") return buildManifestRequest(body.request);
  return body.kind === "manifest"
    ? buildManifestPage(body.page)
    : buildManifestDone(body.kind, body.packetNo, body.fileId);
}

function packetIn(bytes: Uint8Array) {
  const decoded = decode(bytes, codec, { legacyCharset: "gbk" });
  if (decoded.kind !== "packet") throw new Error(decoded.reason);
  return decoded;
}

describe("the vectors", () => {
  it.each(cases)("%s", (id, body) => {
    const { hex } = vectorsOf("feiyan-packet").find((vector) => vector.id === id)!;
    const packet = packetIn(fromHex(hex));
    expect(parseFeiyan(packet, codec)).toEqual(body);
    const built = encode(
      {
        version: "1",
        packetNo: parsePacketNo(packet.packetNo)!,
        user: "li",
        host: "pc-li",
        command: feiyanCommand | 0x80_0000,
        sections: sectionsOf(body),
        charset: "utf-8",
      },
      codec,
    );
    expect(toHex(built)).toBe(hex);
  });
});

const packetWith = (text: string, json: string, command = feiyanCommand | 0x80_0000) =>
  packetIn(
    encode(
      {
        version: "1",
        packetNo: parsePacketNo("7")!,
        user: "u",
        host: "h",
        command,
        sections: [text, json],
        charset: "utf-8",
      },
      codec,
    ),
  );

it.each([
  ["no JSON", "FY1 manifest-request", "{"],
  ["a list", "FY1 manifest-request", "[]"],
  ["no number", "FY1 manifest-request", '{"packetNo":"x","fileId":"1","page":0}'],
  ["a file id too long", "FY1 manifest-request", '{"packetNo":"1","fileId":"12345678901","page":0}'],
  ["a negative page", "FY1 manifest-request", '{"packetNo":"1","fileId":"1","page":-1}'],
  ["another kind", "FY1 recall", '{"packetNo":"1","fileId":"1","page":0}'],
  ["no state", "FY1 manifest", '{"packetNo":"1","fileId":"1","page":0}'],
  [
    "pages that are no number",
    "FY1 manifest",
    '{"packetNo":"1","fileId":"1","page":0,"state":"ready","pages":"1","entries":[]}',
  ],
  [
    "an entry that is no list",
    "FY1 manifest",
    '{"packetNo":"1","fileId":"1","page":0,"state":"ready","pages":1,"entries":[{}]}',
  ],
  [
    "an empty name",
    "FY1 manifest",
    '{"packetNo":"1","fileId":"1","page":0,"state":"ready","pages":1,"entries":[["a//b",1,1,null,1]]}',
  ],
  [
    "a hash that is none",
    "FY1 manifest",
    '{"packetNo":"1","fileId":"1","page":0,"state":"ready","pages":1,"entries":[["a",1,1,"00",1]]}',
  ],
  [
    "a size below nothing",
    "FY1 manifest",
    '{"packetNo":"1","fileId":"1","page":0,"state":"ready","pages":1,"entries":[["a",-1,1,null,1]]}',
  ],
  ["a done without its file", "FY1 manifest-done", '{"packetNo":"1"}'],
])("refuses %s", (_name, text, json) => {
  expect(parseFeiyan(packetWith(text, json), codec)).toBeNull();
});

it("is no other command's", () => {
  expect(
    parseFeiyan(packetWith("FY1 manifest-done", '{"packetNo":"1","fileId":"2"}', 0x20 | 0x80_0000), codec),
  ).toBeNull();
});

it("cuts a list of any names into pages that fit, in order", () => {
  const entry = fc.record({
    path: fc.array(
      fc.string({ minLength: 1, maxLength: 80, unit: "grapheme" }).filter((name) => !name.includes("/")),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    isFolder: fc.constant(false),
    sizeBytes: fc.nat(),
    mtime: fc.nat(),
    sha256: fc.constant(sha256),
    fileId: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const pages = paginateManifest(entries);
      expect(pages.flat()).toEqual(entries);
      for (const page of pages) {
        const [, json] = buildManifestPage({ ...offer, state: "ready", pages: pages.length, entries: page });
        expect(codec.encode(json, "utf-8").length).toBeLessThan(8_000);
      }
    }),
    { numRuns: 40 },
  );
});
