// Encrypted messages on Node's RSA and AES and the package's Blowfish: what core seals and opens with (docs/protocol.md section 9).
// Synchronous, because it was measured: sealing, signing and opening take half a millisecond with RSA-2048, less than a way to a
// worker and back would spare; what strangers can make us do is limited by core. Never throws.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes as systemRandomBytes,
  sign as signData,
  verify as verifyData,
  type KeyObject,
} from "node:crypto";
import { decryptBlowfish, encryptBlowfish } from "./blowfish.js";
import { openDict, sealDict } from "./dict-cipher.js";
import { createBodyCipher } from "./file-cipher.js";
import type { KeyRing } from "./key-ring.js";
import { exportPublicKey, importPublicKey, rawDecrypt, unwrapKey, wrapKey } from "./rsa.js";
import { byteAt } from "../protocol/bytes.js";
import type { CipherSuite } from "../protocol/encryption/capabilities.js";
import { buildEnvelope, initialVector } from "../protocol/encryption/envelope.js";
import type { MessageCipher, OwnKeys, PublicKey } from "../protocol/encryption/message-cipher.js";

/** IpMsg.Net's session keys, with zeros for padding (docs/protocol.md section 24). */
const shortKeyBytes = 8;
/** Keys of peers as imported; a school has fewer. */
const maxImported = 1024;

/**
 * Ciphers over the keys of a ring, which may still be empty.
 *
 * @example const cipher = createMessageCipher(createKeyRing(await generateKeyPairs()));
 */
export function createMessageCipher(
  ring: KeyRing,
  randomBytes: (count: number) => Uint8Array = (count) => systemRandomBytes(count),
): MessageCipher {
  const imported = new Map<string, KeyObject | null>();
  let exported: { readonly of: KeyRing["pairs"]; readonly keys: OwnKeys } | null = null;
  /** A message to many is signed once: the text under the signature is the same for all. */
  let lastSigned: { readonly plain: string; readonly digest: string; readonly signature: Uint8Array } | null =
    null;

  function keyObject(key: PublicKey): KeyObject | null {
    const name = `${key.e}-${key.n}`;
    const known = imported.get(name);
    if (known !== undefined) return known;
    if (imported.size >= maxImported) imported.clear();
    const found = importPublicKey(key);
    imported.set(name, found);
    return found;
  }

  function ownKeys(): OwnKeys | null {
    const { pairs } = ring;
    if (pairs === null) return null;
    if (exported?.of !== pairs) {
      const keys = {
        rsa1024: exportPublicKey(pairs.rsa1024.publicKey),
        rsa2048: exportPublicKey(pairs.rsa2048.publicKey),
      };
      exported = { of: pairs, keys };
    }
    return exported.keys;
  }

  function signWith(plain: Uint8Array, digest: "sha1" | "sha256"): Uint8Array | null {
    const { pairs } = ring;
    if (pairs === null) return null;
    const text = Buffer.from(plain).toString("latin1");
    if (lastSigned === null || lastSigned.plain !== text || lastSigned.digest !== digest) {
      lastSigned = { plain: text, digest, signature: signData(digest, plain, pairs.rsa2048.privateKey) };
    }
    return lastSigned.signature;
  }

  return {
    get keys() {
      return ownKeys();
    },

    seal(plain, suite, key, packetNo) {
      const object = keyObject(key);
      if (object?.asymmetricKeyDetails?.modulusLength !== suite.rsaBits) return null;
      const sessionKey = randomBytes(suite.keyBytes);
      const wrappedKey = wrapKey(object, sessionKey, randomBytes);
      const cipherText = encryptBlocks(suite, sessionKey, initialVector(suite, packetNo), plain);
      if (wrappedKey === null || cipherText === null) return null;
      const signature = suite.digest === null ? null : signWith(plain, suite.digest);
      return buildEnvelope({ suite, wrappedKey, cipherText, signature });
    },

    open(envelope, packetNo) {
      const { suite } = envelope;
      const pair = suite.rsaBits === 2048 ? ring.pairs?.rsa2048 : ring.pairs?.rsa1024;
      if (pair === undefined) return null;
      const other = suite.cipher === "blowfish-128-cbc" ? shortKeyBytes : 0;
      const unwrapped = unwrapKey(
        rawDecrypt(pair.privateKey, envelope.wrappedKey),
        suite.keyBytes,
        other,
        randomBytes(suite.keyBytes),
      );
      const sessionKey = unwrapped.key.subarray(
        0,
        suite.keyBytes - unwrapped.isShort * (suite.keyBytes - other),
      );
      const blocks = decryptBlocks(suite, sessionKey, initialVector(suite, packetNo), envelope.cipherText);
      const end = blocks === null ? 0 : plainLength(blocks, suite.blockBytes, unwrapped.isShort);
      // One place, one answer, after all the work: which part failed is nobody's business.
      return blocks === null || (unwrapped.valid & Number(end > 0)) === 0 ? null : blocks.subarray(0, end);
    },

    openDict: (outer) => (ring.pairs === null ? null : openDict(outer, ring.pairs.rsa2048)),

    sealDict: (inner, key) => sealDict(inner, key),

    verify(data, signature, key, digest) {
      const object = keyObject(key);
      if (object === null) return false;
      try {
        return verifyData(digest, data, object, signature);
      } catch {
        return false;
      }
    },

    sign: (data) => signWith(data, "sha256"),

    newBodyKey: () => Buffer.from(randomBytes(32)).toString("hex"),

    openBody(keyHex, requestNo) {
      const key = Buffer.from(keyHex, "hex");
      return key.length === 32 ? createBodyCipher({ key, requestNo }) : null;
    },

    fingerprintOf: ({ n }) => createHash("sha256").update(modulusBytes(n)).digest("hex"),

    nameFingerprintOf({ n }) {
      const digest = createHash("sha1").update(modulusBytes(n).toReversed()).digest().toReversed();
      const groups = new Uint8Array(24);
      groups.set(digest);
      const mixed = Uint8Array.from(
        { length: 8 },
        (_, at) => byteAt(groups, at) ^ byteAt(groups, at + 8) ^ byteAt(groups, at + 16),
      );
      return Buffer.from(mixed).toString("hex");
    },
  };
}

function modulusBytes(n: string): Buffer {
  return Buffer.from(n.length % 2 === 0 ? n : `0${n}`, "hex");
}

function encryptBlocks(
  suite: CipherSuite,
  key: Uint8Array,
  iv: Uint8Array,
  plain: Uint8Array,
): Uint8Array | null {
  if (suite.cipher === "blowfish-128-cbc") return encryptBlowfish(key, iv, plain);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** Without taking the padding off. */
function decryptBlocks(
  suite: CipherSuite,
  key: Uint8Array,
  iv: Uint8Array,
  cipherText: Uint8Array,
): Uint8Array | null {
  if (suite.cipher === "blowfish-128-cbc") return decryptBlowfish(key, iv, cipherText);
  const cipher = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(cipherText), cipher.final()]);
}

/**
 * How much of the blocks is text: all but the PKCS padding, all of it where zeros were used instead (allowed with a short key
 * only); 0 when the padding is wrong. A whole block is looked at in every case.
 */
function plainLength(blocks: Uint8Array, blockBytes: number, mayBeZeros: number): number {
  const last = byteAt(blocks, blocks.length - 1);
  let bad = Number(last === 0) | Number(last > blockBytes);
  for (let back = 1; back <= blockBytes; back += 1)
    bad |= Number(back <= last) & Number(byteAt(blocks, blocks.length - back) !== last);
  const isZeroPadded = mayBeZeros & bad;
  return (blocks.length - last) * (1 - bad) + blocks.length * isZeroPadded;
}
