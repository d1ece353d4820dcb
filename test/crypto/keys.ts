// The RSA keys of the vectors and of a capture, as the program's key rings. Made for tests, useless elsewhere.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createMessageCipher } from "../../src/crypto/message-cipher.js";
import { createKeyRing, type KeyPair } from "../../src/crypto/key-ring.js";
import { exportPublicKey } from "../../src/crypto/rsa.js";
import type { MessageCipher, PublicKey } from "../../src/protocol/encryption/message-cipher.js";

export interface KeyNumbers {
  readonly bits: number;
  readonly e: string;
  readonly n: string;
  readonly d: string;
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

const folder = new URL("../vectors/", import.meta.url);
export const keyNumbers: Readonly<Record<string, KeyNumbers>> = JSON.parse(
  readFileSync(new URL("crypto-keys.json", folder), "utf8"),
).keys;

function part(hex: string): string {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}

const pairs = new Map<string, KeyPair>();

export function keyPair(name: string): KeyPair {
  const known = pairs.get(name);
  if (known !== undefined) return known;
  const numbers = keyNumbers[name];
  if (numbers === undefined) throw new Error(`no key ${name}`);
  const { e, n, d, p, q, dp, dq, qi } = numbers;
  const key = {
    kty: "RSA",
    e: part(e),
    n: part(n),
    d: part(d),
    p: part(p),
    q: part(q),
    dp: part(dp),
    dq: part(dq),
    qi: part(qi),
  };
  const privateKey = createPrivateKey({ key, format: "jwk" });
  const pair = { privateKey, publicKey: createPublicKey(privateKey) };
  pairs.set(name, pair);
  return pair;
}

export function publicKey(name: string): PublicKey {
  return exportPublicKey(keyPair(name).publicKey);
}

/** A cipher that owns the two keys of that letter (`a` or `b`). */
export function cipherOf(letter: "a" | "b"): MessageCipher {
  return createMessageCipher(
    createKeyRing({ rsa1024: keyPair(`${letter}1024`), rsa2048: keyPair(`${letter}2048`) }),
  );
}

/** A cipher with a 1024-bit key in PEM form, as in a capture. */
export function cipherOfPem(pem: string): MessageCipher {
  const privateKey = createPrivateKey(pem);
  const rsa1024 = { privateKey, publicKey: createPublicKey(privateKey) };
  return createMessageCipher(createKeyRing({ rsa1024, rsa2048: keyPair("a2048") }));
}
