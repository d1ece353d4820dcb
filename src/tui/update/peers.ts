// The peer list: the cursor in it, and searching by typing a part of a name.
import type { Request } from "../action.js";
import type { KeyEvent } from "../input/event.js";
import { moveSelection, scrollList, selectIndex } from "../log/list.js";
import { splitClusters } from "../text/clusters.js";
import type { UiState } from "../ui-state.js";
import { layoutOf } from "../view/layout.js";
import { rosterItems } from "../roster-rows.js";
import { rosterOf, shownName } from "../roster.js";
import { toggled } from "../receivers.js";
import type { World } from "../world.js";
import { openConversation, peerNamed, wheelRows } from "./conversation.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

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

/** Opens the chosen peer, folds the chosen group; with a search that found nobody the list stays. */
export function openSelected(state: UiState, world: World): Step {
  const { items } = rosterItems(state, world);
  const chosen = items.find((row) => row.id === state.list.selected) ?? items[0];
  if (chosen === undefined) return stepTo(state);
  return chosen.kind === "group"
    ? foldGroup(state, chosen.group)
    : stepTo(openConversation(state, chosen.entry.id));
}

/** Left and Right in the list: the group under the cursor, or of the peer under it. */
export function foldSelected(state: UiState, world: World): Step {
  const chosen = rosterItems(state, world).items.find((row) => row.id === state.list.selected);
  const group = chosen?.kind === "group" ? chosen.group : (chosen?.entry.group ?? "");
  return group === "" ? stepTo(state) : foldGroup(state, group);
}

export function foldGroup(state: UiState, group: string): Step {
  const list = { ...state.list, selected: `group ${group}` };
  return stepTo({ ...state, list, folded: toggled(state.folded, group) }, { kind: "remember" });
}

export function toggleGroups(state: UiState, world: World): Step {
  const isGrouped = !state.isGrouped;
  const words = world.text(isGrouped ? "notice.groupsOn" : "notice.groupsOff");
  return stepTo(withNotice({ ...state, isGrouped }, world, words), { kind: "remember" });
}

/** Space: one more receiver of what is written next, or one less. On a heading: its whole group. */
export function checkPeer(state: UiState, world: World, argument: string): Step {
  const { items } = rosterItems(state, world);
  const row = argument === "" ? items.find((one) => one.id === state.list.selected) : undefined;
  if (state.focus === "peers" && row?.kind === "group") return stepTo(checkGroup(state, world, row.group));
  const id = peerNamed(state, world, argument);
  if (id === null) return stepTo(withNotice(state, world, world.text("notice.markWhom"), "warning"));
  const checked = toggled(state.checked, id);
  const next: UiState = { ...state, checked };
  // In the list Space goes on to the next one, so that neighbours are marked in a row.
  return stepTo(state.focus === "peers" ? movePeers(next, world, "down") : next);
}

function checkGroup(state: UiState, world: World, group: string): UiState {
  const members = rosterOf(world, { ...state, filter: null }).filter((entry) => entry.group === group);
  const isAll = members.every((entry) => state.checked.has(entry.id));
  const checked = new Set(state.checked);
  for (const { id } of members) {
    if (isAll) checked.delete(id);
    else checked.add(id);
  }
  return { ...state, checked };
}

export function uncheckAll(state: UiState, world: World): UiState {
  return withNotice({ ...state, checked: new Set() }, world, world.text("notice.unmarked"));
}

export function toggleFavourite(state: UiState, world: World, argument: string): Step {
  const id = peerNamed(state, world, argument);
  const peer = id === null ? undefined : world.node.peer(id);
  if (peer === undefined) return stepTo(withNotice(state, world, world.text("notice.markWhom"), "warning"));
  const favourites = toggled(state.favourites, peer.id);
  const key = favourites.has(peer.id) ? "notice.favourite" : "notice.notFavourite";
  const words = world.text(key, { name: shownName(peer) });
  const favourite: Request = {
    kind: "set-policy",
    peer: peer.id,
    policy: { favourite: favourites.has(peer.id) },
  };
  return stepTo(withNotice({ ...state, favourites }, world, words), { kind: "remember" }, favourite);
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
  const first = items.find((row) => row.kind === "entry" && row.entry.peer !== null) ?? items[0];
  const selected = first?.id ?? null;
  return { ...state, list: { selected, index: 0, top: 0 } };
}

export function listHeight(state: UiState): number {
  const layout = layoutOf(state);
  return layout.kind === "narrow" ? layout.list.rows - 2 : layout.list.rows;
}
