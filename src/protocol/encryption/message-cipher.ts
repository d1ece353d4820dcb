// What the pure layers need from a cipher library for encrypted messages, and nothing more. `crypto/` implements it on Node; nothing
// here ever throws, and every failure to open looks the same to the caller.
import type { IpDict } from "../ipdict.js";
import type { PacketNo } from "../message.js";
import type { CipherSuite, DigestName } from "./capabilities.js";
import type { Envelope } from "./envelope.js";

/** A public RSA key, hexadecimal without leading zeros. */
export interface PublicKey {
  readonly e: string;
  readonly n: string;
}

export interface OwnKeys {
  readonly rsa1024: PublicKey;
  readonly rsa2048: PublicKey;
}

/** One body on its way; every call goes on where the last one ended. */
export interface BodyCipher {
  update(bytes: Uint8Array): Uint8Array;
}

/** Our keys at work. */
export interface MessageCipher {
  /** Null until they are made or read; then nothing is encrypted. */
  readonly keys: OwnKeys | null;
  /** Section 0 for the owner of `key`; null when the key does not work. */
  seal(plain: Uint8Array, suite: CipherSuite, key: PublicKey, packetNo: PacketNo): string | null;
  /** The plain text, padding removed; null for every kind of failure alike. */
  open(envelope: Envelope, packetNo: PacketNo): Uint8Array | null;
  /** The dictionary inside an encrypted one (section 10), packed; null for every kind of failure alike. */
  openDict(outer: IpDict): Uint8Array | null;
  /** A packed dictionary for the owner of a key of 2048 bits; null when the key does not work. */
  sealDict(inner: Uint8Array, key: PublicKey): Uint8Array | null;
  /** True when `signature` over `data` is of `key`. */
  verify(data: Uint8Array, signature: Uint8Array, key: PublicKey, digest: DigestName): boolean;
  /** Our signature with RSA-2048 and SHA-256; null without keys. */
  sign(data: Uint8Array): Uint8Array | null;
  /** A fresh AES-256 key for the body of one file request, 64 hexadecimal digits. */
  newBodyKey(): string;
  /**
   * Encrypts or decrypts (the same) the body that answers a file request with this packet number, piece after piece in order;
   * null when the key is none (section 9.4).
   */
  openBody(keyHex: string, requestNo: PacketNo): BodyCipher | null;
  /** SHA-256 of the modulus, 64 hexadecimal digits: what people compare. */
  fingerprintOf(key: PublicKey): string;
  /** The 16 digits that IP Messenger puts into user names (section 9.3). */
  nameFingerprintOf(key: PublicKey): string;
}
