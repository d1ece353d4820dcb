// The typed value of a datagram: what `decode` yields for any bytes. Text is decoded here; the bytes stay reachable.
// A closed union: a packet of a known grammar, a line of raw text, or bytes to drop.
import type { Charset, CharsetReason } from "./text-codec.js";

/** How a sender speaks. Names as in the vectors and in JSON output. */
export type Dialect = "ipmsg" | "feiq" | "iptux" | "feige5" | "shiyeline" | "raw" | "other";

/** Decimal digits exactly as received (1 to 20 of them): leading zeros and 13-digit numbers must be echoed unchanged. */
export type PacketNo = string & { readonly brand: "PacketNo" };

export type Decoded = Packet | RawText | Dropped;

/** Half-open byte range `[start, end)` of a datagram. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A datagram of the grammar `ver:packetNo:user:host:command:extra` (protocol.md section 1). */
export interface Packet {
  readonly kind: "packet";
  readonly bytes: Uint8Array;
  readonly dialect: Dialect;
  readonly version: string;
  readonly packetNo: PacketNo;
  readonly user: string;
  readonly host: string;
  /** The whole 32-bit word, unsigned. */
  readonly command: number;
  /** Low 8 bits of the command word. */
  readonly mode: number;
  /** e.g. `SENDMSG`, `BR_ENTRY`, `FEIQ_SHAKE`, `UNKNOWN`; chosen by dialect where numbers clash. */
  readonly modeName: string;
  /** Names of the option bits set that mean something for this command, e.g. `SENDCHECKOPT`. */
  readonly options: readonly string[];
  /** Option bits without a meaning for this command. */
  readonly unknownBits: number;
  readonly charset: Charset;
  readonly charsetReason: CharsetReason;
  /** Section 0 as text, up to the first NUL. */
  readonly text: string;
  /** Sections of `extra` as byte ranges of `bytes`, split at NUL. */
  readonly sections: readonly ByteRange[];
  readonly feiq: FeiqVersion | null;
  readonly body: Body;
}

/** FeiQ's version item `1_lbt<N>_<avatar>#<level>#<MAC>#…` (section 12.1). */
export interface FeiqVersion {
  readonly lbt: string;
  readonly avatar: number;
  readonly level: number;
  /** As written, 12 hex digits as a rule; null when the item is missing (vector feiq-038). */
  readonly mac: string | null;
  readonly rest: readonly string[];
}

/** What section 0 and the following sections mean for this command. */
export type Body =
  | EntryBody
  | MessageBody
  | {
      readonly kind: "receipt";
      readonly receipt: "received" | "read" | "deleted" | "read-answer" | "files-released";
      readonly of: string;
    }
  | { readonly kind: "query"; readonly what: "version" | "absence" | "public-key" }
  | { readonly kind: "info"; readonly what: "version" | "absence"; readonly text: string }
  | { readonly kind: "public-key"; readonly key: PublicKeyBody | null }
  | {
      readonly kind: "list";
      readonly step: "ask" | "offer" | "get" | "list";
      readonly start: number;
      readonly hostList: HostList | null;
    }
  | { readonly kind: "request"; readonly request: FileRequest | null }
  | { readonly kind: "knock"; readonly answer: boolean }
  | { readonly kind: "typing"; readonly active: boolean }
  | { readonly kind: "chat-window"; readonly answer: boolean }
  | { readonly kind: "image-slice"; readonly slice: ImageSlice | null }
  | { readonly kind: "image-ack"; readonly id: string; readonly index: number }
  | GroupBody
  | { readonly kind: "noop" }
  | { readonly kind: "other" };

export interface EntryBody {
  readonly kind: "entry";
  readonly step: "entry" | "exit" | "answer" | "absence";
  /** As written in the legacy part; the block's NN and GN win where section 4 says so: see `entryNames`. */
  readonly nick: string;
  readonly group: string;
  /** The UTF-8 block (`UN`, `HN`, `NN`, `GN`, `VS`, `FY`, …); null when absent or not allowed by CAPUTF8. */
  readonly block: Readonly<Record<string, string>> | null;
  /** Charset named in section 3 of an iptux entry, as written. */
  readonly declaredCharset: string | null;
}

export interface MessageBody {
  readonly kind: "message";
  /** Text without the FeiQ font trailer or the Feige rich tag; still hostile: see core/safe-text. */
  readonly displayText: string;
  readonly font: Font | null;
  readonly images: readonly InlineImage[];
  readonly files: readonly FileRecord[];
}

/** A Windows LOGFONT as FeiQ writes it after a message (section 12.4). */
export interface Font {
  readonly height: number;
  readonly weight: number;
  readonly italic: number;
  readonly underline: number;
  readonly charset: number;
  readonly face: string;
  readonly color: number;
  /** `#rrggbb` */
  readonly colorHex: string;
}

export interface InlineImage {
  readonly id: string;
  /** B still, G animated. */
  readonly kind: "B" | "G";
}

/** One record of a file offer (section 8.1). Name and size are claims of the sender. */
export interface FileRecord {
  /** Decimal, as written. */
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: bigint;
  /** Unix seconds. */
  readonly mtime: number;
  /** Low byte of the attribute: 1 file, 2 directory, 0x20 clipboard image, … */
  readonly type: number;
  readonly attr: number;
  /** Extended attributes by hex key. */
  readonly ext: Readonly<Record<string, readonly string[]>>;
}

export interface HostList {
  /** Number to ask for next; 0 when complete. */
  readonly next: number;
  readonly count: number;
  readonly hosts: readonly HostListEntry[];
}

export interface HostListEntry {
  readonly user: string;
  readonly host: string;
  readonly status: number;
  readonly address: string;
  /** As written: the network-order port printed as a host integer. */
  readonly portField: string;
  readonly port: number;
  readonly nick: string;
  readonly group: string;
}

export interface PublicKeyBody {
  readonly caps: string;
  /** Hex without leading zeros. */
  readonly e: string;
  readonly n: string;
  readonly bits: number;
}

/** GETFILEDATA or GETDIRFILES (section 8.2): numbers are hexadecimal here. */
export interface FileRequest {
  readonly type: "file" | "dir";
  readonly packetNoHex: string;
  readonly packetNo: number;
  readonly fileIdHex: string;
  readonly fileIdIfHex: number;
  /** The same digits read as decimal, as some clients mean them; null when they hold letters. */
  readonly fileIdIfDecimal: number | null;
  readonly offset: number | null;
}

/** One slice of a FeiQ inline image (section 12.6). */
export interface ImageSlice {
  readonly id: string;
  readonly total: number;
  readonly offset: number;
  readonly count: number;
  readonly index: number;
  readonly length: number;
  readonly flags: readonly [number, number, number];
  readonly padNul: boolean;
  readonly data: Uint8Array;
}

/** FeiQ group chat (section 12.5). */
export interface GroupBody {
  readonly kind: "group";
  readonly step: "message" | "announce";
  readonly group: GroupText | null;
}

export interface GroupText {
  readonly keyText: string;
  readonly cipher: Uint8Array;
  readonly plainText: string;
  readonly groupId: string;
  readonly stamp: string | null;
  readonly text: string;
  readonly displayText: string;
}

/** A datagram outside the grammar that reads as text: a network debug assistant, netcat, a script. */
export interface RawText {
  readonly kind: "raw-text";
  readonly bytes: Uint8Array;
  /** Why it is no packet; stable, as in the vectors. */
  readonly reason: string;
  readonly charset: Charset;
  readonly charsetReason: CharsetReason;
  readonly text: string;
}

/** Bytes that are neither a packet nor text. Counted, never shown. */
export interface Dropped {
  readonly kind: "dropped";
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/** What the codec cannot do itself: FeiQ's group obfuscation needs a Blowfish. Returns null when it does not fit. */
export interface PacketCrypto {
  /** Blowfish-CBC, zero IV, PKCS#5 (section 12.5). */
  openGroup(key: Uint8Array, cipher: Uint8Array): Uint8Array | null;
  /** The other way. */
  sealGroup(key: Uint8Array, plain: Uint8Array): Uint8Array | null;
}
