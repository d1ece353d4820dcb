// The directory stream that answers GETDIRFILES: records, file data behind the records of files. The reader is fed bytes as
// they come and gives events; it holds one header at most. It checks names with the function it is given and never touches a
// disk. Also builds records for sending.
//
//   headerSize(hex) ":" name ":" size(hex) ":" attr(hex) [":" ext "=" val]… ":" data
//   0010:photos:0:2:000f:a.txt:5:1:hello000b:.:0:3:                            (vectors dir-001 to dir-011)
import {
  buildExtAttributes,
  buildName,
  fileAttribute,
  fileType,
  findNameEnd,
  parseExtAttributes,
  parseFileTime,
  parseName,
} from "./attachments.js";
import {
  asciiBytes,
  asciiText,
  byteAt,
  byteOf,
  concatBytes,
  indexOfByte,
  parseHex,
  parseHexNumber,
} from "./bytes.js";
import { limits } from "./limits.js";
import type { Charset, TextCodec } from "./text-codec.js";

/** What a record says about its file or folder. */
export interface DirEntry {
  /** Names from the root of the stream down; the receiver replaces the first by the name in the offer. */
  readonly path: readonly string[];
  readonly sizeBytes: number;
  readonly attr: number;
  readonly isReadOnly: boolean;
  /** Unix seconds (attribute 14); null when it is not given. */
  readonly mtime: number | null;
  /** The official sender could not open it: `name (Can't open)`, no bytes. */
  readonly isUnreadable: boolean;
}

export type DirEvent =
  | { readonly kind: "folder"; readonly entry: DirEntry }
  | { readonly kind: "file"; readonly entry: DirEntry }
  /** Neither file nor folder (a link, a device): its bytes are passed over. */
  | { readonly kind: "skipped"; readonly entry: DirEntry }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "file-end" }
  | { readonly kind: "folder-end" }
  /** The depth is back to zero; whatever follows is ignored. */
  | { readonly kind: "complete" }
  /** Nothing more will be read: close the connection. `reason` is the unsafe name or a stable text. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The connection ended before the stream did. */
  | { readonly kind: "incomplete" };

export interface DirStreamOptions {
  readonly codec: TextCodec;
  /** UTF-8 if the request had UTF8, else the peer's legacy charset. */
  readonly charset: Charset;
  readonly isSafeName: (name: string) => boolean;
  /** A single file may be fetched with GETDIRFILES too: one record, its bytes, the end. Default "folder". */
  readonly root?: "folder" | "file";
  /** FeiQ peers only: pass over what stands before the first header (vector dir-010). */
  readonly skipLeading?: boolean;
}

export interface DirStreamReader {
  feed(bytes: Uint8Array): readonly DirEvent[];
  /** The connection ended. */
  end(): readonly DirEvent[];
}

/** Digits of a header size: the official client writes four, others up to eight. */
const maxSizeDigits = 8;

/** Creates a reader for one stream. */
export function createDirStreamReader(options: DirStreamOptions): DirStreamReader {
  const { codec, charset, isSafeName } = options;
  const header = new Uint8Array(limits.dirHeaderBytes);
  const path: string[] = [];
  let headerLength = 0;
  let headerSize = 0;
  let dataLeft = 0;
  let isSkipping = false;
  let skippable = options.skipLeading === true ? limits.dirLeadingBytes : 0;
  let isDone = false;

  function feed(bytes: Uint8Array): readonly DirEvent[] {
    const events: DirEvent[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (isDone) break;
      if (dataLeft > 0) {
        const taken = Math.min(dataLeft, bytes.length - at);
        if (!isSkipping) events.push({ kind: "data", bytes: bytes.subarray(at, at + taken) });
        at += taken;
        dataLeft -= taken;
        if (dataLeft === 0) endFile(events);
      } else {
        header[headerLength] = byteAt(bytes, at);
        headerLength += 1;
        at += 1;
        readHeader(events);
      }
    }
    return events;
  }

  function end(): readonly DirEvent[] {
    if (isDone) return [];
    isDone = true;
    return [{ kind: "incomplete" }];
  }

  function refuse(events: DirEvent[], reason: string): void {
    isDone = true;
    events.push({ kind: "refused", reason });
  }

  /** Called with every byte of a header; acts when the header is complete. */
  function readHeader(events: DirEvent[]): void {
    while (headerSize === 0 && headerLength > 0) {
      const size = parseHeaderSize(header, headerLength);
      if (size === null) return;
      if (size !== "bad") {
        skippable = 0;
        headerSize = size;
      } else if (skippable > 0) {
        skippable -= 1;
        header.copyWithin(0, 1, headerLength);
        headerLength -= 1;
      } else {
        return refuse(events, "no record header");
      }
    }
    if (headerSize === 0 || headerLength < headerSize) return;
    const record = parseRecord(header.subarray(0, headerSize), codec, charset);
    headerLength = 0;
    headerSize = 0;
    if (record === null) return refuse(events, "broken record header");
    openRecord(events, record);
  }

  function openRecord(events: DirEvent[], record: DirRecord): void {
    const type = record.attr & 0xff;
    if (type === fileType.parent) return leaveFolder(events);
    const isRoot = path.length === 0;
    if (isRoot && type !== fileType.directory && options.root !== "file") {
      return refuse(events, "file before any directory");
    }
    if (!isSafeName(record.name)) return refuse(events, record.name);
    const entry = entryOf(record, [...path, record.name]);
    if (type === fileType.directory) {
      if (path.length === limits.dirDepth) return refuse(events, "folders too deep");
      path.push(record.name);
      events.push({ kind: "folder", entry });
      return;
    }
    isSkipping = type !== fileType.regular && type !== fileType.clipboard;
    events.push({ kind: isSkipping ? "skipped" : "file", entry });
    dataLeft = record.sizeBytes;
    if (dataLeft === 0) endFile(events);
  }

  function endFile(events: DirEvent[]): void {
    if (!isSkipping) events.push({ kind: "file-end" });
    if (path.length === 0) complete(events);
  }

  function leaveFolder(events: DirEvent[]): void {
    if (path.pop() === undefined) return refuse(events, "return before any directory");
    events.push({ kind: "folder-end" });
    if (path.length === 0) complete(events);
  }

  function complete(events: DirEvent[]): void {
    isDone = true;
    events.push({ kind: "complete" });
  }

  return { feed, end };
}

/** The header size once its colon is there; null before that, "bad" when it cannot become one. */
function parseHeaderSize(header: Uint8Array, length: number): number | "bad" | null {
  const reach = Math.min(length, maxSizeDigits + 1);
  for (let at = 0; at < reach; at += 1) {
    if (header[at] !== byteOf.colon) continue;
    const size = parseHex(asciiText(header, 0, at));
    // Its own digits and colon, and at least "x:0:1:" behind them.
    return size !== null && size >= at + 7 && size <= limits.dirHeaderBytes ? size : "bad";
  }
  const isHexSoFar = /^[0-9a-fA-F]+$/.test(asciiText(header, 0, reach));
  return isHexSoFar && length <= maxSizeDigits ? null : "bad";
}

interface DirRecord {
  readonly name: string;
  readonly sizeBytes: number;
  readonly attr: number;
  readonly ext: Readonly<Record<string, readonly string[]>>;
}

function parseRecord(header: Uint8Array, codec: TextCodec, charset: Charset): DirRecord | null {
  const last = header.length - 1;
  if (header[last] !== byteOf.colon) return null;
  const nameStart = header.indexOf(byteOf.colon) + 1;
  const nameEnd = findNameEnd(header, nameStart, last);
  const sizeEnd = indexOfByte(header, byteOf.colon, nameEnd + 1, last);
  const attrEnd = indexOfByte(header, byteOf.colon, sizeEnd + 1, last);
  const name = parseName(header, nameStart, nameEnd, codec, charset);
  const size = parseHexNumber(header, nameEnd + 1, sizeEnd);
  const attr = parseHexNumber(header, sizeEnd + 1, attrEnd);
  if (size === null || attr === null || attr > 0xffffffff) return null;
  // Folders have no bytes, whatever they say: libipmsg prints a stray pointer there (captures).
  const hasBytes = (attr & 0xff) !== fileType.directory && (attr & 0xff) !== fileType.parent;
  if (hasBytes && size > Number.MAX_SAFE_INTEGER) return null;
  const ext = parseExtAttributes(header, attrEnd + 1, last);
  return { name, sizeBytes: hasBytes ? size : 0, attr, ext };
}

function entryOf(record: DirRecord, path: readonly string[]): DirEntry {
  const { sizeBytes, attr, ext, name } = record;
  return {
    path,
    sizeBytes,
    attr,
    isReadOnly: (attr & fileAttribute.readOnly) !== 0,
    mtime: timeOf(ext) || null,
    isUnreadable: sizeBytes === 0 && name.endsWith(" (Can't open)"),
  };
}

/** Attribute 14, in hex; 0 when it is missing or senseless. */
function timeOf(ext: DirRecord["ext"]): number {
  const text = asciiBytes(ext["14"]?.[0] ?? "");
  return parseFileTime(text, 0, text.length) ?? 0;
}

/** A record to send. */
export interface OutgoingDirRecord {
  readonly name: string;
  readonly sizeBytes: bigint;
  readonly attr: number;
  readonly ext?: Readonly<Record<string, readonly string[]>>;
}

/** Builds the header of one record; the data of a file follows it. */
export function buildDirRecord(record: OutgoingDirRecord, codec: TextCodec, charset: Charset): Uint8Array {
  const attributes = `${record.sizeBytes.toString(16)}:${record.attr.toString(16)}:${buildExtAttributes(record.ext ?? {})}`;
  const body = codec.encode(`:${buildName(record.name)}:${attributes}`, charset);
  const size = (body.length + 4).toString(16).padStart(4, "0");
  return concatBytes([asciiBytes(size), body]);
}

/** Builds the record that goes back to the parent folder. */
export function buildDirParent(codec: TextCodec): Uint8Array {
  return buildDirRecord({ name: ".", sizeBytes: 0n, attr: fileType.parent }, codec, "ascii");
}
