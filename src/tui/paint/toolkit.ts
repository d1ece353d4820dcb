// The one place that touches the toolkit's types. neo-blessed and blessed are the same code; the members used here (cells, terminfo
// list, width table, the coordinates of a box) are missing from the published types, so they are named here and cast once.
// Only the parts in use are imported: the whole package loads thirty widgets that nobody draws with. Each is its default export.

import type { TerminalDescription } from "./description.js";
import box from "neo-blessed/lib/widgets/box.js";
import screen from "neo-blessed/lib/widgets/screen.js";
import tput from "neo-blessed/lib/tput.js";
import unicode from "neo-blessed/lib/unicode.js";

/** A cell: attribute word and text. A wide cluster fills one cell, the next holds `rightHalf`. */
export type Cell = [attribute: number, text: string];
export type CellRow = Cell[] & { dirty?: boolean };

/** Marks the right half of a wide cluster; never printed. */
export const rightHalf = "\u0003";

export interface Coordinates {
  readonly xi: number;
  readonly xl: number;
  readonly yi: number;
  readonly yl: number;
}

/** The toolkit's name for "where does this box stand now"; undefined when it is hidden. */
export const coordinates = "_getCoords";

export interface ToolkitBox {
  position: { left: number; top: number; width: number; height: number };
  hidden: boolean;
  lpos: Coordinates | undefined;
  render: () => void;
  [coordinates](isFresh: boolean): Coordinates | undefined;
  setFront(): void;
  destroy(): void;
}

export interface ToolkitScreen {
  lines: CellRow[];
  olines: CellRow[];
  readonly program: {
    cols: number;
    rows: number;
    flush(): void;
  };
  draw: (start: number, end: number) => void;
  alloc(): void;
  render(): void;
  destroy(): void;
}

export interface Toolkit {
  screen(options: Readonly<Record<string, unknown>>): ToolkitScreen;
  box(options: Readonly<Record<string, unknown>>): ToolkitBox;
  readonly tput: { readonly prototype: { compileTerminfo: () => TerminalDescription } };
  readonly unicode: { charWidth: (text: string | number, index?: number) => number };
}

function isToolkit(module: unknown): module is Toolkit {
  return (
    (typeof module === "function" || typeof module === "object") &&
    module !== null &&
    ["screen", "box", "tput", "unicode"].every((name) => name in module)
  );
}

/** Takes a module of the family for the toolkit; tests pass the other member. */
export function toToolkit(module: unknown): Toolkit {
  if (!isToolkit(module)) throw new TypeError("not a module of the blessed family");
  return module;
}

export const defaultToolkit: Toolkit = toToolkit({ screen, box, tput, unicode });
