// Searching: a line over the input that finds in the open conversation while one types, from the newest hit back; the same words over
// all conversations with the key pressed once more.
import { applyEdit, createEditor, editorText, insertText } from "../edit/editor.js";
import type { EditOperation } from "../edit/editor.js";
import { findInLog } from "../find.js";
import { emptyList, selectIndex } from "../log/list.js";
import { showMessage } from "../log/log.js";
import { positionOf, withPosition } from "../ui-state.js";
import type { Search, UiState } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import { logFrame } from "../view/log-frame.js";
import { receivedItems } from "../view/receive.js";
import type { World } from "../world.js";

/** `/find words`, Ctrl-R; from the line itself over all conversations, from the list of what came in over what went out as well. */
export function find(state: UiState, world: World, argument: string): UiState {
  const { dialog } = state;
  if (dialog?.kind === "receive") {
    const scope = dialog.scope === "received" ? "all" : "received";
    return { ...state, dialog: { ...dialog, scope, list: emptyList } };
  }
  if (state.focus === "search" && state.search !== null) {
    return findAll(endSearch(state), world, editorText(state.search.query));
  }
  const query = argument === "" ? (state.search?.query ?? createEditor()) : createEditor(argument);
  const open: UiState = { ...state, dialog: null, filter: null, focus: "search" };
  return settle(open, world, { query, serial: null });
}

/** The list of all messages with these words in them. */
export function findAll(state: UiState, world: World, text: string): UiState {
  const dialog = { kind: "receive", scope: "all", query: createEditor(text), list: emptyList } as const;
  const list = selectIndex(receivedItems(world, dialog), emptyList, 0);
  return { ...state, focus: "input", dialog: { ...dialog, list } };
}

/** What waits for absent people, of all conversations. */
export function openWaiting(state: UiState, world: World): UiState {
  const dialog = { kind: "receive", scope: "waiting", query: createEditor(), list: emptyList } as const;
  const list = selectIndex(receivedItems(world, dialog), emptyList, 0);
  return { ...state, focus: "input", dialog: { ...dialog, list } };
}

export function typeSearch(state: UiState, world: World, text: string): UiState {
  const { search } = state;
  if (search === null) return state;
  const query = insertText(search.query, text.replace(/\s+/g, " "));
  return settle(state, world, { query, serial: search.serial });
}

export function editSearch(state: UiState, world: World, operation: EditOperation): UiState {
  const { search } = state;
  if (search === null) return state;
  return settle(state, world, { query: applyEdit(search.query, operation), serial: search.serial });
}

/** To the next older or newer hit; round the ends. */
export function moveHit(state: UiState, world: World, step: -1 | 1): UiState {
  const { search } = state;
  if (search === null) return state;
  const hits = hitsOf(state, world);
  const index = search.serial === null ? hits.length : hits.indexOf(search.serial);
  const serial = hits[(index + step + hits.length) % hits.length];
  return serial === undefined ? state : show(state, world, { ...search, serial });
}

/** Enter: the words stay marked, and the hit is the chosen message. */
export function acceptSearch(state: UiState): UiState {
  if (state.search === null || editorText(state.search.query) === "") return endSearch(state);
  return { ...state, focus: "log", picked: state.search.serial };
}

export function endSearch(state: UiState): UiState {
  return { ...state, search: null, picked: null, focus: "input" };
}

/** Serials of the hits in the open conversation, oldest first. */
export function hitsOf(state: UiState, world: World): readonly number[] {
  const query = state.search === null ? "" : editorText(state.search.query);
  return findInLog(world.timelines.of(state.conversation), query);
}

/** The hit shown stays while it still fits; else it is the nearest older one, else the newest. */
function settle(state: UiState, world: World, search: Search): UiState {
  const next: UiState = { ...state, search };
  const hits = hitsOf(next, world);
  const from = search.serial ?? Infinity;
  const serial = hits.findLast((hit) => hit <= from) ?? hits.at(-1) ?? null;
  return show(next, world, { ...search, serial });
}

function show(state: UiState, world: World, search: Search): UiState {
  const next: UiState = { ...state, search, picked: search.serial };
  if (search.serial === null || layoutKind(state.size) === "tiny") return next;
  return withPosition(next, showMessage(logFrame(next, world), positionOf(next), search.serial));
}
