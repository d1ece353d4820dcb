// The one way state changes: an action goes in, the next state and what is to be done come out. Routes to the region concerned;
// knows no rule of any of them. Pure but for reading the world.
import type { Action, Problem, Request } from "../action.js";
import { isPlaced } from "../action-name.js";
import type { ActionName } from "../action-name.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { editorLayout } from "../view/input.js";
import { layoutKind, layoutOf } from "../view/layout.js";
import type { World } from "../world.js";
import { openConversation, readWhatIsSeen } from "./conversation.js";
import { pathCompleted, pathLooked, typePath } from "./files.js";
import { formRefused, typeInForm } from "./form.js";
import { closePicture, pictureRead } from "./picture.js";
import { performHere } from "./here.js";
import { conversationOf, pasteText, problemWords, takeBack, typeText } from "./input.js";
import { leaveMenu, menuAction } from "./menu.js";
import { useMouse } from "./mouse.js";
import { eraseInLab, showLab, typeInLab } from "./lab/lab.js";
import { isOfLab, noteAnswer, stayInLab } from "./lab/lab-alone.js";
import { noteEvent } from "./node-event.js";
import { keyInFilter, typeFilter } from "./peers.js";
import { listAnew, typeQuery } from "./popups.js";
import { backToNewest, moveSerials, showArchived } from "./archive.js";
import { typeSearch } from "./search.js";
import { openThemes, openWelcome, themeSet, typeName } from "./settings.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";
import { typingRequests } from "./typing.js";
import { keyInWire, typeWire } from "./wire.js";
import { performAnywhere } from "./anywhere.js";

/** One step. */
export function update(state: UiState, action: Action, world: World): Step {
  const isInput = ["do", "text", "paste", "key", "mouse"].includes(action.kind);
  // Only a second Ctrl-C right after the first one leaves.
  const isInterrupt = action.kind === "do" && action.name === "interrupt";
  const from = isInput && !isInterrupt && state.quitArmed ? { ...state, quitArmed: false } : state;
  const step = stayInLab(route(from, action, world));
  const read = readWhatIsSeen(step, world, action.kind === "node");
  // News change neither draft nor size.
  if (action.kind === "node") return read;
  const requests = isInput ? [...read.requests, ...typingRequests(state, read, world)] : read.requests;
  return { state: settleInput(read.state, world), requests };
}

function route(state: UiState, action: Action, world: World): Step {
  switch (action.kind) {
    case "do":
      return perform(state, action.name, action.argument, world);
    case "text":
      return stepTo(...typed(state, action.text, world));
    case "paste":
      return paste(state, action.text, world);
    case "key":
      if (state.dialog?.kind === "wire") return stepTo(keyInWire(state, action.key));
      if (state.dialog?.kind === "lab" || state.dialog?.kind === "impair") {
        return stepTo(action.key.key === "backspace" ? eraseInLab(state, world) : state);
      }
      return stepTo(
        state.focus === "peers" && state.dialog === null ? keyInFilter(state, world, action.key) : state,
      );
    case "mouse":
      return carryOn(useMouse(state, action.mouse, world), world);
    case "window":
      return stepTo({ ...state, hasFocus: action.hasFocus });
    case "themes":
      return stepTo(openThemes(state, world, action.names));
    case "theme-set":
      return themeSet(state, world, action.name, action.problems);
    case "copied": {
      const words = world.text(action.isCopied ? "notice.copied" : "notice.tooLongToCopy", {
        count: action.characters,
      });
      return stepTo(withNotice(state, world, words, action.isCopied ? "plain" : "warning"));
    }
    case "path-looked":
      return stepTo(pathLooked(state, world, action.file));
    case "path-completed":
      return stepTo(pathCompleted(state, action.text));
    case "picture-read":
      return stepTo(pictureRead(state, action.path, action.preview));
    case "language-set":
      return stepTo(withNotice(state, world, world.text("notice.language")), { kind: "remember" });
    case "welcome":
      return stepTo(openWelcome(state, world));
    case "archive":
      return stepTo(listAnew(state, world));
    case "archive-left":
      return stepTo(backToNewest(state, action.conversation));
    case "archive-moved":
      return stepTo(moveSerials(state, world, action.conversation, action.delta));
    case "archive-shown":
      return stepTo(showArchived(state, world, action.conversation, action.serial, action.query));
    case "lab-open":
      return stepTo(showLab(state));
    case "lab-answer":
      return stepTo(noteAnswer(state, world, action.answer));
    case "resized":
      return stepTo({ ...state, size: action.size });
    case "tick":
      return stepTo(
        state.notice !== null && state.notice.until <= world.now() ? { ...state, notice: null } : state,
      );
    case "node":
      return noteEvent(state, action.event, world);
    case "said": {
      const conversation = conversationOf(action.messages);
      if (conversation === null) return stepTo(state);
      const isForm = action.origin.kind === "form" && state.dialog?.kind === "form";
      if (isForm) return stepTo(openConversation(state, conversation));
      const count = action.messages[0]?.to.length ?? 0;
      if (count < 2 || state.dialog !== null) return stepTo(state);
      // The ledger of all receivers stands in the log of the first one.
      const opened = state.conversation === conversation ? state : openConversation(state, conversation);
      return stepTo(withNotice(opened, world, world.text("notice.saidToMany", { count })));
    }
    case "failed":
      return failed(state, action.request, action.problem, world);
    case "simulation": {
      const on: UiState = { ...state, simulation: { kind: "on", count: action.count } };
      return stepTo(withNotice(on, world, world.text("notice.simulation", { count: action.count })));
    }
    case "notice":
      return stepTo(withNotice(state, world, action.text, action.tone));
    default: {
      const unreachable: never = action;
      return unreachable;
    }
  }
}

/** An update may end in another action: Enter on a command, a click on a menu item. */
function carryOn(step: Step & { readonly next?: Action }, world: World): Step {
  if (step.next === undefined) return stepTo(step.state, ...step.requests);
  const next = route(step.state, step.next, world);
  return stepTo(next.state, ...step.requests, ...next.requests);
}

function typed(state: UiState, text: string, world: World): readonly [UiState, ...Request[]] {
  const { dialog } = state;
  if (dialog?.kind === "form") return [typeInForm(state, dialog, text)];
  if (dialog?.kind === "palette" || dialog?.kind === "receive") {
    return [typeQuery(state, world, dialog, text)];
  }
  if (dialog?.kind === "files") return [typePath(state, dialog, text)];
  if (dialog?.kind === "wire") return [typeWire(state, text)];
  if (dialog?.kind === "welcome") return [typeName(state, dialog, text)];
  if (dialog?.kind === "lab" || dialog?.kind === "impair") return [typeInLab(state, world, text)];
  if (dialog !== null) return [state];
  if (state.focus === "menu") {
    const action = menuAction(state, world, text);
    if (action === null) return [state];
    const step = route(leaveMenu(state), action, world);
    return [step.state, ...step.requests];
  }
  if (state.focus === "search") return [typeSearch(state, world, text)];
  // What can be found by reading is known only once the tables are there.
  if (state.focus === "peers") return [typeFilter(state, world, text), { kind: "load-readings" }];
  return [typeText(state, text)];
}

function paste(state: UiState, text: string, world: World): Step {
  const { dialog } = state;
  if (dialog === null && (state.focus === "input" || state.focus === "log")) {
    return stepTo(pasteText(state, world, text));
  }
  return state.focus === "menu" ? stepTo(state) : stepTo(...typed(state, text, world));
}

function failed(state: UiState, request: Request, problem: Problem, world: World): Step {
  if (request.kind === "say") {
    return request.origin.kind === "form" && state.dialog?.kind === "form"
      ? stepTo(formRefused(state, problem))
      : takeBack(state, world, request, problem);
  }
  const words = problemWords(problem);
  if (request.kind === "preview-picture") {
    return stepTo(withNotice(closePicture(state), world, words, "warning"));
  }
  if (request.kind === "start-simulation") {
    const off: UiState = { ...state, simulation: { kind: "off" } };
    return stepTo(withNotice(off, world, world.text("notice.simulationFailed", { text: words }), "warning"));
  }
  return stepTo(withNotice(state, world, world.text("notice.failed", { text: words }), "warning"));
}

/** Actions that would change what lies under an open dialog; they wait until it is closed. */
const underDialog: ReadonlySet<ActionName> = new Set<ActionName>([
  "next-conversation",
  "previous-conversation",
  "next-unread",
  "select",
  "uncheck",
]);

/** Carries out a row of the key table. */
function perform(state: UiState, name: ActionName, argument: string, world: World): Step {
  const row = world.keymap.rows.find((entry) => entry.action === name);
  const why = row?.disabled?.(state, world) ?? null;
  if (why !== null) return stepTo(withNotice(state, world, world.text(why), "warning"));
  if (state.dialog !== null && underDialog.has(name)) return stepTo(state);
  if (state.isLabOnly && !isOfLab(name)) {
    return stepTo(withNotice(state, world, world.text("why.labOnly"), "warning"));
  }
  return isPlaced(name)
    ? carryOn(performHere(state, name, world), world)
    : performAnywhere(state, name, argument, world);
}

/** Keeps the caret in sight after whatever happened to the draft or the size. */
function settleInput(state: UiState, world: World): UiState {
  if (layoutKind(state.size) === "tiny") return state;
  const draft = draftOf(state);
  const { window } = editorLayout(state, world, layoutOf(state));
  const isSame = window.left === draft.window.left && window.top === draft.window.top;
  return isSame ? state : withDraft(state, { ...draft, window });
}
