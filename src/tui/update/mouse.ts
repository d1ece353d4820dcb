// The mouse: a click chooses a peer, a menu item, a row or a place in the input; the wheel moves what is under the pointer. All of it
// can be done by keys.
import type { Action } from "../action.js";
import { moveCaret } from "../edit/editor.js";
import { caretAt } from "../edit/layout.js";
import type { MouseEvent } from "../input/event.js";
import { viewList } from "../log/list.js";
import type { ListState } from "../log/list.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { logView } from "../view/conversation.js";
import { editorLayout, editorRect } from "../view/input.js";
import { isInside, layoutOf } from "../view/layout.js";
import type { Layout } from "../view/layout.js";
import { menuSpots } from "../view/menu.js";
import { rosterItems } from "../roster-rows.js";
import { insideOf } from "../view/lines.js";
import type { Rect } from "../view/scene.js";
import type { World } from "../world.js";
import { moveLog, openConversation } from "./conversation.js";
import { foldGroup, listHeight, wheelPeers } from "./peers.js";
import { listDialogOf } from "../view/list-dialog.js";
import { chooseRow, wheelInDialog } from "./popups.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";

/** What a mouse report does; `next` is an action to carry out. */
export function useMouse(state: UiState, mouse: MouseEvent, world: World): Step & { readonly next?: Action } {
  const layout = layoutOf(state);
  if (layout.kind === "tiny") return stepTo(state);
  if (mouse.action === "wheel-up" || mouse.action === "wheel-down") {
    return turnWheel(state, mouse, world, layout);
  }
  if (mouse.action !== "press" || mouse.button !== "left") return stepTo(state);
  const spot = menuSpots(state, world, layout).find(
    (one) =>
      mouse.row === layout.menu.row && mouse.column >= one.column && mouse.column < one.column + one.columns,
  );
  if (spot !== undefined) {
    return {
      ...stepTo({ ...state, focus: "input", picked: null }),
      next: { kind: "do", name: spot.row.action, argument: "" },
    };
  }
  if (state.dialog !== null) return clickDialog(state, mouse, world, layout);
  const list = listRect(state, layout);
  if (list !== null && isInside(mouse, list)) return clickPeer(state, mouse.row - list.row, world);
  const area = editorRect(state, world, layout);
  if (isInside(mouse, area)) {
    const draft = draftOf(state);
    const { window } = editorLayout(state, world, layout);
    const caret = caretAt(draft.editor, window, mouse.column - area.column, mouse.row - area.row);
    return stepTo(
      withDraft(
        { ...state, focus: "input", picked: null },
        { ...draft, editor: moveCaret(draft.editor, caret) },
      ),
    );
  }
  return stepTo(isInside(mouse, layout.log) ? clickLog(state, mouse, world, layout) : state);
}

function turnWheel(state: UiState, mouse: MouseEvent, world: World, layout: Layout): Step {
  const direction = mouse.action === "wheel-up" ? -1 : 1;
  if (state.dialog !== null) return wheelInDialog(state, world, direction);
  const list = listRect(state, layout);
  if (list !== null && isInside(mouse, list)) return stepTo(wheelPeers(state, world, direction));
  return moveLog(state, world, direction < 0 ? "wheel-up" : "wheel-down");
}

/** Where rows of the peer list are on the screen now. */
function listRect(state: UiState, layout: Layout): Rect | null {
  if (layout.kind !== "narrow") return layout.list;
  return state.focus === "peers" ? insideOf(layout.list) : null;
}

function clickPeer(state: UiState, at: number, world: World): Step {
  const { visible } = viewList(rosterItems(state, world), state.list, listHeight(state));
  const row = visible[at];
  if (row === undefined) return stepTo(state);
  return row.kind === "group" ? foldGroup(state, row.group) : stepTo(openConversation(state, row.entry.id));
}

/** A click on a message chooses it; the caret stays where it is written. */
function clickLog(state: UiState, mouse: MouseEvent, world: World, layout: Layout): UiState {
  const { rows } = logView(state, world, layout);
  const serial = rows[mouse.row - layout.log.row]?.serial;
  const entry = serial === undefined ? undefined : world.timelines.of(state.conversation).entry(serial);
  return serial === undefined || entry?.kind !== "message"
    ? { ...state, focus: "input", filter: null, picked: null }
    : { ...state, focus: "log", filter: null, picked: serial };
}

function clickDialog(
  state: UiState,
  mouse: MouseEvent,
  world: World,
  layout: Layout,
): Step & { readonly next?: Action } {
  const place = rowsOfDialog(state, world, layout);
  if (place === null || !isInside(mouse, place.rect)) return stepTo(state);
  const selected = place.keys[mouse.row - place.rect.row];
  if (selected === undefined) return stepTo(state);
  // A click on the chosen row opens it.
  if (place.list.selected === selected) {
    return { ...stepTo(state), next: { kind: "do", name: "accept", argument: "" } };
  }
  return chooseRow(state, selected, world);
}

/** Where a list dialog has its rows, and which ones are in sight. */
function rowsOfDialog(
  state: UiState,
  world: World,
  layout: Layout,
): { readonly rect: Rect; readonly list: ListState; readonly keys: readonly string[] } | null {
  const { dialog } = state;
  const listed = listDialogOf(state, world, layout);
  if (dialog === null || listed === null || !("list" in dialog)) return null;
  const { visible } = viewList(listed.items, dialog.list, listed.rect.rows);
  return { rect: listed.rect, list: dialog.list, keys: visible.map((item) => listed.items.keyOf(item)) };
}
