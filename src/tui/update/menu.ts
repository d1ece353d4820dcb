// The menu: moving in it; a digit or Enter calls an item.
import type { Action } from "../action.js";
import type { KeyRow } from "../key-row.js";
import type { UiState } from "../ui-state.js";
import { layoutOf } from "../view/layout.js";
import { menuChoices } from "../view/menu.js";
import type { World } from "../world.js";

export function openMenu(state: UiState): UiState {
  return state.focus === "menu"
    ? leaveMenu(state)
    : { ...state, focus: "menu", menuIndex: 0, dialog: null, filter: null };
}

export function leaveMenu(state: UiState): UiState {
  return { ...state, focus: "input", picked: null };
}

export function moveMenu(state: UiState, world: World, delta: number): UiState {
  const count = menuChoices(state, world, layoutOf(state)).length;
  return { ...state, menuIndex: (state.menuIndex + delta + count) % count };
}

/** The action of the chosen item, or of the item with this digit. */
export function menuAction(state: UiState, world: World, digit?: string): Action | null {
  const row: KeyRow | undefined =
    digit === undefined
      ? menuChoices(state, world, layoutOf(state))[state.menuIndex]
      : world.keymap.rows.find((item) => item.menu?.digit === digit);
  return row === undefined ? null : { kind: "do", name: row.action, argument: "" };
}
