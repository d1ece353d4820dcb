// Strict UTF-8 as Unicode defines it (no overlong forms, no surrogates, nothing above U+10FFFF). Only looks at bytes;
// turning them into text is the codec's work. Called by the charset decision for every packet with bytes above 0x7f.
import { byteAt } from "./bytes.js";

/** What a stretch of bytes looks like as UTF-8. */
export type Utf8Look =
  | "invalid"
  /** Valid, but nothing beyond two-byte sequences: many GBK words look like that (vector cs-003), so it proves nothing. */
  | "narrow"
  /** Valid, with a character of three bytes or more: hardly ever an accident. */
  | "wide";

/** Reads `[start, end)` as UTF-8. */
export function lookAtUtf8(bytes: Uint8Array, start: number, end: number): Utf8Look {
  let look: Utf8Look = "narrow";
  let at = start;
  while (at < end) {
    const lead = byteAt(bytes, at);
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0 || at + length > end) return "invalid";
    const second = byteAt(bytes, at + 1);
    if (second < lowestSecond(lead) || second > highestSecond(lead)) return "invalid";
    for (let next = 2; next < length; next += 1) {
      if ((byteAt(bytes, at + next) & 0xc0) !== 0x80) return "invalid";
    }
    if (length > 2) look = "wide";
    at += length;
  }
  return look;
}

/** True when all of `bytes` is strictly valid UTF-8; ASCII and nothing at all count as valid. */
export function isStrictUtf8(bytes: Uint8Array): boolean {
  return lookAtUtf8(bytes, 0, bytes.length) !== "invalid";
}

// C0 and C1 could only begin overlong forms; from F5 on lies beyond U+10FFFF.
function sequenceLength(lead: number): number {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

// After E0 and F0 a low second byte would be an overlong form.
function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

// After ED a high second byte would be a surrogate, after F4 a number above U+10FFFF.
function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}
