// Opens FeiQ's group packets: Blowfish-CBC with a zero IV and a key that stands in clear in the packet itself. This keeps
// nothing secret (docs/protocol.md section 12.5); it is needed to read along. Hands the codec its PacketCrypto.
import { Blowfish } from "egoroof-blowfish";
import type { PacketCrypto } from "../protocol/message.js";

const blockBytes = 8;
/** What Blowfish takes; FeiQ's keys have 12 bytes. */
const minKeyBytes = 4;
const maxKeyBytes = 56;

/**
 * Creates the codec's window on ciphers.
 *
 * @example
 * decode(bytes, codec, context, createPacketCrypto())
 */
export function createPacketCrypto(): PacketCrypto {
  return { openGroup };
}

function openGroup(key: Uint8Array, cipher: Uint8Array): Uint8Array | null {
  if (key.length < minKeyBytes || key.length > maxKeyBytes) return null;
  if (cipher.length === 0 || cipher.length % blockBytes !== 0) return null;
  const blowfish = new Blowfish(key, Blowfish.MODE.CBC, Blowfish.PADDING.PKCS5);
  blowfish.setIv(new Uint8Array(blockBytes));
  const plain = blowfish.decode(cipher, Blowfish.TYPE.UINT8_ARRAY);
  // The package leaves the text whole when the last byte is no padding: a wrong key.
  return plain.length === cipher.length ? null : plain;
}
