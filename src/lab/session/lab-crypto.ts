// What the session machines need of cryptography, so that they stay pure: a keyed hash, a slow key for class codes, chance for
// secrets. `system-crypto` is the real one; tests bring seeded ones.
export interface LabCrypto {
  /** HMAC-SHA-256. */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
  /** The key of a class code; slow on purpose (scrypt with the salt `feiyan-lab/1`). */
  codeKey(code: string): Promise<Uint8Array>;
}

/** Compares without telling by time how far two values agree. */
export function isEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
