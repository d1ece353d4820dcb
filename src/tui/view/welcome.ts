// The welcome of the first run: who one is, which interfaces and port are in use, and what can be tried alone.
import { isNobodyThere, shownAddresses } from "./empty-network.js";
import type { Dialog } from "../ui-state.js";
import { wrapText } from "../text/wrap.js";
import { layoutEditor } from "../edit/layout.js";
import { cellWidth } from "../text/width.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, fillLine, framed, span } from "./lines.js";
import type { Line, Pane, Role } from "./scene.js";

const addressLimit = 3;

export interface WelcomeView {
  readonly pane: Pane;
  readonly cursor: { readonly column: number; readonly row: number };
}

export function welcomePopup(
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "welcome" }>,
): WelcomeView {
  const columns = Math.min(layout.screen.columns, 66);
  const inner = columns - 2;
  const isSmall = layout.screen.rows < 18;
  const lines: Line[] = [];
  const add = (text: string, role: Role = "popup", indent = 1): void => {
    for (const row of wrapText(text, { columns: Math.max(2, inner - indent - 1) })) {
      lines.push([span(" ".repeat(indent), "popup"), span(row, role)]);
    }
  };
  const gap = (): void => {
    if (!isSmall) lines.push([]);
  };
  if (!isSmall) add(world.text("welcome.intro"));
  gap();
  const label = ` ${world.text("welcome.name")} `;
  const labelColumns = cellWidth(label);
  const fieldColumns = Math.max(4, Math.min(30, inner - labelColumns - 1));
  const { rows, caret } = layoutEditor(dialog.name, fieldColumns, 1);
  const runs = (rows[0] ?? []).map((run) =>
    span(run.text, run.isMarker ? "input.marker" : "form.field.focused"),
  );
  const nameRow = lines.length;
  lines.push([span(label, "popup", { bold: true }), ...fillLine(runs, fieldColumns, "form.field.focused")]);
  gap();
  const { network } = world.node;
  if (network === null) add(world.text("empty.noNetwork"), "popup.hint");
  else {
    add(world.text("welcome.port", { port: network.port }));
    for (const one of shownAddresses(network.addresses).slice(0, addressLimit)) {
      add(`${one.address}  (${one.interfaceName})`, "popup.hint", 3);
    }
  }
  gap();
  const { keymap } = world;
  if (isNobodyThere(world)) {
    add(world.text("welcome.alone", { key: keymap.keyOf("simulate"), enter: keymap.keyOf("say") }));
  }
  add(world.text("welcome.keys", { help: keymap.keyOf("help"), menu: keymap.keyOf("menu") }), "popup.hint");
  const rect = centered(layout.screen, columns, Math.min(layout.screen.rows, lines.length + 2));
  const words = { title: world.text("welcome.title"), hint: world.text("welcome.hint") };
  return {
    pane: framed("welcome", rect, words, lines),
    cursor: {
      column: rect.column + 1 + labelColumns + caret.column,
      row: Math.min(rect.row + rect.rows - 1, rect.row + 1 + nameRow),
    },
  };
}
