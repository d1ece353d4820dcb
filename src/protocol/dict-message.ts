// A message that came as an IPDict (section 10), as the packet it would have been in the usual grammar. Only SENDMSG: what the other
// commands hold in this form is not written down anywhere we know. Opens and verifies nothing; core does both before.
//
//   IP2:a1:VER:1:3:PKT:8:6a744310:…:UID:5:alice:HID:4:pc-a:CMD:2:20:FLG:3:100:…:BODY:d:你好:世界:Z      (vector ipdict-003)
import { asciiText } from "./bytes.js";
import { commandMeaning } from "./commands.js";
import { parsePacketNo } from "./encode.js";
import { dictNumber, dictText, parseContent, parseDictList, type IpDict } from "./ipdict.js";
import { limits } from "./limits.js";
import type { FileRecord, Packet } from "./message.js";
import { optionBits, optionNames, unknownOptionBits } from "./options.js";
import { parseStyledText } from "./text.js";
import type { TextCodec } from "./text-codec.js";

const sendMessage = 0x20;
/** In a dictionary the cipher stands around it, not inside. */
const notInside = optionBits.ENCRYPTOPT | optionBits.ENCEXTMSGOPT;

/** The packet in a dictionary, `bytes` being the whole datagram; null for everything that is no message. */
export function packetOfDict(dict: IpDict, bytes: Uint8Array, codec: TextCodec): Packet | null {
  const number = dictNumber(dict.get("PKT"));
  const packetNo = number === null || number < 0 ? null : parsePacketNo(String(number));
  const user = dictText(dict.get("UID"), codec);
  const host = dictText(dict.get("HID"), codec);
  const flags = dictNumber(dict.get("FLG")) ?? 0;
  const isMessage = dictNumber(dict.get("CMD")) === sendMessage && flags >= 0 && flags <= 0xffff_ffff;
  if (packetNo === null || user === null || host === null || !isMessage) return null;
  const command = (sendMessage | ((flags & ~0xff & ~notInside) >>> 0) | optionBits.UTF8OPT) >>> 0;
  const [text = ""] = (dictText(dict.get("BODY"), codec) ?? "").split("\0", 1);
  const { displayText, font, images } = parseStyledText(text, "ipmsg");
  const hasFiles = (command & optionBits.FILEATTACHOPT) !== 0;
  const meaning = commandMeaning(sendMessage, "ipmsg");
  return {
    kind: "packet",
    bytes,
    dialect: "ipmsg",
    // Programs that write dictionaries call themselves so everywhere else; VER counts the form of the dictionary.
    version: "1",
    packetNo,
    user,
    host,
    command,
    mode: sendMessage,
    modeName: meaning.modeName,
    options: optionNames(command, meaning.class),
    unknownBits: unknownOptionBits(command, meaning.class),
    charset: "utf-8",
    charsetReason: "utf8-flag",
    text,
    sections: [],
    feiq: null,
    body: {
      kind: "message",
      displayText,
      font,
      images,
      files: hasFiles ? filesOf(dict.get("FILE"), codec) : [],
    },
  };
}

function filesOf(list: Uint8Array | undefined, codec: TextCodec): readonly FileRecord[] {
  const items = list === undefined ? null : parseDictList(list);
  return (items ?? []).slice(0, limits.offerRecords).flatMap((item) => {
    const record = parseContent(item);
    const id = dictNumber(record?.get("FI"));
    const name = dictText(record?.get("FN"), codec);
    const attr = dictNumber(record?.get("FA")) ?? 1;
    if (record === null || id === null || id < 0 || name === null || name === "" || attr < 0) return [];
    const mtime = Math.max(0, dictNumber(record.get("MT")) ?? 0);
    const sizeBytes = bigNumber(record.get("FS"));
    return [{ id: String(id), name, sizeBytes, mtime, type: attr & 0xff, attr, ext: {} }];
  });
}

function bigNumber(value: Uint8Array | undefined): bigint {
  const digits = value === undefined ? "" : asciiText(value, 0, value.length);
  return /^[0-9a-f]{1,16}$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
}
