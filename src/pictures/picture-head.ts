// Format and size of a picture by its first bytes, before anything is decoded: a few bytes may claim a picture of many gigabytes.
// Pure; any bytes in, a head or null out.

export type PictureFormat = "png" | "jpeg" | "bmp" | "gif";

export interface PictureHead {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

/** Null for what is none of the known formats, or cut too short to tell its size. */
export function readPictureHead(bytes: Uint8Array): PictureHead | null {
  const head = headOf(bytes);
  return head !== null && head.width > 0 && head.height > 0 ? head : null;
}

function headOf(bytes: Uint8Array): PictureHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47]) && bytes.length >= 24) {
    return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return jpegHead(view);
  if (startsWith(bytes, [0x42, 0x4d]) && bytes.length >= 26) {
    // A negative height: rows from the top.
    return { format: "bmp", width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
  }
  if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38]) && bytes.length >= 10) {
    return { format: "gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  return null;
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((value, at) => bytes[at] === value);
}

/** Segment by segment up to the frame header, which holds the size. */
function jpegHead(view: DataView): PictureHead | null {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // C4, C8 and CC look like frame headers and are tables.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { format: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += isBare ? 2 : 2 + Math.max(2, view.getUint16(at + 2));
  }
  return null;
}
