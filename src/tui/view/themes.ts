// The list of themes: moving in it shows each one on the whole screen behind.
import { viewList } from "../log/list.js";
import type { ListItems } from "../log/list.js";
import { cellWidth } from "../text/width.js";
import type { Dialog } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { fillLine, framed, span } from "./lines.js";
import type { Line, Pane, Rect, Role } from "./scene.js";

type Themes = Extract<Dialog, { kind: "themes" }>;

export function themeItems(dialog: Themes): ListItems<string> {
  return { items: dialog.names, keyOf: (name) => name };
}

/** At the right edge, so that list and log stay in sight. */
export function themesRect({ screen }: Layout, dialog: Themes): Rect {
  const columns = Math.min(screen.columns, Math.max(28, ...dialog.names.map((name) => cellWidth(name) + 8)));
  const rows = Math.min(screen.rows - 2, dialog.names.length + 2);
  return { column: screen.columns - columns, row: 1, columns, rows: Math.max(3, rows) };
}

export function themesPopup(world: World, layout: Layout, dialog: Themes): Pane {
  const rect = themesRect(layout, dialog);
  const { visible, selectedRow } = viewList(themeItems(dialog), dialog.list, rect.rows - 2);
  const lines = visible.map((name, index): Line => {
    const role: Role = index === selectedRow ? "popup.selected" : "popup";
    const mark = name === dialog.before ? "*" : " ";
    return fillLine([span(` ${mark} ${name}`, role)], rect.columns - 2, role);
  });
  const words = { title: world.text("themes.title"), hint: world.text("themes.hint") };
  return framed("themes", rect, words, lines);
}
