// RSA as IP Messenger uses it: PKCS#1 v1.5, big-endian numbers. Node refuses (or, in newer versions, hides) the removal of that
// padding, so both directions are done here by hand around the bare operation; the removal takes the same steps whatever the
// bytes are, and yields a made-up key where there is none (docs/decisions/0010-encryption.md).
import { constants, createPublicKey, privateDecrypt, publicEncrypt, type KeyObject } from "node:crypto";
import { byteAt } from "../protocol/bytes.js";
import type { PublicKey } from "../protocol/encryption/message-cipher.js";

/** A public key as Node takes it; null for numbers that are no key. */
export function importPublicKey({ e, n }: PublicKey): KeyObject | null {
  try {
    const key = createPublicKey({
      key: { kty: "RSA", e: base64Url(e), n: base64Url(n) },
      format: "jwk",
    });
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) < 512 ? null : key;
  } catch {
    // Bad input from the network is data: such a key is not used.
    return null;
  }
}

function base64Url(hex: string): string {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}

/** The numbers of a key in hexadecimal without leading zeros. */
export function exportPublicKey(key: KeyObject): PublicKey {
  const { e = "", n = "" } = key.export({ format: "jwk" });
  return { e: hexOf(e), n: hexOf(n) };
}

function hexOf(base64: string): string {
  return Buffer.from(base64, "base64url").toString("hex").replace(/^0+/, "");
}

/** Wraps a session key: 00 02, random bytes without zero, 00, the key. */
export function wrapKey(
  key: KeyObject,
  sessionKey: Uint8Array,
  randomBytes: (count: number) => Uint8Array,
): Uint8Array | null {
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (size < sessionKey.length + 11) return null;
  const block = new Uint8Array(size);
  block[1] = 2;
  const fill = nonZeroBytes(size - sessionKey.length - 3, randomBytes);
  block.set(fill, 2);
  block.set(sessionKey, size - sessionKey.length);
  try {
    return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  } catch {
    // A modulus smaller than the block: somebody's broken key.
    return null;
  }
}

function nonZeroBytes(count: number, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const bytes = new Uint8Array(count);
  let at = 0;
  while (at < count)
    for (const byte of randomBytes(count - at)) if (byte !== 0 && at < count) bytes[at++] = byte;
  return bytes;
}

/** The bare private operation; the block of a number above the modulus comes out as zeros, which is no valid padding. */
export function rawDecrypt(key: KeyObject, block: Uint8Array): Uint8Array {
  try {
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  } catch {
    return new Uint8Array(block.length);
  }
}

export interface Unwrapped {
  /** 1 when the padding was right and the key has one of the lengths; 0 otherwise. A number, so that nobody branches on it early. */
  readonly valid: number;
  /** The session key, or bytes of `fallback` in its place; a short one is followed by zeros. */
  readonly key: Uint8Array;
  /** 1 when the key has the other length. */
  readonly isShort: number;
}

/** 1 when two numbers below 2^30 are equal, else 0; no branch. */
function sameNumber(a: number, b: number): number {
  const difference = a ^ b;
  return 1 - (((difference | -difference) >>> 31) & 1);
}

/**
 * Takes the padding off. `keyBytes` is the length the suite asks for, `otherBytes` one more that is known to be written
 * (IpMsg.Net's eight bytes; 0 for none). Every byte is looked at in every case, and the result is chosen by masks.
 */
export function unwrapKey(
  block: Uint8Array,
  keyBytes: number,
  otherBytes: number,
  fallback: Uint8Array,
): Unwrapped {
  const size = block.length;
  let bad = byteAt(block, 0) | (byteAt(block, 1) ^ 2);
  // The first zero from the third byte on ends the padding. All ones while none was seen.
  let looking = -1;
  let separator = 0;
  for (let at = 2; at < size; at += 1) {
    const isZero = (byteAt(block, at) - 1) >> 31;
    separator |= at & looking & isZero;
    looking &= ~isZero;
  }
  bad |= looking & 1;
  const length = size - 1 - separator;
  const usual = sameNumber(length, keyBytes);
  const other = sameNumber(length, otherBytes) & sameNumber(sameNumber(otherBytes, 0), 0);
  const valid = (usual | other) & sameNumber(bad, 0);
  const usualMask = -(usual & valid) & 0xff;
  const otherMask = -(other & valid) & 0xff;
  const noneMask = ~(usualMask | otherMask) & 0xff;
  const key = new Uint8Array(keyBytes);
  for (let at = 0; at < keyBytes; at += 1) {
    const usualByte = byteAt(block, size - keyBytes + at);
    const otherByte = at < otherBytes ? byteAt(block, size - otherBytes + at) : 0;
    key[at] = (usualByte & usualMask) | (otherByte & otherMask) | (byteAt(fallback, at) & noneMask);
  }
  return { valid, key, isShort: other & valid };
}
