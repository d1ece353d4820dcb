// What lies over the screen to be read or chosen from: help, details, everything received or found, the palette, packets, the wire,
// themes, the question about a paste. Opening, moving, typing and Enter.
import type { Action } from "../action.js";
import { applyEdit, editorText, emptyEditor, insertText } from "../edit/editor.js";
import type { EditOperation, EditorState } from "../edit/editor.js";
import { emptyList, scrollList, selectIndex } from "../log/list.js";
import type { Dialog, UiState } from "../ui-state.js";
import { detailLines } from "../view/details.js";
import { helpLines, helpRect, paletteItems } from "../view/help.js";
import { layoutKind, layoutOf } from "../view/layout.js";
import { listDialogOf } from "../view/list-dialog.js";
import { packetHeight, packetLines } from "../view/packet.js";
import { receivedItems } from "../view/receive.js";
import type { World } from "../world.js";
import { openAtMessage, wheelRows } from "./conversation.js";
import { acceptFiles } from "./files.js";
import { typeText } from "./input.js";
import { acceptImpair } from "./impair.js";
import { moveRow } from "./lab/fields.js";
import { acceptInLab, moveInLab } from "./lab/lab.js";
import { moveList } from "./peers.js";
import type { ListMove } from "./peers.js";
import { endWelcome, keepTheme, previewTheme } from "./settings.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";
import { openDatagram } from "./wire.js";

type Queried = Extract<Dialog, { kind: "palette" | "receive" }>;

/** Opens a dialog, or closes it when its own key is pressed again. */
export function toggleDialog(
  state: UiState,
  world: World,
  kind: "help" | "receive" | "palette" | "message-menu",
): UiState {
  if (state.dialog?.kind === kind) {
    return { ...state, dialog: state.dialog.kind === "help" ? (state.dialog.under ?? null) : null };
  }
  const base: UiState = { ...state, focus: state.focus === "log" ? "log" : "input", filter: null };
  switch (kind) {
    case "help":
      return {
        ...base,
        dialog: { kind, top: 0, ...(state.dialog?.kind === "lab" ? { under: state.dialog } : {}) },
      };
    case "receive":
      return selectFirst(base, world, { kind, scope: "received", query: emptyEditor, list: emptyList });
    case "palette":
    case "message-menu": {
      const about = kind === "palette" ? "all" : "message";
      return selectFirst(base, world, { kind: "palette", about, query: emptyEditor, list: emptyList });
    }
    default: {
      const unreachable: never = kind;
      return unreachable;
    }
  }
}

/** The third column where there is room for it, else a popup. */
export function toggleDetails(state: UiState): UiState {
  if (layoutKind(state.size) === "wide") {
    const isShown = state.showDetails !== false && state.column === "details";
    return { ...state, showDetails: !isShown, column: "details" };
  }
  return state.dialog?.kind === "details"
    ? { ...state, dialog: null }
    : { ...state, dialog: { kind: "details", top: 0 }, focus: "input", filter: null };
}

/** Moves in whatever lies on top. */
export function moveInDialog(state: UiState, world: World, move: ListMove): Step {
  const { dialog } = state;
  const layout = layoutOf(state);
  switch (dialog?.kind) {
    case "help": {
      const rect = helpRect(layout);
      const count = helpLines(world, rect.columns - 4).length;
      return stepTo({
        ...state,
        dialog: { ...dialog, top: moveTop(dialog.top, move, count, rect.rows - 2) },
      });
    }
    case "details": {
      const count = detailLines(state, world, Math.min(layout.screen.columns, 48) - 4).length;
      const room = Math.min(layout.screen.rows, count + 2) - 2;
      return stepTo({ ...state, dialog: { ...dialog, top: moveTop(dialog.top, move, count, room) } });
    }
    case "packet": {
      const count = packetLines(dialog.of, world, layout).length;
      const top = moveTop(dialog.top, move, count, packetHeight(layout));
      return stepTo({ ...state, dialog: { ...dialog, top } });
    }
    case "receive":
    case "palette":
    case "themes":
    case "files":
    case "wire": {
      const listed = listDialogOf(state, world, layout);
      if (listed === null) return stepTo(state);
      const page = Math.max(1, listed.rect.rows - 1);
      const next: Dialog = { ...dialog, list: moveList(listed.items, dialog.list, move, page) };
      const moved: UiState = { ...state, dialog: next };
      return next.kind === "themes" ? stepTo(moved, previewTheme(next)) : stepTo(moved);
    }
    case "lab":
      return moveInLab(state, world, move);
    case "impair":
      return stepTo(
        move === "up" || move === "down" ? moveRow(state, "impair", move === "up" ? -1 : 1) : state,
      );
    case "form":
    case "paste":
    case "picture":
    case "alarm":
    case "welcome":
    case undefined:
      return stepTo(state);
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
}

export function wheelInDialog(state: UiState, world: World, direction: -1 | 1): Step {
  const { dialog } = state;
  const listed = listDialogOf(state, world, layoutOf(state));
  if (dialog === null || listed === null || !("list" in dialog) || dialog.kind === "themes") {
    return moveInDialog(state, world, direction < 0 ? "up" : "down");
  }
  const height = listed.rect.rows;
  const { items } = listed.items;
  const list = scrollList(dialog.list, direction * wheelRows, items.length, height);
  // The chosen row comes along, or the next frame would scroll back to it.
  const index = Math.max(list.top, Math.min(list.top + height - 1, list.index));
  return stepTo({ ...state, dialog: { ...dialog, list: selectIndex(listed.items, list, index) } });
}

/** A click on a row. */
export function chooseRow(state: UiState, selected: string, world: World): Step {
  const { dialog } = state;
  const listed = listDialogOf(state, world, layoutOf(state));
  if (dialog === null || listed === null || !("list" in dialog)) return stepTo(state);
  const index = listed.items.items.findIndex((item) => listed.items.keyOf(item) === selected);
  const next: Dialog = { ...dialog, list: { ...dialog.list, selected, index } };
  const chosen: UiState = { ...state, dialog: next };
  return next.kind === "themes" ? stepTo(chosen, previewTheme(next)) : stepTo(chosen);
}

function moveTop(top: number, move: ListMove, count: number, room: number): number {
  const most = Math.max(0, count - room);
  const steps: Readonly<Record<ListMove, number>> = {
    up: top - 1,
    down: top + 1,
    "page-up": top - (room - 1),
    "page-down": top + room - 1,
    first: 0,
    last: most,
  };
  return Math.max(0, Math.min(most, steps[move]));
}

/** Enter in whatever lies on top. May give an action to carry out. */
export function acceptDialog(state: UiState, world: World): Step & { readonly next?: Action } {
  const { dialog } = state;
  switch (dialog?.kind) {
    case "receive":
      return openReceived(state, world, dialog);
    case "palette": {
      const { items } = paletteItems(state, world);
      const row = items.find((item) => item.action === dialog.list.selected) ?? items[0];
      if (row === undefined) return stepTo(state);
      const closed: UiState = { ...state, dialog: null };
      const isAsked = row.argument !== undefined && row.keys.length === 0 && !wordless.has(row.action);
      return isAsked
        ? stepTo(typeText(closed, `/${row.command ?? ""} `))
        : { ...stepTo(closed), next: { kind: "do", name: row.action, argument: "" } };
    }
    case "paste":
      return stepTo(typeText({ ...state, dialog: null }, dialog.text));
    // Enter keeps the old key: a hand that was typing must not take a new one.
    case "alarm":
      return stepTo({ ...state, dialog: null }, { kind: "trust", peer: dialog.peer, answer: "reject" });
    case "wire":
      return stepTo(openDatagram(state, world));
    case "files":
      return acceptFiles(state, world, dialog);
    case "themes":
      return keepTheme(state, dialog);
    case "lab":
      return acceptInLab(state, world);
    case "impair":
      return acceptImpair(state, world, dialog);
    case "welcome":
      return endWelcome(state, world, true);
    case "packet":
    case "picture":
    case "help":
      return stepTo({ ...state, dialog: dialog.under ?? null });
    case "details":
    case "form":
    case undefined:
      return stepTo({ ...state, dialog: null });
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
}

/** Commands that do something sensible without their word. */
const wordless: ReadonlySet<string> = new Set(["theme", "language", "away", "impair", "picture"]);

/** With the words that were looked for marked in the log. */
function openReceived(state: UiState, world: World, dialog: Extract<Dialog, { kind: "receive" }>): Step {
  const { items } = receivedItems(world, dialog);
  const message = items.find((item) => item.id === dialog.list.selected) ?? items[0];
  if (message === undefined) return stepTo({ ...state, dialog: null });
  const { conversation } = message;
  const isHeld = world.timelines.of(conversation).find(message.id) !== undefined;
  if (!isHeld && world.archive !== null) {
    const query = editorText(dialog.query).trim() === "" ? null : dialog.query;
    return stepTo(state, { kind: "jump-to", conversation, at: message.at, id: message.id, query });
  }
  const opened = openAtMessage({ ...state, dialog: null }, world, message.conversation, message.id);
  if (editorText(dialog.query).trim() === "") return stepTo(opened);
  const serial = world.timelines.of(message.conversation).find(message.id) ?? null;
  return stepTo({ ...opened, search: { query: dialog.query, serial }, picked: serial, focus: "log" });
}

/** Typing narrows the list down. */
export function typeQuery(state: UiState, world: World, dialog: Queried, text: string): UiState {
  return withQuery(state, world, dialog, insertText(dialog.query, text.replace(/\s+/g, " ")));
}

export function editQuery(state: UiState, world: World, dialog: Queried, operation: EditOperation): UiState {
  return withQuery(state, world, dialog, applyEdit(dialog.query, operation));
}

function withQuery(state: UiState, world: World, dialog: Queried, query: EditorState): UiState {
  return query.clusters === dialog.query.clusters
    ? { ...state, dialog: { ...dialog, query } }
    : selectFirst(state, world, { ...dialog, query });
}

/** What a list shows has come or gone: the first row is the chosen one when the old one is not there any more. */
export function listAnew(state: UiState, world: World): UiState {
  const { dialog } = state;
  if (dialog?.kind !== "receive") return state;
  const { items } = receivedItems(world, dialog);
  const isThere = items.some(({ id }) => id === dialog.list.selected);
  return isThere ? state : selectFirst(state, world, dialog);
}

function selectFirst(state: UiState, world: World, dialog: Queried): UiState {
  const open: UiState = { ...state, dialog };
  const listed = listDialogOf(open, world, layoutOf(open));
  const list = listed === null ? emptyList : selectIndex(listed.items, emptyList, 0);
  return { ...open, dialog: { ...dialog, list } };
}
