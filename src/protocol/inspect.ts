// A datagram taken apart for people and tools: a plain object that JSON can carry, with exactly the keys of the vectors'
// `expect` (docs/protocol.md section 20) and the list of byte fields. Slow on purpose; nothing on the message path calls it.
import { decode } from "./decode.js";
import { type Field, listFields } from "./fields.js";
import { hexText } from "./bytes.js";
import type {
  Decoded,
  EntryBody,
  FeiqVersion,
  FileRecord,
  FileRequest,
  GroupText,
  HostList,
  ImageSlice,
  InlineImage,
  MessageBody,
  Packet,
  PacketCrypto,
  PublicKeyBody,
} from "./message.js";
import { officialAccepts } from "./official.js";
import { requiredReply, type RequiredReply } from "./reply.js";
import type { Charset, DecodeContext, TextCodec } from "./text-codec.js";

export interface InspectOptions {
  readonly crypto?: PacketCrypto | undefined;
  readonly isSafeName: (name: string) => boolean;
  /** How the bytes came. Default "datagram". */
  readonly kind?: "datagram" | "tcp-request" | undefined;
}

/** A file record as JSON: the size as decimal text, the attribute in hex. */
export interface InspectedFile {
  readonly id: string;
  readonly name: string;
  readonly size: string;
  readonly mtime: number;
  readonly type: number;
  readonly attrHex: string;
  readonly ext: FileRecord["ext"];
  /** May be written under the download folder by that name. */
  readonly safe: boolean;
}

export interface InspectedPacket {
  readonly ok: true;
  readonly dialect: string;
  readonly version: string;
  readonly packetNo: string;
  readonly user: string;
  readonly host: string;
  readonly command: number;
  readonly mode: number;
  readonly modeName: string;
  readonly options: readonly string[];
  readonly unknownBitsHex?: string;
  readonly charset: Charset;
  readonly feiq?: FeiqVersion;
  readonly officialAccepts: boolean;
  readonly text?: string;
  readonly displayText?: string;
  readonly images?: readonly InlineImage[];
  readonly entry?: Pick<EntryBody, "nick" | "group"> & { readonly block?: Readonly<Record<string, string>> };
  readonly files?: readonly InspectedFile[];
  readonly hostList?: HostList;
  readonly imageSlice?: Omit<ImageSlice, "data"> & { readonly dataHeadHex: string };
  readonly pubkey?: PublicKeyBody;
  readonly group?: Omit<GroupText, "cipher"> & { readonly cipherHex: string };
  readonly request?: Omit<FileRequest, "offset"> & { readonly offset?: number };
  readonly reply?: RequiredReply | null;
  readonly fields: readonly Field[];
}

export interface InspectedOther {
  readonly ok: false;
  readonly reason: string;
  readonly treatAs: "raw-text" | "drop";
  readonly officialAccepts: boolean;
  readonly charset?: Charset;
  readonly rawText?: string;
  readonly fields: readonly Field[];
}

export type Inspection = InspectedPacket | InspectedOther;

/**
 * Takes a datagram, or a request that came over TCP, apart.
 *
 * @example
 * inspect(bytes, codec, { legacyCharset: "gbk" }, { isSafeName }).fields
 */
export function inspect(
  bytes: Uint8Array,
  codec: TextCodec,
  context: DecodeContext,
  options: InspectOptions,
): Inspection {
  const decoded: Decoded = decode(bytes, codec, context, options.crypto);
  const accepts = officialAccepts(bytes);
  const fields = listFields(decoded, codec);
  switch (decoded.kind) {
    case "packet":
      return inspectPacket(decoded, accepts, fields, options);
    case "raw-text": {
      const { reason, charset, text: rawText } = decoded;
      return { ok: false, reason, treatAs: "raw-text", officialAccepts: accepts, charset, rawText, fields };
    }
    case "dropped":
      return { ok: false, reason: decoded.reason, treatAs: "drop", officialAccepts: accepts, fields };
    default:
      return decoded satisfies never;
  }
}

function inspectPacket(
  packet: Packet,
  accepts: boolean,
  fields: readonly Field[],
  options: InspectOptions,
): InspectedPacket {
  const isRequest = options.kind === "tcp-request";
  return {
    ok: true,
    dialect: packet.dialect,
    version: packet.version,
    packetNo: packet.packetNo,
    user: packet.user,
    host: packet.host,
    command: packet.command,
    mode: packet.mode,
    modeName: packet.modeName,
    options: packet.options,
    ...(packet.unknownBits === 0 ? {} : { unknownBitsHex: packet.unknownBits.toString(16) }),
    charset: packet.charset,
    ...(packet.feiq === null ? {} : { feiq: packet.feiq }),
    officialAccepts: accepts,
    ...(hasText(packet, isRequest) ? { text: packet.text } : {}),
    ...inspectBody(packet, options),
    ...(isRequest ? {} : { reply: requiredReply(packet) }),
    fields,
  };
}

/** Section 0 is shown as text where it is text: not for cipher text, pictures and TCP requests. */
function hasText(packet: Packet, isRequest: boolean): boolean {
  if (isRequest) return false;
  switch (packet.body.kind) {
    case "message":
    case "request":
      return !packet.options.includes("ENCRYPTOPT");
    case "image-slice":
    case "group":
      return false;
    case "other":
      return !binaryModes.has(packet.modeName);
    case "entry":
    case "receipt":
    case "query":
    case "info":
    case "public-key":
    case "list":
    case "knock":
    case "typing":
    case "chat-window":
    case "image-ack":
    case "noop":
      return true;
    default:
      return packet.body satisfies never;
  }
}

const binaryModes: ReadonlySet<string> = new Set(["IPTUX_SENDICON", "IPTUX_SUBLAYER"]);

type BodyKeys = Partial<
  Pick<
    InspectedPacket,
    "displayText" | "images" | "entry" | "files" | "hostList" | "imageSlice" | "pubkey" | "group" | "request"
  >
>;

function inspectBody(packet: Packet, options: InspectOptions): BodyKeys {
  const { body } = packet;
  switch (body.kind) {
    case "entry": {
      const { nick, group, block } = body;
      return { entry: block === null ? { nick, group } : { nick, group, block } };
    }
    case "message":
      return inspectMessage(packet, body, options);
    case "public-key":
      return body.key === null ? {} : { pubkey: body.key };
    case "list":
      return body.hostList === null ? {} : { hostList: body.hostList };
    case "request":
      return body.request === null ? {} : { request: inspectRequest(body.request) };
    case "image-slice":
      return body.slice === null ? {} : { imageSlice: inspectSlice(body.slice) };
    case "group":
      return body.group === null ? {} : { group: inspectGroup(body.group) };
    case "receipt":
    case "query":
    case "info":
    case "knock":
    case "typing":
    case "chat-window":
    case "image-ack":
    case "noop":
    case "other":
      return {};
    default:
      return body satisfies never;
  }
}

function inspectMessage(packet: Packet, body: MessageBody, options: InspectOptions): BodyKeys {
  const list = packet.sections[1];
  const hasList = packet.options.includes("FILEATTACHOPT") && list !== undefined && list.end > list.start;
  return {
    ...(packet.options.includes("ENCRYPTOPT") ? {} : { displayText: body.displayText }),
    ...(body.images.length === 0 ? {} : { images: body.images }),
    ...(hasList ? { files: body.files.map((file) => inspectFile(file, options)) } : {}),
  };
}

/** A record of a file list as it is shown. */
export function inspectFile(
  file: FileRecord,
  { isSafeName }: Pick<InspectOptions, "isSafeName">,
): InspectedFile {
  const { id, name, sizeBytes, mtime, type, attr, ext } = file;
  const safe = isSafeName(name);
  return { id, name, size: sizeBytes.toString(), mtime, type, attrHex: attr.toString(16), ext, safe };
}

function inspectRequest(request: FileRequest): NonNullable<InspectedPacket["request"]> {
  const { offset, ...numbers } = request;
  return offset === null ? numbers : { ...numbers, offset };
}

/** Enough to see what kind of picture it is. */
const shownImageBytes = 20;

function inspectSlice(slice: ImageSlice): NonNullable<InspectedPacket["imageSlice"]> {
  const { data, ...numbers } = slice;
  return { ...numbers, dataHeadHex: hexText(data, 0, Math.min(shownImageBytes, data.length)) };
}

function inspectGroup(group: GroupText): NonNullable<InspectedPacket["group"]> {
  const { keyText, cipher, plainText, groupId, stamp, text, displayText } = group;
  return { keyText, cipherHex: hexText(cipher), plainText, groupId, stamp, text, displayText };
}
