// Puts the slices of FeiQ's inline images together (section 12.6), within limits: a peer that announces 4 GB makes us hold
// nothing. Time is an argument. Does not acknowledge (reply.ts says what to answer) and does not know which text the image
// belongs to: slices may come before the text, after it, or without one.
import { concatBytes } from "./bytes.js";
import { openPicture, type Picture } from "./image/picture.js";
import { limits } from "./limits.js";
import type { ImageSlice } from "./message.js";

export type SliceOutcome =
  /** Kept; `received` of `count` slices are there. */
  | { readonly kind: "kept"; readonly received: number; readonly count: number }
  /** Already there, or of an image that is finished: acknowledge it and forget it. */
  | { readonly kind: "repeat" }
  | {
      readonly kind: "complete";
      readonly imageId: string;
      readonly payload: Uint8Array;
      readonly picture: Picture;
    }
  /** Breaks a limit or contradicts earlier slices; the reason is stable. */
  | { readonly kind: "refused"; readonly reason: string };

export interface ImageAssembler {
  /** Takes one slice from a sender; `sender` is any key that tells senders apart. */
  accept(sender: string, slice: ImageSlice, nowMs: number): SliceOutcome;
  /** Gives up images without a new slice for 60 s; how many it were. */
  expire(nowMs: number): number;
  /** Images in the making and the bytes they hold. */
  load(): { readonly images: number; readonly bytes: number };
}

interface OpenImage {
  readonly sender: string;
  readonly total: number;
  readonly count: number;
  readonly slices: Map<number, Uint8Array>;
  heldBytes: number;
  lastMs: number;
}

/** Creates an assembler for all senders of a node. */
export function createImageAssembler(): ImageAssembler {
  const open = new Map<string, OpenImage>();
  const finished = new Map<string, number>();
  let heldBytes = 0;

  function drop(key: string, image: OpenImage): void {
    open.delete(key);
    heldBytes -= image.heldBytes;
  }

  function expire(nowMs: number): number {
    let count = 0;
    for (const [key, image] of open) {
      if (nowMs - image.lastMs < limits.imageIdleMs) continue;
      drop(key, image);
      count += 1;
    }
    for (const [key, atMs] of finished) if (nowMs - atMs >= limits.imageIdleMs) finished.delete(key);
    return count;
  }

  function begin(key: string, sender: string, slice: ImageSlice, nowMs: number): OpenImage | string {
    const ofSender = [...open.values()].filter((image) => image.sender === sender).length;
    if (ofSender >= limits.openImagesPerSender) return "too many images at once from this sender";
    if (open.size >= limits.openImages) return "too many images at once";
    const image = {
      sender,
      total: slice.total,
      count: slice.count,
      slices: new Map(),
      heldBytes: 0,
      lastMs: nowMs,
    };
    open.set(key, image);
    return image;
  }

  function finish(key: string, imageId: string, image: OpenImage, nowMs: number): SliceOutcome {
    drop(key, image);
    if (finished.size >= limits.finishedImages) finished.delete(finished.keys().next().value ?? "");
    finished.set(key, nowMs);
    const pieces = Array.from(
      { length: image.count },
      (_, at) => image.slices.get(at + 1) ?? new Uint8Array(),
    );
    const payload = concatBytes(pieces);
    return { kind: "complete", imageId, payload, picture: openPicture(payload) };
  }

  return {
    expire,
    load: () => ({ images: open.size, bytes: heldBytes }),
    accept(sender, slice, nowMs) {
      const fault = sliceFault(slice);
      if (fault !== null) return { kind: "refused", reason: fault };
      expire(nowMs);
      const key = `${sender} ${slice.id}`;
      if (finished.has(key)) return { kind: "repeat" };
      const image = open.get(key) ?? begin(key, sender, slice, nowMs);
      if (typeof image === "string") return { kind: "refused", reason: image };
      if (image.total !== slice.total || image.count !== slice.count) {
        return { kind: "refused", reason: "contradicts an earlier slice" };
      }
      if (image.slices.has(slice.index)) return { kind: "repeat" };
      if (heldBytes + slice.length > limits.openImageBytes) {
        return { kind: "refused", reason: "too many bytes held for images" };
      }
      // A copy: the datagram's buffer belongs to somebody else.
      image.slices.set(slice.index, slice.data.slice());
      image.heldBytes += slice.length;
      heldBytes += slice.length;
      image.lastMs = nowMs;
      if (image.slices.size === image.count) return finish(key, slice.id, image, nowMs);
      return { kind: "kept", received: image.slices.size, count: image.count };
    },
  };
}

/** What is wrong with a slice on its own; null when nothing is. */
function sliceFault(slice: ImageSlice): string | null {
  const size = limits.imageSliceBytes;
  if (slice.total < 1) return "image without bytes";
  if (slice.total > limits.imageBytes) return "image over the limit";
  if (slice.count !== Math.ceil(slice.total / size)) return "number of slices does not fit the size";
  if (slice.index < 1 || slice.index > slice.count) return "slice number out of range";
  if (slice.offset !== (slice.index - 1) * size) return "offset does not fit the slice number";
  if (slice.length !== Math.min(size, slice.total - slice.offset)) return "slice of a wrong length";
  return null;
}

/** Cuts a picture file into slices to send, JPEG as it is (flags 0, 2, 0), no LZW needed. */
export function sliceImage(id: string, file: Uint8Array): readonly Omit<ImageSlice, "length">[] {
  const size = limits.imageSliceBytes;
  const count = Math.ceil(file.length / size);
  return Array.from({ length: count }, (_, at) => ({
    id,
    total: file.length,
    offset: at * size,
    count,
    index: at + 1,
    flags: [0, 2, 0] as const,
    padNul: true,
    data: file.subarray(at * size, (at + 1) * size),
  }));
}
