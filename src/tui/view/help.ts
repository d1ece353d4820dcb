// Help: every row of the key table by section, with its keys, its command and what it does; and the palette, the same rows to choose
// from. The text of docs/keys.md is made here too.
import { helpSections } from "../key-row.js";
import { formatKey } from "../keymap.js";
import type { HelpSection, KeyRow } from "../key-row.js";
import { commandUsage } from "../completion.js";
import { editorText } from "../edit/editor.js";
import { viewList } from "../log/list.js";
import type { ListItems } from "../log/list.js";
import { fitText, padText, truncateText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import { wrapText } from "../text/wrap.js";
import type { Dialog, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, fillLine, framed, queryLine, span } from "./lines.js";
import type { Line, Pane, Rect } from "./scene.js";

export function helpRect(layout: Layout): Rect {
  return centered(layout.screen, 76, layout.screen.rows - 2);
}

export function helpPopup(
  world: World,
  layout: Layout,
  top: number,
  leading: HelpSection | null = null,
): Pane {
  const rect = helpRect(layout);
  const lines = helpLines(world, rect.columns - 4, leading);
  const first = Math.max(0, Math.min(top, lines.length - (rect.rows - 2)));
  const shown = lines.slice(first).map((line): Line => [span(" ", "popup"), ...line]);
  return framed("help", rect, { title: world.text("help.title"), hint: world.text("help.hint") }, shown);
}

/** All rows of the help for a width; the section that concerns the reader now may come first. */
export function helpLines(
  world: World,
  columns: number,
  leading: HelpSection | null = null,
): readonly Line[] {
  const intro = `${world.text("help.intro")}\n${world.text("help.locks")}`;
  const lines: Line[] = wrapText(intro, { columns }).map((row) => [span(row, "popup")]);
  const keyColumns = Math.min(30, Math.floor(columns * 0.45));
  const sections = [
    ...helpSections.filter((one) => one === leading),
    ...helpSections.filter((one) => one !== leading),
  ];
  for (const section of sections) {
    lines.push([], [span(world.text(`help.section.${section}`), "popup", { bold: true })]);
    for (const row of world.keymap.rows.filter((entry) => entry.section === section)) {
      const first = keysAndCommand(row, world);
      if (first === "") continue;
      const label = labelWithPlace(row, world);
      const isLong = cellWidth(first) > keyColumns - 1;
      const rows = wrapText(label, { columns: Math.max(8, columns - keyColumns) });
      if (isLong) lines.push([span(truncateText(first, columns), "menu.key")]);
      for (const [index, text] of rows.entries()) {
        const head = index === 0 && !isLong ? first : "";
        lines.push([span(padText(head, keyColumns), "menu.key"), span(text, "popup")]);
      }
    }
  }
  return lines;
}

function keysAndCommand(row: KeyRow, world: World): string {
  const keys =
    row.action === "go" && row.keys.length > 4
      ? [`${formatKey(row.keys[0] ?? "")}..9`]
      : row.keys.map(formatKey);
  const command = row.command === undefined ? [] : [commandUsage(row, world)];
  return [...keys, ...command].join("  ");
}

/** Rows that mean something else elsewhere say where they count. */
function labelWithPlace(row: KeyRow, world: World): string {
  const label = world.text(row.label);
  if (row.contexts.includes("global") || row.contexts.includes("input")) return label;
  return `${label} (${row.contexts.map((context) => world.text(`help.context.${context}`)).join(" ")})`;
}

type Palette = Extract<Dialog, { kind: "palette" }>;

/** What the palette offers: everything that can be called from anywhere. */
export function paletteItems(state: UiState, world: World): ListItems<KeyRow> {
  const about = state.dialog?.kind === "palette" ? state.dialog.about : "all";
  const query = state.dialog?.kind === "palette" ? editorText(state.dialog.query).trim().toLowerCase() : "";
  const items = world.keymap.rows.filter(
    (row) =>
      (row.contexts.includes("global") || row.command !== undefined) &&
      (about === "all" || row.section === "message") &&
      row.action !== "palette" &&
      row.action !== "message-menu" &&
      !(about === "message" && row.action === "select") &&
      row.action !== "interrupt" &&
      (query === "" ||
        world.text(row.label).toLowerCase().includes(query) ||
        row.action.includes(query) ||
        row.command?.includes(query) === true),
  );
  return { items, keyOf: (row) => row.action };
}

export function paletteRect(layout: Layout, { about }: Pick<Palette, "about">): Rect {
  return centered(layout.screen, 76, Math.min(about === "all" ? 18 : 11, layout.screen.rows - 2));
}

export function palettePopup(state: UiState, world: World, layout: Layout, dialog: Palette): Pane {
  const rect = paletteRect(layout, dialog);
  const inner = rect.columns - 2;
  const items = paletteItems(state, world);
  const { visible, selectedRow } = viewList(items, dialog.list, rect.rows - 3);
  const lines: Line[] = [queryLine(dialog.query, inner, world.text("palette.query"))];
  if (visible.length === 0) lines.push([span(` ${world.text("palette.none")}`, "popup.hint")]);
  const labelColumns = Math.floor(inner * 0.55);
  for (const [index, row] of visible.entries()) {
    const why = row.disabled?.(state, world) ?? null;
    const label = why === null ? world.text(row.label) : `${world.text(row.label)} (${world.text(why)})`;
    const isSelected = index === selectedRow;
    const role = isSelected ? "popup.selected" : why === null ? "popup" : "popup.disabled";
    lines.push(
      fillLine(
        [
          span(` ${fitText(label, labelColumns)} `, role),
          span(
            truncateText(keysAndCommand(row, world), inner - labelColumns - 2),
            isSelected ? role : "popup.hint",
          ),
        ],
        inner,
        role,
      ),
    );
  }
  const title = world.text(dialog.about === "all" ? "palette.title" : "palette.titleMessage");
  return framed("palette", rect, { title }, lines);
}
