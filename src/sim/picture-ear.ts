// A virtual FeiQ's ear for pictures inside messages: acknowledges every slice, puts them together, and tells what came. Keeps nothing.
import type { Clock, Endpoint } from "../index.js";
import { formatEndpoint } from "../index.js";
import { buildImageAck, createImageAssembler, type ImageSlice } from "../protocol.js";

export interface PictureEar {
  /** The acknowledgement of a slice; null for one that is refused. `line` when the picture is whole. */
  hear(slice: ImageSlice, from: Endpoint): { readonly answer: string; readonly line: string | null } | null;
}

export const createPictureEar = (clock: Clock): PictureEar => {
  const assembler = createImageAssembler();
  return {
    hear(slice, from) {
      const outcome = assembler.accept(formatEndpoint(from), slice, clock.now());
      if (outcome.kind === "refused") return null;
      const answer = buildImageAck(slice);
      if (outcome.kind !== "complete") return { answer, line: null };
      const { picture, payload } = outcome;
      const what = picture.kind === "broken" ? "打不开" : picture.format.toUpperCase();
      return { answer, line: `收到一张图片（${what}，${payload.length} 字节）` };
    },
  };
};
