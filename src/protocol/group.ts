// FeiQ group chat (0x23 and 0xC9, multicast 226.81.9.8): text "encrypted" with a key that is sent along in clear, so anybody on
// the LAN can read it. The cipher itself is crypto's work, handed in as PacketCrypto.
//
//   QUNMSGMARK#3b199b07_24901708#/:bomb{/font;…}          (vectors feiq-034, feiq-035, feiq-036)
import { asciiBytes, hasAsciiAt } from "./bytes.js";
import type { ByteRange, FeiqVersion, GroupText, PacketCrypto } from "./message.js";
import { parseStyledText } from "./text.js";
import type { Charset, TextCodec } from "./text-codec.js";

/** Begins every plain text; an opened cipher text without it was opened with the wrong key. */
const groupMark = "QUNMSGMARK#";
const blockBytes = 8;
const noBytes = new Uint8Array();

/**
 * Reads the body of a group packet; null when it is neither cipher text for this sender's key nor clear text of that form.
 * The ENCRYPT bit is not asked: luafeiq sends encrypted bodies without it. The length item decides (vector feiq-035: one
 * NUL follows the cipher text).
 */
export function parseGroup(
  bytes: Uint8Array,
  range: ByteRange,
  feiq: FeiqVersion | null,
  codec: TextCodec,
  crypto: PacketCrypto | undefined,
  charset: Charset,
): GroupText | null {
  const length = groupCipherLength(feiq, range);
  if (length > 0 && feiq !== null && feiq.mac !== null && crypto !== undefined) {
    const cipher = bytes.subarray(range.start, range.start + length);
    const plain = crypto.openGroup(asciiBytes(feiq.mac), cipher);
    if (plain !== null && hasAsciiAt(plain, groupMark, 0, plain.length)) {
      return parseGroupText(codec.decode(plain, charset), feiq.mac, cipher);
    }
  }
  if (!hasAsciiAt(bytes, groupMark, range.start, range.end)) return null;
  return parseGroupText(codec.decode(bytes.subarray(range.start, range.end), charset), "", noBytes);
}

/** Length of the cipher text as item c of the version says; 0 when there is none or it does not fit. */
export function groupCipherLength(feiq: FeiqVersion | null, range: ByteRange): number {
  const item = feiq?.rest[2] ?? "";
  const length = /^\d{1,5}$/.test(item) ? Number(item) : 0;
  return length % blockBytes === 0 && length <= range.end - range.start ? length : 0;
}

function parseGroupText(decoded: string, keyText: string, cipher: Uint8Array): GroupText | null {
  const plainText = decoded.replace(/\0+$/, "");
  const match = /^QUNMSGMARK#([0-9a-zA-Z]{1,32})(?:_(\d{1,20}))?#(.*)$/s.exec(plainText);
  if (match === null) return null;
  const [, groupId = "", stamp = null, text = ""] = match;
  return {
    keyText,
    cipher,
    plainText,
    groupId,
    stamp,
    text,
    displayText: parseStyledText(text, "feiq").displayText,
  };
}

/** Builds the plain text of a group message; an empty text announces membership. */
export function buildGroupText(groupId: string, stamp: string | null, text: string): string {
  return `${groupMark}${groupId}${stamp === null ? "" : `_${stamp}`}#${text}`;
}
