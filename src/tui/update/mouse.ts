// The mouse: a click chooses a peer, a menu item, a row or a place in the input; the wheel moves what is under the pointer. All of it
// can be done by keys.
import type { Action } from "../action.js";
import { moveCaret } from "../edit/editor.js";
import { caretAt } from "../edit/layout.js";
import type { MouseEvent } from "../input/event.js";
import { viewList } from "../log/list.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { editorLayout, editorRect } from "../view/input.js";
import { isInside, layoutOf } from "../view/layout.js";
import type { Layout } from "../view/layout.js";
import { menuSpots } from "../view/menu.js";
import { rosterItems } from "../view/peer-list.js";
import { insideOf } from "../view/lines.js";
import { receivedItems, receiveRect } from "../view/receive.js";
import type { Rect } from "../view/scene.js";
import type { World } from "../world.js";
import { moveLog, openConversation } from "./conversation.js";
import { listHeight, wheelPeers } from "./peers.js";
import { wheelInDialog } from "./popups.js";
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
      ...stepTo({ ...state, focus: "input" }),
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
      withDraft({ ...state, focus: "input" }, { ...draft, editor: moveCaret(draft.editor, caret) }),
    );
  }
  return stepTo(isInside(mouse, layout.log) ? { ...state, focus: "input", filter: null } : state);
}

function turnWheel(state: UiState, mouse: MouseEvent, world: World, layout: Layout): Step {
  const direction = mouse.action === "wheel-up" ? -1 : 1;
  if (state.dialog !== null) return stepTo(wheelInDialog(state, world, direction));
  const list = listRect(state, layout);
  if (list !== null && isInside(mouse, list)) return stepTo(wheelPeers(state, world, direction));
  return moveLog(state, world, direction < 0 ? "wheel-up" : "wheel-down");
}

/** Where rows of the peer list are on the screen now. */
function listRect(state: UiState, layout: Layout): Rect | null {
  if (layout.kind !== "narrow") return layout.list;
  return state.focus === "peers" ? insideOf(layout.list) : null;
}

function clickPeer(state: UiState, row: number, world: World): Step {
  const { visible } = viewList(rosterItems(state, world), state.list, listHeight(state));
  const entry = visible[row];
  return stepTo(entry === undefined ? state : openConversation(state, entry.id));
}

function clickDialog(
  state: UiState,
  mouse: MouseEvent,
  world: World,
  layout: Layout,
): Step & { readonly next?: Action } {
  const { dialog } = state;
  if (dialog?.kind !== "receive") return stepTo(state);
  const inside = insideOf(receiveRect(layout));
  if (!isInside(mouse, inside)) return stepTo(state);
  const items = receivedItems(world);
  const { visible } = viewList(items, dialog.list, inside.rows);
  const message = visible[mouse.row - inside.row];
  if (message === undefined) return stepTo(state);
  const index = items.items.indexOf(message);
  // A click on the chosen row opens it.
  if (dialog.list.selected === message.id) {
    return { ...stepTo(state), next: { kind: "do", name: "accept", argument: "" } };
  }
  return stepTo({ ...state, dialog: { ...dialog, list: { ...dialog.list, selected: message.id, index } } });
}
