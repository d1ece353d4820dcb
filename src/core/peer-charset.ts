// What is remembered of the charsets a peer writes in, and in which one to write to it (protocol.md section 4). How a packet's own
// charset is found out is decided in protocol/charset-choice.ts. Part of a peer's record; peers.ts keeps it.
import type { Charset, CharsetReason, DecodeContext } from "../protocol/text-codec.js";
import type { Dialect } from "../protocol/message.js";

export interface CharsetMemory {
  /** Understands the UTF8 option: announced CAPUTF8, or used the option itself. */
  readsUtf8: boolean;
  /** Unflagged charset of its last certain packet, for decoding. */
  pastCharset: Charset | null;
  /** Charset of its last packet that was not ASCII, for answering. */
  lastCharset: Charset | null;
  lastReason: CharsetReason;
  /** Fixed by the user. */
  chosenCharset: Charset | null;
}

/** How to write to a peer, and why. */
export interface OutgoingCharset {
  readonly charset: Charset;
  /** Set the UTF8 option. */
  readonly flag: boolean;
  readonly reason: CharsetReason;
}

/** Notes the charset of a packet that came; true when the answer may be in another one now. */
export function noteCharset(peer: CharsetMemory, charset: Charset, reason: CharsetReason): boolean {
  if (reason === "ascii") return false;
  const changed = peer.lastCharset !== charset || peer.lastReason !== reason;
  peer.lastCharset = charset;
  peer.lastReason = reason;
  if (reason === "utf8-flag") peer.readsUtf8 = true;
  if (reason === "dialect" || reason === "declared" || reason === "valid-utf8") peer.pastCharset = charset;
  return changed;
}

/** What to know before the next datagram of this peer is decoded. */
export function decodeContextOf(peer: CharsetMemory | undefined, legacyCharset: Charset): DecodeContext {
  if (peer === undefined) return { legacyCharset };
  if (peer.chosenCharset !== null) {
    return { legacyCharset, peerCharset: peer.chosenCharset, peerCharsetChosen: true };
  }
  return peer.pastCharset === null ? { legacyCharset } : { legacyCharset, peerCharset: peer.pastCharset };
}

export function outgoingCharsetOf(
  peer: CharsetMemory & { readonly dialect: Dialect },
  legacyCharset: Charset,
): OutgoingCharset {
  if (peer.chosenCharset !== null) {
    const flag = peer.chosenCharset === "utf-8" && peer.readsUtf8;
    return { charset: peer.chosenCharset, flag, reason: "peer-choice" };
  }
  if (peer.readsUtf8) return { charset: "utf-8", flag: true, reason: "utf8-flag" };
  if (peer.dialect === "feiq" || peer.dialect === "feige5") {
    return { charset: "gbk", flag: false, reason: "dialect" };
  }
  // iptux takes valid UTF-8 for UTF-8 before it tries anything else (section 4); GBK would lose emoji and 一.
  if (peer.dialect === "iptux") return { charset: "utf-8", flag: false, reason: "dialect" };
  if (peer.lastCharset !== null) return { charset: peer.lastCharset, flag: false, reason: peer.lastReason };
  return { charset: legacyCharset, flag: false, reason: "default" };
}
