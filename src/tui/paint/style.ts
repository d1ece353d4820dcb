// Looks of roles: from a theme's style to the attribute word of a blessed cell, and from that word to the terminal's colour sequence.
// The word is blessed's: background in bits 0-8, foreground in 9-17 (511 = the terminal's own), flags from 18; dim and italic are
// flags blessed does not know but carries along. Knows colour depth and monochrome; knows no screen.

import { type Role, roles } from "../view/scene.js";

/** Colours are indices of the 256 colour table; -1 is the terminal's own. */
export interface StyleSpec {
  readonly foreground: number;
  readonly background: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

/** How many colours the terminal is given. */
export type ColourDepth = "none" | "16" | "256";

export type RoleStyles = Readonly<Record<Role, StyleSpec>>;

export const defaultColour = 0x1ff;
export const flag = { bold: 1, underline: 2, inverse: 8, dim: 32, italic: 64 } as const;
const flagShift = 18;

/** The attribute word of an unstyled cell, the same as blessed's own. */
export const defaultAttribute = (defaultColour << 9) | defaultColour;

function colourIndex(colour: number): number {
  return Number.isInteger(colour) && colour >= 0 && colour < 256 ? colour : defaultColour;
}

// The first sixteen as most terminals show them; only distances between them matter.
const sixteen: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

/** Brightness of one step of the 6 by 6 by 6 colour cube. */
function level(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

function rgbOf(index: number): readonly [number, number, number] {
  const named = sixteen[index];
  if (named !== undefined) return named;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

/** Nearest of the sixteen named colours. */
function reduceColour(index: number): number {
  if (index < 16 || index === defaultColour) return index;
  const [red, green, blue] = rgbOf(index);
  let best = 0;
  let bestDistance = Infinity;
  for (const [candidate, [r, g, b]] of sixteen.entries()) {
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** The step of the cube nearest to a brightness. */
function stepOf(part: number): number {
  return part < 48 ? 0 : part < 115 ? 1 : Math.min(5, Math.floor((part - 35) / 40));
}

/** Index of the colour of the table, or of the named sixteen, that is nearest to 0xRRGGBB. */
export function nearestColour(rgb: number, depth: "16" | "256"): number {
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff];
  const cube = 16 + 36 * stepOf(red) + 6 * stepOf(green) + stepOf(blue);
  const grey = 232 + Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const distance = (index: number): number => {
    const [r, g, b] = rgbOf(index);
    return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
  };
  const nearest = distance(grey) < distance(cube) ? grey : cube;
  return depth === "256" ? nearest : reduceColour(nearest);
}

/** The attribute word of one style. Without colours a background that differs from the screen's becomes inverse, so selections stay visible. */
export function attributeOf(spec: StyleSpec, depth: ColourDepth, screenBackground = -1): number {
  const reduce = depth === "16" ? reduceColour : (index: number): number => index;
  let fg = reduce(colourIndex(spec.foreground));
  let bg = reduce(colourIndex(spec.background));
  let inverse = spec.inverse === true;
  if (depth === "none") {
    if (bg !== defaultColour && bg !== colourIndex(screenBackground)) inverse = true;
    fg = defaultColour;
    bg = defaultColour;
  }
  const flags =
    (spec.bold === true ? flag.bold : 0) |
    (spec.underline === true ? flag.underline : 0) |
    (inverse ? flag.inverse : 0) |
    (spec.dim === true ? flag.dim : 0) |
    (spec.italic === true ? flag.italic : 0);
  return (flags << flagShift) | (fg << 9) | bg;
}

/** Attribute words of a whole theme. */
export function attributesOf(styles: RoleStyles, depth: ColourDepth): ReadonlyMap<Role, number> {
  return new Map(roles.map((role) => [role, attributeOf(styles[role], depth, styles.screen.background)]));
}

/** Adds a span's own marks to its role's word; inverse swaps, so twice inverse is plain again. */
export function withMarks(
  attribute: number,
  marks: { readonly bold?: boolean; readonly inverse?: boolean; readonly underline?: boolean },
): number {
  let word = attribute;
  if (marks.bold === true) word |= flag.bold << flagShift;
  if (marks.underline === true) word |= flag.underline << flagShift;
  if (marks.inverse === true) word ^= flag.inverse << flagShift;
  return word;
}

function colourCode(index: number, base: number, brightBase: number): string {
  if (index < 8) return `;${base + index}`;
  if (index < 16) return `;${brightBase + index - 8}`;
  return `;${base + 8};5;${index}`;
}

/** The sequence that sets exactly this look, whatever was set before. */
export function formatAttribute(attribute: number): string {
  const flags = attribute >> flagShift;
  const fg = (attribute >> 9) & 0x1ff;
  const bg = attribute & 0x1ff;
  let codes = "";
  if ((flags & flag.bold) !== 0) codes += ";1";
  if ((flags & flag.dim) !== 0) codes += ";2";
  if ((flags & flag.italic) !== 0) codes += ";3";
  if ((flags & flag.underline) !== 0) codes += ";4";
  if ((flags & flag.inverse) !== 0) codes += ";7";
  if (fg !== defaultColour) codes += colourCode(fg, 30, 90);
  if (bg !== defaultColour) codes += colourCode(bg, 40, 100);
  return codes === "" ? "\u001b[m" : `\u001b[0${codes}m`;
}

/** What to use for this environment: NO_COLOR wins, then what the name of the terminal promises. */
export function colourDepth(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  const noColour = environment["NO_COLOR"];
  if (noColour !== undefined && noColour !== "") return "none";
  const term = environment["TERM"] ?? "";
  if (/^(dumb|unknown|vt\d|ansi-m|xterm-mono)/.test(term)) return "none";
  const colourTerm = environment["COLORTERM"] ?? "";
  if (
    /256color|direct|kitty|alacritty|foot|ghostty|wezterm/.test(term) ||
    /truecolor|24bit|256/.test(colourTerm)
  )
    return "256";
  return "16";
}
