// Signed and encrypted IPDicts (docs/protocol.md section 10): the signature over the packed dictionary without SIGN, then everything
// in AES-256-CTR under a session key that RSA-2048 wraps. The same care as for messages: one answer for every fault.
import { createCipheriv, randomBytes as systemRandomBytes, sign, verify } from "node:crypto";
import type { KeyPair } from "./key-ring.js";
import { importPublicKey, rawDecrypt, unwrapKey, wrapKey } from "./rsa.js";
import { cipherBits } from "../protocol/encryption/capabilities.js";
import type { PublicKey } from "../protocol/encryption/message-cipher.js";
import {
  buildIpDict,
  packDict,
  parseIpDict,
  signedPart,
  type DictValue,
  type IpDict,
} from "../protocol/ipdict.js";
import type { TextCodec } from "../protocol/text-codec.js";

const keyBytes = 32;
const ivBytes = 16;

/** The dictionary inside an encrypted one, as packed; null for every kind of failure alike. */
export function openDict(outer: IpDict, pair: KeyPair): Uint8Array | null {
  const iv = outer.get("EI");
  const wrapped = outer.get("EK");
  const body = outer.get("EB");
  if (iv?.length !== ivBytes || wrapped?.length !== 256 || body === undefined) return null;
  const unwrapped = unwrapKey(rawDecrypt(pair.privateKey, wrapped), keyBytes, 0, systemRandomBytes(keyBytes));
  const plain = createCipheriv("aes-256-ctr", unwrapped.key, iv).update(body);
  return unwrapped.valid === 1 && parseIpDict(plain) !== null ? plain : null;
}

/** Encrypts a packed dictionary for the owner of a key; null when the key does not work. */
export function sealDict(inner: Uint8Array, key: PublicKey): Uint8Array | null {
  const sessionKey = systemRandomBytes(keyBytes);
  const object = importPublicKey(key);
  const wrapped = object === null ? null : wrapKey(object, sessionKey, systemRandomBytes);
  if (wrapped === null) return null;
  const iv = systemRandomBytes(ivBytes);
  const body = createCipheriv("aes-256-ctr", sessionKey, iv).update(inner);
  const caps = cipherBits.RSA_2048 | cipherBits.AES_256 | cipherBits.IPDICT_CTR;
  return packDict([
    ["EF", Buffer.from(caps.toString(16))],
    ["EI", iv],
    ["EK", wrapped],
    ["EB", body],
  ]);
}

/** Packs a dictionary and appends SIGN over it. */
export function signDict(
  entries: Readonly<Record<string, DictValue>>,
  pair: KeyPair,
  codec: TextCodec,
): Uint8Array {
  const signature = sign("sha256", buildIpDict(entries, codec), pair.privateKey);
  return buildIpDict({ ...entries, SIGN: signature }, codec);
}

/** `none` without SIGN; SIGN must be the last key, as what stands behind it would not be signed. */
export function verifyDict(packed: Uint8Array, key: PublicKey): "valid" | "invalid" | "none" {
  const dict = parseIpDict(packed);
  if (dict === null || !dict.has("SIGN")) return "none";
  const part = signedPart(dict);
  const object = importPublicKey(key);
  if (object === null || part === null) return "invalid";
  try {
    return verify("sha256", part.signed, object, part.signature) ? "valid" : "invalid";
  } catch {
    return "invalid";
  }
}
