// ASCII letters to capitals in bytes, without touching the bytes of other characters: in GBK and Shift_JIS the second byte of a
// character may look like a letter. Remembers a character that was cut between two pieces, so any cutting of a stream is fine.
import type { Charset } from "../../index.js";

export type UpperBytes = (bytes: Uint8Array) => Uint8Array;

/**
 * A converter for one stream or, made anew, one datagram. Never changes the length.
 *
 * @example createUpperBytes("utf-8")(new TextEncoder().encode("abc 你好")) // "ABC 你好"
 */
export function createUpperBytes(charset: Charset): UpperBytes {
  const isLead = leadOf(charset);
  let isInside = false;
  return (bytes) => {
    const out = Uint8Array.from(bytes);
    for (const [at, byte] of bytes.entries()) {
      if (isInside) isInside = false;
      else if (isLead(byte)) isInside = true;
      else if (byte >= 0x61 && byte <= 0x7a) out[at] = byte - 0x20;
    }
    return out;
  };
}

/** Is this the first byte of a two-byte character? In UTF-8 no further byte is in the ASCII range, so nothing needs skipping. */
function leadOf(charset: Charset): (byte: number) => boolean {
  switch (charset) {
    case "gbk":
    case "big5":
    case "euc-kr":
      return (byte) => byte >= 0x81 && byte <= 0xfe;
    case "cp932":
      return (byte) => (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
    case "ascii":
    case "utf-8":
    // Its four-byte characters have digits in the second and fourth place and no letters; two-byte ones are those of GBK.
    case "gb18030":
      return (byte) => charset === "gb18030" && byte >= 0x81 && byte <= 0xfe;
    default:
      return charset satisfies never;
  }
}
