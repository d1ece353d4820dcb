// The one table of what a person can do: by which keys in which place, by which command, what it is called and when it cannot be
// done. Menu, footer hints, help, palette, docs/keys.md and the settings' `[keys]` all come from it. Knows no view and no terminal.
import { closedAtHand, ownAtHand } from "./at-hand.js";
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import { roomNumberOf } from "../index.js";
import type { EditOperation } from "./edit/editor.js";
import { messageAtHand } from "./pick.js";
import type { UiState } from "./ui-state.js";
import { isUnconfirmed, lastUnconfirmed } from "./world.js";
import type { World } from "./world.js";

/** Where a key is pressed. Every place but `global` falls back to `global`; `completion` falls back to `input` first. */
export const keyContexts = [
  "global",
  "input",
  "completion",
  "peers",
  "log",
  "menu",
  "form",
  "receive",
  "help",
  "details",
  "question",
  "search",
  "packet",
  "wire",
  "themes",
  "files",
  "welcome",
  "impair",
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-lesson",
  "lab-form",
  "lab-class",
  "lab-student",
] as const;

export type KeyContext = (typeof keyContexts)[number];

export const helpSections = ["send", "message", "move", "people", "view", "lab", "edit", "program"] as const;

export type HelpSection = (typeof helpSections)[number];

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

export interface MenuPlace {
  readonly label: TuiTextKey;
  /** From the left. */
  readonly place: number;
  readonly digit?: string;
  /** The label where there is much room. */
  readonly wideLabel?: TuiTextKey;
  /** Only shown where there is much room. */
  readonly isExtra?: true;
}

export interface KeyRow {
  readonly action: ActionName;
  readonly contexts: readonly KeyContext[];
  readonly keys: readonly string[];
  /** Name after the slash. */
  readonly command?: string;
  /** What the command takes. */
  readonly argument?: TuiTextKey;
  readonly label: TuiTextKey;
  readonly section: HelpSection;
  /** Place in the menu, from the left; the digit that calls it there. */
  readonly menu?: MenuPlace;
  /** Why it cannot be done now; absent or null: it can. */
  readonly disabled?: (state: UiState, world: World) => TuiTextKey | null;
}

const lists: readonly KeyContext[] = [
  "peers",
  "log",
  "receive",
  "help",
  "details",
  "completion",
  "packet",
  "wire",
  "themes",
  "impair",
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-lesson",
  "lab-form",
  "lab-class",
  "lab-student",
];

/** Places where nothing is written: letters are keys there. */
export const letterContexts: readonly KeyContext[] = [
  "log",
  "details",
  "packet",
  "impair",
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-class",
  "lab-student",
];

/** Of these, where numbers are typed all the same. */
export const numberContexts: readonly KeyContext[] = ["impair", "lab", "lab-race"];

/** Every place of the lab's screen. */
const labPlaces: readonly KeyContext[] = [
  "lab",
  "lab-hand",
  "lab-race",
  "lab-list",
  "lab-lesson",
  "lab-form",
  "lab-class",
  "lab-student",
];

/** Those with a form in them. */
const labForms: readonly KeyContext[] = ["impair", "lab", "lab-race", "lab-form"];

/** From where one letter leads to another page. */
const labDoors: readonly KeyContext[] = ["lab", "lab-race", "lab-list"];

const needsLab = (_state: UiState, world: World): TuiTextKey | null => (world.hasLab ? null : "why.noLab");

const needsMessage = (state: UiState, world: World): TuiTextKey | null =>
  messageAtHand(state, world) === null ? "why.noMessage" : null;

const needsSearch = (state: UiState): TuiTextKey | null => (state.search === null ? "why.noSearch" : null);

/** The chosen message when there is one, else the latest that somebody has not confirmed. */
const needsUnconfirmed = (state: UiState, world: World): TuiTextKey | null => {
  if (state.picked === null) {
    return lastUnconfirmed(world, state.conversation) === null ? "why.nothingUnconfirmed" : null;
  }
  const message = messageAtHand(state, world);
  return message !== null && isUnconfirmed(message) ? null : "why.isConfirmed";
};

const needsSealed = (state: UiState, world: World): TuiTextKey | null =>
  closedAtHand(state, world) === null ? "why.nothingSealed" : null;

const needsOwn = (state: UiState, world: World): TuiTextKey | null =>
  ownAtHand(state, world) === null ? "why.nothingOwn" : null;

/** Something of the open conversation waits for somebody absent. */
const needsWaiting = (state: UiState, world: World): TuiTextKey | null =>
  world.node
    .waiting()
    .some(({ conversation, to }) => conversation === state.conversation || to.includes(state.conversation))
    ? null
    : "why.nothingWaits";

/** Somebody was counted to the open peer. */
const needsMerged = (state: UiState, world: World): TuiTextKey | null =>
  (world.node.peer(state.conversation)?.mergedIds.length ?? 0) === 0 ? "why.notMerged" : null;

/** A FeiQ group is open. */
const needsRoom = (state: UiState): TuiTextKey | null =>
  roomNumberOf(state.conversation) === null ? "why.noRoom" : null;

const needsPeer = (state: UiState, world: World): TuiTextKey | null =>
  world.node.peer(state.conversation) === undefined ? "why.noPeer" : null;

/** Lists beside which nothing is written, so that Home and End are theirs. */
const withoutTyping: readonly KeyContext[] = [
  "peers",
  "log",
  "help",
  "details",
  "packet",
  "wire",
  "themes",
  ...labPlaces,
];

/** In the order of the help screen. A key stands once in a place; a place may take a key from `global` for itself. */
export const keyTable: readonly KeyRow[] = [
  row("say", ["input"], ["enter"], "send"),
  {
    ...row("send-form", ["global"], ["f2"], "send"),
    command: "send",
    argument: "argument.to",
    menu: { label: "menu.send", wideLabel: "menu.sendWide", place: 1, digit: "1" },
  },
  {
    ...row("receive", ["global"], ["f3"], "send"),
    command: "receive",
    menu: { label: "menu.receive", wideLabel: "menu.receiveWide", place: 2, digit: "2" },
  },
  {
    ...row("files", ["global"], ["ctrl-o"], "send"),
    command: "files",
    argument: "argument.path",
    menu: { label: "menu.files", place: 4 },
  },
  row("drop-file", ["files"], ["delete"], "send"),
  { ...row("send-picture", ["global"], [], "send"), command: "sendpic", argument: "argument.path" },
  {
    ...row("accept-rule", ["global"], [], "send"),
    command: "accept",
    argument: "argument.acceptRule",
    disabled: needsPeer,
  },
  { ...row("check", ["peers"], ["space"], "send"), command: "mark", argument: "argument.name" },
  {
    ...row("uncheck", ["global"], ["alt-0"], "send"),
    command: "unmark",
    disabled: (state) => (state.checked.size === 0 ? "why.noneChecked" : null),
  },
  { ...row("raw", ["global"], [], "send"), command: "raw", disabled: needsPeer },
  {
    ...row("charset", ["global"], [], "send"),
    command: "charset",
    argument: "argument.charset",
    disabled: needsPeer,
  },

  { ...row("seal", ["global"], [], "send"), command: "seal", argument: "argument.text" },
  { ...row("knock", ["global"], ["alt-k"], "send"), command: "knock", disabled: needsPeer },
  {
    ...row("encrypt", ["global"], [], "send"),
    command: "encrypt",
    argument: "argument.encrypt",
    disabled: needsPeer,
  },
  {
    ...row("key", ["global"], [], "send"),
    command: "key",
    argument: "argument.key",
    disabled: needsPeer,
  },

  { ...row("select", ["global"], ["alt-m"], "message"), command: "select", disabled: needsMessage },
  {
    ...row("message-menu", ["log"], ["enter"], "message"),
    command: "message",
    disabled: needsMessage,
  },
  { ...row("copy", ["log", "packet"], ["c"], "message"), command: "copy", disabled: needsMessage },
  { ...row("quote", ["log"], ["q"], "message"), command: "quote", disabled: needsMessage },
  { ...row("resend", ["log"], ["r"], "message"), command: "resend", disabled: needsUnconfirmed },
  { ...row("open", ["log"], ["o"], "message"), command: "open", disabled: needsSealed },
  { ...row("recall", ["log"], ["u"], "message"), command: "recall", disabled: needsOwn },
  { ...row("take-back", ["log"], ["x"], "message"), command: "unsend", disabled: needsWaiting },
  { ...row("packet", ["log"], ["p"], "message"), command: "packet", disabled: needsMessage },
  { ...row("expand", ["log"], ["e"], "message"), command: "expand", disabled: needsMessage },
  { ...row("reading", ["log", "packet"], ["d"], "message"), command: "reread", disabled: needsPeer },
  {
    ...row("decode", ["log", "packet"], ["D"], "message"),
    command: "decode",
    argument: "argument.charset",
    disabled: needsPeer,
  },
  { ...row("picture", ["global"], ["alt-v"], "message"), command: "picture", argument: "argument.path" },
  { ...row("folder", ["log"], ["f"], "message"), command: "folder", disabled: needsMessage },

  row("next-conversation", ["global"], ["ctrl-n", "alt-down"], "move"),
  row("previous-conversation", ["global"], ["ctrl-p", "alt-up"], "move"),
  { ...row("next-unread", ["global"], ["alt-a"], "move"), command: "unread" },
  {
    ...row(
      "go",
      ["global"],
      ["alt-1", "alt-2", "alt-3", "alt-4", "alt-5", "alt-6", "alt-7", "alt-8", "alt-9"],
      "move",
    ),
    command: "go",
    argument: "argument.name",
  },
  row("jump", ["global"], ["ctrl-g"], "move"),
  {
    ...row("favourite", ["peers"], ["ctrl-f", "insert"], "move"),
    command: "favourite",
    argument: "argument.name",
  },
  { ...row("favourite", ["details"], ["f"], "people"), disabled: needsPeer },
  { ...row("block", ["details"], ["b"], "people"), command: "block", argument: "argument.name" },
  { ...row("mute", ["details"], ["m"], "people"), command: "mute", argument: "argument.name" },
  { ...row("unlog", ["details"], ["l"], "people"), command: "unlog", argument: "argument.name" },
  { ...row("ask", ["details"], ["v"], "people"), command: "ask", disabled: needsPeer },
  {
    ...row("note", ["details"], ["n"], "people"),
    command: "note",
    argument: "argument.text",
    disabled: needsPeer,
  },
  {
    ...row("merge", ["global"], [], "people"),
    command: "merge",
    argument: "argument.name",
    disabled: needsPeer,
  },
  { ...row("split", ["global"], [], "people"), command: "split", disabled: needsMerged },
  { ...row("join-group", ["global"], [], "people"), command: "join-group", argument: "argument.groupNumber" },
  { ...row("leave-group", ["global"], [], "people"), command: "leave-group", disabled: needsRoom },
  row("fold", ["peers"], ["left", "right"], "move"),
  { ...row("groups", ["global"], [], "move"), command: "groups" },
  {
    ...row("next-pane", ["global"], ["f6", "tab"], "move"),
    menu: { label: "menu.pane", place: 7, isExtra: true },
  },
  row("previous-pane", ["global"], ["shift-tab"], "move"),

  row("page-up", ["global"], ["page-up"], "view"),
  row("page-down", ["global"], ["page-down"], "view"),
  row("top", ["global"], ["ctrl-home"], "view"),
  row("bottom", ["global"], ["ctrl-end"], "view"),
  row("up", lists, ["up"], "view"),
  row("down", lists, ["down"], "view"),
  row("first", withoutTyping, ["home"], "view"),
  row("last", withoutTyping, ["end"], "view"),
  row("up", ["search"], ["up", "ctrl-p"], "view"),
  row("down", ["search"], ["down", "ctrl-n"], "view"),
  { ...row("find", ["global"], ["ctrl-r"], "view"), command: "find", argument: "argument.text" },
  {
    ...row("date", ["global"], [], "view"),
    command: "date",
    argument: "argument.date",
    disabled: (_state, world) => (world.archive === null ? "why.noHistory" : null),
  },
  { ...row("waiting", ["global"], [], "view"), command: "waiting" },
  { ...row("previous-match", ["log"], ["N"], "view"), disabled: needsSearch },
  { ...row("next-match", ["log"], ["n"], "view"), disabled: needsSearch },
  { ...row("wire", ["global"], ["alt-w"], "view"), command: "wire" },
  row("pause", ["wire", "lab", "lab-hand"], ["space"], "view"),
  row("direction", ["wire"], ["left", "right", "tab"], "view"),
  { ...row("column", ["global"], ["alt-c"], "view"), command: "column" },
  {
    ...row("details", ["global"], ["f8"], "view"),
    command: "details",
    menu: { label: "menu.details", place: 8 },
  },

  {
    ...row("lab", ["global"], ["f4"], "lab"),
    command: "lab",
    menu: { label: "menu.lab", place: 5 },
    disabled: needsLab,
  },
  { ...row("lab-race", labDoors, ["r"], "lab"), command: "race", disabled: needsLab },
  { ...row("lab-demos", labDoors, ["m"], "lab"), command: "demos", disabled: needsLab },
  { ...row("lab-lessons", labDoors, ["l"], "lab"), command: "lessons", disabled: needsLab },
  { ...row("lab-class", labDoors, ["t"], "lab"), command: "class", disabled: needsLab },
  { ...row("lab-join", labDoors, ["j"], "lab"), command: "join", disabled: needsLab },
  row("lab-step", ["lab", "lab-hand"], ["s"], "lab"),
  row("lab-hand", ["lab", "lab-hand"], ["h"], "lab"),
  row("lab-pass", ["lab-hand"], ["enter"], "lab"),
  row("lab-kill", ["lab-hand"], ["k"], "lab"),
  row("lab-double", ["lab-hand"], ["2"], "lab"),
  row("lab-delay", ["lab-hand"], ["d"], "lab"),
  row("lab-damage", ["lab-hand"], ["c"], "lab"),
  row("lab-stop", ["lab-hand", "lab-student"], ["x"], "lab"),
  row("lab-more", ["lab"], ["+", "="], "lab"),
  row("lab-less", ["lab"], ["-"], "lab"),
  row("lab-burst", ["lab"], ["b"], "lab"),
  row("lab-seed", ["lab", "lab-race"], ["n"], "lab"),
  row("lab-again", ["lab-lesson"], ["ctrl-r"], "lab"),
  row("lab-yes", ["lab-student"], ["y", "enter"], "lab"),
  row("lab-no", ["lab-student"], ["n"], "lab"),
  row("lab-order", ["lab-class"], ["o"], "lab"),
  row("lab-reverse", ["lab-class"], ["O"], "lab"),
  row("lab-impaired", ["lab-class"], ["i"], "lab"),
  row("lab-pairs", ["lab-class"], ["p"], "lab"),
  row("lab-end", ["lab-class", "lab-student"], ["q"], "lab"),
  row("lab-export", ["lab", "lab-race", "lab-class", "lab-student"], ["e"], "lab"),
  {
    ...row("impair", ["global"], ["alt-i"], "lab"),
    command: "impair",
    argument: "argument.impairment",
  },
  row("impair-off", ["impair"], ["o"], "lab"),

  row("complete", ["input", "completion", "files"], ["tab"], "edit"),
  row(
    "accept",
    [
      "peers",
      "menu",
      "form",
      "receive",
      "help",
      "details",
      "question",
      "completion",
      "search",
      "packet",
      "wire",
      "themes",
      "files",
      "welcome",
      "impair",
      "lab",
      "lab-race",
      "lab-list",
      "lab-lesson",
      "lab-form",
      "lab-class",
    ],
    ["enter"],
    "edit",
  ),
  row(
    "cancel",
    [
      "completion",
      "peers",
      "menu",
      "form",
      "receive",
      "help",
      "details",
      "question",
      "log",
      "search",
      "packet",
      "wire",
      "themes",
      "files",
      "welcome",
      "impair",
      ...labPlaces,
    ],
    ["escape"],
    "edit",
  ),
  row("next-field", ["form", ...labForms], ["tab"], "edit"),
  row("previous-field", ["form", ...labForms], ["shift-tab"], "edit"),
  row("up", ["form", "menu"], ["up"], "edit"),
  row("down", ["form", "menu"], ["down"], "edit"),
  row("left", ["menu", ...labForms, "lab-lesson"], ["left"], "edit"),
  row("right", ["menu", ...labForms, "lab-lesson"], ["right"], "edit"),
  edit("new-line", ["ctrl-j", "alt-enter", "shift-enter"], ["input", "completion"]),
  edit("up", ["up"], ["input"]),
  edit("down", ["down"], ["input"]),
  edit("left", ["left", "ctrl-b"]),
  edit("right", ["right", "ctrl-f"]),
  edit("word-left", ["ctrl-left", "alt-left", "alt-b"]),
  edit("word-right", ["ctrl-right", "alt-right", "alt-f"]),
  edit("line-start", ["home", "ctrl-a"]),
  edit("line-end", ["end", "ctrl-e"]),
  edit("backspace", ["backspace", "ctrl-h"]),
  edit("delete", ["delete", "ctrl-d"], ["input", "completion", "form", "search", "receive", "welcome"]),
  edit("delete-word-left", ["ctrl-w", "alt-backspace", "ctrl-backspace"]),
  edit("delete-word-right", ["alt-d", "ctrl-delete"]),
  edit("kill-to-line-start", ["ctrl-u"]),
  edit("kill-to-line-end", ["ctrl-k"]),
  edit("yank", ["ctrl-y"]),
  edit("undo", ["ctrl-_", "ctrl-7"]),

  {
    ...row("quit", ["global"], ["f10", "ctrl-q"], "program"),
    command: "quit",
    menu: { label: "menu.quit", wideLabel: "menu.quitWide", place: 3, digit: "3" },
  },
  row("interrupt", ["global"], ["ctrl-c"], "program"),
  {
    ...row("refresh", ["global"], ["f5"], "program"),
    command: "refresh",
    menu: { label: "menu.refresh", place: 6 },
  },
  {
    ...row("reload", ["global"], [], "program"),
    command: "reload",
    disabled: (_state, world) => (world.canReload ? null : "why.noReload"),
  },
  { ...row("menu", ["global"], ["f9"], "program"), command: "menu", menu: { label: "menu.menu", place: 9 } },
  { ...row("help", ["global"], ["f1"], "program"), command: "help", menu: { label: "menu.help", place: 10 } },
  { ...row("palette", ["global"], ["ctrl-x"], "program") },
  {
    ...row("simulate", ["global"], ["f7"], "program"),
    command: "simulate",
    disabled: (state) => (state.simulation.kind === "off" ? null : "why.simulating"),
  },
  { ...row("away", ["global"], [], "program"), command: "away", argument: "argument.text" },
  {
    ...row("back", ["global"], [], "program"),
    command: "back",
    disabled: (_state, world) => (world.node.self.away === null ? "why.notAway" : null),
  },
  { ...row("name", ["global"], [], "program"), command: "name", argument: "argument.name" },
  { ...row("theme", ["global"], [], "program"), command: "theme", argument: "argument.theme" },
  { ...row("language", ["global"], [], "program"), command: "lang", argument: "argument.lang" },
  { ...row("cursor", ["global"], [], "program"), command: "cursor", argument: "argument.cursor" },
  { ...row("notify", ["global"], [], "program"), command: "notify", argument: "argument.notify" },
  { ...row("welcome", ["global"], [], "program"), command: "welcome" },
  { ...row("mouse", ["global"], ["f12"], "program"), command: "mouse" },
  row("redraw", ["global"], ["ctrl-l"], "program"),
  row("suspend", ["global"], ["ctrl-z"], "program"),
];

function row(
  action: Exclude<ActionName, EditAction>,
  contexts: readonly KeyContext[],
  keys: readonly string[],
  section: HelpSection,
): KeyRow {
  return { action, contexts, keys, section, label: `action.${action}` };
}

function edit(
  operation: EditOperation,
  keys: readonly string[],
  contexts: readonly KeyContext[] = ["input", "completion", "form", "search", "receive", "welcome", "files"],
): KeyRow {
  return { action: `edit-${operation}`, contexts, keys, section: "edit", label: `action.edit-${operation}` };
}
