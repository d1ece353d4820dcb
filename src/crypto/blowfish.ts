// Blowfish-CBC in the two ways that IP Messenger's family needs: PKCS#5 written, raw blocks read (the padding is judged by who
// opens the message, so that every fault looks alike). Node has no Blowfish; the package gives the block cipher.
import { Blowfish } from "egoroof-blowfish";

export const blowfishBlockBytes = 8;
/** What Blowfish takes; FeiQ's group keys have 12 bytes, IpMsg.Net's session keys 8. */
const minKeyBytes = 4;
const maxKeyBytes = 56;

function cipherOf(key: Uint8Array, iv: Uint8Array): Blowfish | null {
  if (key.length < minKeyBytes || key.length > maxKeyBytes || iv.length !== blowfishBlockBytes) return null;
  const cipher = new Blowfish(key, Blowfish.MODE.CBC, Blowfish.PADDING.PKCS5);
  cipher.setIv(iv);
  return cipher;
}

/** Encrypts with PKCS#5 padding; null for a key or vector of a length that Blowfish does not take. */
export function encryptBlowfish(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array | null {
  return cipherOf(key, iv)?.encode(plain) ?? null;
}

/** The blocks as they come out, padding and all; null when the lengths do not fit. */
export function decryptBlowfish(key: Uint8Array, iv: Uint8Array, cipherText: Uint8Array): Uint8Array | null {
  if (cipherText.length === 0 || cipherText.length % blowfishBlockBytes !== 0) return null;
  // The package takes off what looks like padding, a block at most: one block more than there is, and it can only take from that.
  const longer = new Uint8Array(cipherText.length + blowfishBlockBytes);
  longer.set(cipherText);
  const plain = cipherOf(key, iv)?.decode(longer, Blowfish.TYPE.UINT8_ARRAY);
  return plain === undefined ? null : plain.subarray(0, cipherText.length);
}
