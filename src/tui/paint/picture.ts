// What the terminal shows and what it should: turns a scene into the bytes of one frame and remembers what was sent. One write a
// frame, inside synchronised output; afterwards the cursor is at the caret and visible. Used by terminal.ts, once per session.

import type { Scene, Size } from "../view/scene.js";
import type { Attributes } from "./cells.js";
import { formatTitle } from "./clipboard.js";
import { createPen, drawCells, moveTo } from "./draw.js";
import { clearScreen, cursorHide, cursorShow, syncEnd, syncStart } from "./modes.js";
import { createPanes } from "./panes.js";
import { openScreen } from "./screen.js";
import type { Toolkit } from "./toolkit.js";

export interface PictureOptions {
  readonly toolkit: Toolkit;
  readonly term: string;
  readonly size: Size;
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
  const panes = createPanes(options.toolkit, paintScreen.screen);
  const hasTitle = !/^(linux|vt\d|cons)/.test(options.term);
  let isUnknown = true;
  let isCursorShown = false;
  let shownTitle: string | undefined;

  const titleBytes = (title: string | undefined): string => {
    if (title === undefined || title === shownTitle || !hasTitle) return "";
    shownTitle = title;
    return formatTitle(title);
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
      const isRepaint = isUnknown;
      if (isRepaint) {
        isUnknown = false;
        paintScreen.reset(size);
        pen = createPen();
      }
      body = "";
      panes.show(scene, attributes);
      if (isRepaint) body = clearScreen + body;
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
    close: () => paintScreen.close(),
  };
}
