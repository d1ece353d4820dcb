// A typed packet to bytes: the way out of the codec. Makes the text safe for the grammar (no colon in names, no NUL in text),
// chooses nothing: charset, options and packet number are the caller's. Called by core for everything that is sent.
//
//   1:101:wang:pc:6291457:小王␀财务␀          1:106:u:h:2097440:take this␀1:a::b.txt:a:5f5e1000:1:⍾␀     (vectors build-*)
import { buildFileList, type OutgoingFile } from "./attachments.js";
import { concatBytes } from "./bytes.js";
import { buildBlock } from "./entry.js";
import type { PacketNo } from "./message.js";
import type { Charset, TextCodec } from "./text-codec.js";

export interface OutgoingPacket {
  readonly version: string;
  readonly packetNo: PacketNo;
  readonly user: string;
  readonly host: string;
  /** The whole word; with UTF8OPT the charset must be `utf-8`. */
  readonly command: number;
  /** Sections of `extra` in order: text; nick and group; one argument; nothing. */
  readonly sections: readonly string[];
  readonly charset: Charset;
  /** UTF-8 block of an entry, in the order of its lines. */
  readonly block?: Readonly<Record<string, string>> | undefined;
  /** File list of an offer; becomes the section behind `sections`. */
  readonly files?: readonly OutgoingFile[] | undefined;
}

/**
 * Encodes a packet. It ends in one NUL, or in its UTF-8 block without any (as v3.00 does).
 *
 * @example
 * encode({ version: "1", packetNo, user: "li", host: "pc-li", command: 32, sections: ["你好"], charset: "gbk" }, codec)
 */
export function encode(packet: OutgoingPacket, codec: TextCodec): Uint8Array {
  const { version, packetNo, user, host, command, charset, block, files } = packet;
  const header = [cleanName(version), packetNo, cleanName(user), cleanName(host), String(command >>> 0)].join(
    ":",
  );
  const sections = packet.sections.length === 0 ? [""] : packet.sections.map(cleanText);
  if (files !== undefined) sections.push(buildFileList(files));
  // One call: in no charset in use does an ASCII character depend on its neighbours.
  const bytes = codec.encode(`${header}:${sections.join("\0")}\0`, charset);
  return block === undefined ? bytes : concatBytes([bytes, codec.encode(buildBlock(block), "utf-8")]);
}

/** Text for a raw-text peer: bare, as somebody would type it into a debug tool. */
export function encodeRawText(text: string, codec: TextCodec, charset: Charset): Uint8Array {
  return codec.encode(text, charset);
}

// oxlint-disable-next-line no-control-regex -- these control characters are what is looked for
const unclean = /[:\0-\x1f]/;

/** A colon in a name would move every field behind it; control characters have no business there. */
function cleanName(text: string): string {
  if (!unclean.test(text)) return text;
  // oxlint-disable-next-line no-control-regex -- these control characters are what is removed
  return text.replaceAll(":", ";").replaceAll(/[\0-\x1f]/g, " ");
}

/** Lines end in LF on the wire, and a NUL would begin a new section. */
function cleanText(text: string): string {
  if (!text.includes("\r") && !text.includes("\0")) return text;
  return text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", " ");
}

/** Decimal digits as a packet number; null for anything else or more than 20 of them. */
export function parsePacketNo(text: string): PacketNo | null {
  return isPacketNo(text) ? text : null;
}

function isPacketNo(text: string): text is PacketNo {
  return /^\d{1,20}$/.test(text);
}
