// The input: typing, pasting, editing, completion, history, and Enter, which says the text or carries out the command in it.
import type { Message } from "../../index.js";
import type { Action, Problem, Request } from "../action.js";
import { completionsOf, isCommandLine, parseCommand, plainText } from "../completion.js";
import type { Candidate } from "../completion.js";
import {
  applyEdit,
  createEditor,
  editorText,
  insertText,
  isEditorEmpty,
  isOnFirstLine,
  isOnLastLine,
  replaceText,
} from "../edit/editor.js";
import type { EditOperation, EditorState } from "../edit/editor.js";
import { walkHistory } from "../edit/history.js";
import { measurePaste } from "../edit/paste.js";
import { receiversOf } from "../receivers.js";
import { onlineCount } from "../roster.js";
import { draftOf, withDraft } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { logLine, stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** From so many on it is asked before something goes to everyone. */
const askedFrom = 2;

/** Texts sent before that Up walks through. */
const historyLimit = 200;

/** Puts an editor into the open draft; what the popup showed for the old text is over. */
function withEditor(state: UiState, editor: EditorState, isAsked = false): UiState {
  const draft = draftOf(state);
  if (editor === draft.editor) return state;
  const isSameText = editor.clusters === draft.editor.clusters;
  const next = withDraft({ ...state, focus: "input", picked: null }, { ...draft, editor });
  return isSameText ? next : { ...next, completion: { ...next.completion, selected: 0, isAsked } };
}

export function typeText(state: UiState, text: string): UiState {
  return withEditor(state, insertText(draftOf(state).editor, text));
}

/** A paste never sends. A large one asks first. */
export function pasteText(state: UiState, world: World, text: string): UiState {
  const size = measurePaste(text);
  if (size.isLarge) {
    return { ...state, dialog: { kind: "paste", text, lines: size.lines, sizeBytes: size.sizeBytes } };
  }
  const pasted = typeText(state, text);
  return size.lines > 1
    ? withNotice(pasted, world, world.text("notice.pasted", { lines: size.lines }))
    : pasted;
}

export function editInput(state: UiState, operation: EditOperation): UiState {
  const { editor } = draftOf(state);
  if (operation === "up" && isOnFirstLine(editor)) {
    return withEditor(state, walkHistory(editor, "older", state.sent));
  }
  if (operation === "down" && isOnLastLine(editor)) {
    return withEditor(state, walkHistory(editor, "newer", state.sent));
  }
  return withEditor(state, applyEdit(editor, operation));
}

/** Up and Down in the popup. */
export function moveCompletion(state: UiState, world: World, delta: number): UiState {
  const count = completionsOf(state, world).length;
  if (count === 0) return state;
  const selected = (Math.min(state.completion.selected, count - 1) + delta + count) % count;
  return { ...state, completion: { ...state.completion, selected } };
}

export function closeCompletion(state: UiState): UiState {
  const closedFor = editorText(draftOf(state).editor);
  return { ...state, completion: { selected: 0, isAsked: false, closedFor } };
}

/** Tab: takes the chosen candidate, or asks for names. */
export function complete(state: UiState, world: World): UiState {
  const open = completionsOf(state, world);
  if (open.length > 0) return takeCandidate(state, chosen(state, open));
  const asked: UiState = { ...state, completion: { selected: 0, isAsked: true, closedFor: null } };
  const found = completionsOf(asked, world);
  const [only] = found;
  return found.length === 1 ? takeCandidate(state, only) : found.length > 1 ? asked : state;
}

function chosen(state: UiState, candidates: readonly Candidate[]): Candidate | undefined {
  return candidates[Math.min(state.completion.selected, candidates.length - 1)];
}

function takeCandidate(state: UiState, candidate: Candidate | undefined): UiState {
  if (candidate === undefined) return state;
  return withEditor(state, replaceText(draftOf(state).editor, candidate.text));
}

/** Enter. Gives the action of a command for the router to carry out. */
export function submit(state: UiState, world: World): Step & { readonly next?: Action } {
  const open = completionsOf(state, world);
  if (open.length > 0) {
    const candidate = chosen(state, open);
    const filled = takeCandidate(state, candidate);
    if (candidate?.isWhole !== true) return stepTo(filled);
    return submitText(filled, world);
  }
  return submitText(state, world);
}

function submitText(state: UiState, world: World): Step & { readonly next?: Action } {
  const draft = draftOf(state);
  const text = editorText(draft.editor);
  if (text.trim() === "") {
    const isLonely = world.node.peers().length === 0 && state.simulation.kind === "off";
    return isLonely
      ? { ...stepTo(state), next: { kind: "do", name: "simulate", argument: "" } }
      : stepTo(state);
  }
  if (isCommandLine(text)) {
    const command = parseCommand(text);
    if (command.kind === "unknown") {
      const words = world.text("notice.unknownCommand", { name: command.name });
      return stepTo(withNotice(state, world, words, "warning"));
    }
    return { ...stepTo(emptied(state, text)), next: command };
  }
  const to = receiversOf(state, world);
  // What goes to all cannot be taken back, and the list opens with them: asked once, with how many they are.
  const count = onlineCount(world);
  if (to === "everyone" && count >= askedFrom && state.armedText !== text) {
    const asked = { ...state, armedText: text };
    return stepTo(withNotice(asked, world, world.text("notice.sayToAll", { count }), "warning"));
  }
  const request: Request = {
    kind: "say",
    to,
    text: plainText(text),
    options: draft.raw ? { raw: true } : {},
    origin: { kind: "input", conversation: state.conversation },
  };
  // The marks are for one message: what is written next goes where the prompt says.
  const said: UiState = {
    ...emptied(state, text),
    unreadLine: null,
    notice: null,
    armedText: null,
    checked: new Set(),
  };
  return stepTo(said, request);
}

/** The input empty, its text in the history. */
function emptied(state: UiState, text: string): UiState {
  const draft = draftOf(state);
  const sent = state.sent.at(-1) === text ? state.sent : [...state.sent, text].slice(-historyLimit);
  const editor = { ...createEditor(), killed: draft.editor.killed };
  return {
    ...withDraft(state, { ...draft, editor }),
    sent,
    completion: { selected: 0, isAsked: false, closedFor: null },
  };
}

/** A text that could not be sent comes back into its input, unless something else is being written there. */
export function takeBack(
  state: UiState,
  world: World,
  request: Extract<Request, { kind: "say" }>,
  problem: Problem,
): Step {
  const { origin } = request;
  if (origin.kind !== "input") return stepTo(state);
  const draft = draftOf(state, origin.conversation);
  const next = isEditorEmpty(draft.editor)
    ? withDraft(
        state,
        { ...draft, editor: { ...createEditor(request.text), killed: draft.editor.killed } },
        origin.conversation,
      )
    : state;
  return stepTo(next, logLine(world, origin.conversation, problemWords(problem), "error"));
}

export function problemWords(problem: Problem): string {
  return problem.remedy === "" ? problem.text : `${problem.text} — ${problem.remedy}`;
}

/** The conversation a message of ours went into. */
export function conversationOf(messages: readonly Message[]): Message["conversation"] | null {
  return messages[0]?.conversation ?? null;
}
