// The names of everything that a person can do; what they mean is in `update/`, how they are called up in the key table.
import type { EditOperation } from "./edit/editor.js";

/** Actions whose meaning depends on where the focus is. */
export const placedActions = [
  "say",
  "complete",
  "next-pane",
  "previous-pane",
  "page-up",
  "page-down",
  "top",
  "bottom",
  "up",
  "down",
  "first",
  "last",
  "left",
  "right",
  "accept",
  "cancel",
  "next-field",
  "previous-field",
] as const;

export type EditAction = `edit-${EditOperation}`;

export type PlacedAction = (typeof placedActions)[number] | EditAction;

/** Actions of the lab's screen, and the ways into it. */
export const labActions = [
  "lab",
  "lab-race",
  "lab-demos",
  "lab-lessons",
  "lab-class",
  "lab-join",
  "lab-step",
  "lab-hand",
  "lab-pass",
  "lab-kill",
  "lab-double",
  "lab-delay",
  "lab-damage",
  "lab-more",
  "lab-less",
  "lab-burst",
  "lab-seed",
  "lab-export",
  "lab-order",
  "lab-reverse",
  "lab-impaired",
  "lab-pairs",
  "lab-end",
  "lab-yes",
  "lab-no",
  "lab-stop",
  "lab-again",
] as const;

export type LabAction = (typeof labActions)[number];

export function isLabAction(name: ActionName): name is LabAction {
  return labActions.some((one) => one === name);
}

/** Actions that mean the same everywhere. */
export type ProgramAction =
  | "send-form"
  | "receive"
  | "resend"
  | "open"
  | "recall"
  | "key"
  | "encrypt"
  | "knock"
  | "ask"
  | "seal"
  | "raw"
  | "charset"
  | "next-conversation"
  | "previous-conversation"
  | "next-unread"
  | "go"
  | "jump"
  | "check"
  | "uncheck"
  | "favourite"
  | "block"
  | "mute"
  | "unlog"
  | "note"
  | "merge"
  | "split"
  | "join-group"
  | "leave-group"
  | "fold"
  | "groups"
  | "select"
  | "copy"
  | "quote"
  | "packet"
  | "expand"
  | "reading"
  | "decode"
  | "message-menu"
  | "find"
  | "date"
  | "waiting"
  | "take-back"
  | "next-match"
  | "previous-match"
  | "wire"
  | "pause"
  | "direction"
  | "column"
  | "files"
  | "drop-file"
  | "picture"
  | "folder"
  | "send-picture"
  | "accept-rule"
  | "impair"
  | "impair-off"
  | LabAction
  | "theme"
  | "language"
  | "cursor"
  | "notify"
  | "welcome"
  | "details"
  | "quit"
  | "interrupt"
  | "refresh"
  | "reload"
  | "menu"
  | "help"
  | "palette"
  | "simulate"
  | "away"
  | "back"
  | "name"
  | "mouse"
  | "redraw"
  | "suspend";

export type ActionName = PlacedAction | ProgramAction;

export function isPlaced(name: ActionName): name is PlacedAction {
  return isEdit(name) || placedActions.some((placed) => placed === name);
}

export function isEdit(name: ActionName): name is EditAction {
  return name.startsWith("edit-");
}
