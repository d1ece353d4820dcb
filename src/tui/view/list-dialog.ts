// The dialogs that are lists to choose from: what stands in them and where their rows are. Movement, wheel and mouse treat them alike.
import { fileRows } from "../file-rows.js";
import type { ListItems } from "../log/list.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { filesRect } from "./files.js";
import { paletteItems, paletteRect } from "./help.js";
import type { Layout } from "./layout.js";
import { insideOf } from "./lines.js";
import { receivedItems, receiveRect } from "./receive.js";
import type { Rect } from "./scene.js";
import { themeItems, themesRect } from "./themes.js";
import { wireItems, wireRect } from "./wire.js";

export interface ListDialog {
  readonly items: ListItems<unknown>;
  /** The rows of the list on the screen. */
  readonly rect: Rect;
}

/** Null when no list is open. */
export function listDialogOf(state: UiState, world: World, layout: Layout): ListDialog | null {
  const { dialog } = state;
  switch (dialog?.kind) {
    case "receive":
      return listed(receivedItems(world, dialog), belowQuery(insideOf(receiveRect(layout))));
    case "palette":
      return listed(paletteItems(state, world), belowQuery(insideOf(paletteRect(layout, dialog))));
    case "themes":
      return listed(themeItems(dialog), insideOf(themesRect(layout, dialog)));
    case "wire":
      return listed(wireItems(state, world), belowQuery(insideOf(wireRect(layout))));
    case "files":
      return listed(fileRows(world, dialog.chosen), belowQuery(insideOf(filesRect(layout))));
    case "form":
    case "help":
    case "details":
    case "packet":
    case "picture":
    case "welcome":
    case "lab":
    case "impair":
    case "paste":
    case "alarm":
    case undefined:
      return null;
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
}

function listed<Item>({ items, keyOf }: ListItems<Item>, rect: Rect): ListDialog {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only items of this list come back
  return { items: { items, keyOf: (item) => keyOf(item as Item) }, rect };
}

/** The first row is the line to type in. */
function belowQuery(rect: Rect): Rect {
  return { ...rect, row: rect.row + 1, rows: Math.max(0, rect.rows - 1) };
}
