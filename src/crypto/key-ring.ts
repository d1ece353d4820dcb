// Our two key pairs: RSA-2048 for programs that can, RSA-1024 for FeiQ and the old ones. Made in the thread pool of Node, so that
// the loop never waits for prime numbers; kept and read by key-file.ts.
import { generateKeyPair, type KeyObject } from "node:crypto";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface KeyPairs {
  readonly rsa1024: KeyPair;
  readonly rsa2048: KeyPair;
}

/** Where the keys will be once they are there. */
export interface KeyRing {
  pairs: KeyPairs | null;
}

export function createKeyRing(pairs: KeyPairs | null = null): KeyRing {
  return { pairs };
}

function generate(modulusLength: number): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    generateKeyPair("rsa", { modulusLength, publicExponent: 0x10001 }, (error, publicKey, privateKey) => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    });
  });
}

/** New keys; takes some tenths of a second in another thread. */
export async function generateKeyPairs(): Promise<KeyPairs> {
  const [rsa1024, rsa2048] = await Promise.all([generate(1024), generate(2048)]);
  return { rsa1024, rsa2048 };
}
