// The LZW variant of FeiQ's inline bitmaps (section 12.6). Decodes codes to bytes within a given limit; knows nothing of the
// container around it. Facts from PythonFeiQ and SpeedIPMsg; vectors feiq-031 and feiq-033.
//
// Bits are taken from each byte from its highest down, the first bit of a code is its lowest. Codes 1 to 256 have 9 bits, to
// 768 ten, to 1792 eleven, then twelve. No clear or end code; after entry 4095 the table is overwritten from 256 on.
import { byteAt, wordAt } from "../bytes.js";

const firstFree = 256;
const tableSize = 4096;

/**
 * Decodes until the codes run out or `limitBytes` are there; null when a code was never defined.
 *
 * Each entry is a stretch of the output itself (the previous string and the one byte behind it), so overwriting an entry
 * never changes another one.
 */
export function decodeLzw(codes: Uint8Array, limitBytes: number): Uint8Array | null {
  let output = new Uint8Array(Math.min(limitBytes, Math.max(codes.length * 4, 64)));
  let length = 0;
  const starts = new Uint32Array(tableSize);
  const lengths = new Uint32Array(tableSize);
  let free = firstFree;
  let isWrapped = false;
  let previousStart = 0;
  let previousLength = 0;
  let codesRead = 0;
  let bitAt = 0;
  const bitEnd = codes.length * 8;

  while (length < limitBytes) {
    const width = codeWidth(codesRead);
    if (bitAt + width > bitEnd) break;
    const code = readCode(codes, bitAt, width);
    bitAt += width;
    codesRead += 1;

    const isNext = previousLength > 0 && code === free;
    if (code >= firstFree && !isNext && !(code < free || isWrapped)) return null;
    const stretch = code < firstFree ? 1 : isNext ? previousLength + 1 : wordAt(lengths, code);
    const from = isNext ? previousStart : wordAt(starts, code);
    if (stretch === 0) return null;
    const needed = Math.min(length + stretch, limitBytes);
    if (needed > output.length) output = grow(output, needed, limitBytes);
    if (code < firstFree) output[length] = code;
    // Byte by byte: the last byte of "next" is the first one written here.
    else for (let at = 0; length + at < needed; at += 1) output[length + at] = byteAt(output, from + at);

    if (previousLength > 0) {
      starts[free] = previousStart;
      lengths[free] = previousLength + 1;
      free += 1;
      if (free === tableSize) {
        free = firstFree;
        isWrapped = true;
      }
    }
    previousStart = length;
    previousLength = stretch;
    length = needed;
  }
  return output.subarray(0, length);
}

function codeWidth(codesRead: number): number {
  if (codesRead < 256) return 9;
  if (codesRead < 768) return 10;
  return codesRead < 1792 ? 11 : 12;
}

function readCode(codes: Uint8Array, bitAt: number, width: number): number {
  let code = 0;
  for (let bit = 0; bit < width; bit += 1) {
    const at = bitAt + bit;
    code |= ((byteAt(codes, at >> 3) >> (7 - (at & 7))) & 1) << bit;
  }
  return code;
}

function grow(output: Uint8Array<ArrayBuffer>, needed: number, limitBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limitBytes, Math.max(needed, output.length * 2)));
  larger.set(output);
  return larger;
}
