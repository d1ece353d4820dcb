// What is done with a picture, all of it slow and with bytes of strangers, therefore in a thread (picture-thread.ts): decoded and made
// small for a preview, or made into a JPEG that FeiQ takes. Sizes are checked before anything is decoded.
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { decodeBitmap } from "./bitmap.js";
import { readPictureHead } from "./picture-head.js";
import type { PictureFormat, PictureHead } from "./picture-head.js";
import { fitWithin, flattenRaster, scaleRaster } from "./raster.js";
import type { Raster } from "./raster.js";

export type PictureJob =
  | { readonly kind: "preview"; readonly bytes: Uint8Array; readonly width: number; readonly height: number }
  | { readonly kind: "to-jpeg"; readonly bytes: Uint8Array; readonly limit: number };

export interface PicturePreview {
  readonly format: PictureFormat;
  /** Of the picture itself. */
  readonly width: number;
  readonly height: number;
  /** At most as large as asked for. */
  readonly raster: Raster;
  /** The same pixels as a file of our own making, for terminals that draw pictures themselves. */
  readonly png: Uint8Array;
}

export type PictureAnswer =
  | { readonly kind: "preview"; readonly preview: PicturePreview }
  | { readonly kind: "jpeg"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly reason: PictureFault };

/** `unknown`: no picture that is read here; `too-large`: more pixels than are decoded; `broken`: the decoder gave up. */
export type PictureFault = "unknown" | "too-large" | "broken";

/** A large phone's camera; four bytes each. */
const mostPixels = 50_000_000;
/** The JPEG decoder counts its own tables: so many MB for that many pixels and not for a bomb. */
const jpegMemoryMb = 1_024;
/** Larger ones are made smaller before FeiQ gets them: slices of 512 bytes take their time. */
const largestSentSide = 1_600;
const qualities = [85, 70, 50, 30] as const;

export function workOnPicture(job: PictureJob): PictureAnswer {
  const head = readPictureHead(job.bytes);
  if (head === null) return { kind: "refused", reason: "unknown" };
  if (head.width * head.height > mostPixels) return { kind: "refused", reason: "too-large" };
  let raster: Raster | null;
  try {
    raster = decodePicture(head, job.bytes);
  } catch {
    // Decoders throw at whatever is wrong with a stranger's bytes; which of it, nobody can mend.
    return { kind: "refused", reason: "broken" };
  }
  if (raster === null) return { kind: "refused", reason: "unknown" };
  if (job.kind === "to-jpeg") return { kind: "jpeg", bytes: encodeJpeg(raster, job.limit) };
  const { width, height } = fitWithin(raster, job);
  const small = scaleRaster(raster, width, height);
  const png = new Uint8Array(PNG.sync.write({ width, height, data: Buffer.from(small.pixels) }));
  const { format } = head;
  return {
    kind: "preview",
    preview: { format, width: raster.width, height: raster.height, raster: small, png },
  };
}

/** Null for a format that is known and not read. */
function decodePicture(head: PictureHead, bytes: Uint8Array): Raster | null {
  switch (head.format) {
    case "png": {
      const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
      return { width, height, pixels: new Uint8Array(data.buffer, data.byteOffset, data.length) };
    }
    case "jpeg": {
      const options = {
        useTArray: true,
        maxResolutionInMP: mostPixels / 1e6,
        maxMemoryUsageInMB: jpegMemoryMb,
      } as const;
      const { width, height, data } = jpeg.decode(bytes, options);
      return { width, height, pixels: data };
    }
    case "bmp":
      return decodeBitmap(bytes);
    case "gif":
      return null;
    default:
      return head.format satisfies never;
  }
}

/** As good as fits the limit. */
function encodeJpeg(raster: Raster, limit: number): Uint8Array {
  const size = fitWithin(raster, { width: largestSentSide, height: largestSentSide });
  const { width, height, pixels } = flattenRaster(scaleRaster(raster, size.width, size.height));
  let bytes = new Uint8Array();
  for (const quality of qualities) {
    bytes = new Uint8Array(jpeg.encode({ width, height, data: pixels }, quality).data);
    if (bytes.length <= limit) break;
  }
  return bytes;
}
