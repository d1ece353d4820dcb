// Encrypted file transfer (docs/protocol.md section 9.4): the body as AES-256-CTR, from any offset. Which key and whose body is
// core's and the courier's business.
import { createCipheriv, type Cipher } from "node:crypto";

const blockBytes = 16;

/**
 * A transform that encrypts or decrypts (the same in CTR) a body, headers and data in one run. The counter starts at the decimal
 * number of the request, filled up with zeros, and counts up as one big-endian number; `offset` skips that many bytes.
 *
 * @example file.pipe(createBodyCipher({ key, requestNo: "1786000300" })).pipe(socket)
 */
export function createBodyCipher(options: {
  readonly key: Uint8Array;
  readonly requestNo: string;
  readonly offset?: bigint;
}): Cipher {
  const offset = options.offset ?? 0n;
  const start = Buffer.alloc(blockBytes);
  start.write(options.requestNo.slice(0, blockBytes), "latin1");
  const cipher = createCipheriv("aes-256-ctr", options.key, counterAt(start, offset / BigInt(blockBytes)));
  cipher.update(new Uint8Array(Number(offset % BigInt(blockBytes))));
  return cipher;
}

function counterAt(start: Uint8Array, blocks: bigint): Uint8Array {
  const value = BigInt(`0x${Buffer.from(start).toString("hex")}`) + blocks;
  return Buffer.from(
    BigInt.asUintN(128, value)
      .toString(16)
      .padStart(2 * blockBytes, "0"),
    "hex",
  );
}
