// Everything the UI knows that is only about looking: focus, selection, scroll positions, drafts, dialogs, what fades with time.
// Peers and messages are not in here; they are read from the node. Values are replaced, never changed in place.
import type { Charset, MessageId, PeerId, PicturePreview, TapRecord } from "../index.js";
import { everyone } from "../index.js";
import type { CursorShape, NotifyWay } from "./app-options.js";
import { emptyEditor } from "./edit/editor.js";
import type { EditorState } from "./edit/editor.js";
import { startWindow } from "./edit/layout.js";
import type { EditorWindow } from "./edit/layout.js";
import { firstLab } from "./lab/lab-state.js";
import type { LabState } from "./lab/lab-state.js";
import { emptyList } from "./log/list.js";
import type { ListState } from "./log/list.js";
import { follow } from "./log/log.js";
import type { LogPosition } from "./log/log.js";
import { nothingRemembered } from "./remembered.js";
import type { Remembered } from "./remembered.js";
import type { Size } from "./view/scene.js";

export type Focus = "input" | "peers" | "log" | "menu" | "search";

/** What is being written to somebody. */
export interface Draft {
  readonly editor: EditorState;
  readonly window: EditorWindow;
  /** Bare text, without a header. */
  readonly raw: boolean;
}

export const formFields = ["to", "port", "mode", "text"] as const;

export type FormField = (typeof formFields)[number];

export interface SendForm {
  readonly kind: "form";
  readonly field: FormField;
  readonly to: EditorState;
  readonly port: EditorState;
  readonly raw: boolean;
  readonly text: EditorState;
  /** Which of the names that fit is chosen. */
  readonly match: number;
  readonly error: { readonly field: FormField; readonly text: string } | null;
  readonly isSending: boolean;
}

/** A file or folder of this machine that will be sent. */
export interface ChosenFile {
  readonly path: string;
  readonly name: string;
  readonly kind: "file" | "folder";
  readonly sizeBytes: number;
}

export type Dialog =
  | SendForm
  /** Messages of all conversations: those that came in, all that hold the query, or those that wait for somebody. */
  | {
      readonly kind: "receive";
      readonly list: ListState;
      readonly query: EditorState;
      readonly scope: "received" | "all" | "waiting";
    }
  /** The bytes of a message or of a datagram, taken apart. */
  | {
      readonly kind: "packet";
      readonly of: PacketSource;
      readonly top: number;
      readonly under: Dialog | null;
    }
  | { readonly kind: "wire"; readonly list: ListState }
  /** Files chosen to be sent, and everything offered. */
  | {
      readonly kind: "files";
      /** The path that is being typed. */
      readonly query: EditorState;
      readonly list: ListState;
      readonly chosen: readonly ChosenFile[];
    }
  /** A picture file, while it is decoded and then to be looked at. */
  | {
      readonly kind: "picture";
      readonly path: string;
      readonly preview: PicturePreview | null;
      readonly under: Dialog | null;
    }
  | {
      readonly kind: "themes";
      readonly names: readonly string[];
      readonly list: ListState;
      /** What was in force before anything was tried. */
      readonly before: string;
    }
  /** `isSuggested`: the name is the system's and nobody has touched it; typing replaces it. */
  | { readonly kind: "welcome"; readonly name: EditorState; readonly isSuggested: boolean }
  /** Over the whole screen. */
  | { readonly kind: "lab" }
  /** What happens on purpose to the datagrams of a peer, or of everyone. */
  | { readonly kind: "impair"; readonly to: PeerId }
  | { readonly kind: "help"; readonly top: number; readonly under?: Dialog }
  | { readonly kind: "details"; readonly top: number }
  /** Everything that can be done, or what can be done with the chosen message. */
  | {
      readonly kind: "palette";
      readonly query: EditorState;
      readonly list: ListState;
      readonly about: "all" | "message";
    }
  /** A key does not fit a known name: it waits for an answer. */
  | { readonly kind: "alarm"; readonly peer: PeerId }
  /** A large paste waits for a word. */
  | { readonly kind: "paste"; readonly text: string; readonly lines: number; readonly sizeBytes: number };

export type PacketSource =
  | { readonly kind: "message"; readonly id: MessageId }
  | { readonly kind: "wire"; readonly record: TapRecord };

/** A search in the open conversation; the hits are found anew when something is said. */
export interface Search {
  readonly query: EditorState;
  /** The hit that is shown. */
  readonly serial: number | null;
}

/** How the datagrams are looked at. */
export interface WireLook {
  /** Part of an address or a name. */
  readonly query: EditorState;
  readonly direction: "both" | "in" | "out";
  /** One past the last datagram shown; null: they go on. */
  readonly pausedEnd: number | null;
}

/** Choices that are remembered. */
export interface Preferences {
  readonly theme: string;
  readonly cursor: CursorShape;
  readonly notify: NotifyWay;
}

/** A line of text that stands for a while where hints stand. */
export interface Notice {
  readonly text: string;
  readonly tone: "plain" | "warning";
  readonly until: number;
}

export type Simulation =
  | { readonly kind: "off" }
  | { readonly kind: "starting" }
  | { readonly kind: "on"; readonly count: number };

export interface UiState {
  readonly size: Size;
  readonly focus: Focus;
  /** The open conversation. */
  readonly conversation: PeerId;
  readonly drafts: ReadonlyMap<PeerId, Draft>;
  /** Texts sent before, newest last. */
  readonly sent: readonly string[];
  readonly positions: ReadonlyMap<PeerId, LogPosition>;
  /** Where the line "n unread" stands: before this entry of the open conversation. */
  readonly unreadLine: { readonly serial: number; readonly count: number } | null;
  /** The cursor in the peer list; the open conversation is another thing. */
  readonly list: ListState;
  /** Typed part of a name; null while the list is not filtered. */
  readonly filter: string | null;
  /** The open conversation, when it was unread: it keeps its place in the list until another one is opened. */
  readonly held: PeerId | null;
  /** Conversations with a knock or our name in an unread message. */
  readonly marked: ReadonlySet<PeerId>;
  /** Who is marked to receive the next message together. */
  readonly checked: ReadonlySet<PeerId>;
  readonly favourites: ReadonlySet<PeerId>;
  /** The list shows groups under headings; these are folded. */
  readonly isGrouped: boolean;
  readonly folded: ReadonlySet<string>;
  /** Serial of the chosen message of the open conversation, while the log or the search has the focus. */
  readonly picked: number | null;
  readonly search: Search | null;
  /** Long messages that are shown whole. */
  readonly expanded: ReadonlySet<MessageId>;
  /** Conversations that are shown in another charset than they were read in. */
  readonly readings: ReadonlyMap<PeerId, Charset>;
  readonly wire: WireLook;
  readonly lab: LabState;
  /** The lab alone: leaving it ends the program, and there is nobody to chat with. */
  readonly isLabOnly: boolean;
  readonly preferences: Preferences;
  /** Whether the terminal's window has the focus; terminals that do not tell count as focused. */
  readonly hasFocus: boolean;
  /** When somebody was told last by a notification. */
  readonly notifiedAt: number;
  /** When it rang last. */
  readonly rangAt: number;
  /** The welcome was read, now or in an earlier run. */
  readonly isWelcomed: boolean;
  readonly menuIndex: number;
  readonly dialog: Dialog | null;
  /** The completion popup: which candidate; whether names were asked for; the text it was closed for, so that it stays closed. */
  readonly completion: {
    readonly selected: number;
    readonly isAsked: boolean;
    readonly closedFor: string | null;
  };
  /** The third column; null: where there is room. */
  readonly showDetails: boolean | null;
  /** What stands in it. */
  readonly column: "details" | "wire";
  readonly mouse: boolean;
  readonly notice: Notice | null;
  /** When the node last told something by a notice: what repeats is not written into the log again and again. */
  readonly told: ReadonlyMap<string, number>;
  /** Ctrl-C was pressed on an empty input: the next one quits. */
  readonly quitArmed: boolean;
  /** The text that the next Enter sends to everyone: the first one only asked. */
  readonly armedText: string | null;
  readonly simulation: Simulation;
  /** When the program came up, for what it says while nobody is there yet. */
  readonly startedAt: number;
}

export const emptyDraft: Draft = { editor: emptyEditor, window: startWindow, raw: false };

export function createUiState(options: {
  readonly size: Size;
  readonly mouse: boolean;
  readonly now: number;
  readonly remembered?: Remembered;
  readonly preferences?: Partial<Preferences>;
  readonly isLabOnly?: boolean;
}): UiState {
  const remembered = options.remembered ?? nothingRemembered;
  return {
    size: options.size,
    focus: "input",
    conversation: everyone,
    drafts: new Map(),
    sent: [],
    positions: new Map(),
    unreadLine: null,
    list: { ...emptyList, selected: everyone },
    filter: null,
    held: null,
    marked: new Set(),
    checked: new Set(),
    favourites: new Set(remembered.favourites),
    isGrouped: remembered.isGrouped,
    folded: new Set(remembered.folded),
    picked: null,
    search: null,
    expanded: new Set(),
    readings: new Map(),
    wire: { query: emptyEditor, direction: "both", pausedEnd: null },
    lab: firstLab,
    isLabOnly: options.isLabOnly ?? false,
    preferences: { theme: "", cursor: "bar", notify: "desktop", ...options.preferences },
    hasFocus: true,
    notifiedAt: 0,
    rangAt: 0,
    isWelcomed: remembered.isWelcomed,
    menuIndex: 0,
    dialog: null,
    completion: { selected: 0, isAsked: false, closedFor: null },
    showDetails: null,
    column: "details",
    mouse: options.mouse,
    notice: null,
    told: new Map(),
    quitArmed: false,
    armedText: null,
    simulation: { kind: "off" },
    startedAt: options.now,
  };
}

/** The draft of a conversation, by default the open one. */
export function draftOf(state: UiState, conversation: PeerId = state.conversation): Draft {
  return state.drafts.get(conversation) ?? emptyDraft;
}

/** Keeps a draft with its conversation. */
export function withDraft(state: UiState, draft: Draft, conversation: PeerId = state.conversation): UiState {
  return { ...state, drafts: new Map(state.drafts).set(conversation, draft) };
}

export function positionOf(state: UiState): LogPosition {
  return state.positions.get(state.conversation) ?? follow;
}

export function withPosition(state: UiState, position: LogPosition): UiState {
  const positions = new Map(state.positions);
  if (position.kind === "follow") positions.delete(state.conversation);
  else positions.set(state.conversation, position);
  return { ...state, positions };
}
