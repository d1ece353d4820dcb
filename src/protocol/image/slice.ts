// One slice of a FeiQ inline image (command 0xC0) and its acknowledgement (0xC1): bytes to values and back. What belongs
// together is put together in image-slices.ts.
//
//   id "|" total "|" offset "|" count "|" index "|" length "|" f1 "|" f2 "|" f3 "|" "00000000#" [NUL] data
//   64ea4edd|622241|0|1216|1|512|0|2|0|00000000#␀(512 bytes)              (vectors feiq-029, feiq-030)
import { asciiBytes, asciiText, byteOf, concatBytes, indexOfByte, parseDecimal } from "../bytes.js";
import type { ByteRange, ImageSlice } from "../message.js";

/** Nine numbers, the id and eight zeros are under 100 characters; a `#` further away is image data. */
const headReach = 128;

/** End of the text part (behind its `#`), or null. */
export function sliceHeadEnd(bytes: Uint8Array, range: ByteRange): number | null {
  const reach = Math.min(range.end, range.start + headReach);
  const hash = indexOfByte(bytes, byteOf.hash, range.start, reach);
  return hash === reach ? null : hash + 1;
}

/** Reads a slice; null when its fields are no numbers or its data has another length than it says. */
export function parseImageSlice(bytes: Uint8Array, range: ByteRange): ImageSlice | null {
  const headEnd = sliceHeadEnd(bytes, range);
  if (headEnd === null) return null;
  const [id = "", ...fields] = asciiText(bytes, range.start, headEnd - 1).split("|");
  const numbers = fields.slice(0, 8).map(parseDecimal);
  const [total, offset, count, index, length, f1, f2, f3] = numbers;
  if (!/^[0-9a-zA-Z]{1,16}$/.test(id) || fields.length !== 9) return null;
  if (!isNumber(total) || !isNumber(offset) || !isNumber(count) || !isNumber(index) || !isNumber(length))
    return null;
  if (!isNumber(f1) || !isNumber(f2) || !isNumber(f3)) return null;
  // FeiQ 2013 puts one NUL before the data, others do not: told by the length.
  const padNul = range.end - headEnd === length + 1 && bytes[headEnd] === byteOf.nul;
  const data = bytes.subarray(padNul ? headEnd + 1 : headEnd, range.end);
  if (data.length !== length) return null;
  return { id, total, offset, count, index, length, flags: [f1, f2, f3], padNul, data };
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number";
}

/** Builds section 0 of a slice. */
export function buildImageSlice(slice: Omit<ImageSlice, "length">): Uint8Array {
  const { id, total, offset, count, index, flags, padNul, data } = slice;
  const head = `${[id, total, offset, count, index, data.length, ...flags, "00000000"].join("|")}#`;
  return concatBytes([asciiBytes(padNul ? `${head}\0` : head), data]);
}

/** The argument of the acknowledgement of a slice: every slice gets one, repeats too. */
export function buildImageAck(slice: Pick<ImageSlice, "id" | "index">): string {
  return `${slice.id}|${slice.index}#`;
}

/** Reads the argument of an acknowledgement. */
export function parseImageAck(text: string): { readonly id: string; readonly index: number } | null {
  const match = /^([0-9a-zA-Z]{1,16})\|(\d{1,9})#/.exec(text);
  return match === null ? null : { id: match[1] ?? "", index: Number(match[2]) };
}
