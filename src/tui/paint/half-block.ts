// Two pixels of a picture in one cell: the upper half block in the upper pixel's colour on the lower one's. True colours where the
// terminal has them, else the nearest of its table; without any, light and dark. Knows no picture, only two colours.
import { type ColourDepth, defaultAttribute, formatAttribute, nearestColour } from "./style.js";

/** Red, green and blue as one number, 0xRRGGBB. */
export type Rgb = number;

export type PictureDepth = ColourDepth | "true";

/** Attribute words of two true colours lie beyond those of the toolkit, which end at 2^32. */
const trueWord = 2 ** 48;
const colourRange = 2 ** 24;

export interface HalfBlockCell {
  readonly attribute: number;
  readonly text: string;
}

export function halfBlockCell(top: Rgb, bottom: Rgb, depth: PictureDepth): HalfBlockCell {
  switch (depth) {
    case "true":
      return { attribute: trueWord + top * colourRange + bottom, text: "▀" };
    case "256":
    case "16":
      return { attribute: (nearestColour(top, depth) << 9) | nearestColour(bottom, depth), text: "▀" };
    case "none": {
      const isLight = (colour: Rgb): boolean => lightness(colour) > 127;
      const text = isLight(top) ? (isLight(bottom) ? "█" : "▀") : isLight(bottom) ? "▄" : " ";
      return { attribute: defaultAttribute, text };
    }
    default:
      return depth satisfies never;
  }
}

function lightness(colour: Rgb): number {
  return 0.299 * (colour >> 16) + 0.587 * ((colour >> 8) & 0xff) + 0.114 * (colour & 0xff);
}

/** The sequence for any attribute word, those of true colours included. */
export function formatWord(attribute: number): string {
  if (attribute < trueWord) return formatAttribute(attribute);
  const colours = attribute - trueWord;
  const [top, bottom] = [Math.floor(colours / colourRange), colours % colourRange];
  return `\u001b[0;38;2;${parts(top)};48;2;${parts(bottom)}m`;
}

function parts(colour: Rgb): string {
  return `${colour >> 16};${(colour >> 8) & 0xff};${colour & 0xff}`;
}

/** Terminals that say so have true colours; within the others the table must do. */
export function pictureDepth(
  depth: ColourDepth,
  environment: Readonly<Record<string, string | undefined>>,
): PictureDepth {
  const isTrue = /truecolor|24bit/.test(environment["COLORTERM"] ?? "");
  return isTrue && depth === "256" ? "true" : depth;
}
