// From the payload of a finished inline image to a picture file: unpacks FeiQ's LZW container, puts a file header before a
// bare bitmap, tells other formats by their first bytes. The content stays hostile: nothing here decodes pixels.
//
//   "LZW!" dibLength(u32 LE) crc32(u32 LE) codes          (vector feiq-031-image-lzw-sequence)
import { hasAsciiAt } from "../bytes.js";
import { limits } from "../limits.js";
import { crc32 } from "./crc32.js";
import { decodeLzw } from "./lzw.js";

export type PictureFormat = "jpeg" | "png" | "gif" | "bmp" | "dib" | "lzw-dib" | "unknown";

export type Picture =
  /** `bytes` is a file that a viewer opens; for bitmaps with the 14-byte header added. */
  | { readonly kind: "picture"; readonly format: PictureFormat; readonly bytes: Uint8Array }
  | { readonly kind: "broken"; readonly format: PictureFormat; readonly reason: string };

const containerHeaderBytes = 12;

/** Opens the payload of a finished image. */
export function openPicture(payload: Uint8Array): Picture {
  const format = pictureFormat(payload);
  switch (format) {
    case "lzw-dib":
      return openLzw(payload);
    case "dib":
      return bitmapFile(payload, format);
    case "jpeg":
    case "png":
    case "gif":
    case "bmp":
    case "unknown":
      return { kind: "picture", format, bytes: payload };
    default:
      return format satisfies never;
  }
}

/** The format by the first bytes, whatever the sender's flags say. */
function pictureFormat(payload: Uint8Array): PictureFormat {
  if (hasAsciiAt(payload, "LZW!", 0, payload.length)) return "lzw-dib";
  if (payload[0] === 0xff && payload[1] === 0xd8 && payload[2] === 0xff) return "jpeg";
  if (payload[0] === 0x89 && hasAsciiAt(payload, "PNG", 1, payload.length)) return "png";
  if (hasAsciiAt(payload, "GIF8", 0, payload.length)) return "gif";
  if (hasAsciiAt(payload, "BM", 0, payload.length)) return "bmp";
  return isBitmap(payload) ? "dib" : "unknown";
}

function openLzw(payload: Uint8Array): Picture {
  const format = "lzw-dib";
  if (payload.length < containerHeaderBytes) return { kind: "broken", format, reason: "container cut short" };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const dibLength = view.getUint32(4, true);
  if (dibLength > limits.bitmapBytes) return { kind: "broken", format, reason: "bitmap over the limit" };
  const dib = decodeLzw(payload.subarray(containerHeaderBytes), dibLength);
  if (dib === null || dib.length !== dibLength)
    return { kind: "broken", format, reason: "codes do not decode" };
  if (crc32(dib) !== view.getUint32(8, true))
    return { kind: "broken", format, reason: "checksum does not match" };
  return bitmapFile(dib, format);
}

const dibHeaderBytes = 40;
const fileHeaderBytes = 14;

/** A device-independent bitmap with a 40-byte header and 24 or 32 bits a pixel, the only kind FeiQ sends. */
function isBitmap(dib: Uint8Array): boolean {
  if (dib.length < dibHeaderBytes) return false;
  const view = new DataView(dib.buffer, dib.byteOffset, dib.byteLength);
  const bitCount = view.getUint16(14, true);
  return view.getUint32(0, true) === dibHeaderBytes && (bitCount === 24 || bitCount === 32);
}

function bitmapFile(dib: Uint8Array, format: PictureFormat): Picture {
  if (!isBitmap(dib)) return { kind: "broken", format, reason: "no bitmap inside" };
  const file = new Uint8Array(fileHeaderBytes + dib.length);
  const view = new DataView(file.buffer);
  file[0] = 0x42;
  file[1] = 0x4d;
  view.setUint32(2, file.length, true);
  view.setUint32(10, fileHeaderBytes + dibHeaderBytes, true);
  file.set(dib, fileHeaderBytes);
  return { kind: "picture", format, bytes: file };
}
