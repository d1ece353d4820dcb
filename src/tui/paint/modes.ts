// The terminal's modes as bytes: what is switched on when the screen becomes ours, and the reset that makes any terminal usable
// again whatever it was left in. Sources: xterm's ctlseqs; the order of the reset is argued in its comment.

export const mouseOn = "\u001b[?1000h\u001b[?1002h\u001b[?1006h";
export const mouseOff = "\u001b[?1006l\u001b[?1015l\u001b[?1005l\u001b[?1003l\u001b[?1002l\u001b[?1000l";

export const syncStart = "\u001b[?2026h";
export const syncEnd = "\u001b[?2026l";
export const cursorShow = "\u001b[?25h";
export const cursorHide = "\u001b[?25l";
export const clearScreen = "\u001b[m\u001b[H\u001b[2J";

export type CursorShape = "default" | "block" | "underline" | "bar";

const shapes: Readonly<Record<CursorShape, number>> = { default: 0, block: 2, underline: 4, bar: 6 };

export function formatCursorShape(shape: CursorShape): string {
  return `\u001b[${shapes[shape]} q`;
}

/** Autowrap off, bracketed paste and focus reports on. */
export const modesOn = "\u001b[?7l\u001b[?2004h\u001b[?1004h";

/**
 * Synchronised output, mouse, focus, paste, autowrap, cursor keys and keypad, attributes, scroll region, normal screen, cursor.
 * Nothing in it moves the cursor of a normal screen: resetting the scroll region would, so the place is saved around it, and the
 * alternate screen is left by mode 1047, because 1049 jumps to where some earlier program saved the cursor (tmux does even when
 * the screen is normal already).
 */
export const resetModes = [
  syncEnd,
  mouseOff,
  "\u001b[?1004l",
  "\u001b[?2004l",
  "\u001b[?7h",
  "\u001b[?1l\u001b>",
  "\u001b[m",
  "\u001b7\u001b[r\u001b8",
  "\u001b[?1047l",
  cursorShow,
  formatCursorShape("default"),
].join("");

export const alternateOn = "\u001b[?1049h";
export const alternateOff = "\u001b[?1049l";

/** Keeps the window title on the terminal's stack and brings it back; terminals without a stack ignore it. */
export const titlePush = "\u001b[22;2t";
export const titlePop = "\u001b[23;2t";
