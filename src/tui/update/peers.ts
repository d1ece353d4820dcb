// The peer list: the cursor in it, and searching by typing a part of a name.
import type { PeerId } from "../../index.js";
import type { KeyEvent } from "../input/event.js";
import { moveSelection, scrollList, selectIndex } from "../log/list.js";
import { splitClusters } from "../text/clusters.js";
import type { UiState } from "../ui-state.js";
import { layoutOf } from "../view/layout.js";
import { rosterItems } from "../view/peer-list.js";
import type { World } from "../world.js";
import { openConversation, wheelRows } from "./conversation.js";

/** Longest part of a name worth typing. */
const filterLimit = 80;

export type ListMove = "up" | "down" | "page-up" | "page-down" | "first" | "last";

export function movePeers(state: UiState, world: World, move: ListMove): UiState {
  const items = rosterItems(state, world);
  const page = Math.max(1, listHeight(state) - 1);
  return { ...state, list: moveList(items, state.list, move, page) };
}

/** One way to move in every list of the program. */
export function moveList<Item>(
  items: Parameters<typeof moveSelection<Item>>[0],
  list: UiState["list"],
  move: ListMove,
  page: number,
): UiState["list"] {
  switch (move) {
    case "up":
      return moveSelection(items, list, -1);
    case "down":
      return moveSelection(items, list, 1);
    case "page-up":
      return moveSelection(items, list, -page);
    case "page-down":
      return moveSelection(items, list, page);
    case "first":
      return selectIndex(items, list, 0);
    case "last":
      return selectIndex(items, list, Infinity);
    default: {
      const unreachable: never = move;
      return unreachable;
    }
  }
}

export function wheelPeers(state: UiState, world: World, direction: -1 | 1): UiState {
  const count = rosterItems(state, world).items.length;
  return { ...state, list: scrollList(state.list, direction * wheelRows, count, listHeight(state)) };
}

/** Opens the chosen peer; with a search that found nobody the list stays. */
export function openSelected(state: UiState, world: World): UiState {
  const { items } = rosterItems(state, world);
  const chosen = items.find((entry) => entry.id === state.list.selected) ?? items[0];
  return chosen === undefined ? state : openConversation(state, chosen.id);
}

export function leavePeers(state: UiState): UiState {
  return { ...state, focus: "input", filter: null, list: { ...state.list, selected: state.conversation } };
}

/** Typing in the list searches. */
export function typeFilter(state: UiState, world: World, text: string): UiState {
  const filter = ((state.filter ?? "") + text.replace(/\s+/g, " ")).slice(0, filterLimit);
  return selectFirst({ ...state, filter }, world);
}

/** Backspace takes a character of the search; on an empty one it ends it. */
export function keyInFilter(state: UiState, world: World, key: KeyEvent): UiState {
  if (key.key !== "backspace" || state.filter === null) return state;
  if (state.filter === "") return leavePeers(state);
  return selectFirst({ ...state, filter: splitClusters(state.filter).slice(0, -1).join("") }, world);
}

function selectFirst(state: UiState, world: World): UiState {
  const { items } = rosterItems(state, world);
  // An empty search still shows everyone first, who is not what somebody searches.
  const first = items.find((entry) => entry.peer !== null) ?? items[0];
  const selected: PeerId | null = first?.id ?? null;
  return { ...state, list: { selected, index: 0, top: 0 } };
}

export function listHeight(state: UiState): number {
  const layout = layoutOf(state);
  return layout.kind === "narrow" ? layout.list.rows - 2 : layout.list.rows;
}
