// Choices made on the screen and remembered: theme with preview, language, cursor, notifications, and the welcome of the first run.
import { cursorShapes, notifyWays } from "../app-options.js";
import type { AppLanguage } from "../app-options.js";
import type { Request } from "../action.js";
import { applyEdit, createEditor, editorText, insertText } from "../edit/editor.js";
import type { EditOperation } from "../edit/editor.js";
import { emptyList } from "../log/list.js";
import type { Dialog, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

const nameLimit = 80;

/** `/theme 名字` at once; without a name the list of them. */
export function chooseTheme(state: UiState, argument: string): Step {
  return argument === ""
    ? stepTo(state, { kind: "list-themes" })
    : stepTo(state, { kind: "set-theme", name: argument, isPreview: false });
}

export function openThemes(state: UiState, world: World, names: readonly string[]): UiState {
  if (names.length === 0) return withNotice(state, world, world.text("notice.noThemes"), "warning");
  const before = state.preferences.theme;
  const list = { ...emptyList, selected: before, index: Math.max(0, names.indexOf(before)) };
  return { ...state, focus: "input", filter: null, dialog: { kind: "themes", names, list, before } };
}

/** What moving in the list shows at once. */
export function previewTheme(dialog: Extract<Dialog, { kind: "themes" }>): Request {
  return { kind: "set-theme", name: dialog.list.selected ?? dialog.before, isPreview: true };
}

export function keepTheme(state: UiState, dialog: Extract<Dialog, { kind: "themes" }>): Step {
  const name = dialog.list.selected ?? dialog.before;
  return stepTo({ ...state, dialog: null }, { kind: "set-theme", name, isPreview: false });
}

export function dropTheme(state: UiState, dialog: Extract<Dialog, { kind: "themes" }>): Step {
  return stepTo({ ...state, dialog: null }, { kind: "set-theme", name: dialog.before, isPreview: true });
}

export function themeSet(state: UiState, world: World, name: string, problems: readonly string[]): Step {
  const next: UiState = { ...state, preferences: { ...state.preferences, theme: name } };
  const [problem] = problems;
  return problem === undefined
    ? stepTo(withNotice(next, world, world.text("notice.theme", { name })), { kind: "remember" })
    : stepTo(withNotice(state, world, problem, "warning"));
}

/** `/lang en`; without a word the other one. */
export function chooseLanguage(state: UiState, world: World, argument: string): Step {
  const wished = argument.toLowerCase();
  const lang: AppLanguage | null =
    wished === ""
      ? world.lang === "en"
        ? "zh-CN"
        : "en"
      : wished.startsWith("zh") || wished === "中文"
        ? "zh-CN"
        : wished.startsWith("en")
          ? "en"
          : null;
  if (lang === null) return usage(state, world, "lang", "zh-CN, en");
  return stepTo(state, { kind: "set-language", lang });
}

export function chooseCursor(state: UiState, world: World, argument: string): Step {
  const shape = cursorShapes.find((one) => one === argument.toLowerCase());
  if (shape === undefined) return usage(state, world, "cursor", cursorShapes.join(", "));
  const next: UiState = { ...state, preferences: { ...state.preferences, cursor: shape } };
  const words = world.text("notice.cursor", { shape: world.text(`cursor.${shape}`) });
  return stepTo(withNotice(next, world, words), { kind: "set-cursor", shape }, { kind: "remember" });
}

export function chooseNotify(state: UiState, world: World, argument: string): Step {
  const notify = notifyWays.find((one) => one === argument.toLowerCase());
  if (notify === undefined) return usage(state, world, "notify", notifyWays.join(", "));
  const next: UiState = { ...state, preferences: { ...state.preferences, notify } };
  const words = world.text("notice.notify", { way: world.text(`notify.${notify}`) });
  return stepTo(withNotice(next, world, words), { kind: "remember" });
}

function usage(state: UiState, world: World, command: string, known: string): Step {
  return stepTo(withNotice(state, world, world.text("notice.usage", { command, known }), "warning"));
}

export function openWelcome(state: UiState, world: World): UiState {
  const name = createEditor(world.node.self.nick || world.node.self.user);
  return { ...state, focus: "input", filter: null, dialog: { kind: "welcome", name, isSuggested: true } };
}

export function typeName(
  state: UiState,
  dialog: Extract<Dialog, { kind: "welcome" }>,
  text: string,
): UiState {
  const before = dialog.isSuggested ? createEditor("") : dialog.name;
  const name = insertText(before, text.replace(/\s+/g, " "));
  if (name.clusters.length > nameLimit) return state;
  return { ...state, dialog: { ...dialog, name, isSuggested: false } };
}

export function editName(
  state: UiState,
  dialog: Extract<Dialog, { kind: "welcome" }>,
  operation: EditOperation,
): UiState {
  return { ...state, dialog: { ...dialog, name: applyEdit(dialog.name, operation), isSuggested: false } };
}

/** Enter or Escape: the welcome is over for good; a changed name is announced. */
export function endWelcome(state: UiState, world: World, isAccepted: boolean): Step {
  const { dialog } = state;
  if (dialog?.kind !== "welcome") return stepTo(state);
  const nick = editorText(dialog.name).trim();
  const next: UiState = { ...state, dialog: null, isWelcomed: true };
  if (!isAccepted || nick === "" || nick === world.node.self.nick) return stepTo(next, { kind: "remember" });
  const words = world.text("notice.renamed", { name: nick });
  return stepTo(withNotice(next, world, words), { kind: "remember" }, { kind: "rename", nick });
}
