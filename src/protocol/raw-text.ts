// Datagrams outside the grammar: a line typed into a network debug assistant is a message of a raw-text peer, binary noise is
// dropped. Decides which of the two it is; called by decode when there is no valid header.
//
//   "hello from a debug assistant", GBK, UTF-8 with CR LF at its end          (vectors bad-001 to bad-023)
import { byteAt, byteOf } from "./bytes.js";
import { chooseCharset } from "./charset-choice.js";
import type { Dropped, RawText } from "./message.js";
import type { DecodeContext, TextCodec } from "./text-codec.js";

/** Reads bytes without a header as text, or drops them; `reason` says why they are no packet. */
export function parseRawText(
  bytes: Uint8Array,
  reason: string,
  codec: TextCodec,
  context: DecodeContext,
): RawText | Dropped {
  const end = contentEnd(bytes);
  if (end === 0 || !isTextual(bytes, end)) return { kind: "dropped", bytes, reason };
  const main = { start: 0, end };
  const evidence = { bytes, main, more: null, utf8Flag: false, alwaysGbk: false, declaredUtf8: false };
  const choice = chooseCharset(evidence, context);
  const text = codec.decode(bytes.subarray(0, end), choice.charset);
  if (isMostlyUndecodable(text)) return { kind: "dropped", bytes, reason };
  return { kind: "raw-text", bytes, reason, charset: choice.charset, charsetReason: choice.reason, text };
}

/** End of the content: NULs and then line ends at the end of the datagram belong to the tool, not to the text. */
function contentEnd(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === byteOf.nul) end -= 1;
  while (end > 0 && (bytes[end - 1] === byteOf.lf || bytes[end - 1] === byteOf.cr)) end -= 1;
  return end;
}

/** Text has no control bytes but BEL, backspace, tab, line feed, form feed, carriage return and escape. */
function isTextual(bytes: Uint8Array, end: number): boolean {
  for (let at = 0; at < end; at += 1) {
    const byte = byteAt(bytes, at);
    const isControl = byte < 0x20 || byte === 0x7f;
    if (isControl && !(byte >= 0x07 && byte <= 0x0d && byte !== 0x0b) && byte !== 0x1b) return false;
  }
  return true;
}

/** More than one undecodable character in four: compressed or encrypted bytes that happen to hold no control byte. */
function isMostlyUndecodable(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf("\ufffd"); at !== -1; at = text.indexOf("\ufffd", at + 1)) count += 1;
  return count * 4 > text.length;
}
