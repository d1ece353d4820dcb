// Which ciphers two programs share (section 9.1): the bits of GETPUBKEY and ANSPUBKEY, and the one choice made from them. Knows no
// cipher. Asked by the envelope for what came in, by core for what goes out.
//
//   20002 = BLOWFISH_128 | RSA_1024      65900004 = SIGN_SHA256 | SIGN_SHA1 | NOENC_FILEBODY | BASE64 | PACKETNO_IV | AES_256 | RSA_2048
import { parseHex } from "../bytes.js";
import type { PublicKeyBody } from "../message.js";

/** Bits of the capability word that we use or must know to refuse; names as in section 9.1. */
export const cipherBits = {
  RSA_512: 0x1,
  RSA_1024: 0x2,
  RSA_2048: 0x4,
  RC2_40: 0x1000,
  BLOWFISH_128: 0x20000,
  AES_256: 0x100000,
  IPDICT_CTR: 0x400000,
  PACKETNO_IV: 0x800000,
  ENCODE_BASE64: 0x1000000,
  NOENC_FILEBODY: 0x4000000,
  SIGN_SHA1: 0x20000000,
  SIGN_SHA256: 0x40000000,
} as const;

export type CipherName = "blowfish-128-cbc" | "aes-256-cbc";
export type DigestName = "sha1" | "sha256";

/** A combination that exists (section 9.1), with everything that decides how the bytes look. */
export interface CipherSuite {
  readonly cipher: CipherName;
  readonly rsaBits: 1024 | 2048;
  readonly keyBytes: 16 | 32;
  readonly blockBytes: 8 | 16;
  /** Otherwise the initial vector is zero. */
  readonly packetNoIv: boolean;
  readonly encoding: "hex" | "base64";
  /** The digest of our signature; null where none goes along. */
  readonly digest: DigestName | null;
  /** The word that stands at the head of the message. */
  readonly caps: number;
}

const strongBits =
  cipherBits.RSA_2048 |
  cipherBits.AES_256 |
  cipherBits.PACKETNO_IV |
  cipherBits.ENCODE_BASE64 |
  cipherBits.SIGN_SHA1 |
  cipherBits.SIGN_SHA256;
const weakBits =
  cipherBits.RSA_1024 | cipherBits.BLOWFISH_128 | cipherBits.PACKETNO_IV | cipherBits.ENCODE_BASE64;

/** What we can do. 512-bit RSA and RC2 are not among it, whoever offers them. */
export const ownCaps = (strongBits | weakBits) >>> 0;

/** The capability word at the head of a key or a message; null for anything but 1 to 8 hexadecimal digits. */
export function parseCaps(text: string): number | null {
  return text.length > 8 ? null : parseHex(text);
}

export function formatCaps(caps: number): string {
  return (caps >>> 0).toString(16);
}

function has(caps: number, ...bits: readonly number[]): boolean {
  return bits.every((bit) => (caps & bit) !== 0);
}

function suiteOf(rsaBits: 1024 | 2048, shared: number): CipherSuite {
  const isStrong = rsaBits === 2048;
  const digest = has(shared, cipherBits.SIGN_SHA256)
    ? "sha256"
    : has(shared, cipherBits.SIGN_SHA1)
      ? "sha1"
      : null;
  const sign = digest === null ? 0 : digest === "sha256" ? cipherBits.SIGN_SHA256 : cipherBits.SIGN_SHA1;
  const signing = cipherBits.SIGN_SHA1 | cipherBits.SIGN_SHA256;
  return {
    cipher: isStrong ? "aes-256-cbc" : "blowfish-128-cbc",
    rsaBits,
    keyBytes: isStrong ? 32 : 16,
    blockBytes: isStrong ? 16 : 8,
    packetNoIv: has(shared, cipherBits.PACKETNO_IV),
    encoding: has(shared, cipherBits.ENCODE_BASE64) ? "base64" : "hex",
    digest: isStrong ? digest : null,
    caps: ((shared & (isStrong ? strongBits : weakBits) & ~signing) | (isStrong ? sign : 0)) >>> 0,
  };
}

/**
 * The strongest combination for a message to the owner of this key; null when there is none that is safe to use (RSA-512, RC2).
 *
 * @example chooseSuite({ caps: "20002", bits: 1024 })?.cipher // "blowfish-128-cbc"
 */
export function chooseSuite(key: Pick<PublicKeyBody, "caps" | "bits">): CipherSuite | null {
  const caps = parseCaps(key.caps);
  if (caps === null) return null;
  if (key.bits === 2048 && has(caps, cipherBits.RSA_2048, cipherBits.AES_256))
    return suiteOf(2048, caps & ownCaps);
  if (key.bits === 1024 && has(caps, cipherBits.RSA_1024, cipherBits.BLOWFISH_128))
    return suiteOf(1024, caps & ownCaps);
  return null;
}

/** The combination a message was made with, from the word at its head and the size of its RSA block; null when it is refused. */
export function suiteOfMessage(caps: number, rsaBytes: number): CipherSuite | null {
  if (rsaBytes === 256 && has(caps, cipherBits.RSA_2048, cipherBits.AES_256)) return suiteOf(2048, caps);
  // The Perl client and libipmsg name RSA_512 beside it and still use 1024 bits (section 24).
  if (rsaBytes === 128 && has(caps, cipherBits.RSA_1024, cipherBits.BLOWFISH_128)) return suiteOf(1024, caps);
  return null;
}

/**
 * Which of our keys answers a GETPUBKEY, and the word beside it: nothing that the asker did not name, as old programs may not
 * know more bits; null when we share no combination.
 */
export function answerFor(askerCaps: number): { readonly bits: 1024 | 2048; readonly caps: number } | null {
  if (has(askerCaps, cipherBits.RSA_2048, cipherBits.AES_256))
    return { bits: 2048, caps: (askerCaps & strongBits) >>> 0 };
  if (has(askerCaps, cipherBits.RSA_1024, cipherBits.BLOWFISH_128))
    return { bits: 1024, caps: (askerCaps & weakBits) >>> 0 };
  return null;
}

/**
 * A key worth encrypting for: 1024 or 2048 bits, an odd modulus and an odd exponent of 3 to 32 bits (an exponent of 1 would leave
 * the session key as it is, a huge one would cost us time).
 */
export function isUsableKey(key: PublicKeyBody): boolean {
  const last = Number.parseInt(key.n.slice(-1), 16);
  const e = key.e.length > 8 ? 0 : Number.parseInt(key.e, 16);
  return (key.bits === 1024 || key.bits === 2048) && last % 2 === 1 && e >= 3 && e % 2 === 1;
}
