// The TextCodec of the program, on iconv-lite and Node's own UTF-8. Never throws. GBK is read by the GB18030 rules and written
// as plain GBK, so that four-byte sequences are understood but never sent to older peers. Also resolves the many names charsets go by.
import { Buffer } from "node:buffer";
import iconv from "iconv-lite";
import type { Charset, TextCodec, UnencodableCharacter } from "../protocol/text-codec.js";
import { decodeGbk } from "./gbk.js";

const namesByCharset: Readonly<Record<Charset, readonly string[]>> = {
  ascii: ["ascii", "usascii", "ansix341968"],
  "utf-8": ["utf8", "unicode11utf8"],
  gbk: ["gbk", "gb2312", "gb231280", "euccn", "cp936", "ms936", "windows936", "936", "chinese"],
  gb18030: ["gb18030"],
  big5: ["big5", "big5hkscs", "cp950", "ms950", "windows950", "950"],
  cp932: ["cp932", "ms932", "windows31j", "shiftjis", "sjis", "mskanji", "932"],
  "euc-kr": ["euckr", "cp949", "ms949", "windows949", "ksc56011987", "ksc5601", "949"],
};

const allCharsets = [
  "ascii",
  "utf-8",
  "gbk",
  "gb18030",
  "big5",
  "cp932",
  "euc-kr",
] as const satisfies readonly Charset[];

const charsetsByName = new Map(
  allCharsets.flatMap((charset) => namesByCharset[charset].map((name) => [name, charset] as const)),
);

/**
 * The charset that goes by this name; case, blanks, hyphens and underscores do not matter.
 *
 * @example
 * charsetNamed("Shift_JIS") // "cp932"
 */
export function charsetNamed(name: string): Charset | null {
  return charsetsByName.get(name.toLowerCase().replaceAll(/[\s_:.-]/g, "")) ?? null;
}

/** Creates the codec. It has no state of its own; the tables are loaded at the first use of a charset. */
export function createTextCodec(): TextCodec {
  return { decode, encode, unencodable };
}

function decode(bytes: Uint8Array, charset: Charset): string {
  switch (charset) {
    case "utf-8":
      return bufferOf(bytes).toString("utf8");
    case "ascii":
      return decodeAscii(bytes);
    case "gbk":
    case "gb18030":
      return decodeGbk(bytes);
    case "big5":
    case "cp932":
    case "euc-kr":
      return iconv.decode(bytes, iconvName[charset]);
    default:
      return charset satisfies never;
  }
}

function encode(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-8") return plainBytes(Buffer.from(text, "utf8"));
  if (charset === "ascii") return plainBytes(Buffer.from(text.replaceAll(nonAscii, "?"), "latin1"));
  return plainBytes(iconv.encode(text, iconvName[charset]));
}

const iconvName = {
  gbk: "gbk",
  gb18030: "gb18030",
  big5: "big5",
  cp932: "cp932",
  "euc-kr": "euckr",
} as const satisfies Partial<Record<Charset, string>>;

const nonAscii = /[^\0-\x7f]/gu;

function decodeAscii(bytes: Uint8Array): string {
  const text = bufferOf(bytes).toString("latin1");
  return text.replaceAll(/[\x80-\xff]/g, "\ufffd");
}

/** The same memory as a Buffer. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A plain Uint8Array over the same memory: callers must not find Buffer methods they could rely on. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

// Made at the first use: loading its tables takes several milliseconds, and most texts need none.
let segmenter: Intl.Segmenter | undefined;

/** By round trip, whole characters as people see them: an emoji of several code points is named once. */
function unencodable(text: string, charset: Charset): readonly UnencodableCharacter[] {
  if (survives(text, charset)) return [];
  const lost: UnencodableCharacter[] = [];
  segmenter ??= new Intl.Segmenter("zh", { granularity: "grapheme" });
  for (const { segment, index } of segmenter.segment(text)) {
    if (!survives(segment, charset)) lost.push({ character: segment, index });
  }
  return lost;
}

function survives(text: string, charset: Charset): boolean {
  // Every charset here holds ASCII; the tables need not be loaded to know it.
  if (/^[\0-\x7f]*$/.test(text)) return true;
  return decode(encode(text, charset), charset) === text;
}
