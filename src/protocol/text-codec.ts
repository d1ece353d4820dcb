// What the codec needs from a charset library, and nothing more: bytes to text and back.
// The pure layers never import a charset table; `charset/` implements this on iconv-lite.

/** Lower-case charset names as used on screen, in JSON and in settings. */
export type Charset = "ascii" | "utf-8" | "gbk" | "gb18030" | "big5" | "cp932" | "euc-kr";

/** Converts between bytes and text. Never throws: what cannot be converted becomes U+FFFD (decode) or `?` (encode). */
export interface TextCodec {
  decode(bytes: Uint8Array, charset: Charset): string;
  encode(text: string, charset: Charset): Uint8Array;
  /** The characters of `text` that `charset` would turn into `?`, in order; empty when all survive. */
  unencodable(text: string, charset: Charset): readonly UnencodableCharacter[];
}

/** A character that a charset cannot carry. */
export interface UnencodableCharacter {
  readonly character: string;
  /** UTF-16 index in the text. */
  readonly index: number;
}

/** Why a charset was chosen for a packet; shown to people, in this order of strength (docs/protocol.md section 4). */
export type CharsetReason =
  | "utf8-flag" // the packet carries the UTF8 option
  | "ascii" // no byte above 0x7f: nothing to decide
  | "dialect" // FeiQ and Feige 5 write GBK, always
  | "peer-choice" // the user fixed it for this peer
  | "peer-past" // this peer's last certain packet
  | "declared" // an iptux entry names its charset in section 3
  | "valid-utf8" // strictly valid UTF-8 with a character of three bytes or more
  | "default"; // the configured legacy charset

/** What the receiver knows before it reads a packet. */
export interface DecodeContext {
  /** For peers of unknown charset; the setting `charset`. */
  readonly legacyCharset: Charset;
  /** This peer's unflagged charset, from its last certain packet or by the user's choice. */
  readonly peerCharset?: Charset | undefined;
  /** True when the user chose `peerCharset`: then it is used even if the bytes look otherwise. */
  readonly peerCharsetChosen?: boolean | undefined;
}
