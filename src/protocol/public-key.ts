// The argument of ANSPUBKEY: capability word, exponent and modulus in hexadecimal. Judges nothing: whether such a key may be
// used is decided by crypto. Garbage gives null and no key is stored (vector bad-042).
//
//   20002:10001-a7b8885a…      21003:010001-BF24E497…          (vectors crypto-anspubkey-1024, lab-015: upper case, leading zero)
import type { PublicKeyBody } from "./message.js";

/** Reads `caps ":" e "-" n`; e and n come out in lower case without leading zeros. */
export function parsePublicKey(text: string): PublicKeyBody | null {
  // 4096-bit keys are the longest there are: 1024 digits.
  const match =
    /^([0-9a-fA-F]{1,8}):0*([1-9a-fA-F][0-9a-fA-F]{0,15})-0*([1-9a-fA-F][0-9a-fA-F]{0,1023})$/.exec(
      text.trim(),
    );
  if (match === null) return null;
  const [, caps = "", e = "", n = ""] = match;
  const topBits = Number.parseInt(n[0] ?? "0", 16).toString(2).length;
  return {
    caps: caps.toLowerCase(),
    e: e.toLowerCase(),
    n: n.toLowerCase(),
    bits: (n.length - 1) * 4 + topBits,
  };
}

/** Builds the argument of ANSPUBKEY from hexadecimal parts. */
export function buildPublicKey(key: Pick<PublicKeyBody, "caps" | "e" | "n">): string {
  return `${key.caps}:${key.e}-${key.n}`;
}
