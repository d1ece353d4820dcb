// What lies over the screen to be read or chosen from: help, details, everything received, the palette, the question about a paste.
import type { Action } from "../action.js";
import { applyEdit, emptyEditor, insertText } from "../edit/editor.js";
import type { EditOperation } from "../edit/editor.js";
import { emptyList, scrollList } from "../log/list.js";
import type { Dialog, UiState } from "../ui-state.js";
import { detailLines } from "../view/details.js";
import { helpLines, helpRect, paletteItems, paletteRect } from "../view/help.js";
import { layoutKind, layoutOf } from "../view/layout.js";
import { receivedItems, receiveRect } from "../view/receive.js";
import type { World } from "../world.js";
import { openAtMessage, wheelRows } from "./conversation.js";
import { typeText } from "./input.js";
import { moveList } from "./peers.js";
import type { ListMove } from "./peers.js";

/** Opens a dialog, or closes it when its own key is pressed again. */
export function toggleDialog(state: UiState, world: World, kind: "help" | "receive" | "palette"): UiState {
  if (state.dialog?.kind === kind) return { ...state, dialog: null };
  const base: UiState = { ...state, focus: "input", filter: null };
  switch (kind) {
    case "help":
      return { ...base, dialog: { kind, top: 0 } };
    case "receive":
      return {
        ...base,
        dialog: { kind, list: { ...emptyList, selected: receivedItems(world).items[0]?.id ?? null } },
      };
    case "palette": {
      const dialog: Dialog = { kind, query: emptyEditor, list: emptyList };
      return selectFirstRow({ ...base, dialog }, world, dialog);
    }
    default: {
      const unreachable: never = kind;
      return unreachable;
    }
  }
}

/** The third column where there is room for it, else a popup. */
export function toggleDetails(state: UiState): UiState {
  if (layoutKind(state.size) === "wide") return { ...state, showDetails: state.showDetails === false };
  return state.dialog?.kind === "details"
    ? { ...state, dialog: null }
    : { ...state, dialog: { kind: "details", top: 0 }, focus: "input", filter: null };
}

/** Moves in whatever lies on top. */
export function moveInDialog(state: UiState, world: World, move: ListMove): UiState {
  const { dialog } = state;
  const layout = layoutOf(state);
  switch (dialog?.kind) {
    case "help": {
      const rect = helpRect(layout);
      const room = rect.rows - 2;
      const count = helpLines(world, rect.columns - 4).length;
      return { ...state, dialog: { ...dialog, top: moveTop(dialog.top, move, count, room) } };
    }
    case "details": {
      const count = detailLines(state, world, Math.min(layout.screen.columns, 48) - 4).length;
      const room = Math.min(layout.screen.rows, count + 2) - 2;
      return { ...state, dialog: { ...dialog, top: moveTop(dialog.top, move, count, room) } };
    }
    case "receive": {
      const page = Math.max(1, receiveRect(layout).rows - 3);
      return {
        ...state,
        dialog: { ...dialog, list: moveList(receivedItems(world), dialog.list, move, page) },
      };
    }
    case "palette": {
      const page = Math.max(1, paletteRect(layout).rows - 4);
      return {
        ...state,
        dialog: { ...dialog, list: moveList(paletteItems(state, world), dialog.list, move, page) },
      };
    }
    case "form":
    case "paste":
    case undefined:
      return state;
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
}

export function wheelInDialog(state: UiState, world: World, direction: -1 | 1): UiState {
  const { dialog } = state;
  if (dialog?.kind === "receive") {
    const count = receivedItems(world).items.length;
    const height = receiveRect(layoutOf(state)).rows - 2;
    const list = scrollList(dialog.list, direction * wheelRows, count, height);
    // The chosen row comes along, or the next frame would scroll back to it.
    const index = Math.max(list.top, Math.min(list.top + height - 1, list.index));
    const selected = receivedItems(world).items[index]?.id ?? list.selected;
    return { ...state, dialog: { ...dialog, list: { ...list, index, selected } } };
  }
  return moveInDialog(state, world, direction < 0 ? "up" : "down");
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
export function acceptDialog(
  state: UiState,
  world: World,
): { readonly state: UiState; readonly next?: Action } {
  const { dialog } = state;
  switch (dialog?.kind) {
    case "receive": {
      const { items } = receivedItems(world);
      const message = items.find((item) => item.id === dialog.list.selected) ?? items[0];
      return {
        state:
          message === undefined
            ? { ...state, dialog: null }
            : openAtMessage({ ...state, dialog: null }, world, message.conversation, message.id),
      };
    }
    case "palette": {
      const { items } = paletteItems(state, world);
      const row = items.find((item) => item.action === dialog.list.selected) ?? items[0];
      if (row === undefined) return { state };
      const closed: UiState = { ...state, dialog: null };
      return row.argument !== undefined && row.keys.length === 0
        ? { state: typeText(closed, `/${row.command ?? ""} `) }
        : { state: closed, next: { kind: "do", name: row.action, argument: "" } };
    }
    case "paste":
      return { state: typeText({ ...state, dialog: null }, dialog.text) };
    case "help":
    case "details":
    case "form":
    case undefined:
      return { state: { ...state, dialog: null } };
    default: {
      const unreachable: never = dialog;
      return unreachable;
    }
  }
}

/** Typing in the palette narrows it down. */
export function typeInPalette(
  state: UiState,
  world: World,
  dialog: Extract<Dialog, { kind: "palette" }>,
  text: string,
): UiState {
  const next: Dialog = { ...dialog, query: insertText(dialog.query, text.replace(/\s+/g, " ")) };
  return selectFirstRow({ ...state, dialog: next }, world, next);
}

export function editPalette(
  state: UiState,
  world: World,
  dialog: Extract<Dialog, { kind: "palette" }>,
  operation: EditOperation,
): UiState {
  const next: Dialog = { ...dialog, query: applyEdit(dialog.query, operation) };
  return selectFirstRow({ ...state, dialog: next }, world, next);
}

function selectFirstRow(state: UiState, world: World, dialog: Extract<Dialog, { kind: "palette" }>): UiState {
  const selected = paletteItems(state, world).items[0]?.action ?? null;
  return { ...state, dialog: { ...dialog, list: { selected, index: 0, top: 0 } } };
}
