// Actions whose meaning depends on where the focus is: moving, accepting, cancelling, editing, the way from pane to pane.
import { completionsOf } from "../completion.js";
import { editOperations, isEditorEmpty } from "../edit/editor.js";
import type { EditOperation } from "../edit/editor.js";
import type { Action } from "../action.js";
import { isEdit } from "../action-name.js";
import type { EditAction, PlacedAction } from "../action-name.js";
import { draftOf } from "../ui-state.js";
import type { Focus, UiState } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import type { World } from "../world.js";
import { leavePast } from "./archive.js";
import { moveLog } from "./conversation.js";
import { movePick, pagePick } from "./pick.js";
import { nextLabField, turnInLab } from "./lab/lab.js";
import { acceptSearch, editSearch, endSearch, moveHit } from "./search.js";
import { editName } from "./settings.js";
import { cancel } from "./cancel.js";
import { completePath, editPath } from "./files.js";
import { acceptForm, editForm, moveInForm, nextField, previousField } from "./form.js";
import { complete, editInput, moveCompletion, submit } from "./input.js";
import { leaveMenu, menuAction, moveMenu } from "./menu.js";
import { movePeers, openSelected } from "./peers.js";
import type { ListMove } from "./peers.js";
import { acceptDialog, editQuery, moveInDialog } from "./popups.js";
import { stepTo } from "./step.js";
import type { Step } from "./step.js";

type Moved = Step & { readonly next?: Action };

export function performHere(state: UiState, name: PlacedAction, world: World): Moved {
  if (isEdit(name)) return stepTo(edit(state, operationOf(name), world));
  switch (name) {
    case "say":
      return state.dialog === null ? submit(state, world) : stepTo(state);
    case "complete":
      return state.dialog?.kind === "files" ? completePath(state, state.dialog) : stepTo(tab(state, world));
    case "next-pane":
      return stepTo(turnPane(state, 1));
    case "previous-pane":
      return stepTo(turnPane(state, -1));
    case "accept":
      return accept(state, world);
    case "cancel":
      return cancel(state, world);
    case "next-field":
      return stepTo(
        state.dialog?.kind === "form" ? nextField(state, state.dialog, world) : nextLabField(state, world, 1),
      );
    case "previous-field":
      return stepTo(
        state.dialog?.kind === "form"
          ? previousField(state, state.dialog, world)
          : nextLabField(state, world, -1),
      );
    case "left":
    case "right":
      if (state.dialog?.kind === "lab" || state.dialog?.kind === "impair") {
        return stepTo(turnInLab(state, world, name === "left" ? -1 : 1));
      }
      return stepTo(state.focus === "menu" ? moveMenu(state, world, name === "left" ? -1 : 1) : state);
    case "up":
    case "down":
    case "first":
    case "last":
    case "page-up":
    case "page-down":
      return move(state, name, world);
    case "top":
      return state.dialog === null ? moveLog(state, world, "top") : move(state, "first", world);
    case "bottom":
      return state.dialog === null
        ? leavePast(moveLog(state, world, "bottom"), world)
        : move(state, "last", world);
    default: {
      const unreachable: never = name;
      return unreachable;
    }
  }
}

function operationOf(name: EditAction): EditOperation {
  // Every name is made from an operation, so one is always found.
  return editOperations.find((operation) => name === `edit-${operation}`) ?? "clear";
}

function edit(state: UiState, operation: EditOperation, world: World): UiState {
  const { dialog } = state;
  if (dialog?.kind === "form") return editForm(state, dialog, operation);
  if (dialog?.kind === "palette" || dialog?.kind === "receive") {
    return editQuery(state, world, dialog, operation);
  }
  if (dialog?.kind === "files") return editPath(state, dialog, operation);
  if (dialog?.kind === "welcome") return editName(state, dialog, operation);
  if (dialog !== null) return state;
  return state.focus === "search" ? editSearch(state, world, operation) : editInput(state, operation);
}

function move(state: UiState, to: ListMove, world: World): Step {
  const { dialog } = state;
  if (dialog?.kind === "form") {
    return stepTo(
      to === "up" || to === "down" ? moveInForm(state, dialog, world, to === "up" ? -1 : 1) : state,
    );
  }
  if (dialog !== null) return moveInDialog(state, world, to);
  switch (state.focus) {
    case "menu":
      return stepTo(to === "up" || to === "down" ? moveMenu(state, world, to === "up" ? -1 : 1) : state);
    case "peers":
      return stepTo(movePeers(state, world, to));
    case "input":
      if (to === "up" || to === "down") return stepTo(moveCompletion(state, world, to === "up" ? -1 : 1));
      break;
    case "log":
      if (to === "up" || to === "down") return stepTo(movePick(state, world, to === "up" ? -1 : 1));
      if (to === "page-up" || to === "page-down")
        return stepTo(pagePick(state, world, to === "page-up" ? -1 : 1));
      break;
    case "search":
      if (to === "up" || to === "down") return stepTo(moveHit(state, world, to === "up" ? -1 : 1));
      break;
    default: {
      const unreachable: never = state.focus;
      return unreachable;
    }
  }
  return moveLog(state, world, to === "first" ? "top" : to === "last" ? "bottom" : to);
}

function accept(state: UiState, world: World): Moved {
  const { dialog } = state;
  if (dialog?.kind === "form") return acceptForm(state, dialog, world);
  if (dialog !== null) return acceptDialog(state, world);
  switch (state.focus) {
    case "menu": {
      const action = menuAction(state, world);
      return action === null ? stepTo(leaveMenu(state)) : { ...stepTo(leaveMenu(state)), next: action };
    }
    case "peers":
      return openSelected(state, world);
    case "search":
      return stepTo(acceptSearch(state));
    case "log":
      return stepTo({ ...state, focus: "input", picked: null });
    case "input":
      return submit(state, world);
    default: {
      const unreachable: never = state.focus;
      return unreachable;
    }
  }
}

/** Tab: completes what is written; with nothing written it goes to the next pane. */
function tab(state: UiState, world: World): UiState {
  if (state.dialog !== null) return state;
  const isEmpty = isEditorEmpty(draftOf(state).editor) && completionsOf(state, world).length === 0;
  return isEmpty ? turnPane(state, 1) : complete(state, world);
}

/** From pane to pane; on small screens the log has no focus of its own, its keys work from the input. */
function turnPane(state: UiState, delta: 1 | -1): UiState {
  if (state.dialog !== null || state.focus === "menu") return state;
  const panes: readonly Focus[] =
    layoutKind(state.size) === "narrow" ? ["input", "peers"] : ["input", "peers", "log"];
  if (state.focus === "search") return endSearch(state);
  const index = Math.max(0, panes.indexOf(state.focus));
  const focus = panes[(index + delta + panes.length) % panes.length] ?? "input";
  const next: UiState = { ...state, focus, filter: null, picked: null };
  return focus === "peers" ? { ...next, list: { ...next.list, selected: next.conversation } } : next;
}
