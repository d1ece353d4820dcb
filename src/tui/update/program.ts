// Actions about ourselves and the program: refresh, away, name, charset, bare text, simulation, sending again, leaving.
import { charsetNamed } from "../../index.js";
import { charsetNames } from "../completion.js";
import { applyEdit, isEditorEmpty } from "../edit/editor.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { conversationName } from "../view/peer-list.js";
import type { World } from "../world.js";
import { cancel } from "./cancel.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

export function refresh(state: UiState, world: World): Step {
  return stepTo(withNotice(state, world, world.text("notice.refreshed")), { kind: "refresh" });
}

export function goAway(state: UiState, world: World, text: string): Step {
  const words = text === "" ? world.text("away.default") : text;
  const notice = world.text("notice.awayText", { text: words });
  return stepTo(withNotice(state, world, notice), { kind: "away", text: words });
}

export function comeBack(state: UiState, world: World): Step {
  return stepTo(withNotice(state, world, world.text("notice.back")), { kind: "away", text: null });
}

export function rename(state: UiState, world: World, nick: string): Step {
  if (nick === "") return stepTo(withNotice(state, world, world.text("notice.nameUsage"), "warning"));
  return stepTo(withNotice(state, world, world.text("notice.renamed", { name: nick })), {
    kind: "rename",
    nick,
  });
}

export function fixCharset(state: UiState, world: World, argument: string): Step {
  const known = charsetNames.join(", ");
  const peer = state.conversation;
  if (argument === "") {
    return stepTo(withNotice(state, world, world.text("notice.charsetUsage", { known }), "warning"));
  }
  const name = conversationName(state, world);
  if (argument.toLowerCase() === "auto") {
    const words = world.text("notice.charsetAuto", { name });
    return stepTo(withNotice(state, world, words), { kind: "set-charset", peer, charset: null });
  }
  const charset = charsetNamed(argument);
  if (charset === null) {
    const words = world.text("notice.charsetUnknown", { charset: argument, known });
    return stepTo(withNotice(state, world, words, "warning"));
  }
  const words = world.text("notice.charset", { name, charset: charset.toUpperCase() });
  return stepTo(withNotice(state, world, words), { kind: "set-charset", peer, charset });
}

export function toggleRaw(state: UiState, world: World): Step {
  const draft = draftOf(state);
  const key = draft.raw ? "notice.rawOff" : "notice.rawOn";
  const words = world.text(key, { name: conversationName(state, world) });
  return stepTo(withNotice(withDraft(state, { ...draft, raw: !draft.raw }), world, words));
}

export function simulate(state: UiState): Step {
  return stepTo({ ...state, simulation: { kind: "starting" } }, { kind: "start-simulation" });
}

export function toggleMouse(state: UiState, world: World): Step {
  const on = !state.mouse;
  const words = world.text(on ? "notice.mouseOn" : "notice.mouseOff");
  return stepTo(withNotice({ ...state, mouse: on }, world, words), { kind: "set-mouse", on });
}

/** Ctrl-C: closes what is open, clears what is written, and asks once before it leaves. */
export function interrupt(state: UiState, world: World): Step {
  if (state.dialog !== null || state.focus !== "input") return cancel(state, world);
  const draft = draftOf(state);
  const armed: UiState = { ...state, focus: "input", quitArmed: true };
  if (!isEditorEmpty(draft.editor)) {
    return stepTo(withDraft(armed, { ...draft, editor: applyEdit(draft.editor, "clear") }));
  }
  if (state.quitArmed) return stepTo(state, { kind: "quit" });
  return stepTo(withNotice(armed, world, world.text("notice.quitAgain")));
}
