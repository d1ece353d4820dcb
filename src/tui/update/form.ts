// The send form: its fields, the names that fit, the check, the sending.
import { parseEndpoint } from "../../index.js";
import type { Problem } from "../action.js";
import {
  applyEdit,
  createEditor,
  editorText,
  emptyEditor,
  insertText,
  moveCaret,
  replaceText,
} from "../edit/editor.js";
import type { EditOperation, EditorState } from "../edit/editor.js";
import { defaultPort, formMatches, portSource, readForm, targetText } from "../form-check.js";
import { formFields } from "../ui-state.js";
import type { FormField, SendForm, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { problemWords } from "./input.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";

export function openForm(state: UiState, to = "", text = ""): UiState {
  const form: SendForm = {
    kind: "form",
    field: to === "" ? "to" : "text",
    to: createEditor(to),
    port: createEditor(String(defaultPort)),
    raw: false,
    text: text === "" ? emptyEditor : createEditor(text),
    match: 0,
    error: null,
    isSending: false,
  };
  return { ...state, dialog: form, focus: "input", filter: null };
}

function withForm(state: UiState, form: SendForm): UiState {
  return { ...state, dialog: form };
}

function withField(form: SendForm, editor: EditorState): SendForm {
  if (form.field === "mode") return form;
  return { ...form, [form.field]: editor, match: 0, error: null };
}

function editorOf(form: SendForm): EditorState | null {
  return form.field === "mode" ? null : form[form.field];
}

export function typeInForm(state: UiState, form: SendForm, text: string): UiState {
  if (form.field === "mode") return text.startsWith(" ") ? withForm(state, toggled(form)) : state;
  const editor = form[form.field];
  // Only the text has lines.
  const clean = form.field === "text" ? text : text.replace(/\s*\n\s*/g, " ");
  return withForm(state, withField(form, insertText(editor, clean)));
}

export function editForm(state: UiState, form: SendForm, operation: EditOperation): UiState {
  const editor = editorOf(form);
  if (editor === null) {
    return operation === "left" || operation === "right" ? withForm(state, toggled(form)) : state;
  }
  const next = applyEdit(editor, operation);
  return withForm(
    state,
    next.clusters === editor.clusters ? { ...form, [form.field]: next } : withField(form, next),
  );
}

/** Up and Down: through the names that fit, else through the fields. */
export function moveInForm(state: UiState, form: SendForm, world: World, delta: -1 | 1): UiState {
  const matches = formMatches(form, world);
  if (form.field === "to" && matches.length > 0 && form.error === null) {
    const next = Math.min(form.match, matches.length - 1) + delta;
    if (next >= 0 && next < matches.length) return withForm(state, { ...form, match: next });
    if (delta === -1) return state;
  }
  return withForm(state, toField(form, world, delta));
}

/** Tab: a name that fits is taken; then the next field. */
export function nextField(state: UiState, form: SendForm, world: World): UiState {
  return withForm(state, toField(withMatch(form, world), world, 1));
}

export function previousField(state: UiState, form: SendForm, world: World): UiState {
  return withForm(state, toField(form, world, -1));
}

/** Enter: on to the next field until the text is reached; there it sends. */
export function acceptForm(state: UiState, form: SendForm, world: World): Step {
  if (form.isSending) return stepTo(state);
  if (form.field !== "text" && editorText(form.text).trim() === "") {
    return stepTo(withForm(state, toField(withMatch(form, world), world, "text")));
  }
  const ready = withMatch(form, world);
  const reading = readForm(ready, world);
  if (!reading.ok) {
    const error = { field: reading.field, text: reading.text };
    return stepTo(withForm(state, { ...ready, field: reading.field, error }));
  }
  return stepTo(withForm(state, { ...ready, isSending: true, error: null }), {
    kind: "say",
    to: reading.to,
    text: reading.text,
    options: reading.raw ? { raw: true } : {},
    origin: { kind: "form" },
  });
}

/** The node refused: the form stays, with the reason. */
export function formRefused(state: UiState, problem: Problem): UiState {
  const form = state.dialog;
  if (form?.kind !== "form") return state;
  return withForm(state, {
    ...form,
    isSending: false,
    error: { field: "text", text: problemWords(problem) },
  });
}

function toggled(form: SendForm): SendForm {
  return { ...form, raw: !form.raw, error: null };
}

function withMatch(form: SendForm, world: World): SendForm {
  const typed = editorText(form.to).trim();
  const matches = typed === "" ? [] : formMatches(form, world);
  const match = matches[Math.min(form.match, matches.length - 1)];
  // An address is meant as it stands: the peer behind it may listen on another port.
  if (match === undefined || parseEndpoint(typed, defaultPort) !== null) return form;
  return { ...form, to: replaceText(form.to, targetText(match, world)), match: 0, error: null };
}

function toField(form: SendForm, world: World, to: -1 | 1 | FormField): SendForm {
  if (typeof to === "string") return focused(form, to);
  let index = formFields.indexOf(form.field);
  do {
    index = (index + to + formFields.length) % formFields.length;
    // A port that is already known has no field to stand in.
  } while (formFields[index] === "port" && portSource(form, world) !== "field");
  return focused(form, formFields[index] ?? "to");
}

function focused(form: SendForm, field: FormField): SendForm {
  if (field === "mode") return { ...form, field };
  return { ...form, field, [field]: moveCaret(form[field], form[field].clusters.length) };
}

/** F2, and `/send 收件人 内容`: with both at once, else the form with what is known. F2 on the open form closes it. */
export function openForSending(state: UiState, argument: string, world: World): Step {
  if (state.dialog?.kind === "form" && argument === "") return stepTo({ ...state, dialog: null });
  const [to = ""] = argument.split(/\s/, 1);
  const text = argument.slice(to.length).trim();
  const opened = openForm(state, to, text);
  return to === "" || text === "" || opened.dialog?.kind !== "form"
    ? stepTo(opened)
    : acceptForm(opened, opened.dialog, world);
}
