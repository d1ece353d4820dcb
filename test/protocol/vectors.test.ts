// Every vector of the kinds this codec handles, decoded, taken apart, and where the datagram is canonical, encoded again.
import { describe, expect, it } from "vitest";
import type { DirEvent, Packet } from "../../src/protocol.js";
import {
  buildGroupText,
  buildHostList,
  buildImageAck,
  buildImageSlice,
  buildPublicKey,
  createDirStreamReader,
  createImageAssembler,
  createRequestReader,
  decode,
  decodeLzw,
  emoticonCodes,
  encode,
  inspect,
  isSafeName,
  officialAccepts,
  parseStyledText,
  requiredReply,
  splitEmoticons,
} from "../../src/protocol.js";
import { codec, contextOf, crypto, fromHex, packetNo, toHex, type Vector, vectorsOf } from "./vectors.js";

/** Keys of `expect` that only tests read. */
const testOnly = new Set([
  "textContains",
  "fileCount",
  "textLength",
  "displayMustNotContain",
  "displayMustNotContainBytes",
  "crypto",
]);
/** Left out of some vectors because the sources do not settle them; ours may say something there. */
const unsettled = ["options", "unknownBitsHex", "charset", "text", "displayText", "entry", "reply", "files"];

describe.each(vectorsOf("datagram", "tcp-request", "crypto-message", "crypto-file"))(
  "$kind $id",
  (vector) => {
    const bytes = fromHex(vector.hex);
    const kind = vector.kind === "tcp-request" || vector.kind === "crypto-file" ? "tcp-request" : "datagram";
    const inspection = inspect(bytes, codec, contextOf(vector), { crypto, isSafeName, kind });
    const found: Record<string, unknown> = JSON.parse(JSON.stringify(inspection));

    it("means what the vector says", () => {
      const expected = Object.fromEntries(
        Object.entries(vector.expect).filter(([key]) => !testOnly.has(key)),
      );
      expect(found).toMatchObject(expected);
      for (const [key, value] of Object.entries(expected)) expect(found[key]).toEqual(value);
      for (const part of vector.expect.textContains ?? []) expect(found["text"]).toContain(part);
    });

    it("has no key beyond the vector's", () => {
      const settled = Object.keys(found).filter((key) => key !== "fields" && !unsettled.includes(key));
      const keys = Object.keys(vector.expect).filter((key) => !testOnly.has(key));
      expect(keys).toEqual(expect.arrayContaining(settled));
      const isFull = vector.kind === "datagram" && keys.includes("text");
      const known = ["displayText", "entry", "reply", "files"].filter((key) => isFull && key in found);
      expect(keys).toEqual(expect.arrayContaining(known));
    });

    it("is covered by fields, every byte once", () => {
      let at = 0;
      for (const field of inspection.fields) {
        expect(field.start).toBe(at);
        expect(field.end).toBeGreaterThan(at);
        expect(field.hex).toBe(toHex(bytes.subarray(field.start, field.end)));
        expect(field.name).not.toBe("");
        expect(field.meaning).not.toBe("");
        at = field.end;
      }
      expect(at).toBe(bytes.length);
    });
  },
);

/** What `encode` needs to say the same again; null where a datagram is written in a way that we never write. */
function sectionsOf(packet: Packet): string[] | null {
  const { body, bytes, sections, charset } = packet;
  if (body.kind === "group" || body.kind === "image-slice") return null;
  if (body.kind === "public-key") return body.key === null ? null : [buildPublicKey(body.key)];
  if (body.kind === "image-ack") return [buildImageAck(body)];
  if (body.kind === "list" && body.hostList !== null)
    return [buildHostList(body.hostList.next, body.hostList.hosts)];
  if (body.kind !== "entry") return [packet.text];
  return sections
    .filter((section) => body.block === null || bytes[section.start] !== 0x0a)
    .map((section) => codec.decode(bytes.subarray(section.start, section.end), charset));
}

/** Datagrams that other programs write differently from us: several NULs or none, iptux' second colon, leading zeros, … */
function encodeAgain(packet: Packet): Uint8Array | null {
  const sections = sectionsOf(packet);
  if (sections === null) return null;
  const { body } = packet;
  const block = body.kind === "entry" ? body.block : null;
  return encode(
    {
      version: packet.version,
      packetNo: packet.packetNo,
      user: packet.user,
      host: packet.host,
      command: packet.command,
      sections,
      charset: packet.charset,
      ...(block === null ? {} : { block }),
      ...(body.kind === "message" && body.files.length > 0 ? { files: body.files } : {}),
    },
    codec,
  );
}

function withoutFinalNuls(bytes: Uint8Array): string {
  return toHex(bytes).replace(/(?:00)+$/, "");
}

describe("encode says again what was decoded", () => {
  const packets = vectorsOf("datagram", "tcp-request").flatMap((vector) => {
    const decoded = decode(fromHex(vector.hex), codec, contextOf(vector), crypto);
    return decoded.kind === "packet" ? [{ id: vector.id, vector, packet: decoded }] : [];
  });
  /** Not canonical, with the reason. */
  const otherwise: Readonly<Record<string, string>> = {
    "bad-036-command-leading-zero": "leading zeros in the command",
    "bad-038-list-all-empty": "bad records",
    "bad-039-list-negative-size": "a bad record",
    "cs-008-gb18030-4byte": "four-byte sequences are read, never written",
    "cs-010-invalid-gbk-does-not-throw": "undecodable bytes",
    "cs-011-utf8opt-invalid-bytes": "undecodable bytes",
    "cs-012-utf8-cut-in-character": "undecodable bytes",
    "cs-013-yen-four-byte": "four-byte sequences are read, never written",
    "feiq-013-lbt2-gbk-nick": "cut in a character",
    "feige-005-file-offer": "no BEL, times for attributes",
    "cs-004-feiq-never-utf8": "read as GBK, ends in half a character",
    "feiq-023-file-offer": "leading zero in the size",
    "file-009-no-attr": "attribute left out",
    "file-010-leading-zeros": "leading zeros in the size",
    "file-013-bad-record-skipped": "a bad record",
    "iptux-006-sendicon": "a picture",
    "iptux-009-fileoffer-shared": "colons behind BEL",
    "iptux-010-size-ffffffffffffffff": "a colon behind BEL",
    "lab-015-libipmsg-anspubkey": "upper-case hex, leading zero",
    "msg-029-crlf-tail": "CR LF",
  };

  it.each(packets)("$id", ({ id, vector, packet }) => {
    const again = encodeAgain(packet);
    const isSame = again === null || withoutFinalNuls(again) === withoutFinalNuls(fromHex(vector.hex));
    expect(isSame).toBe(!(id in otherwise));
  });
});

describe.each(vectorsOf("build"))("build $id", (vector) => {
  const { fields } = vector;

  it("gives exactly these bytes", () => {
    const { extra: sections, files, block, ...rest } = fields;
    const bytes = encode(
      {
        ...rest,
        packetNo: packetNo(rest.packetNo),
        sections,
        ...(block === undefined ? {} : { block }),
        ...(files === undefined
          ? {}
          : { files: files.map((file) => ({ ...file, sizeBytes: BigInt(file.size) })) }),
      },
      codec,
    );
    expect(toHex(bytes)).toBe(vector.hex);
  });
});

describe.each(vectorsOf("tcp-request"))("request in pieces: $id", (vector) => {
  const bytes = fromHex(vector.hex);

  it("is complete with its last byte at the latest, however it is cut", () => {
    const whole = createRequestReader(codec, contextOf(vector)).feed(bytes);
    expect(whole).toMatchObject({ kind: "request", request: vector.expect["request"] });
    const reader = createRequestReader(codec, contextOf(vector));
    const steps = [...bytes].map((byte) => reader.feed(Uint8Array.of(byte)).kind);
    expect(steps.at(-1)).toBe("request");
    expect(steps.slice(0, 20)).not.toContain("request");
    expect(steps).not.toContain("bad");
  });
});

interface TreeRow {
  readonly path: string;
  readonly type: string;
  dataHex?: string;
  readonly mtime?: number;
  readonly readonly?: boolean;
}

/** Events as the `tree` of a vector: files appear when they are finished. */
function treeOf(events: readonly DirEvent[]): TreeRow[] {
  const rows: TreeRow[] = [];
  let open: TreeRow | null = null;
  for (const event of events) {
    if (event.kind === "folder" || event.kind === "file") {
      const { path, mtime, isReadOnly } = event.entry;
      const row: TreeRow = {
        path: path.join("/"),
        type: event.kind === "folder" ? "dir" : "file",
        ...(mtime === null ? {} : { mtime }),
        ...(isReadOnly ? { readonly: true } : {}),
      };
      if (event.kind === "folder") rows.push(row);
      else open = { ...row, dataHex: "" };
    } else if (event.kind === "data" && open !== null) open.dataHex += toHex(event.bytes);
    else if (event.kind === "file-end" && open !== null) rows.push(open);
  }
  return rows;
}

function readStream(vector: Vector, sizes: readonly number[]): DirEvent[] {
  const reader = createDirStreamReader({
    codec,
    charset: vector.charset,
    isSafeName,
    skipLeading: vector.id.includes("feiq"),
  });
  const bytes = fromHex(vector.hex);
  const events: DirEvent[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    events.push(...reader.feed(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...events, ...reader.end()];
}

describe.each(vectorsOf("dir-stream"))("dir-stream $id", (vector) => {
  it.each([
    ["as suggested", vector.chunks ?? []],
    ["whole", []],
    ["byte by byte", Array.from({ length: vector.hex.length / 2 }, () => 1)],
  ])("gives the tree, cut %s", (_, sizes) => {
    const events = readStream(vector, sizes);
    const last = events.at(-1);
    expect(treeOf(events)).toEqual(vector.expect["tree"]);
    expect(last?.kind === "complete").toBe(vector.expect["complete"]);
    expect(last?.kind === "refused" ? last.reason : undefined).toBe(vector.expect["refused"]);
  });
});

describe.each(vectorsOf("image-slices"))("image-slices $id", (vector) => {
  it("puts the image together and acknowledges every slice", () => {
    const assembler = createImageAssembler();
    const acks: (string | undefined)[] = [];
    let complete: Record<string, unknown> = {};
    for (const hex of vector.datagrams) {
      const decoded = decode(fromHex(hex), codec, contextOf(vector));
      if (decoded.kind !== "packet" || decoded.body.kind !== "image-slice" || decoded.body.slice === null)
        throw new Error(hex);
      acks.push(requiredReply(decoded)?.extra);
      const { slice } = decoded.body;
      expect(toHex(buildImageSlice(slice))).toBe(toHex(decoded.bytes.subarray(decoded.sections[0]!.start)));
      const outcome = assembler.accept("sender", slice, 0);
      if (outcome.kind !== "complete") continue;
      const { imageId, payload, picture } = outcome;
      if (picture.kind === "broken") throw new Error(picture.reason);
      const file = toHex(picture.bytes);
      const crc = Buffer.from(payload.subarray(8, 12)).readUInt32LE().toString(16);
      complete =
        picture.format === "lzw-dib"
          ? {
              imageId,
              format: picture.format,
              payloadLength: payload.length,
              dibLength: picture.bytes.length - 14,
              crc32: crc,
              bmpHex: file,
            }
          : { imageId, format: picture.format, payloadLength: payload.length, fileHex: file };
    }
    const { acks: expectedAcks, ...expected } = vector.expect;
    expect(complete).toEqual(expected);
    expect(acks).toEqual(expectedAcks ?? acks);
    expect(assembler.load()).toEqual({ images: 0, bytes: 0 });
  });
});

describe.each(vectorsOf("lzw"))("lzw $id", (vector) => {
  it("decodes", () => {
    const expected = vector.expect.decodedHex;
    expect(toHex(decodeLzw(fromHex(vector.hex), 1000)!)).toBe(expected);
    expect(toHex(decodeLzw(fromHex(vector.hex), 5)!)).toBe(expected.slice(0, 10));
  });
});

describe.each(vectorsOf("text"))("text $id", (vector) => {
  it("comes apart", () => {
    const styled = parseStyledText(vector.input, vector.dialect);
    expect(styled).toMatchObject(vector.expect);
  });
});

describe.each(vectorsOf("emoticons"))("emoticons $id", (vector) => {
  it("splits", () => {
    const tokens = splitEmoticons(vector.input).map((token) =>
      token.kind === "text" ? ["text", token.text] : ["face", token.face],
    );
    expect(tokens).toEqual(vector.expect["tokens"]);
  });
});

describe.each(vectorsOf("emoticon-table"))("emoticon-table $id", (vector) => {
  it("has these codes", () => {
    expect(emoticonCodes).toEqual(vector.expect["codes"]);
    expect(emoticonCodes).toHaveLength(vector.expect.count);
  });
});

describe("group text", () => {
  it.each(vectorsOf("datagram").filter((vector) => "group" in vector.expect))(
    "builds $id again",
    (vector) => {
      const { group } = vector.expect;
      expect(buildGroupText(group.groupId, group.stamp, group.text)).toBe(group.plainText);
    },
  );
});

describe("the official tokeniser", () => {
  it.each(vectorsOf("datagram", "tcp-request", "crypto-message"))("agrees on $id", (vector) => {
    expect(officialAccepts(fromHex(vector.hex))).toBe(vector.expect["officialAccepts"]);
  });
});
