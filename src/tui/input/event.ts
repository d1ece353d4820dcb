// What the terminal can tell us, as data. Made by the decoder from bytes, consumed by the keymap and the line editor.
// Printable text is never a key: keys are what has no text of its own, or text together with Ctrl or Alt.

export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

export const namedKeys = [
  "enter",
  "tab",
  "escape",
  "backspace",
  "delete",
  "insert",
  "space",
  "up",
  "down",
  "left",
  "right",
  "home",
  "end",
  "page-up",
  "page-down",
  "center",
  "menu",
  "f1",
  "f2",
  "f3",
  "f4",
  "f5",
  "f6",
  "f7",
  "f8",
  "f9",
  "f10",
  "f11",
  "f12",
  "f13",
  "f14",
  "f15",
  "f16",
  "f17",
  "f18",
  "f19",
  "f20",
] as const;

export type NamedKey = (typeof namedKeys)[number];

export interface KeyEvent extends Modifiers {
  readonly kind: "key";
  /** A named key, or one character in lower case (`a` with ctrl, `字` with alt). */
  readonly key: string;
}

export type MouseButton = "left" | "middle" | "right" | "none";
export type MouseAction =
  | "press"
  | "release"
  | "drag"
  | "move"
  | "wheel-up"
  | "wheel-down"
  | "wheel-left"
  | "wheel-right";

/** Column and row count from 0 at the top left, as in a scene. */
export interface MouseEvent extends Modifiers {
  readonly kind: "mouse";
  readonly action: MouseAction;
  readonly button: MouseButton;
  readonly column: number;
  readonly row: number;
}

export type InputEvent =
  | KeyEvent
  | MouseEvent
  /** Typed or composed characters; all neighbours of one read together, so an input method's commit is one event. */
  | { readonly kind: "text"; readonly text: string }
  /** Pasted text, line ends are `\n`, no other control character but tab. Must never submit. */
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "focus"; readonly focused: boolean }
  /** Cursor position report, counted from 1 as the terminal counts. */
  | { readonly kind: "cursor-report"; readonly column: number; readonly row: number }
  /** Answer to a device attributes request. */
  | { readonly kind: "device-report"; readonly parameters: readonly number[] };

/**
 * The spelling of a key in bindings and settings: modifiers in fixed order, then the key.
 *
 * `formatChord({ kind: "key", key: "p", ctrl: true, alt: false, shift: false })` is `"ctrl-p"`; Shift-Enter is `"shift-enter"`.
 */
export function formatChord(event: KeyEvent): string {
  return `${event.ctrl ? "ctrl-" : ""}${event.alt ? "alt-" : ""}${event.shift ? "shift-" : ""}${event.key}`;
}
