// What the terminal shows and what it should: turns a scene into the bytes of one frame and remembers what was sent. One write a
// frame, inside synchronised output; afterwards the cursor is at the caret and visible. Used by terminal.ts, once per session.

import type { PlacedImage, Scene, Size } from "../view/scene.js";
import type { Attributes } from "./cells.js";
import { formatTitle } from "./clipboard.js";
import { createPen, drawCells, moveTo } from "./draw.js";
import { clearScreen, cursorHide, cursorShow, syncEnd, syncStart } from "./modes.js";
import { createPanes } from "./panes.js";
import { formatImage, formatRemoval, type GraphicsWay } from "./graphics.js";
import type { PictureDepth } from "./half-block.js";
import { openScreen } from "./screen.js";
import type { Toolkit } from "./toolkit.js";

export interface PictureOptions {
  readonly toolkit: Toolkit;
  readonly term: string;
  readonly size: Size;
  /** Colours of pictures in half blocks. */
  readonly depth?: PictureDepth;
  /** How the terminal draws pictures itself; absent or null: not. */
  readonly graphics?: GraphicsWay | null;
}

export interface Picture {
  /** Bytes that enter the alternate screen; once, before the first frame. */
  readonly enterBytes: string;
  /** Bytes that turn what is shown into the scene; empty when it is shown already. */
  formatFrame(scene: Scene, attributes: Attributes, size: Size): string;
  /** Bytes that set the window title, unless it is set. */
  formatTitle(title: string | undefined): string;
  /** The terminal's content is unknown: the next frame paints every cell. */
  forget(): void;
  /** Bytes that leave the alternate screen. */
  close(): string;
}

/** Below this a frame is too short for the travelling cursor to be seen. */
const hideCursorBytes = 256;

function keyOf(image: PlacedImage | undefined): string | null {
  return image === undefined ? null : `${image.key} ${Object.values(image.rect).join(",")}`;
}

export function openPicture(options: PictureOptions): Picture {
  // The toolkit's draw is called in the middle of its render and leaves its bytes here.
  let body = "";
  let pen = createPen();
  const paintScreen = openScreen({
    ...options,
    draw: (wanted, painted) => {
      body = drawCells(wanted, painted, pen);
    },
  });
  const panes = createPanes(options.toolkit, paintScreen.screen, options.depth);
  const graphics = options.graphics ?? null;
  /** The picture that the terminal draws now. */
  let shownImage: string | null = null;
  const hasTitle = !/^(linux|vt\d|cons)/.test(options.term);
  let isUnknown = true;
  let isCursorShown = false;
  let shownTitle: string | undefined;

  const titleBytes = (title: string | undefined): string => {
    if (title === undefined || title === shownTitle || !hasTitle) return "";
    shownTitle = title;
    return formatTitle(title);
  };

  /** What brings the terminal's own picture in line; the pen is lost with it. */
  const imageBytes = (image: PlacedImage | undefined, isRepaint: boolean): string => {
    const key = keyOf(image);
    if (graphics === null || (key === shownImage && !isRepaint)) return "";
    const removal = shownImage === null ? "" : formatRemoval(graphics);
    shownImage = key;
    if (image === undefined) return removal;
    pen.column = -1;
    return `${removal}${moveTo(image.rect.column, image.rect.row)}${formatImage(graphics, image)}`;
  };

  /** Nothing where the cursor stands there already, as behind a character just typed. */
  const placeAt = (caret: { readonly column: number; readonly row: number }, size: Size): string => {
    const column = Math.max(0, Math.min(size.columns - 1, caret.column));
    const row = Math.max(0, Math.min(size.rows - 1, caret.row));
    if (pen.column === column && pen.row === row) return "";
    pen.column = column;
    pen.row = row;
    return moveTo(column, row);
  };

  return {
    enterBytes: paintScreen.takeBytes(),
    formatTitle: titleBytes,
    formatFrame(scene, attributes, size) {
      const image = scene.images?.[0];
      // A picture of iTerm2 lies in the cells: painted again they are rid of it.
      const isLeft = graphics === "iterm2" && shownImage !== null && keyOf(image) !== shownImage;
      const isRepaint = isUnknown || isLeft;
      if (isRepaint) {
        isUnknown = false;
        paintScreen.reset(size);
        pen = createPen();
      }
      body = "";
      panes.show(scene, attributes);
      if (isRepaint) body = clearScreen + body;
      body += imageBytes(image, isRepaint);
      const place = scene.cursor === null ? "" : placeAt(scene.cursor, size);
      const wantsCursor = scene.cursor !== null;
      const hides = isCursorShown && (!wantsCursor || body.length > hideCursorBytes);
      const isVisible = isCursorShown && !hides;
      const title = titleBytes(scene.title);
      if (body === "" && place === "" && isCursorShown === wantsCursor) return title;
      const before = hides ? cursorHide : "";
      const after = wantsCursor && !isVisible ? cursorShow : "";
      isCursorShown = wantsCursor;
      return `${syncStart}${before}${body}${place}${after}${syncEnd}${title}`;
    },
    forget() {
      isUnknown = true;
      isCursorShown = false;
    },
    close: () =>
      (graphics === null || shownImage === null ? "" : formatRemoval(graphics)) + paintScreen.close(),
  };
}
