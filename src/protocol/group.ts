// FeiQ group chat (0x23 and 0xC9, multicast 226.81.9.8): text "encrypted" with a key that is sent along in clear, so anybody on
// the LAN can read it. The cipher itself is crypto's work, handed in as PacketCrypto.
//
//   QUNMSGMARK#3b199b07_24901708#/:bomb{/font;…}          (vectors feiq-034, feiq-035, feiq-036)
import { asciiBytes, concatBytes, hasAsciiAt } from "./bytes.js";
import { commands } from "./commands.js";
import { buildFeiqVersion } from "./dialects.js";
import { encode } from "./encode.js";
import type { ByteRange, FeiqVersion, GroupText, PacketCrypto, PacketNo } from "./message.js";
import { optionBits } from "./options.js";
import { parseStyledText } from "./text.js";
import type { Charset, TextCodec } from "./text-codec.js";

/** Begins every plain text; an opened cipher text without it was opened with the wrong key. */
const groupMark = "QUNMSGMARK#";
const blockBytes = 8;
const noBytes = new Uint8Array();

/** Where FeiQ's groups talk, at the usual port. */
export const groupAddress = "226.81.9.8";

/** A group's number as it stands on the wire; it names the group and nothing else does. */
export function isGroupNumber(text: string): boolean {
  return /^[0-9a-zA-Z]{1,32}$/.test(text);
}

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

export interface OutgoingGroupText {
  /** An announcement says that we belong to the group, and has no text. */
  readonly step: "message" | "announce";
  readonly groupId: string;
  readonly stamp?: string | null;
  readonly text: string;
  readonly packetNo: PacketNo;
  readonly user: string;
  readonly host: string;
  /** It stands in the version item and is the key. */
  readonly mac: string | null;
  readonly avatar?: number | undefined;
}

/**
 * A whole group datagram. Always with FeiQ's version item, whatever else we go by: the key stands in it. The words are those that
 * are known: 0x400023 as luafeiq reads a message (without ENCRYPT it takes the body for clear text), 0x2000c9 for the announcement.
 * Without a cipher the text goes in clear, which those read that look for the mark.
 *
 * @example buildGroupPacket({ step: "message", groupId: "3b199b07", text: "你好", … }, codec, crypto) // vector feiq-034
 */
export function buildGroupPacket(
  { step, groupId, stamp = null, text, packetNo, user, host, mac, avatar }: OutgoingGroupText,
  codec: TextCodec,
  crypto: PacketCrypto | undefined,
): Uint8Array {
  const plain = codec.encode(buildGroupText(groupId, stamp, step === "message" ? text : ""), "gbk");
  const key = buildFeiqVersion(mac).split("#")[2] ?? "";
  const cipher = crypto?.sealGroup(asciiBytes(key), plain) ?? null;
  const number = step === "message" ? commands.FEIQ_GROUPMSG.number : commands.FEIQ_GROUP_ANNOUNCE.number;
  const sealedBit = step === "message" ? optionBits.ENCRYPTOPT : optionBits.FILEATTACHOPT;
  const command = cipher === null && step === "message" ? number : number | sealedBit;
  const version = buildFeiqVersion(mac, cipher?.length ?? 0, avatar);
  const header = encode({ version, packetNo, user, host, command, sections: [""], charset: "gbk" }, codec);
  // The body is bytes and ends where item c says: no NUL behind it.
  return concatBytes([header.subarray(0, -1), cipher ?? plain]);
}
