// Which charset the text of a packet is in: the decision order of docs/protocol.md section 4, with its reason. Looks at bytes,
// at the dialect and at what is known of the peer; decodes nothing. Called by decode for packets and for raw text.
import { indexOfHighByte } from "./bytes.js";
import type { ByteRange } from "./message.js";
import type { Charset, CharsetReason, DecodeContext } from "./text-codec.js";
import { lookAtUtf8 } from "./utf8.js";

export interface CharsetChoice {
  readonly charset: Charset;
  readonly reason: CharsetReason;
}

/** What of a datagram takes part in the decision. */
export interface CharsetEvidence {
  readonly bytes: Uint8Array;
  /** User, host and section 0, in one stretch. */
  readonly main: ByteRange;
  /** Group or file list behind it, where the command has one. */
  readonly more: ByteRange | null;
  /** The packet carries the UTF8 option. */
  readonly utf8Flag: boolean;
  /** FeiQ and Feige 5. */
  readonly alwaysGbk: boolean;
  /** An iptux entry that names utf-8 in section 3. */
  readonly declaredUtf8: boolean;
}

const utf8Flagged: CharsetChoice = { charset: "utf-8", reason: "utf8-flag" };
const plainAscii: CharsetChoice = { charset: "ascii", reason: "ascii" };
const dialectGbk: CharsetChoice = { charset: "gbk", reason: "dialect" };
const declaredUtf8: CharsetChoice = { charset: "utf-8", reason: "declared" };
const validUtf8: CharsetChoice = { charset: "utf-8", reason: "valid-utf8" };

/**
 * Decides the charset. Never fails: the configured legacy charset is the last resort.
 *
 * A remembered `utf-8`, and one that an iptux entry declares, count only if the bytes bear them out: iptux names utf-8 in
 * entries that it wrote in GBK for a GBK peer (captures, iptux-0.8.3-with-gbk-peer). What the user chose is not questioned.
 */
export function chooseCharset(evidence: CharsetEvidence, context: DecodeContext): CharsetChoice {
  if (evidence.utf8Flag) return utf8Flagged;
  const { bytes, main, more } = evidence;
  const high = indexOfHighByte(bytes, main.start, main.end);
  if (high === -1 && (more === null || indexOfHighByte(bytes, more.start, more.end) === -1))
    return plainAscii;
  const { peerCharset, peerCharsetChosen, legacyCharset } = context;
  // Before the dialect: a clone that calls itself FeiQ and writes UTF-8 must be readable when the user says so.
  if (peerCharset !== undefined && peerCharsetChosen === true)
    return { charset: peerCharset, reason: "peer-choice" };
  if (evidence.alwaysGbk) return dialectGbk;
  if (peerCharset !== undefined && peerCharset !== "utf-8")
    return { charset: peerCharset, reason: "peer-past" };

  const mainLook = high === -1 ? "narrow" : lookAtUtf8(bytes, high, main.end);
  const moreLook = more === null ? "narrow" : lookAtUtf8(bytes, more.start, more.end);
  const isValid = mainLook !== "invalid" && moreLook !== "invalid";
  if (peerCharset === "utf-8" && isValid) return { charset: "utf-8", reason: "peer-past" };
  if (evidence.declaredUtf8 && isValid) return declaredUtf8;
  // A file list alone may be the proof: iptux offers files with an empty text.
  if (mainLook === "wide" || (mainLook === "narrow" && moreLook === "wide")) return validUtf8;
  return { charset: legacyCharset, reason: "default" };
}
