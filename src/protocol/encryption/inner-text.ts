// What stands inside the cipher text (section 9.2): the message, with ENCEXTMSG also the file list and the other receivers.
// Bytes in, bytes out; the charset was decided outside, or is chosen here from the plain bytes.
//
//   带附件和收件人 NUL 89000400:合同.pdf:1f4:5f5e1000:1:BEL NUL TO:alice:pc-a BEL carol:pc-c BEL NUL      (vector crypto-aes256-encextmsg)
import { parseFileList } from "../attachments.js";
import { byteOf, splitBytes } from "../bytes.js";
import { chooseCharset } from "../charset-choice.js";
import { limits } from "../limits.js";
import type { ByteRange, Packet } from "../message.js";
import { hasOption } from "../options.js";
import { parseStyledText } from "../text.js";
import type { Charset, DecodeContext, TextCodec } from "../text-codec.js";

/** One of the other receivers of a message, as its sender names them. */
export interface Recipient {
  readonly user: string;
  readonly host: string;
}

export interface OpenedPacket {
  readonly packet: Packet;
  readonly recipients: readonly Recipient[];
}

/** An encrypted packet as it would have been in clear: text, files and style of what was inside. */
export function packetWithPlain(
  packet: Packet,
  plain: Uint8Array,
  codec: TextCodec,
  context: DecodeContext,
): OpenedPacket {
  const [first = { start: 0, end: 0 }, list, to] = splitBytes(
    plain,
    { start: 0, end: plain.length },
    byteOf.nul,
    limits.sections,
  );
  const utf8Flag = hasOption(packet.command, "UTF8OPT");
  const { charset, reason } = chooseCharset(
    {
      bytes: plain,
      main: first,
      more: list ?? null,
      utf8Flag,
      alwaysGbk: packet.dialect === "feiq" || packet.dialect === "feige5",
      declaredUtf8: false,
    },
    context,
  );
  const text = codec.decode(plain.subarray(first.start, first.end), charset);
  const { displayText, font, images } = parseStyledText(text, packet.dialect);
  const isExtended = hasOption(packet.command, "ENCEXTMSGOPT");
  const outside = packet.body.kind === "message" ? packet.body.files : [];
  const isOffer = hasOption(packet.command, "FILEATTACHOPT");
  const inside =
    isExtended && isOffer && list !== undefined ? parseFileList(plain, list, codec, charset) : [];
  return {
    packet: {
      ...packet,
      charset,
      charsetReason: reason,
      text,
      body: { kind: "message", displayText, font, images, files: isExtended ? inside : outside },
    },
    recipients: isExtended && to !== undefined ? parseRecipients(plain, to, codec, charset) : [],
  };
}

function parseRecipients(
  plain: Uint8Array,
  range: ByteRange,
  codec: TextCodec,
  charset: Charset,
): readonly Recipient[] {
  const text = codec.decode(plain.subarray(range.start, range.end), charset);
  if (!text.startsWith("TO:")) return [];
  const recipients: Recipient[] = [];
  for (const record of text.slice("TO:".length).split("\x07", limits.recipients + 1)) {
    const colon = record.indexOf(":");
    if (colon === -1) continue;
    if (
      recipients.push({ user: record.slice(0, colon), host: record.slice(colon + 1) }) === limits.recipients
    )
      break;
  }
  return recipients;
}

/** Builds the plain text: message NUL, and with anything more the file list NUL and the receivers NUL behind it. */
export function buildInnerText(text: string, fileList: string, recipients: readonly Recipient[]): string {
  const body = text.replaceAll(/\r\n?/g, "\n").replaceAll("\0", " ");
  if (fileList === "" && recipients.length === 0) return `${body}\0`;
  const to = recipients
    .slice(0, limits.recipients)
    .map(({ user, host }) => `${cleanField(user)}:${cleanField(host)}\x07`)
    .join("");
  return to === "" ? `${body}\0${fileList}\0` : `${body}\0${fileList}\0TO:${to}\0`;
}

function cleanField(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these control characters are the grammar here
  return text.replaceAll(":", ";").replaceAll(/[\0-\x1f]/g, " ");
}
