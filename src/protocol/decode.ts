// Level two of the codec: bytes to a typed message. Total: every byte string gives a packet, a line of raw text or bytes to
// drop, never an exception (architecture, I1). Cuts on bytes first and decodes each field after (I2). Called for every datagram.
//
//   1:1110002000:shirouzu:jupiter:288:Hello␀                                   (vector msg-001-sendcheck)
import { asciiText } from "./bytes.js";
import { chooseCharset } from "./charset-choice.js";
import { type CommandClass, type CommandMeaning, commandMeaning } from "./commands.js";
import { readVersionTraits } from "./dialects.js";
import { blockSection, isUtf8Name } from "./entry.js";
import { type Frame, packetNoOf, parseFrame, parseSections } from "./frame.js";
import { sliceHeadEnd } from "./image/slice.js";
import { limits } from "./limits.js";
import type { ByteRange, Decoded, Packet, PacketCrypto } from "./message.js";
import { optionBits, optionNames, unknownOptionBits } from "./options.js";
import { parseRawText } from "./raw-text.js";
import type { DecodeContext, TextCodec } from "./text-codec.js";
import { declaredCharset, fieldText, parseBody } from "./body.js";

const nothing: ByteRange = { start: 0, end: 0 };

/**
 * Decodes a datagram.
 *
 * @example
 * const decoded = decode(bytes, createTextCodec(), { legacyCharset: "gbk" });
 * if (decoded.kind === "packet" && decoded.body.kind === "message") show(decoded.user, decoded.body.displayText);
 */
export function decode(
  bytes: Uint8Array,
  codec: TextCodec,
  context: DecodeContext,
  crypto?: PacketCrypto,
): Decoded {
  const frame = parseFrame(bytes);
  return frame.kind === "frame"
    ? decodePacket(bytes, frame, codec, context, crypto)
    : parseRawText(bytes, frame.reason, codec, context);
}

function decodePacket(
  bytes: Uint8Array,
  frame: Frame,
  codec: TextCodec,
  context: DecodeContext,
  crypto: PacketCrypto | undefined,
): Packet {
  const { command } = frame;
  const traits = readVersionTraits(bytes, frame.versionEnd);
  const mode = command & 0xff;
  const meaning = commandMeaning(mode, traits.dialect);
  const sections = parsePacketSections(bytes, frame, meaning.class);
  const first = sections[0] ?? nothing;
  const block =
    meaning.class === "entry" && (command & optionBits.CAPUTF8OPT) !== 0 ? blockSection(bytes, sections) : -1;
  const utf8Flag = (command & optionBits.UTF8OPT) !== 0;
  const choice = chooseCharset(
    {
      bytes,
      main: { start: frame.packetNoEnd + 1, end: meaning.class === "binary" ? frame.hostEnd : first.end },
      more: textBehind(sections, block, command, meaning.class),
      utf8Flag,
      alwaysGbk: traits.alwaysGbk,
      declaredUtf8: meaning.class === "entry" && isUtf8Name(declaredCharset(bytes, sections, traits)),
    },
    context,
  );
  const { charset, reason: charsetReason } = choice;
  const text =
    meaning.class === "binary"
      ? binaryHead(bytes, first, meaning)
      : fieldText(bytes, first.start, first.end, codec, charset);
  const body = parseBody({
    bytes,
    codec,
    crypto,
    command,
    meaning,
    traits,
    sections,
    first,
    block,
    charset,
    text,
  });
  return {
    kind: "packet",
    bytes,
    dialect: traits.dialect,
    version: traits.version,
    packetNo: packetNoOf(bytes, frame),
    user: fieldText(bytes, frame.packetNoEnd + 1, frame.userEnd, codec, charset),
    host: fieldText(bytes, frame.userEnd + 1, frame.hostEnd, codec, charset),
    command,
    mode,
    modeName: meaning.modeName,
    options: optionNames(command, meaning.class),
    unknownBits: unknownOptionBits(command, meaning.class),
    charset,
    charsetReason,
    text,
    sections,
    feiq: traits.feiq,
    body,
  };
}

/** Cipher text and pictures hold NULs of their own: one section, nothing taken off its end. */
function parsePacketSections(
  bytes: Uint8Array,
  frame: Frame,
  commandClass: CommandClass,
): readonly ByteRange[] {
  const start = frame.commandEnd + 1;
  if (commandClass === "binary") return [{ start, end: bytes.length }];
  return parseSections(bytes, start, limits.sections);
}

/** Text behind section 0 that takes part in the charset decision: the group of an entry, the file list of a message. */
function textBehind(
  sections: readonly ByteRange[],
  block: number,
  command: number,
  commandClass: CommandClass,
): ByteRange | null {
  if (commandClass === "entry") {
    const last = sections[(block === -1 ? sections.length : block) - 1];
    const group = sections[1];
    return group === undefined || block === 1 || last === undefined
      ? null
      : { start: group.start, end: last.end };
  }
  return commandClass === "message" && (command & optionBits.FILEATTACHOPT) !== 0
    ? (sections[1] ?? null)
    : null;
}

/** The part of a binary body that is text: the numbers of an image slice. */
function binaryHead(bytes: Uint8Array, first: ByteRange, meaning: CommandMeaning): string {
  const end = meaning.modeName === "FEIQ_IMAGE_SLICE" ? sliceHeadEnd(bytes, first) : null;
  return end === null ? "" : asciiText(bytes, first.start, end);
}
