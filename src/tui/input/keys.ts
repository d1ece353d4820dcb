// The tables of key sequences: what the last byte of CSI and SS3 sequences, the number before `~` and the code points of CSI u mean.
// Sources: xterm's ctlseqs, the Linux console's and rxvt's variants. Pure data for decoder.ts.

import type { KeyEvent, Modifiers, MouseAction, MouseButton, MouseEvent, NamedKey } from "./event.js";

export const noModifiers: Modifiers = { ctrl: false, alt: false, shift: false };

/** xterm's modifier parameter: 1 plus Shift 1, Alt 2, Ctrl 4, Meta 8; what is out of range is no modifier. */
export function modifiersOf(parameter: number | undefined): Modifiers {
  const bits = parameter === undefined || parameter < 2 || parameter > 256 ? 0 : parameter - 1;
  return { shift: (bits & 1) !== 0, alt: (bits & (2 | 8)) !== 0, ctrl: (bits & 4) !== 0 };
}

export function keyEvent(key: string, modifiers: Modifiers = noModifiers): KeyEvent {
  return { kind: "key", key, ctrl: modifiers.ctrl, alt: modifiers.alt, shift: modifiers.shift };
}

/** CSI with this final byte; `1;m` before it are the modifiers. */
export const csiKeys: Readonly<Record<string, NamedKey>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "center",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  S: "f4",
};

/** rxvt: lower case arrows are Shift after CSI, Ctrl after SS3. */
export const rxvtArrows: Readonly<Record<string, NamedKey>> = { a: "up", b: "down", c: "right", d: "left" };

/** The Linux console: CSI [ and one letter. */
export const consoleKeys: Readonly<Record<string, NamedKey>> = {
  A: "f1",
  B: "f2",
  C: "f3",
  D: "f4",
  E: "f5",
};

/** The number before `~` (xterm, rxvt, vt220). */
export const tildeKeys: Readonly<Record<number, NamedKey>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
  25: "f13",
  26: "f14",
  28: "f15",
  29: "f16",
  31: "f17",
  32: "f18",
  33: "f19",
  34: "f20",
};

/** SS3: cursor keys in application mode, F1 to F4, and the keypad. A value of one character is text. */
export const ss3Keys: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "center",
  F: "end",
  H: "home",
  I: "tab",
  M: "enter",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  X: "=",
  j: "*",
  k: "+",
  l: ",",
  m: "-",
  n: ".",
  o: "/",
  p: "0",
  q: "1",
  r: "2",
  s: "3",
  t: "4",
  u: "5",
  v: "6",
  w: "7",
  x: "8",
  y: "9",
};

/** Keys that CSI u gives a private code point (the kitty protocol); what is missing here has no use for us. */
const privateKeys: Readonly<Record<number, string>> = {
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "page-up",
  57422: "page-down",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
  57363: "menu",
};

/** A key given as a code point with modifiers (CSI u and CSI 27): a key, text, or nothing we know. */
export function keyOfPoint(
  point: number,
  modifiers: Modifiers,
): KeyEvent | { kind: "text"; text: string } | undefined {
  switch (point) {
    case 8:
    case 127:
      return keyEvent("backspace", modifiers);
    case 9:
      return keyEvent("tab", modifiers);
    case 13:
      return keyEvent("enter", modifiers);
    case 27:
      return keyEvent("escape", modifiers);
    case 32:
      return modifiers.ctrl || modifiers.alt ? keyEvent("space", modifiers) : { kind: "text", text: " " };
    default:
      break;
  }
  const known = privateKeys[point];
  if (known !== undefined) return keyEvent(known, modifiers);
  if (point >= 57399 && point <= 57408 && !modifiers.ctrl && !modifiers.alt) {
    return { kind: "text", text: String(point - 57399) };
  }
  const isGlyph =
    point > 32 &&
    point <= 0x10ffff &&
    !(point >= 0x7f && point < 0xa0) &&
    !(point >= 0xd800 && point <= 0xf8ff);
  if (!isGlyph) return undefined;
  const character = String.fromCodePoint(point);
  if (!modifiers.ctrl && !modifiers.alt) {
    return { kind: "text", text: modifiers.shift ? character.toUpperCase() : character };
  }
  // Shift is kept only where no capital carries it.
  const lower = character.toLowerCase();
  return keyEvent(lower, { ...modifiers, shift: modifiers.shift || lower !== character });
}

/** A C0 control as a key: Enter, Tab, Backspace by name, the rest as Ctrl and a character. */
export function keyOfControl(code: number, alt: boolean): KeyEvent {
  switch (code) {
    case 0x00:
      return keyEvent("space", { ctrl: true, alt, shift: false });
    case 0x08:
    case 0x7f:
      return keyEvent("backspace", { ctrl: false, alt, shift: false });
    case 0x09:
      return keyEvent("tab", { ctrl: false, alt, shift: false });
    case 0x0d:
      return keyEvent("enter", { ctrl: false, alt, shift: false });
    default:
      return keyEvent(String.fromCharCode(code + 0x40).toLowerCase(), { ctrl: true, alt, shift: false });
  }
}

const buttons: readonly MouseButton[] = ["left", "middle", "right", "none"];
const wheels: readonly MouseAction[] = ["wheel-up", "wheel-down", "wheel-left", "wheel-right"];

/** A mouse report: button code as in xterm, position counted from 1. */
export function mouseEvent(
  code: number,
  column: number,
  row: number,
  isRelease: boolean,
): MouseEvent | undefined {
  if (column < 1 || row < 1 || code < 0 || code > 255) return undefined;
  const modifiers = { shift: (code & 4) !== 0, alt: (code & 8) !== 0, ctrl: (code & 16) !== 0 };
  const place = { column: column - 1, row: row - 1 };
  const low = code & 3;
  // Buttons 8 to 11 have no name here.
  if (code >= 128) return undefined;
  if ((code & 64) !== 0) {
    return { kind: "mouse", action: wheels[low] ?? "wheel-up", button: "none", ...place, ...modifiers };
  }
  const button = buttons[low] ?? "none";
  const isMotion = (code & 32) !== 0;
  const action = isMotion
    ? button === "none"
      ? "move"
      : "drag"
    : isRelease || button === "none"
      ? "release"
      : "press";
  return { kind: "mouse", action, button, ...place, ...modifiers };
}
