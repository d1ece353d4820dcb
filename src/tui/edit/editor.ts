// The line editor's model: what is being written, where the caret is, and every way to change it. Pure: an operation takes a state
// and gives the next one. The value is a list of grapheme clusters (a line feed is one), so Backspace takes a hanzi, an emoji or a
// flag as one thing. Knows nothing of keys (the keymap names operations) nor of columns (layout.ts).

import { splitClusters } from "../text/clusters.js";
import { columnOf, indexAtColumn, lineEnd, lineStart } from "./lines.js";
import { wordLeft, wordRight } from "./words.js";

/** What undo brings back. */
export interface Snapshot {
  readonly clusters: readonly string[];
  readonly caret: number;
}

export interface EditorState extends Snapshot {
  /** Text of the last kill, for yank. */
  readonly killed: string;
  readonly undo: readonly Snapshot[];
  /** What the last change was, so that typing is undone by words and repeated kills collect. */
  readonly lastChange: "type" | "kill" | "other";
  /** Column that Up and Down aim at, kept over short lines. */
  readonly goalColumn: number | null;
  /** Position in the history, counted back from the newest (0), and the unsent text to return to. */
  readonly walk: { readonly back: number; readonly draft: Snapshot } | null;
}

/** Operations without an argument, by name, for key bindings. */
export const editOperations = [
  "left",
  "right",
  "word-left",
  "word-right",
  "line-start",
  "line-end",
  "text-start",
  "text-end",
  "up",
  "down",
  "backspace",
  "delete",
  "delete-word-left",
  "delete-word-right",
  "kill-to-line-start",
  "kill-to-line-end",
  "yank",
  "undo",
  "new-line",
  "clear",
] as const;

export type EditOperation = (typeof editOperations)[number];

/** More steps than anyone walks back; the oldest fall off. */
const undoLimit = 200;
/** Longest value in clusters: far beyond a datagram, so that a wrong paste cannot hold the editor up. */
export const editorLimit = 100_000;

export const emptyEditor: EditorState = {
  clusters: [],
  caret: 0,
  killed: "",
  undo: [],
  lastChange: "other",
  goalColumn: null,
  walk: null,
};

/** An editor holding a text with the caret at its end, e.g. a kept draft. */
export function createEditor(text = ""): EditorState {
  const clusters = splitClusters(text).slice(0, editorLimit);
  return { ...emptyEditor, clusters, caret: clusters.length };
}

/** The text as it would be sent. */
export function editorText(state: Snapshot): string {
  return state.clusters.join("");
}

export function isEditorEmpty(state: Snapshot): boolean {
  return state.clusters.length === 0;
}

/**
 * Inserts typed, composed or pasted text at the caret. What belongs together is joined: a mark typed after its base is one cluster.
 */
export function insertText(state: EditorState, text: string): EditorState {
  const clean = text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(/[^\P{Cc}\n]/gu, "");
  if (clean === "") return state;
  const next = recut(state.clusters, state.caret, state.caret, clean);
  if (next.clusters.length > editorLimit) return state;
  const isWordGoingOn = state.lastChange === "type" && !/^\s/.test(clean);
  return changed(state, next, "type", isWordGoingOn);
}

/**
 * Text in place of a range, with the caret behind it. The lines it touches are cut into clusters anew (a line feed always stands
 * alone): the half of a flag or family that came in another read finds its partner, a mark that lost its base finds another.
 */
function recut(clusters: readonly string[], from: number, to: number, text: string): Snapshot {
  const start = lineStart(clusters, from);
  const end = lineEnd(clusters, to);
  const before = clusters.slice(start, from).join("") + text;
  const middle = splitClusters(before + clusters.slice(to, end).join(""));
  let caret = 0;
  for (let reached = 0; caret < middle.length && reached < before.length; caret += 1)
    reached += middle[caret]?.length ?? 0;
  return { clusters: [...clusters.slice(0, start), ...middle, ...clusters.slice(end)], caret: start + caret };
}

/** Puts another text in place of a range, as completion does; the caret stands behind it. */
export function replaceRange(state: EditorState, from: number, to: number, text: string): EditorState {
  const next = recut(state.clusters, from, to, text);
  return next.clusters.length > editorLimit ? state : changed(state, next, "other");
}

/** Replaces the whole text, undoably. */
export function replaceText(state: EditorState, text: string): EditorState {
  return replaceRange(state, 0, state.clusters.length, text);
}

/** Moves the caret to a cluster index, e.g. where the mouse clicked. */
export function moveCaret(state: EditorState, caret: number): EditorState {
  const inside = Math.max(0, Math.min(state.clusters.length, caret));
  return { ...state, caret: inside, goalColumn: null, lastChange: "other" };
}

function changed(
  state: EditorState,
  next: Snapshot,
  kind: EditorState["lastChange"],
  joinsUndo = false,
): EditorState {
  const undo = joinsUndo ? state.undo : [...state.undo, snapshotOf(state)].slice(-undoLimit);
  return { ...state, clusters: next.clusters, caret: next.caret, undo, lastChange: kind, goalColumn: null };
}

function snapshotOf(state: Snapshot): Snapshot {
  return { clusters: state.clusters, caret: state.caret };
}

function without(state: EditorState, from: number, to: number): EditorState {
  if (from === to) return state;
  return changed(state, recut(state.clusters, from, to, ""), "other");
}

function kill(state: EditorState, from: number, to: number): EditorState {
  if (from === to) return state;
  const text = state.clusters.slice(from, to).join("");
  const collects = state.lastChange === "kill";
  const killed = !collects ? text : to <= state.caret ? text + state.killed : state.killed + text;
  return { ...without(state, from, to), killed, lastChange: "kill" };
}

function moveLine(state: EditorState, step: -1 | 1): EditorState {
  const { clusters, caret } = state;
  const start = lineStart(clusters, caret);
  const target = step === -1 ? start - 1 : lineEnd(clusters, caret) + 1;
  if (target < 0 || target > clusters.length) return state;
  const goal = state.goalColumn ?? columnOf(clusters, caret);
  return {
    ...moveCaret(state, indexAtColumn(clusters, lineStart(clusters, target), goal)),
    goalColumn: goal,
  };
}

/** Whether Up would stay in this line of the text, and so may walk the history; the same for Down with the last line. */
export function isOnFirstLine(state: Snapshot): boolean {
  return lineStart(state.clusters, state.caret) === 0;
}

export function isOnLastLine(state: Snapshot): boolean {
  return lineEnd(state.clusters, state.caret) === state.clusters.length;
}

/** Carries out an operation; one that finds nothing to do gives the same state back. */
export function applyEdit(state: EditorState, operation: EditOperation): EditorState {
  const { clusters, caret } = state;
  switch (operation) {
    case "left":
      return caret === 0 ? state : moveCaret(state, caret - 1);
    case "right":
      return caret === clusters.length ? state : moveCaret(state, caret + 1);
    case "word-left":
      return moveCaret(state, wordLeft(clusters, caret));
    case "word-right":
      return moveCaret(state, wordRight(clusters, caret));
    case "line-start":
      return moveCaret(state, lineStart(clusters, caret));
    case "line-end":
      return moveCaret(state, lineEnd(clusters, caret));
    case "text-start":
      return moveCaret(state, 0);
    case "text-end":
      return moveCaret(state, clusters.length);
    case "up":
      return moveLine(state, -1);
    case "down":
      return moveLine(state, 1);
    case "backspace":
      return without(state, Math.max(0, caret - 1), caret);
    case "delete":
      return without(state, caret, Math.min(clusters.length, caret + 1));
    case "delete-word-left":
      return kill(state, wordLeft(clusters, caret), caret);
    case "delete-word-right":
      return kill(state, caret, wordRight(clusters, caret));
    case "kill-to-line-start":
      return kill(state, lineStart(clusters, caret), caret);
    case "kill-to-line-end": {
      const end = lineEnd(clusters, caret);
      // At the end of a line the line feed itself goes, so that repeating it joins lines.
      return kill(state, caret, end === caret ? Math.min(clusters.length, end + 1) : end);
    }
    case "yank":
      return state.killed === "" ? state : { ...insertText(state, state.killed), lastChange: "other" };
    case "undo": {
      const last = state.undo.at(-1);
      if (last === undefined) return state;
      return { ...state, ...last, undo: state.undo.slice(0, -1), lastChange: "other", goalColumn: null };
    }
    case "new-line":
      return { ...insertText(state, "\n"), lastChange: "other" };
    case "clear":
      return clusters.length === 0 ? state : changed(state, { clusters: [], caret: 0 }, "other");
    default: {
      const unreachable: never = operation;
      return unreachable;
    }
  }
}
