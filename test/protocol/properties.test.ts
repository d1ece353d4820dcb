// What must hold for any bytes: decoding never fails, fields cover every byte, streams do not care how they are cut, and what
// we write we can read.
import { isUtf8 } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText } from "../any-text.js";
import type { Charset, DirEvent } from "../../src/protocol.js";
import {
  buildDirParent,
  buildDirRecord,
  buildFileList,
  buildFileRequest,
  buildHostList,
  createDirStreamReader,
  createImageAssembler,
  createRequestReader,
  decode,
  decodeLzw,
  encode,
  inspect,
  isSafeName,
  isStrictUtf8,
  limits,
  openPicture,
  parseFileList,
  parseFileRequest,
  parseHostList,
  parseStyledText,
  sliceImage,
  splitEmoticons,
} from "../../src/protocol.js";
import { codec, crypto, fromHex, packetNo, packetOf, toHex, vectorsOf } from "./vectors.js";

const charsets: readonly Charset[] = ["ascii", "utf-8", "gbk", "gb18030", "big5", "cp932", "euc-kr"];

const context = fc.record({
  legacyCharset: fc.constantFrom(...charsets),
  peerCharset: fc.option(fc.constantFrom(...charsets), { nil: undefined }),
  peerCharsetChosen: fc.boolean(),
});

const knownBytes = vectorsOf("datagram", "tcp-request", "crypto-message").map((vector) =>
  fromHex(vector.hex),
);

/** A vector with some bytes changed, put in or cut off. */
const mutated = fc
  .tuple(
    fc.constantFrom(...knownBytes),
    fc.array(
      fc.tuple(fc.nat(3000), fc.oneof(fc.nat(255), fc.constantFrom(0, 7, 10, 58, 35, 124)), fc.nat(2)),
      {
        maxLength: 6,
      },
    ),
  )
  .map(([bytes, changes]) => {
    const list = [...bytes];
    for (const [place, byte, kind] of changes) {
      const at = place % (list.length + 1);
      if (kind === 0) list[Math.min(at, Math.max(0, list.length - 1))] = byte;
      else if (kind === 1) list.splice(at, 0, byte);
      else list.splice(at, 1 + (byte % 7));
    }
    return Uint8Array.from(list);
  });

/** A header of our grammar with anything behind it. */
const likelyPacket = fc
  .tuple(
    fc.constantFrom(
      "1",
      "1_lbt6_0#128#F8B46AA55B28#0#0#16#4001#9",
      "1_iptux 0.8.3",
      "5.1.180210",
      "1@shiyeline",
      "iptux 0.6",
    ),
    fc.nat(255),
    fc.integer({ min: 0, max: 0xffffff }),
    fc.uint8Array({ maxLength: 120 }),
  )
  .map(([version, mode, options, extra]) => {
    const head = Buffer.from(`${version}:1:u:h:${options * 256 + mode}:`);
    return Uint8Array.from([...head, ...extra]);
  });

const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated, likelyPacket);

describe("decode", () => {
  it("is total: a value for every byte string, the bytes untouched", () => {
    fc.assert(
      fc.property(anyBytes, context, (bytes, known) => {
        const before = toHex(bytes);
        const decoded = decode(bytes, codec, known, crypto);
        expect([decoded.kind, decoded.bytes === bytes, toHex(bytes) === before]).toEqual([
          expect.stringMatching(/^(?:packet|raw-text|dropped)$/),
          true,
          true,
        ]);
      }),
      { numRuns: 12_000 },
    );
  });

  it("gives the same for a Buffer as for a plain array", () => {
    fc.assert(
      fc.property(anyBytes, context, (bytes, known) => {
        const options = { crypto, isSafeName };
        expect(inspect(Buffer.from(bytes), codec, known, options)).toEqual(
          inspect(bytes, codec, known, options),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("inspect", () => {
  it("covers every byte once, in order, and is plain JSON", () => {
    fc.assert(
      fc.property(anyBytes, context, (bytes, known) => {
        const inspection = inspect(bytes, codec, known, { crypto, isSafeName });
        expect(inspection.fields.map((field) => field.hex).join("")).toBe(toHex(bytes));
        let at = 0;
        for (const field of inspection.fields) {
          const isNext = field.start === at && field.end > at && field.hex.length === 2 * (field.end - at);
          if (!isNext) expect(field).toEqual(`a field from ${at} on, as long as its bytes`);
          at = field.end;
        }
        // The runner's own comparison is for failures only: it is slow.
        const plain: unknown = JSON.parse(JSON.stringify(inspection));
        if (!isDeepStrictEqual(plain, inspection)) expect(plain).toEqual(inspection);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("strict UTF-8", () => {
  it("agrees with Node's own check on every pair and on the borders of longer forms", () => {
    const differing: string[] = [];
    const check = (...list: number[]): void => {
      const bytes = Uint8Array.from(list);
      if (isStrictUtf8(bytes) !== isUtf8(bytes)) differing.push(toHex(bytes));
    };
    for (let first = 0; first < 256; first += 1) {
      check(first);
      for (let second = 0; second < 256; second += 1) {
        check(first, second);
        if (first < 0xe0) continue;
        for (const third of [0x7f, 0x80, 0xbf, 0xc0]) {
          check(first, second, third);
          for (const fourth of [0x41, 0x7f, 0x80, 0xbf, 0xc0]) check(first, second, third, fourth);
        }
      }
    }
    expect(differing).toEqual([]);
  });

  it("agrees with Node's own check on random bytes and on spoilt text", () => {
    const spoilt = fc.tuple(anyText(40), fc.nat(40), fc.nat(255)).map(([text, at, byte]) => {
      const bytes = Uint8Array.from(Buffer.from(text));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
    const agrees = fc.property(
      fc.oneof(fc.uint8Array(), spoilt),
      (bytes) => isStrictUtf8(bytes) === isUtf8(bytes),
    );
    expect(() => fc.assert(agrees, { numRuns: 2_000 })).not.toThrow();
  });
});

const chinese = fc.string({
  unit: fc.constantFrom(...Array.from("你好飞雁一二表僜攟ABCxyz 019.,:;#|{}~\\/\n。，！")),
  maxLength: 40,
});
const name = fc.string({
  unit: fc.constantFrom(...Array.from("王莉财务电脑ab:-_. ")),
  minLength: 1,
  maxLength: 12,
});

describe("encode and decode", () => {
  it("round trip a message in GBK and in UTF-8", () => {
    fc.assert(
      fc.property(chinese, name, name, fc.boolean(), (text, user, host, inUtf8) => {
        const command = inUtf8 ? 0x800120 : 0x120;
        const charset = inUtf8 ? "utf-8" : "gbk";
        const bytes = encode(
          { version: "1", packetNo: packetNo("1800000000"), user, host, command, sections: [text], charset },
          codec,
        );
        const decoded = decode(bytes, codec, {
          legacyCharset: "gbk",
          peerCharset: charset,
          peerCharsetChosen: true,
        });
        expect(decoded).toMatchObject({
          kind: "packet",
          packetNo: "1800000000",
          user: user.replaceAll(":", ";"),
          host: host.replaceAll(":", ";"),
          command,
          text,
          body: { kind: "message", displayText: text, files: [] },
        });
      }),
      { numRuns: 500 },
    );
  });

  it("round trip an entry with its block", () => {
    const value = fc.string({ unit: fc.constantFrom(...Array.from("王莉🙂éa:=")), maxLength: 8 });
    fc.assert(
      fc.property(name, name, fc.record({ UN: value, NN: value, GN: value }), (nick, group, block) => {
        const sections = [nick, group];
        const packet = decode(
          encode(
            {
              version: "1",
              packetNo: packetNo("7"),
              user: "u",
              host: "h",
              command: 0x1600001,
              sections,
              charset: "gbk",
              block,
            },
            codec,
          ),
          codec,
          { legacyCharset: "gbk", peerCharset: "gbk" },
        );
        expect(packet).toMatchObject({ body: { kind: "entry", nick, group, block } });
      }),
      { numRuns: 300 },
    );
  });
});

describe("lists", () => {
  const file = fc.record({
    id: fc.nat().map(String),
    name: fc.string({ unit: fc.constantFrom(...Array.from("表僜攟a:b.~")), minLength: 1, maxLength: 10 }),
    sizeBytes: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }),
    mtime: fc.integer({ min: 0, max: 0xffffffff }),
    attr: fc.integer({ min: 1, max: 0xffff }),
    ext: fc.dictionary(
      fc.constantFrom("2", "10", "14"),
      fc.array(fc.constantFrom("root", "1ed", "0"), { minLength: 1, maxLength: 3 }),
    ),
  });

  it("file list: what is built is parsed", () => {
    fc.assert(
      fc.property(
        fc.array(file, { maxLength: 8 }),
        fc.constantFrom<Charset>("gbk", "utf-8"),
        (files, charset) => {
          const bytes = codec.encode(buildFileList(files), charset);
          const parsed = parseFileList(bytes, { start: 0, end: bytes.length }, codec, charset);
          expect(parsed).toEqual(files.map((one) => ({ ...one, type: one.attr & 0xff })));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("host list: what is built is parsed", () => {
    const host = fc.record({
      user: name,
      host: name,
      status: fc.integer({ min: 0, max: 0xffffffff }),
      address: fc.constantFrom("192.168.0.10", "10.0.0.1", "fe80::1"),
      port: fc.integer({ min: 0, max: 0xffff }),
      nick: chinese,
      group: chinese,
    });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 10 }), fc.nat(99_999), (hosts, next) => {
        const bytes = codec.encode(buildHostList(next, hosts), "gbk");
        const parsed = parseHostList(bytes, { start: 0, end: bytes.length }, codec, "gbk");
        expect(parsed).toMatchObject({ next, count: hosts.length, hosts });
      }),
      { numRuns: 300 },
    );
  });

  it("file request: what is built is parsed, whole or in pieces", () => {
    const number = fc.bigInt({ min: 0n, max: 0xffffffffn });
    fc.assert(
      fc.property(
        fc.constantFrom<"file" | "dir">("file", "dir"),
        number,
        number,
        number,
        fc.nat(60),
        (type, no, fileId, offset, cut) => {
          const argument = buildFileRequest({ type, packetNo: no, fileId, offset });
          const request = parseFileRequest(argument, type);
          expect(request).toMatchObject({
            type,
            packetNo: Number(no),
            fileIdIfHex: Number(fileId),
            offset: type === "dir" ? null : Number(offset),
          });
          const bytes = Buffer.from(`1:5:u:h:${type === "dir" ? 98 : 96}:${argument}\0`);
          const reader = createRequestReader(codec, { legacyCharset: "gbk" });
          reader.feed(bytes.subarray(0, cut));
          expect(reader.feed(bytes.subarray(cut))).toMatchObject({ kind: "request", request });
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Data events run together: how bytes are cut is the network's affair. */
function settled(events: readonly DirEvent[]): unknown[] {
  const rows: unknown[] = [];
  let data = "";
  for (const event of events) {
    if (event.kind === "data") {
      data += toHex(event.bytes);
      continue;
    }
    if (data !== "") rows.push(data);
    data = "";
    rows.push(event);
  }
  return data === "" ? rows : [...rows, data];
}

function readInPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
  skipLeading: boolean,
  root: "folder" | "file",
): unknown[] {
  const reader = createDirStreamReader({ codec, charset: "gbk", isSafeName, skipLeading, root });
  const events: DirEvent[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    events.push(...reader.feed(bytes.subarray(at, at + size)));
    at += size;
  }
  return settled([...events, ...reader.end()]);
}

describe("directory streams", () => {
  const record = fc.oneof(
    fc.record({
      name: fc.constantFrom("子目录", "a:b", "x"),
      sizeBytes: fc.constant(0n),
      attr: fc.constantFrom(2, 0x102),
    }),
    fc.record({
      name: fc.constantFrom("文件.txt", "..", "l"),
      sizeBytes: fc.bigInt({ min: 0n, max: 20n }),
      attr: fc.constantFrom(1, 1, 0x101, 4),
    }),
    fc.constant({ name: ".", sizeBytes: 0n, attr: 3 }),
  );
  const stream = fc
    .tuple(fc.array(record, { maxLength: 8 }), fc.uint8Array({ maxLength: 10 }))
    .map(([records, noise]) =>
      Uint8Array.from([
        ...buildDirRecord({ name: "根", sizeBytes: 0n, attr: 2 }, codec, "gbk"),
        ...records.flatMap((one) => [
          ...buildDirRecord(one, codec, "gbk"),
          ...Array.from({ length: one.attr === 2 ? 0 : Number(one.sizeBytes) }, () => 0x3a),
        ]),
        ...noise,
        ...buildDirParent(codec),
      ]),
    );

  it("give the same events however they are cut", () => {
    const bytes = fc.oneof(
      stream,
      mutated,
      fc.constantFrom(...vectorsOf("dir-stream").map((vector) => fromHex(vector.hex))),
    );
    const root = fc.constantFrom<"folder" | "file">("folder", "file");
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.integer({ min: 1, max: 40 })),
        fc.boolean(),
        root,
        (input, sizes, skipLeading, kind) => {
          expect(readInPieces(input, sizes, skipLeading, kind)).toEqual(
            readInPieces(input, [], skipLeading, kind),
          );
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("pictures and texts", () => {
  it("open any payload without failing and within the limit", () => {
    const marked = fc
      .tuple(fc.constantFrom("", "LZW!", "BM", "\xff\xd8\xff", "(\0\0\0"), fc.uint8Array({ maxLength: 200 }))
      .map(([head, rest]) => Uint8Array.from([...Buffer.from(head, "latin1"), ...rest]));
    fc.assert(
      fc.property(marked, fc.nat(5000), (payload, limit) => {
        expect(["picture", "broken"]).toContain(openPicture(payload).kind);
        expect(decodeLzw(payload, limit)?.length ?? 0).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 1000 },
    );
  });

  it("put an image together from slices in any order, repeats included", () => {
    const order = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.infiniteStream(fc.nat()));
    fc.assert(
      fc.property(order, ([file, picks]) => {
        const assembler = createImageAssembler();
        const waiting = [...sliceImage("0a1b2c3d", file)];
        let payload: Uint8Array | null = null;
        while (waiting.length > 0) {
          const pick = (picks.next().value ?? 0) % waiting.length;
          const slice = { ...waiting[pick]!, length: waiting[pick]!.data.length };
          const outcome = assembler.accept("a", slice, 0);
          waiting.splice(pick, 1);
          expect(outcome.kind).toBe(waiting.length === 0 ? "complete" : "kept");
          expect(assembler.accept("a", slice, 0)).toEqual({ kind: "repeat" });
          if (outcome.kind === "complete") payload = outcome.payload;
        }
        expect(payload).toEqual(file);
      }),
      { numRuns: 100 },
    );
  });

  it("never lose or add a character when a text is split into words and faces", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("/", ":", ")", "sh", "are", "/:", "<rotate>", "早", "!") }),
        (text) => {
          const joined = splitEmoticons(text)
            .map((token) => (token.kind === "text" ? token.text : token.code))
            .join("");
          expect(joined).toBe(text);
        },
      ),
    );
  });

  it("keep the display text a beginning of the text", () => {
    const part = fc.constantFrom(
      "{/font;",
      ";}",
      "-16 0 0 0 400 0 0 0 134 0 0 2 32 宋体 255",
      "[rich]",
      "0A",
      "[/rich]",
      "/~#>64ea4edd<B~",
      " ",
      "x",
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join("")),
        fc.constantFrom<"feiq" | "feige5" | "ipmsg">("feiq", "feige5", "ipmsg"),
        (text, dialect) => {
          expect(text.startsWith(parseStyledText(text, dialect).displayText)).toBe(true);
        },
      ),
    );
  });
});

describe("limits", () => {
  it("hold for sections, records, marks and hosts", () => {
    const packet = packetOf(`1:1:u:h:2097184:x${"\0a".repeat(500)}`);
    expect(packet.sections).toHaveLength(limits.sections);
    const many = codec.encode("1:n:1:1:1:\x07".repeat(5000), "ascii");
    expect(parseFileList(many, { start: 0, end: many.length }, codec, "ascii")).toHaveLength(
      limits.offerRecords,
    );
    expect(parseStyledText("/~#>64ea4edd<B~".repeat(500), "feiq").images).toHaveLength(limits.imageMarks);
    const hosts = codec.encode(
      `0\x079999\x07${"u\x07h\x070\x0710.0.0.1\x0730985\x07n\x07g\x07".repeat(3000)}`,
      "ascii",
    );
    expect(parseHostList(hosts, { start: 0, end: hosts.length }, codec, "ascii")?.hosts).toHaveLength(
      limits.hostListEntries,
    );
  });
});
