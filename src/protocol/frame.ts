// Level one of the codec: where the header of a datagram is cut. Bytes only, no text, no meaning of the command.
// Cut strictly at the first five colons; no charset in use has a colon inside a character (architecture, I2).
//
//   ver ":" packetNo ":" user ":" host ":" command ":" extra
//   1:100:shirouzu:jupiter:32:Hello                                    (vector core-001-spec-example)
import { asciiText, byteAt, byteOf, hasAsciiAt, indexOfByte } from "./bytes.js";
import { limits } from "./limits.js";
import type { ByteRange, PacketNo } from "./message.js";

/** A valid header: positions of its colons, and the command word. `extra` begins behind `commandEnd`. */
export interface Frame {
  readonly kind: "frame";
  readonly versionEnd: number;
  readonly packetNoEnd: number;
  readonly userEnd: number;
  readonly hostEnd: number;
  readonly commandEnd: number;
  readonly command: number;
}

/** Why a datagram is no packet; texts are stable and stand in the vectors (malformed.json). */
export const frameFaults = {
  colons: "fewer than five colons",
  version: "version field is not one of the known forms",
  packetNo: "packet number is not 1-20 decimal digits",
  command: "command is not a decimal number below 2^32",
  nul: "NUL inside the header",
} as const;

export interface FrameFault {
  readonly kind: "fault";
  readonly reason: (typeof frameFaults)[keyof typeof frameFaults];
}

/** Finds the header of a datagram, or says why it has none. */
export function parseFrame(bytes: Uint8Array): Frame | FrameFault {
  // One pass: this runs for every datagram, and a FeiQ header alone has some eighty bytes.
  const ends = { version: 0, packetNo: 0, user: 0, host: 0 };
  let colons = 0;
  let hasNul = false;
  let isPrintable = true;
  let at = 0;
  for (; at < bytes.length; at += 1) {
    const byte = byteAt(bytes, at);
    if (byte === byteOf.colon) {
      colons += 1;
      if (colons === 1) ends.version = at;
      else if (colons === 2) ends.packetNo = at;
      else if (colons === 3) ends.user = at;
      else if (colons === 4) ends.host = at;
      else break;
    } else if (byte < 0x20 || byte > 0x7e) {
      if (byte === byteOf.nul) hasNul = true;
      if (colons === 0) isPrintable = false;
    }
  }
  if (at === bytes.length) return fault("colons");
  if (!isPrintable || !isVersion(bytes, ends.version)) return fault("version");
  if (!isNumber(bytes, ends.version + 1, ends.packetNo, limits.packetNoDigits)) return fault("packetNo");
  if (!isNumber(bytes, ends.host + 1, at, limits.commandDigits)) return fault("command");
  let command = 0;
  for (let digit = ends.host + 1; digit < at; digit += 1)
    command = command * 10 + byteAt(bytes, digit) - 0x30;
  if (command > 0xffffffff) return fault("command");
  if (hasNul) return fault("nul");
  return {
    kind: "frame",
    versionEnd: ends.version,
    packetNoEnd: ends.packetNo,
    userEnd: ends.user,
    hostEnd: ends.host,
    commandEnd: at,
    command,
  };
}

/** The digits of the packet number, as received. */
export function packetNoOf(bytes: Uint8Array, frame: Frame): PacketNo {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseFrame has checked that these are digits
  return asciiText(bytes, frame.versionEnd + 1, frame.packetNoEnd) as PacketNo;
}

function fault(which: keyof typeof frameFaults): FrameFault {
  return { kind: "fault", reason: frameFaults[which] };
}

/** The version forms in use: `1` and `1…` (no digit after it), `5.1.…`, `iptux …`, `feiq…`. A MAC address or a time is none. */
function isVersion(bytes: Uint8Array, end: number): boolean {
  if (end < 1 || end > limits.versionBytes) return false;
  const first = byteAt(bytes, 0);
  if (first === 0x31) return end === 1 || !isDigit(byteAt(bytes, 1));
  if (first >= 0x32 && first <= 0x39) return end > 2 && bytes[1] === 0x2e && isDigit(byteAt(bytes, 2));
  return hasAsciiAt(bytes, "iptux", 0, end) || hasAsciiAt(bytes, "feiq", 0, end);
}

function isNumber(bytes: Uint8Array, start: number, end: number, maxDigits: number): boolean {
  if (end - start < 1 || end - start > maxDigits) return false;
  for (let at = start; at < end; at += 1) if (!isDigit(byteAt(bytes, at))) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/**
 * The sections of `extra`, cut at NUL. NULs at the end are padding and make no section: none, one, two (FeiQ, libipmsg) and
 * 64 (late repeats of the official client) are all usual. Section 0 always exists. The last of `limit` keeps the rest.
 */
export function parseSections(bytes: Uint8Array, start: number, limit: number): readonly ByteRange[] {
  let end = bytes.length;
  while (end > start && bytes[end - 1] === byteOf.nul) end -= 1;
  const sections: ByteRange[] = [];
  let at = start;
  while (sections.length + 1 < limit) {
    const cut = indexOfByte(bytes, byteOf.nul, at, end);
    if (cut === end) break;
    sections.push({ start: at, end: cut });
    at = cut + 1;
  }
  sections.push({ start: at, end });
  return sections;
}
