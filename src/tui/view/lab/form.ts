// The forms of the lab: fields in rows, the chosen one in brackets as well as in colour; below, what the chosen field means or what is
// wrong with it.
import type { TuiTextKey } from "../../../i18n/tui-zh-CN.js";
import { hasTuiText } from "../../../i18n/tui-zh-CN.js";
import { displayText } from "../../text/display.js";
import { padText, truncateText } from "../../text/fit.js";
import { cellWidth } from "../../text/width.js";
import { labFields, labelOf, type LabField, type LabForm } from "../../lab/fields.js";
import { chosenField, shownValue } from "../../lab/lab-form.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { lineWidth, span } from "../lines.js";
import type { Line, Span } from "../scene.js";
import { plain } from "./page.js";

export interface FormLines {
  readonly lines: readonly Line[];
  /** At the end of the chosen value, where it is text to type. */
  readonly caret: { readonly line: number; readonly column: number } | null;
}

/** What stands behind the label. */
function valueText(state: UiState, world: World, form: LabForm, field: LabField): string {
  const value = shownValue(state, form, field);
  if (field.kind === "choice") {
    const key = `lab.choice.${value}`;
    return hasTuiText(key) ? world.text(key) : value;
  }
  if (field.kind === "text") {
    const isEmpty = value === "";
    const key = `lab.empty.${form}.${field.name}`;
    return isEmpty && hasTuiText(key) ? world.text(key) : displayText(value);
  }
  if (field.empty !== undefined && (value === "" || value === "0")) return field.empty;
  return `${value}${field.unit === "ms" || field.unit === "B" ? " " : ""}${field.unit}`;
}

/** Rows of the form for a width; on a small screen only the chosen field. */
export function formLines(
  state: UiState,
  world: World,
  form: LabForm,
  columns: number,
  isSmall = false,
): FormLines {
  const chosen = chosenField(state, form);
  const fields = isSmall ? [chosen] : labFields[form];
  const heads = new Map<number, string>();
  for (const { row } of fields) {
    const key = `lab.row.${form}.${row}`;
    heads.set(row, hasTuiText(key) ? world.text(key) : "");
  }
  const headColumns = Math.max(0, ...[...heads.values()].map(cellWidth));
  const isColumn = form === "class" || form === "join" || form === "impair";
  const labelColumns = isColumn
    ? Math.max(...fields.map((one) => cellWidth(world.text(labelOf(one.name))))) + 1
    : 0;
  const lines: Line[] = [];
  let caret: FormLines["caret"] = null;
  let line: Span[] = [];
  let row = -1;
  const flush = (): void => {
    if (line.length > 0) lines.push(line);
  };
  for (const field of fields) {
    const isChosen = field === chosen;
    const label = padText(world.text(labelOf(field.name)), labelColumns);
    const value = truncateText(
      valueText(state, world, form, field),
      Math.max(4, columns - 12 - labelColumns),
    );
    const [left, right] = isChosen ? ["<", ">"] : [" ", " "];
    const role = isChosen ? "popup.selected" : "popup";
    const pieces: readonly Span[] = [
      span(left, role),
      span(`${label} `, isChosen ? role : "popup.hint"),
      span(value, role, { bold: true }),
      span(right, role),
    ];
    if (field.row !== row || lineWidth(line) + lineWidth(pieces) > columns) {
      flush();
      const head = field.row === row ? "" : (heads.get(field.row) ?? "");
      row = field.row;
      line = headColumns === 0 ? [] : [span(` ${padText(head, headColumns)}`, "popup", { bold: true })];
    }
    line.push(...pieces);
    if (isChosen && field.kind === "text") {
      const typed = shownValue(state, form, field) === "" ? cellWidth(value) : 0;
      caret = { line: lines.length, column: lineWidth(line) - 1 - typed };
    }
  }
  flush();
  return { lines, caret };
}

/** What is wrong, what was just said, or what the chosen field means. */
export function explainLine(state: UiState, world: World, form: LabForm | null): Line {
  if (state.lab.error !== null) return plain(`! ${state.lab.error}`, "form.error");
  if (state.notice !== null) {
    return plain(state.notice.text, state.notice.tone === "warning" ? "form.error" : "popup.title");
  }
  if (form === null) return plain("");
  const key: TuiTextKey = `lab.about.${chosenField(state, form).name}`;
  return plain(world.text(key), "popup.hint");
}
