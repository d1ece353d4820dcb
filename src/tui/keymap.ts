// The one table of what a person can do: by which keys in which place, by which command, what it is called and when it cannot be
// done. Menu, footer hints, help, palette, docs/keys.md and the settings' `[keys]` all come from it. Knows no view and no terminal.
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import type { EditOperation } from "./edit/editor.js";
import { formatChord, namedKeys } from "./input/event.js";
import { splitClusters } from "./text/clusters.js";
import type { UiState } from "./ui-state.js";
import { lastUnconfirmed } from "./world.js";
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
] as const;

export type KeyContext = (typeof keyContexts)[number];

export const helpSections = ["send", "move", "view", "edit", "program"] as const;

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

/** Actions that mean the same everywhere. */
export type ProgramAction =
  | "send-form"
  | "receive"
  | "resend"
  | "raw"
  | "charset"
  | "next-conversation"
  | "previous-conversation"
  | "next-unread"
  | "go"
  | "jump"
  | "details"
  | "quit"
  | "interrupt"
  | "refresh"
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

const lists: readonly KeyContext[] = ["peers", "log", "receive", "help", "details", "completion"];

const needsPeer = (state: UiState, world: World): TuiTextKey | null =>
  world.node.peer(state.conversation) === undefined ? "why.noPeer" : null;

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
    ...row("resend", ["global"], [], "send"),
    command: "resend",
    disabled: (state, world) =>
      lastUnconfirmed(world, state.conversation) === null ? "why.nothingUnconfirmed" : null,
  },
  { ...row("raw", ["global"], [], "send"), command: "raw", disabled: needsPeer },
  {
    ...row("charset", ["global"], [], "send"),
    command: "charset",
    argument: "argument.charset",
    disabled: needsPeer,
  },

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
    ...row("next-pane", ["global"], ["f6", "tab"], "move"),
    menu: { label: "menu.pane", place: 5, isExtra: true },
  },
  row("previous-pane", ["global"], ["shift-tab"], "move"),

  row("page-up", ["global"], ["page-up"], "view"),
  row("page-down", ["global"], ["page-down"], "view"),
  row("top", ["global"], ["ctrl-home"], "view"),
  row("bottom", ["global"], ["ctrl-end"], "view"),
  row("up", lists, ["up"], "view"),
  row("down", lists, ["down"], "view"),
  row("first", ["peers", "log", "receive", "help", "details"], ["home"], "view"),
  row("last", ["peers", "log", "receive", "help", "details"], ["end"], "view"),
  {
    ...row("details", ["global"], ["f8"], "view"),
    command: "details",
    menu: { label: "menu.details", place: 6 },
  },

  row("complete", ["input", "completion"], ["tab"], "edit"),
  row(
    "accept",
    ["peers", "log", "menu", "form", "receive", "help", "details", "question", "completion"],
    ["enter"],
    "edit",
  ),
  row(
    "cancel",
    ["completion", "peers", "menu", "form", "receive", "help", "details", "question", "log"],
    ["escape"],
    "edit",
  ),
  row("next-field", ["form"], ["tab"], "edit"),
  row("previous-field", ["form"], ["shift-tab"], "edit"),
  row("up", ["form", "menu"], ["up"], "edit"),
  row("down", ["form", "menu"], ["down"], "edit"),
  row("left", ["menu"], ["left"], "edit"),
  row("right", ["menu"], ["right"], "edit"),
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
  edit("delete", ["delete", "ctrl-d"]),
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
    menu: { label: "menu.refresh", place: 4 },
  },
  { ...row("menu", ["global"], ["f9"], "program"), command: "menu", menu: { label: "menu.menu", place: 7 } },
  { ...row("help", ["global"], ["f1"], "program"), command: "help", menu: { label: "menu.help", place: 8 } },
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
  contexts: readonly KeyContext[] = ["input", "completion", "form"],
): KeyRow {
  return { action: `edit-${operation}`, contexts, keys, section: "edit", label: `action.edit-${operation}` };
}

/** The table as it is in force, with the user's keys in it. */
export interface Keymap {
  readonly rows: readonly KeyRow[];
  /** The row that a key calls in a place, and the key as it is written in the table. */
  find(context: KeyContext, chord: string): KeyRow | null;
  /** The first key of an action, for people: `F2`, `Ctrl-Q`; empty when it has none. */
  keyOf(action: ActionName): string;
}

export type KeyProblem =
  | { readonly kind: "unknown-action"; readonly action: string }
  | { readonly kind: "unknown-key"; readonly action: string; readonly key: string }
  | { readonly kind: "taken"; readonly action: string; readonly key: string };

/**
 * The key table with the settings' `[keys]` over it: the keys given for an action replace the built-in ones. What is no action, no
 * key or already taken in that place is left out and reported.
 *
 * @example const { keymap, problems } = createKeymap({ refresh: ["ctrl-t"] });
 */
export function createKeymap(own: Readonly<Record<string, readonly string[]>>): {
  readonly keymap: Keymap;
  readonly problems: readonly KeyProblem[];
} {
  const problems: KeyProblem[] = [];
  const wished = new Map<string, readonly string[]>();
  for (const [action, keys] of Object.entries(own)) {
    if (!keyTable.some((entry) => entry.action === action)) {
      problems.push({ kind: "unknown-action", action });
      continue;
    }
    const sound = keys.map(parseChord);
    for (const [index, chord] of sound.entries()) {
      if (chord === null) problems.push({ kind: "unknown-key", action, key: keys[index] ?? "" });
    }
    wished.set(
      action,
      sound.filter((chord) => chord !== null),
    );
  }
  const bound = new Map<string, KeyRow>();
  const rows: KeyRow[] = [];
  // The user's own keys go first: a built-in binding of the same key steps back.
  for (const entry of keyTable.toSorted((a, b) => rank(a, wished) - rank(b, wished))) {
    const isOwn = wished.has(entry.action);
    const keys = (wished.get(entry.action) ?? entry.keys).filter((key) => {
      const isFree = entry.contexts.every((context) => !bound.has(`${context} ${key}`));
      if (!isFree && isOwn) problems.push({ kind: "taken", action: entry.action, key });
      return isFree;
    });
    const settled = { ...entry, keys };
    rows.push(settled);
    for (const key of keys) for (const context of entry.contexts) bound.set(`${context} ${key}`, settled);
  }
  const order = new Map(keyTable.map((entry, index) => [entry.label + entry.contexts.join(), index]));
  const placeOf = (entry: KeyRow): number => order.get(entry.label + entry.contexts.join()) ?? 0;
  rows.sort((a, b) => placeOf(a) - placeOf(b));
  return {
    problems,
    keymap: {
      rows,
      find(context, chord) {
        for (const place of fallbacks(context)) {
          const found = bound.get(`${place} ${chord}`);
          if (found !== undefined) return found;
        }
        return null;
      },
      keyOf(action) {
        const key = rows.find((entry) => entry.action === action && entry.keys.length > 0)?.keys[0];
        return key === undefined ? "" : formatKey(key);
      },
    },
  };
}

function rank(entry: KeyRow, wished: ReadonlyMap<string, unknown>): number {
  return wished.has(entry.action) ? 0 : 1;
}

/** Where a key is looked up, in order. */
export function fallbacks(context: KeyContext): readonly KeyContext[] {
  if (context === "completion") return ["completion", "input", "global"];
  return context === "global" ? ["global"] : [context, "global"];
}

/** The row behind a slash command, by its whole name. */
export function findCommand(name: string): KeyRow | null {
  return keyTable.find((entry) => entry.command === name) ?? null;
}

/** Puts a key of the settings into the table's spelling; null when it is none: `Ctrl+T` is `ctrl-t`, `pgup` is `page-up`. */
export function parseChord(text: string): string | null {
  const parts = text.trim().toLowerCase().replaceAll("+", "-").split("-");
  const modifiers = { ctrl: false, alt: false, shift: false };
  while (parts.length > 1) {
    const [first = ""] = parts;
    if (first !== "ctrl" && first !== "alt" && first !== "shift") break;
    modifiers[first] = true;
    parts.shift();
  }
  const spelled = parts.join("-");
  const key = keyAliases[spelled] ?? spelled;
  const isNamed = (namedKeys as readonly string[]).includes(key);
  const isCharacter = splitClusters(key).length === 1 && (modifiers.ctrl || modifiers.alt);
  return isNamed || isCharacter ? formatChord({ kind: "key", key, ...modifiers }) : null;
}

const keyAliases: Readonly<Record<string, string>> = {
  pgup: "page-up",
  pageup: "page-up",
  pgdn: "page-down",
  pagedown: "page-down",
  esc: "escape",
  return: "enter",
  del: "delete",
  ins: "insert",
};

/** A key as people read it: `f2` is `F2`, `ctrl-q` is `Ctrl-Q`, `page-up` is `PgUp`. */
export function formatKey(chord: string): string {
  if (chord.endsWith("page-up")) return formatKey(chord.replace("page-up", "pgUp"));
  if (chord.endsWith("page-down")) return formatKey(chord.replace("page-down", "pgDn"));
  return chord
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("-");
}
