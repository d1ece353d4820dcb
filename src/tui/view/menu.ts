// The menu: a bar at the top, its items with their digits and keys; on small screens a popup with the same items. The items are the
// rows of the key table that have a place in the menu.
import type { KeyRow } from "../key-row.js";
import type { Keymap } from "../keymap.js";
import { formatKey } from "../keymap.js";
import { cellWidth, widthEpoch } from "../text/width.js";
import { centered, columnsOf, fillLine, framed, lineWidth, span } from "./lines.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import type { Line, Pane, Role } from "./scene.js";

/** Items to choose from now, in order: those in the bar, or all of them in the popup of small screens. */
export function menuChoices(state: UiState, world: World, layout: Layout): readonly KeyRow[] {
  const items = layout.kind === "narrow" ? popupItems(world) : fittingItems(state, world, layout);
  return items.map((item) => item.row).filter(isChoice);
}

/** The menu's own key and the way to the next pane are shown, not chosen. */
function isChoice(row: KeyRow): boolean {
  return row.action !== "menu" && row.menu?.isExtra !== true;
}

/** Where an item of the bar stands, for the mouse. */
export interface MenuSpot {
  readonly row: KeyRow;
  readonly column: number;
  readonly columns: number;
}

interface BarItem {
  readonly row: KeyRow;
  readonly words: readonly string[];
}

export function menuBar(state: UiState, world: World, layout: Layout): Pane {
  const { line } = drawBar(fittingItems(state, world, layout), state, world, layout);
  return { id: "menu", rect: layout.menu, lines: [line], fill: "menu" };
}

export function menuSpots(state: UiState, world: World, layout: Layout): readonly MenuSpot[] {
  if (layout.kind === "narrow") return [];
  return drawBar(fittingItems(state, world, layout), state, world, layout).spots;
}

function menuRows(keymap: Keymap): readonly KeyRow[] {
  return keymap.rows
    .filter((row) => row.menu !== undefined)
    .toSorted((a, b) => (a.menu?.place ?? 0) - (b.menu?.place ?? 0));
}

function popupItems(world: World): readonly BarItem[] {
  return menuRows(world.keymap)
    .filter(isChoice)
    .map((row) => barItem(row, world));
}

interface KeptItems {
  readonly key: string;
  readonly items: readonly BarItem[];
}

/** What fits changes with the size and the language only, and is asked for with every frame. */
const kept = new WeakMap<Keymap, KeptItems>();

function fittingItems(state: UiState, world: World, layout: Layout): readonly BarItem[] {
  const key = `${layout.kind} ${layout.menu.columns} ${world.lang} ${widthEpoch()}`;
  const known = kept.get(world.keymap);
  if (known?.key === key) return known.items;
  const items = findFittingItems(state, world, layout);
  kept.set(world.keymap, { key, items });
  return items;
}

/** What fits into the bar: the rest goes, the least needed first; the keys work all the same. */
function findFittingItems(state: UiState, world: World, layout: Layout): readonly BarItem[] {
  const isWide = layout.kind === "wide";
  let items: readonly BarItem[] = menuRows(world.keymap)
    .filter((row) => isWide || row.menu?.isExtra !== true)
    .map((row) => barItem(row, world, isWide));
  for (const action of ["next-pane", "files", "details", "refresh", "lab", "menu", "help"] as const) {
    if (lineWidth(drawBar(items, state, world, layout).line) <= layout.menu.columns) break;
    items = items.filter((item) => item.row.action !== action);
  }
  return items;
}

function barItem(row: KeyRow, world: World, isWide = false): BarItem {
  const key = row.keys[0];
  const { menu } = row;
  const label = isWide ? (menu?.wideLabel ?? menu?.label) : menu?.label;
  const words = [menu?.digit ?? "", label === undefined ? "" : world.text(label)];
  return { row, words: [...words, key === undefined ? `/${row.command ?? ""}` : formatKey(key)] };
}

function drawBar(
  items: readonly BarItem[],
  state: UiState,
  world: World,
  layout: Layout,
): { readonly line: Line; readonly spots: readonly MenuSpot[] } {
  const line = [span(` ${world.text("app.name")}`, "menu", { bold: true })];
  const spots: MenuSpot[] = [];
  const choices = items.filter((item) => isChoice(item.row));
  const chosen = state.focus === "menu" ? choices[state.menuIndex]?.row : undefined;
  const isWide = layout.kind === "wide";
  let hadDigit = true;
  for (const { row, words } of items) {
    const hasDigit = row.menu?.digit !== undefined;
    const gap = isWide && hasDigit && spots.length > 0 ? "  " : " ";
    line.push(span(hadDigit && !hasDigit ? " │" : gap, "menu.disabled"));
    hadDigit = hasDigit;
    const isChosen = row === chosen;
    const isOff = (row.disabled?.(state, world) ?? null) !== null;
    const role: Role = isChosen ? "menu.active" : isOff ? "menu.disabled" : "menu";
    const keyRole: Role = isChosen ? "menu.active" : "menu.key";
    const [digit = "", label = "", key = ""] = words;
    const pieces = [
      ...(digit === "" ? [] : [span(` ${digit}`, keyRole)]),
      span(` ${label}`, role),
      span(` ${key}`, keyRole),
    ];
    spots.push({ row, column: lineWidth(line), columns: lineWidth(pieces) });
    line.push(...pieces);
  }
  return { line, spots };
}

/** The menu of small screens. */
export function menuPopup(state: UiState, world: World, layout: Layout): Pane {
  const items = popupItems(world);
  const words = items.map((item) => item.words);
  const labels = words.map(([digit = "", label = ""]) => ` ${digit === "" ? " " : digit} ${label}`);
  const labelColumns = Math.max(...labels.map(cellWidth)) + 2;
  const columns = Math.max(labelColumns + 8, 24);
  const lines = words.map(([, , key = ""], index): Line => {
    const isOff = (items[index]?.row.disabled?.(state, world) ?? null) !== null;
    const role: Role = index === state.menuIndex ? "popup.selected" : isOff ? "popup.disabled" : "popup";
    const text = columnsOf(labels[index] ?? "", key, labelColumns + 1);
    return fillLine([span(text, role)], columns - 2, role);
  });
  const rect = centered(layout.screen, columns, lines.length + 2);
  return framed("menu", rect, { title: world.text("menu.title"), hint: world.text("menu.hint") }, lines);
}
