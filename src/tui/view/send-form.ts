// The send form: to whom (a name or any address), port, with or without header, text; the names that fit below, faults in place.
import { editorText } from "../edit/editor.js";
import { layoutEditor } from "../edit/layout.js";
import { formMatches, portSource } from "../form-check.js";
import { fitText, padText, truncateText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import { wrapText } from "../text/wrap.js";
import type { FormField, SendForm } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, fillLine, framed, insideOf, span } from "./lines.js";
import type { Line, Pane, Rect, Role } from "./scene.js";

export interface FormView {
  readonly pane: Pane;
  readonly cursor: { readonly column: number; readonly row: number } | null;
}

/** Row of each field within the frame. */
const fieldRows: Readonly<Record<FormField, number>> = { to: 0, port: 1, mode: 2, text: 3 };
const labels = { to: "form.to", port: "form.port", mode: "form.mode", text: "form.text" } as const;

export function formRect(layout: Layout): Rect {
  return centered(layout.screen, 64, Math.min(16, layout.screen.rows));
}

export function sendForm(form: SendForm, world: World, layout: Layout): FormView {
  const rect = formRect(layout);
  const inside = insideOf(rect);
  const labelColumns = Math.max(...Object.values(labels).map((key) => cellWidth(world.text(key)))) + 3;
  const fieldColumns = Math.max(4, inside.columns - labelColumns - 1);
  const textRows = Math.max(1, Math.min(4, inside.rows - 6));
  const lines: Line[] = [];
  let cursor: FormView["cursor"] = null;

  const label = (field: FormField): Line[number] =>
    span(
      padText(` ${world.text(labels[field])}`, labelColumns),
      form.field === field ? "popup" : "form.label",
      form.field === field ? { bold: true } : {},
    );
  const editor = (field: "to" | "port" | "text", rows: number): void => {
    const { rows: shown, caret } = layoutEditor(form[field], fieldColumns, rows);
    const role: Role = form.field === field ? "form.field.focused" : "form.field";
    for (let row = 0; row < rows; row += 1) {
      const runs = (shown[row] ?? []).map((run) => span(run.text, run.isMarker ? "input.marker" : role));
      const head = row === 0 ? label(field) : span(" ".repeat(labelColumns), "popup");
      lines.push([head, ...fillLine(runs, fieldColumns, role)]);
    }
    if (form.field === field) {
      cursor = {
        column: inside.column + labelColumns + caret.column,
        row: inside.row + fieldRows[field] + caret.row,
      };
    }
  };

  editor("to", 1);
  const source = portSource(form, world);
  if (source === "field") editor("port", 1);
  else {
    const why = world.text(source === "address" ? "form.portGiven" : "form.portPeer");
    lines.push([label("port"), span(truncateText(why, fieldColumns), "popup.disabled")]);
    if (form.field === "port") cursor = { column: inside.column + labelColumns, row: inside.row + 1 };
  }
  lines.push([label("mode"), ...modeSpans(form, world, fieldColumns)]);
  if (form.field === "mode") cursor = { column: inside.column + labelColumns, row: inside.row + 2 };
  editor("text", textRows);
  lines.push([]);
  lines.push(...belowFields(form, world, inside.columns, inside.rows - lines.length));
  const hint = world.text(inside.columns < 50 ? "form.hintShort" : "form.hint");
  return { pane: framed("form", rect, { title: world.text("form.title"), hint }, lines), cursor };
}

function modeSpans(form: SendForm, world: World, columns: number): Line {
  const packet = world.text(columns < 36 ? "form.packetShort" : "form.packet");
  const one = (isChosen: boolean, text: string): Line[number] =>
    span(`${isChosen ? "(*)" : "( )"} ${text}  `, form.field === "mode" ? "popup" : "form.label", {
      bold: isChosen,
    });
  return [one(!form.raw, packet), one(form.raw, world.text("form.raw"))];
}

/** The fault when there is one, else the names that fit, else what may stand in the field. */
function belowFields(form: SendForm, world: World, columns: number, rows: number): readonly Line[] {
  if (form.error !== null) {
    return wrapText(form.error.text, { columns: columns - 2 }).map((row) => [span(` ${row}`, "form.error")]);
  }
  if (form.isSending) return [[span(` ${world.text("form.sending")}`, "popup.hint")]];
  const matches = formMatches(form, world).slice(0, Math.max(0, rows));
  if (matches.length > 0) {
    return matches.map((entry, index): Line => {
      const isChosen = index === Math.min(form.match, matches.length - 1);
      const text = ` ${fitText(entry.name, Math.min(24, columns - 20))} ${entry.peer?.endpoint.address ?? ""}`;
      const role = isChosen ? "popup.selected" : "popup";
      return [span(padText(text, columns), role)];
    });
  }
  return form.field === "to" && editorText(form.to) === ""
    ? [[span(` ${world.text("form.toHint")}`, "popup.hint")]]
    : [];
}
