// Section 0 of an encrypted message (section 9.2): capability word, wrapped session key, cipher text and signature in
// hexadecimal or base64. Parse and build; opens nothing. What is wrong with an envelope is told from public bytes only.
//
//   20002:89d1166cd6ce7559…:75550d0400d1a017c847d1526a17202c          (vector crypto-feiq-bf128-zero-iv-gbk)
import { byteAt, hexText, parseHex } from "../bytes.js";
import type { PacketNo } from "../message.js";
import { cipherBits, formatCaps, parseCaps, suiteOfMessage, type CipherSuite } from "./capabilities.js";

/** An encrypted text, taken apart. */
export interface Envelope {
  readonly ok: true;
  readonly caps: number;
  readonly suite: CipherSuite;
  /** Big-endian, as long as the modulus. */
  readonly wrappedKey: Uint8Array;
  readonly cipherText: Uint8Array;
  readonly signature: Uint8Array | null;
}

/** Why an envelope cannot be opened; stable. `refused`: RSA-512, RC2 or a combination that nobody uses. */
export type EnvelopeFault = "bad-encoding" | "bad-length" | "refused";

export type ParsedEnvelope = Envelope | { readonly ok: false; readonly fault: EnvelopeFault };

/** Takes section 0 of an encrypted packet apart. */
export function parseEnvelope(text: string): ParsedEnvelope {
  const [capsText = "", keyText = "", cipherText = "", signatureText] = text.split(":", 5);
  const caps = parseCaps(capsText);
  if (caps === null) return { ok: false, fault: "bad-encoding" };
  const read = (caps & cipherBits.ENCODE_BASE64) === 0 ? bytesOfHex : bytesOfBase64;
  const wrapped = read(keyText);
  const cipher = read(cipherText);
  const signature = signatureText === undefined ? null : read(signatureText);
  if (wrapped === null || cipher === null || (signatureText !== undefined && signature === null))
    return { ok: false, fault: "bad-encoding" };
  const suite = suiteOfMessage(caps, wrapped.length);
  if (suite === null) return { ok: false, fault: "refused" };
  if (cipher.length === 0 || cipher.length % suite.blockBytes !== 0)
    return { ok: false, fault: "bad-length" };
  return { ok: true, caps, suite, wrappedKey: wrapped, cipherText: cipher, signature };
}

/** Builds section 0. */
export function buildEnvelope(
  envelope: Pick<Envelope, "suite" | "wrappedKey" | "cipherText" | "signature">,
): string {
  const { suite, signature } = envelope;
  const write = suite.encoding === "hex" ? hexText : base64Text;
  const parts = [formatCaps(suite.caps), write(envelope.wrappedKey), write(envelope.cipherText)];
  return (signature === null ? parts : [...parts, write(signature)]).join(":");
}

/** The initial vector: zeros, or the packet number in ASCII, cut or filled up with zeros to the block. */
export function initialVector(suite: CipherSuite, packetNo: PacketNo): Uint8Array {
  const iv = new Uint8Array(suite.blockBytes);
  if (!suite.packetNoIv) return iv;
  for (let at = 0; at < iv.length && at < packetNo.length; at += 1) iv[at] = packetNo.charCodeAt(at);
  return iv;
}

function bytesOfHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseHex(text.slice(2 * at, 2 * at + 2)) ?? 0;
  return bytes;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const valueOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code));
  return value === -1 ? 0xff : value;
});

/** Standard alphabet, padded, one line; null for anything else. */
function bytesOfBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let to = 0;
  for (let from = 0; from < text.length; from += 4) {
    let word = 0;
    for (let at = from; at < from + 4; at += 1) {
      const value = byteAt(valueOf, text.charCodeAt(at));
      word = (word << 6) | (value === 0xff ? 0 : value);
    }
    for (let shift = 16; shift >= 0 && to < bytes.length; shift -= 8) bytes[to++] = (word >> shift) & 0xff;
  }
  return bytes;
}

function base64Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const word = (byteAt(bytes, at) << 16) | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((word >> shift) & 63)).join("");
    const missing = Math.max(0, at + 3 - bytes.length);
    text += missing === 0 ? digits : `${digits.slice(0, 4 - missing)}${"=".repeat(missing)}`;
  }
  return text;
}
