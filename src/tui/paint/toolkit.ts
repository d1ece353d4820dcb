// The one place that touches the toolkit's types. neo-blessed and blessed are the same code; the members used here (cells, terminfo
// list, width table, the coordinates of a box) are missing from the published types, so they are named here and cast once.
// Only the default export is imported: the package picks its widgets by computed name and cannot be bundled.

import neoBlessed from "neo-blessed";

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
  /** Directories in which it looks for terminal descriptions. */
  readonly tput: { readonly ipaths: unknown[] };
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

export const defaultToolkit: Toolkit = toToolkit(neoBlessed);
