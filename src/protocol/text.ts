// What FeiQ and Feige 5 put into the text of a message besides words: the font trailer, inline image marks, the rich tag.
// Works on text, not on bytes. Emoticon codes stay in the text; emoticons.ts cuts them out for display.
//
//   hello {/font;-16 0 0 0 400 0 0 0 134 0 0 2 32 微软雅黑 8404992;}      /~#>64ea4edd<B~      开会[rich]0A00FF[/rich]
//   (vectors text-001 to text-010, text-040)
import { limits } from "./limits.js";
import type { Dialect, Font, InlineImage } from "./message.js";

/** A message text taken apart. */
export interface StyledText {
  readonly displayText: string;
  readonly font: Font | null;
  readonly images: readonly InlineImage[];
}

/** Takes trailers off and finds image marks, as far as this dialect has them. */
export function parseStyledText(text: string, dialect: Dialect): StyledText {
  if (dialect === "feiq") return parseFeiqText(text);
  if (dialect === "feige5") return { displayText: withoutRichTag(text), font: null, images: [] };
  return { displayText: text, font: null, images: [] };
}

const fontOpen = "{/font;";
const fontClose = ";}";

function parseFeiqText(text: string): StyledText {
  const start = text.endsWith(fontClose) ? text.lastIndexOf(fontOpen) : -1;
  const font = start === -1 ? null : findFont(text.slice(start + fontOpen.length, -fontClose.length));
  if (font === null) return { displayText: text, font: null, images: parseImageMarks(text) };
  // Native FeiQ puts one blank before the tag, its copies none.
  const end = text[start - 1] === " " ? start - 1 : start;
  const displayText = text.slice(0, end);
  return { displayText, font, images: parseImageMarks(displayText) };
}

const knownFonts = new Map<string, Font | null>();

/** The font in the inside of a tag. Everybody keeps to one font for months, so those seen before are remembered. */
function findFont(inside: string): Font | null {
  const remembered = knownFonts.get(inside);
  if (remembered !== undefined) return remembered;
  const font = parseFont(inside);
  if (inside.length > limits.fontTagCharacters) return font;
  if (knownFonts.size >= limits.knownFonts) knownFonts.clear();
  knownFonts.set(inside, font);
  return font;
}

/**
 * Thirteen integers (height width escapement orientation weight italic underline strike charset out clip quality pitch: a
 * Windows LOGFONT), a face name (blanks allowed) and a COLORREF; null when it is anything else.
 */
function parseFont(inside: string): Font | null {
  const match = /^((?:-?\d{1,10} ){13})(.*) (\d{1,10})$/s.exec(inside);
  if (match === null) return null;
  const [height = 0, , , , weight = 0, italic = 0, underline = 0, , charset = 0] = (match[1] ?? "")
    .split(" ")
    .map(Number);
  const color = Number(match[3]);
  return {
    height,
    weight,
    italic,
    underline,
    charset,
    face: match[2] ?? "",
    color,
    colorHex: colorHexOf(color),
  };
}

// A COLORREF has red in its low byte; the sign of a higher byte is of no interest.
function colorHexOf(color: number): string {
  const swapped = ((color & 0xff) << 16) | (color & 0xff00) | ((color >>> 16) & 0xff);
  return `#${swapped.toString(16).padStart(6, "0")}`;
}

const imageMark = /\/~#>([0-9a-f]{8})<([BG])~/g;

/** Marks of inline images, in order. The pictures themselves travel as slices (image-slices.ts). */
function parseImageMarks(text: string): readonly InlineImage[] {
  if (!text.includes("/~#>")) return [];
  const images: InlineImage[] = [];
  for (const [, id = "", kind] of text.matchAll(imageMark)) {
    if (images.length === limits.imageMarks) break;
    images.push({ id, kind: kind === "G" ? "G" : "B" });
  }
  return images;
}

/** The mark that stands in a text for the image with this id (8 lower-case hex digits). */
export function buildImageMark(image: InlineImage): string {
  return `/~#>${image.id}<${image.kind}~`;
}

/** Feige 5.1 ends its texts in `[rich]…hex…[/rich]`; an unfinished tag stays (vector text-010). */
function withoutRichTag(text: string): string {
  if (!text.endsWith("[/rich]")) return text;
  const start = text.lastIndexOf("[rich]");
  if (start === -1) return text;
  const inside = text.slice(start + "[rich]".length, -"[/rich]".length);
  return /^[0-9a-fA-F]*$/.test(inside) ? text.slice(0, start) : text;
}
