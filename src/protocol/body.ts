// What the sections of a packet mean, command by command: the second half of decoding. Gets a packet whose charset is decided
// and whose sections are cut; gives the typed body. A table, so that a new command is one row. Called by decode.ts only.
import { parseFileList } from "./attachments.js";
import { asciiText, indexOfHighByte, parseDecimal } from "./bytes.js";
import type { CommandMeaning, CommandName } from "./commands.js";
import type { VersionTraits } from "./dialects.js";
import { parseBlock } from "./entry.js";
import { parseGroup } from "./group.js";
import { parseHostList } from "./host-list.js";
import { parseImageAck, parseImageSlice } from "./image/slice.js";
import type { Body, ByteRange, Dialect, EntryBody, MessageBody, PacketCrypto } from "./message.js";
import { optionBits } from "./options.js";
import { parsePublicKey } from "./public-key.js";
import { parseFileRequest } from "./request-argument.js";
import { parseStyledText } from "./text.js";
import type { Charset, TextCodec } from "./text-codec.js";

/** One packet while it is taken apart. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly codec: TextCodec;
  readonly crypto: PacketCrypto | undefined;
  readonly command: number;
  readonly meaning: CommandMeaning;
  readonly traits: VersionTraits;
  readonly sections: readonly ByteRange[];
  /** Section 0. */
  readonly first: ByteRange;
  /** Index of the UTF-8 block of an entry, or -1. */
  readonly block: number;
  readonly charset: Charset;
  /** Section 0 as text. */
  readonly text: string;
}

/** The body of a packet; `other` for commands that carry nothing we know. */
export function parseBody(reading: Reading): Body {
  return bodyParsers[reading.meaning.modeName]?.(reading) ?? otherBody;
}

type BodyParser = (reading: Reading) => Body;

const otherBody: Body = { kind: "other" };

/** How the argument of each command is read; commands without a row have none that we know. */
const bodyParsers: Readonly<Partial<Record<CommandName, BodyParser>>> = {
  NOOPERATION: () => ({ kind: "noop" }),
  BR_ENTRY: (reading) => parseEntry(reading, "entry"),
  BR_EXIT: (reading) => parseEntry(reading, "exit"),
  ANSENTRY: (reading) => parseEntry(reading, "answer"),
  BR_ABSENCE: (reading) => parseEntry(reading, "absence"),
  SENDMSG: parseMessage,
  RECVMSG: ({ text }) => ({ kind: "receipt", receipt: "received", of: text.trim() }),
  READMSG: ({ text }) => ({ kind: "receipt", receipt: "read", of: text.trim() }),
  DELMSG: ({ text }) => ({ kind: "receipt", receipt: "deleted", of: text.trim() }),
  ANSREADMSG: ({ text }) => ({ kind: "receipt", receipt: "read-answer", of: text.trim() }),
  RELEASEFILES: ({ text }) => ({ kind: "receipt", receipt: "files-released", of: text.trim() }),
  GETINFO: () => ({ kind: "query", what: "version" }),
  GETABSENCEINFO: () => ({ kind: "query", what: "absence" }),
  GETPUBKEY: () => ({ kind: "query", what: "public-key" }),
  SENDINFO: ({ text }) => ({ kind: "info", what: "version", text }),
  SENDABSENCEINFO: ({ text }) => ({ kind: "info", what: "absence", text }),
  ANSPUBKEY: ({ text }) => ({ kind: "public-key", key: parsePublicKey(text) }),
  BR_ISGETLIST: () => ({ kind: "list", step: "ask", start: 0, hostList: null }),
  BR_ISGETLIST2: () => ({ kind: "list", step: "ask", start: 0, hostList: null }),
  OKGETLIST: () => ({ kind: "list", step: "offer", start: 0, hostList: null }),
  GETLIST: ({ text }) => ({
    kind: "list",
    step: "get",
    start: parseDecimal(text.trim()) ?? 0,
    hostList: null,
  }),
  ANSLIST: parseList,
  GETFILEDATA: (reading) => parseRequest(reading, "file"),
  GETDIRFILES: (reading) => parseRequest(reading, "dir"),
  FEIQ_SHAKE: () => ({ kind: "knock", answer: false }),
  FEIQ_SHAKE_ACK: () => ({ kind: "knock", answer: true }),
  FEIQ_TYPING: () => ({ kind: "typing", active: true }),
  FEIQ_TYPING_END: () => ({ kind: "typing", active: false }),
  FEIQ_OPENCHAT: () => ({ kind: "chat-window", answer: false }),
  FEIQ_OPENCHAT_ACK: () => ({ kind: "chat-window", answer: true }),
  FEIQ_IMAGE_SLICE: ({ bytes, first }) => ({ kind: "image-slice", slice: parseImageSlice(bytes, first) }),
  FEIQ_IMAGE_ACK: ({ text }) => parseAck(text),
  FEIQ_GROUPMSG: (reading) => parseGroupBody(reading, "message"),
  FEIQ_GROUP_ANNOUNCE: (reading) => parseGroupBody(reading, "announce"),
};

/** An encrypted request is cipher text: crypto opens it. */
function parseRequest({ command, text }: Reading, type: "file" | "dir"): Body {
  return {
    kind: "request",
    request: (command & optionBits.ENCRYPTOPT) !== 0 ? null : parseFileRequest(text, type),
  };
}

function parseEntry(reading: Reading, step: EntryBody["step"]): EntryBody {
  const { bytes, codec, charset, sections, text, block } = reading;
  const groupSection = sections[1];
  const blockRange = block === -1 ? undefined : sections[block];
  const hasGroup = groupSection !== undefined && block !== 1;
  return {
    kind: "entry",
    step,
    nick: text,
    group: hasGroup ? fieldText(bytes, groupSection.start, groupSection.end, codec, charset) : "",
    block:
      blockRange === undefined
        ? null
        : parseBlock(codec.decode(bytes.subarray(blockRange.start, blockRange.end), "utf-8")),
    declaredCharset: declaredCharset(bytes, sections, reading.traits),
  };
}

function parseMessage(reading: Reading): MessageBody {
  const { bytes, codec, charset, command, sections, text, traits } = reading;
  const list = sections[1];
  const files =
    list !== undefined && (command & optionBits.FILEATTACHOPT) !== 0
      ? parseFileList(bytes, list, codec, charset)
      : [];
  // Cipher text has neither trailers nor marks; what is inside is read after it was opened.
  const dialect: Dialect = (command & optionBits.ENCRYPTOPT) !== 0 ? "other" : traits.dialect;
  const { displayText, font, images } = parseStyledText(text, dialect);
  return { kind: "message", displayText, font, images, files };
}

function parseList(reading: Reading): Body {
  const hostList = parseHostList(reading.bytes, reading.first, reading.codec, reading.charset);
  return { kind: "list", step: "list", start: 0, hostList };
}

function parseAck(text: string): Body {
  const ack = parseImageAck(text);
  return ack === null ? otherBody : { kind: "image-ack", id: ack.id, index: ack.index };
}

function parseGroupBody(reading: Reading, step: "message" | "announce"): Body {
  const { bytes, first, traits, codec, crypto } = reading;
  // FeiQ's, hence GBK, whatever the header looked like.
  return { kind: "group", step, group: parseGroup(bytes, first, traits.feiq, codec, crypto, "gbk") };
}

/** iptux names its charset in section 3 of its entries. */
export function declaredCharset(
  bytes: Uint8Array,
  sections: readonly ByteRange[],
  traits: VersionTraits,
): string | null {
  const section = traits.dialect === "iptux" ? sections[3] : undefined;
  return section === undefined ? null : asciiText(bytes, section.start, section.end);
}

/** A field as text; ASCII, the usual case, without asking the codec. */
export function fieldText(
  bytes: Uint8Array,
  start: number,
  end: number,
  codec: TextCodec,
  charset: Charset,
): string {
  if (end - start <= longestPlainField && indexOfHighByte(bytes, start, end) === -1)
    return asciiText(bytes, start, end);
  return codec.decode(bytes.subarray(start, end), charset);
}

// Longer ASCII texts are faster in the codec's native code.
const longestPlainField = 64;
