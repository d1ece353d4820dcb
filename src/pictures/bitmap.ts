// Windows bitmaps of 24 and 32 bits, uncompressed: what FeiQ's containers hold (protocol/image/picture.ts puts the file header before
// them). Others are refused. Any bytes in; what is missing at the end stays clear.
import type { Raster } from "./raster.js";

/** Null for a kind of bitmap that is not read. The size was checked before. */
export function decodeBitmap(bytes: Uint8Array): Raster | null {
  if (bytes.length < 54) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  // 3 with the usual masks is what some programs write for 32 bits.
  if ((bits !== 24 && bits !== 32) || (compression !== 0 && !(compression === 3 && bits === 32))) return null;
  const step = bits / 8;
  const rowBytes = Math.ceil((width * step) / 4) * 4;
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const from = start + (signedHeight > 0 ? height - 1 - y : y) * rowBytes;
    for (let x = 0; x < width; x += 1) {
      const at = from + x * step;
      if (at + step > bytes.length) break;
      const to = (y * width + x) * 4;
      pixels[to] = bytes[at + 2] ?? 0;
      pixels[to + 1] = bytes[at + 1] ?? 0;
      pixels[to + 2] = bytes[at] ?? 0;
      // The fourth byte is opacity in no program that writes these.
      pixels[to + 3] = 255;
    }
  }
  return { width, height, pixels };
}
