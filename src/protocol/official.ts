// What the header parser of the official Windows client (v4.99r3) would make of a datagram. For inspection only: it explains why
// an official client ignores a peer or reads other names than we do. We ourselves cut strictly (frame.ts).
import { asciiText, byteOf, indexOfByte } from "./bytes.js";

/** Fields it needs before the first NUL: version, packet number, user, host, command. */
const neededFields = 5;

/**
 * True when v4.99 takes the datagram for a packet: runs of colons count as one, leading ones are skipped, and the version must
 * read as the integer 1 (`1`, `1_lbt…`, `1@shiyeline` do, `5.1.180210` does not). Numbers are not checked: a command of
 * letters is command 0 (vectors bad-005, bad-009, bad-014).
 */
export function officialAccepts(bytes: Uint8Array): boolean {
  const end = indexOfByte(bytes, byteOf.nul, 0, bytes.length);
  let version: string | null = null;
  let fields = 0;
  let at = 0;
  while (at < end && fields < neededFields) {
    const fieldEnd = indexOfByte(bytes, byteOf.colon, at, end);
    if (fieldEnd > at) {
      version ??= asciiText(bytes, at, fieldEnd);
      fields += 1;
    }
    at = fieldEnd + 1;
  }
  // As C's atoi: leading white space, a sign, digits up to the first other character.
  return fields === neededFields && version !== null && /^[ \t\n\v\f\r]*\+?0*1(?!\d)/.test(version);
}
