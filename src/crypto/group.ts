// Opens FeiQ's group packets: Blowfish-CBC with a zero IV and a key that stands in clear in the packet itself. This keeps
// nothing secret (docs/protocol.md section 12.5); it is needed to read along. Hands the codec its PacketCrypto.
import { blowfishBlockBytes, decryptBlowfish, encryptBlowfish } from "./blowfish.js";
import { byteAt } from "../protocol/bytes.js";
import type { PacketCrypto } from "../protocol/message.js";

const zeros = new Uint8Array(blowfishBlockBytes);

/**
 * Creates the codec's window on ciphers.
 *
 * @example
 * decode(bytes, codec, context, createPacketCrypto())
 */
export function createPacketCrypto(): PacketCrypto {
  return { openGroup, sealGroup: (key, plain) => encryptBlowfish(key, zeros, plain) };
}

function openGroup(key: Uint8Array, cipher: Uint8Array): Uint8Array | null {
  const blocks = decryptBlowfish(key, zeros, cipher);
  if (blocks === null) return null;
  const padding = byteAt(blocks, blocks.length - 1);
  // A wrong key leaves something that is no padding.
  if (padding === 0 || padding > blowfishBlockBytes) return null;
  return blocks.subarray(blocks.length - padding).every((byte) => byte === padding)
    ? blocks.subarray(0, blocks.length - padding)
    : null;
}
