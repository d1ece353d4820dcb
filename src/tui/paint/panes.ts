// Panes of a scene as boxes of the toolkit: one box per pane id, which gives place, order and visibility; its render is replaced
// and writes cells. Called by terminal.ts for every frame.

import type { Pane, Scene } from "../view/scene.js";
import type { PictureDepth } from "./half-block.js";
import { defaultAttribute } from "./style.js";
import { type Attributes, blankCells, paintPane } from "./cells.js";
import { coordinates, type Toolkit, type ToolkitBox, type ToolkitScreen } from "./toolkit.js";

export interface Panes {
  /** Brings the boxes in line with the scene and renders them: the screen's draw is called once. */
  show(scene: Scene, attributes: Attributes): void;
}

const plainAttributes: Attributes = () => defaultAttribute;

interface Entry {
  readonly box: ToolkitBox;
  pane: Pane;
}

export function createPanes(toolkit: Toolkit, screen: ToolkitScreen, depth: PictureDepth = "256"): Panes {
  const entries = new Map<string, Entry>();
  let order: readonly string[] = [];
  let attributesNow = plainAttributes;

  const createEntry = (pane: Pane): Entry => {
    const box = toolkit.box({ parent: screen, screen, left: 0, top: 0, width: 0, height: 0, tags: false });
    const entry: Entry = { box, pane };
    box.render = () => {
      const place = box[coordinates](true);
      if (place === undefined) return;
      box.lpos = place;
      paintPane(screen.lines, place, entry.pane, attributesNow, depth);
    };
    return entry;
  };

  return {
    show(scene, attributes) {
      attributesNow = attributes;
      const ids = scene.panes.map((pane) => pane.id);
      const isSameOrder = ids.length === order.length && ids.every((id, index) => id === order[index]);
      for (const pane of scene.panes) {
        const entry = entries.get(pane.id) ?? createEntry(pane);
        entries.set(pane.id, entry);
        entry.pane = pane;
        const { column, row, columns, rows } = pane.rect;
        entry.box.position = {
          left: column,
          top: row,
          width: Math.max(0, columns),
          height: Math.max(0, rows),
        };
        if (!isSameOrder) entry.box.setFront();
      }
      if (!isSameOrder) {
        const kept = new Set(ids);
        for (const [id, entry] of entries) {
          if (kept.has(id)) continue;
          entry.box.destroy();
          entries.delete(id);
        }
        order = ids;
      }
      blankCells(screen.lines, attributes("screen"));
      screen.render();
    },
  };
}
