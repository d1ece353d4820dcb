// A datagram as a list of byte ranges with names, for `inspect` and for people who learn the format. Covers every byte exactly
// once and in order, by construction: a cursor moves from field to field. Judges nothing; decode.ts gives the meaning.
import { findNameEnd } from "./attachments.js";
import { byteOf, hasAsciiAt, hexText, indexOfByte, splitBytes } from "./bytes.js";
import { parseFrame } from "./frame.js";
import { groupCipherLength } from "./group.js";
import { sliceHeadEnd } from "./image/slice.js";
import type { ByteRange, Decoded, Packet } from "./message.js";
import type { TextCodec } from "./text-codec.js";

/** One named range of a datagram; `end` exclusive. */
export interface Field extends ByteRange {
  readonly name: string;
  readonly hex: string;
  readonly meaning: string;
}

/** Writes fields one behind the other; empty ones are left out. */
interface FieldWriter {
  readonly at: number;
  take(end: number, name: string, meaning: string): void;
}

/** Every byte of a decoded datagram under a name; an empty datagram has no fields. */
export function listFields(decoded: Decoded, codec: TextCodec): readonly Field[] {
  const { bytes } = decoded;
  const fields: Field[] = [];
  let cursor = 0;
  const writer: FieldWriter = {
    get at() {
      return cursor;
    },
    take(end, name, meaning) {
      if (end <= cursor) return;
      fields.push({ name, start: cursor, end, hex: hexText(bytes, cursor, end), meaning });
      cursor = end;
    },
  };
  switch (decoded.kind) {
    case "packet":
      takePacket(writer, decoded, codec);
      break;
    case "raw-text":
      writer.take(lineEndAt(bytes), "text", `bare text in ${decoded.charset}: no packet, ${decoded.reason}`);
      writer.take(bytes.length, "line-end", "line end or padding of the sending tool");
      break;
    case "dropped":
      writer.take(bytes.length, "bytes", `neither packet nor text: ${decoded.reason}`);
      break;
    default:
      decoded satisfies never;
  }
  return fields;
}

function lineEndAt(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && [byteOf.nul, byteOf.lf, byteOf.cr].some((byte) => byte === bytes[end - 1])) end -= 1;
  return end;
}

function takePacket(writer: FieldWriter, packet: Packet, codec: TextCodec): void {
  const { bytes } = packet;
  const frame = parseFrame(bytes);
  if (frame.kind === "fault") return writer.take(bytes.length, "bytes", frame.reason);
  takeWithColon(writer, frame.versionEnd, "version", `version item, dialect ${packet.dialect}`);
  takeWithColon(writer, frame.packetNoEnd, "packetNo", "packet number, decimal");
  takeWithColon(writer, frame.userEnd, "user", `user name: ${packet.user}`);
  takeWithColon(writer, frame.hostEnd, "host", `host name: ${packet.host}`);
  const hex = packet.command.toString(16).padStart(8, "0");
  takeWithColon(
    writer,
    frame.commandEnd,
    "command",
    `0x${hex}: ${[packet.modeName, ...packet.options].join(" | ")}`,
  );
  packet.sections.forEach((section, index) => {
    if (index > 0) writer.take(section.start, "separator", "NUL, ends a section");
    takeSection(writer, packet, section, index, codec);
    writer.take(section.end, `section${index}`, sectionMeaning(packet, index));
  });
  writer.take(bytes.length, "padding", "NUL at the end of the packet");
}

function takeWithColon(writer: FieldWriter, end: number, name: string, meaning: string): void {
  writer.take(end, name, meaning);
  writer.take(end + 1, "separator", `colon, ends ${name}`);
}

/** Names what a section holds, as far as its body is known; the caller takes what is left of it. */
function takeSection(
  writer: FieldWriter,
  packet: Packet,
  section: ByteRange,
  index: number,
  codec: TextCodec,
): void {
  const { body, bytes } = packet;
  switch (body.kind) {
    case "entry":
      return takeEntrySection(writer, packet, section, index);
    case "message":
      if (index === 0) return takeText(writer, packet, section, body.displayText, codec);
      return index === 1 && packet.options.includes("FILEATTACHOPT")
        ? takeFileList(writer, bytes, section)
        : undefined;
    case "receipt":
      return index === 0
        ? writer.take(section.end, "argument", "number of the packet meant, decimal")
        : undefined;
    case "public-key":
      return index === 0
        ? takeSplit(writer, bytes, section, byteOf.colon, ["caps", "key"], "public key")
        : undefined;
    case "request":
      return index === 0
        ? takeSplit(
            writer,
            bytes,
            section,
            byteOf.colon,
            ["packetNoHex", "fileIdHex", "offsetHex"],
            "file request, hex",
          )
        : undefined;
    case "list":
      return body.step === "list" && index === 0 ? takeHostList(writer, bytes, section) : undefined;
    case "image-slice":
      return takeImageSlice(writer, packet, section);
    case "group":
      writer.take(
        section.start + groupCipherLength(packet.feiq, section),
        "cipher",
        "Blowfish-CBC, key in the version item",
      );
      return writer.take(section.end, "rest", "behind the cipher text, or clear text");
    case "query":
    case "info":
    case "knock":
    case "typing":
    case "chat-window":
    case "image-ack":
    case "noop":
    case "other":
      return undefined;
    default:
      return body satisfies never;
  }
}

function sectionMeaning(packet: Packet, index: number): string {
  return index === 0 ? `argument of ${packet.modeName}` : `section ${index}`;
}

const entrySections = ["nick", "group"] as const;

function takeEntrySection(writer: FieldWriter, packet: Packet, section: ByteRange, index: number): void {
  const { bytes, body } = packet;
  const isBlock = index > 0 && index < 3 && bytes[section.start] === byteOf.lf;
  if (body.kind === "entry" && body.block !== null && isBlock) {
    let at = section.start;
    while (at < section.end) {
      const end = indexOfByte(bytes, byteOf.lf, at + 1, section.end);
      const colon = indexOfByte(bytes, byteOf.colon, at, end);
      writer.take(at + 1, "separator", "LF, begins a line of the UTF-8 block");
      writer.take(end, `block.${keyName(bytes, at + 1, colon)}`, "line of the UTF-8 block");
      at = end;
    }
    return;
  }
  const name = entrySections[index];
  if (name !== undefined) writer.take(section.end, name, `${name} in ${packet.charset}`);
  else if (index === 3 && packet.dialect === "iptux")
    writer.take(section.end, "charset", "charset the sender names");
}

function keyName(bytes: Uint8Array, start: number, end: number): string {
  const isPlain = end - start === 2 && splitBytes(bytes, { start, end }, byteOf.nul).length === 1;
  return isPlain ? String.fromCharCode(bytes[start] ?? 0, bytes[start + 1] ?? 0) : "line";
}

function takeText(
  writer: FieldWriter,
  packet: Packet,
  section: ByteRange,
  displayText: string,
  codec: TextCodec,
): void {
  const { bytes, charset } = packet;
  if (packet.options.includes("ENCRYPTOPT")) {
    return takeSplit(
      writer,
      bytes,
      section,
      byteOf.colon,
      ["caps", "sessionKey", "cipher", "signature"],
      "encrypted",
    );
  }
  writer.take(trailerStart(packet, section, displayText, codec), "text", `message text in ${charset}`);
  writer.take(section.end, "trailer", "font or rich-text trailer, not shown");
}

/** Where the trailer begins in bytes: found by its first characters, checked by decoding what stands before it. */
function trailerStart(packet: Packet, section: ByteRange, displayText: string, codec: TextCodec): number {
  if (displayText.length === packet.text.length) return section.end;
  for (let at = section.end - 1; at >= section.start; at -= 1) {
    const isOpening =
      hasAsciiAt(packet.bytes, "{/font;", at, section.end) ||
      hasAsciiAt(packet.bytes, "[rich]", at, section.end);
    if (!isOpening) continue;
    const start =
      packet.bytes[at - 1] === byteOf.blank && packet.text[displayText.length] === " " ? at - 1 : at;
    const before = codec.decode(packet.bytes.subarray(section.start, start), packet.charset);
    if (before === displayText) return start;
  }
  return section.end;
}

function takeFileList(writer: FieldWriter, bytes: Uint8Array, section: ByteRange): void {
  splitBytes(bytes, section, byteOf.bel).forEach((piece, index) => {
    const prefix = `file${index}`;
    if (piece.start > section.start) writer.take(piece.start, "separator", "BEL, ends a record");
    if (bytes[piece.start] === byteOf.colon)
      writer.take(piece.start + 1, "separator", "colon behind BEL, as iptux writes");
    const idEnd = indexOfByte(bytes, byteOf.colon, writer.at, piece.end);
    const nameEnd = findNameEnd(bytes, idEnd + 1, piece.end);
    if (nameEnd >= piece.end) return writer.take(piece.end, `${prefix}.bad`, "not a file record");
    takeWithColon(writer, idEnd, `${prefix}.id`, "file id, decimal");
    takeWithColon(writer, nameEnd, `${prefix}.name`, "file name, colons doubled");
    const names = ["size", "mtime", "attr"].map((name) => `${prefix}.${name}`);
    const rest = { start: writer.at, end: piece.end };
    return takeSplit(writer, bytes, rest, byteOf.colon, [...names, `${prefix}.ext`], "of a file record, hex");
  });
}

function takeHostList(writer: FieldWriter, bytes: Uint8Array, section: ByteRange): void {
  const perHost = ["user", "host", "status", "address", "port", "nick", "group"];
  const count = splitBytes(bytes, section, byteOf.bel).length;
  const names = Array.from(
    { length: Math.max(0, count - 2) },
    (_, at) => `host${Math.floor(at / 7)}.${perHost[at % 7] ?? ""}`,
  );
  takeSplit(writer, bytes, section, byteOf.bel, ["next", "count", ...names], "of the host list");
}

function takeImageSlice(writer: FieldWriter, packet: Packet, section: ByteRange): void {
  const headEnd = sliceHeadEnd(packet.bytes, section);
  if (headEnd === null) return;
  const names = ["id", "total", "offset", "count", "index", "length", "flag1", "flag2", "flag3", "zeros"];
  takeSplit(
    writer,
    packet.bytes,
    { start: section.start, end: headEnd - 1 },
    0x7c,
    names,
    "of an image slice",
  );
  writer.take(headEnd, "separator", "ends the slice header");
  if (packet.body.kind === "image-slice" && packet.body.slice?.padNul === true) {
    writer.take(headEnd + 1, "pad", "NUL before the data, as FeiQ 2013 writes");
  }
  writer.take(section.end, "data", "image data");
}

/** Fields between separators; names beyond the list repeat its last one. */
function takeSplit(
  writer: FieldWriter,
  bytes: Uint8Array,
  range: ByteRange,
  separator: number,
  names: readonly string[],
  meaning: string,
): void {
  splitBytes(bytes, range, separator).forEach((piece, index) => {
    if (index > 0) writer.take(piece.start, "separator", "separator");
    const name = names[Math.min(index, names.length - 1)] ?? "field";
    writer.take(piece.end, name, `${name.slice(name.indexOf(".") + 1)} ${meaning}`);
  });
}
