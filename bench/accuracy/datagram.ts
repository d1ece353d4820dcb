// FYL/1 datagrams as the judges see them: which are data, and how to forge one. Written from docs/lab/wire.md, not from the product.

const magic = 0xff4c;

/** The type of a lab datagram; null for anything else. */
export function typeOf(bytes: Uint8Array): number | null {
  return bytes.length >= 32 && bytes[0] === 0xff && bytes[1] === 0x4c ? (bytes[3] ?? 0) : null;
}

export function isControl(bytes: Uint8Array): boolean {
  return (typeOf(bytes) ?? 0) >= 0x80;
}

export function sequenceOf(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE(12);
}

/** CRC-32 (IEEE), a bit at a time. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Puts length and checksum right after something was changed. */
export function sealed(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(copy.length, 24);
  copy.writeUInt32BE(0, 28);
  copy.writeUInt32BE(checksum(copy), 28);
  return copy;
}

/** A correct datagram of one type and size with zeros where nothing is given. */
export function forge(
  type: number,
  sizeBytes: number,
  fill: (bytes: Buffer) => void = () => undefined,
): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt16BE(magic, 0);
  bytes[2] = 1;
  bytes[3] = type;
  fill(bytes);
  return sealed(bytes);
}
