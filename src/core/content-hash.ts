// What two datagrams have to say, compared by a number: the same text from another address is the same packet by another path, another
// text under the same number is another packet (received.ts, room-talk.ts). Quick and easily forged; nothing is proven by it.

/** FNV-1a, 32 bits, signed. */
export function contentHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
