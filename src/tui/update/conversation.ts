// Opening conversations and moving in their logs: by list order, by unread, by name; pages, rows, ends; what counts as read.
import type { Request } from "../action.js";
import type { MessageId, PeerId } from "../../index.js";
import { follow, oldestLog, pageLog, scrollLog, showMessage } from "../log/log.js";
import type { LogPosition } from "../log/log.js";
import { rosterOf } from "../roster.js";
import type { RosterLook } from "../roster.js";
import { positionOf, withPosition } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import { logFrame } from "../view/log-frame.js";
import type { World } from "../world.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

export const wheelRows = 3;

/** Makes a conversation the open one, with the input focused and the line "n unread" where reading stopped. */
export function openConversation(state: UiState, conversation: PeerId): UiState {
  const isSame = conversation === state.conversation;
  return {
    ...state,
    conversation,
    focus: "input",
    dialog: null,
    filter: null,
    list: { ...state.list, selected: conversation },
    picked: null,
    search: isSame ? state.search : null,
    unreadLine: isSame ? state.unreadLine : null,
    held: isSame ? state.held : null,
    completion: { selected: 0, isAsked: false, closedFor: null },
  };
}

/** Opens the conversation of a message and brings the message into sight. */
export function openAtMessage(state: UiState, world: World, conversation: PeerId, id: MessageId): UiState {
  const opened = openConversation(state, conversation);
  const serial = world.timelines.of(conversation).find(id);
  if (serial === undefined || layoutKind(state.size) === "tiny") return opened;
  return withPosition(opened, showMessage(logFrame(opened, world), positionOf(opened), serial));
}

/** The conversation so many places further in the list, round the ends. */
export function stepConversation(state: UiState, world: World, delta: number): UiState {
  const entries = rosterOf(world, lookOf(state));
  const index = entries.findIndex((entry) => entry.id === state.conversation);
  const next = entries[(index + delta + entries.length) % entries.length];
  return next === undefined ? state : openConversation(state, next.id);
}

/** The next conversation with something unread: knocks and our name first. */
export function nextUnread(state: UiState, world: World): UiState {
  const others = rosterOf(world, lookOf(state)).filter((entry) => entry.id !== state.conversation);
  const found =
    others.find((entry) => state.marked.has(entry.id)) ?? others.find((entry) => entry.unread > 0);
  return found === undefined
    ? withNotice(state, world, world.text("notice.noUnread"))
    : openConversation(state, found.id);
}

/** `/go 名字`, `/go 3`, Alt-3; without an argument the list is searched by typing. */
export function goTo(state: UiState, world: World, argument: string): UiState {
  if (argument === "") return startJump(state);
  const entries = rosterOf(world, lookOf(state));
  if (/^[1-9]$/.test(argument)) {
    const entry = entries[Number(argument) - 1];
    return entry === undefined ? state : openConversation(state, entry.id);
  }
  const lower = argument.toLowerCase();
  const isEveryone = lower === world.text("peer.everyone").toLowerCase();
  const found =
    (isEveryone ? entries[0] : undefined) ??
    entries.find((entry) => entry.name.toLowerCase() === lower) ??
    rosterOf(world, { ...lookOf(state), filter: argument })[0];
  return found === undefined
    ? withNotice(state, world, world.text("notice.noSuchPeer", { name: argument }), "warning")
    : openConversation(state, found.id);
}

/** The list in the order of the screen, whatever is typed in it. */
function lookOf(state: UiState): RosterLook {
  return { ...state, filter: null };
}

/** The peer of a name, or the one under the cursor of the list. */
export function peerNamed(state: UiState, world: World, argument: string): PeerId | null {
  if (argument === "") {
    const selected = state.focus === "peers" ? state.list.selected : state.conversation;
    return (
      rosterOf(world, lookOf(state)).find((entry) => entry.id === selected && entry.peer !== null)?.id ?? null
    );
  }
  const entries = rosterOf(world, { ...lookOf(state), filter: argument }).filter(
    (entry) => entry.peer !== null,
  );
  const lower = argument.toLowerCase();
  return (entries.find((entry) => entry.name.toLowerCase() === lower) ?? entries[0])?.id ?? null;
}

/** Puts the cursor into the list with an empty search. */
export function startJump(state: UiState): UiState {
  return { ...state, focus: "peers", filter: "", dialog: null, list: { ...state.list, top: 0 } };
}

export type LogMove = "page-up" | "page-down" | "up" | "down" | "wheel-up" | "wheel-down" | "top" | "bottom";

/** Moves the window over the log. */
export function moveLog(state: UiState, world: World, move: LogMove): Step {
  if (layoutKind(state.size) === "tiny") return stepTo(state);
  const frame = logFrame(state, world);
  const position = positionOf(state);
  const next = ((): LogPosition => {
    switch (move) {
      case "page-up":
        return pageLog(frame, position, -1);
      case "page-down":
        return pageLog(frame, position, 1);
      case "up":
        return scrollLog(frame, position, -1);
      case "down":
        return scrollLog(frame, position, 1);
      case "wheel-up":
        return scrollLog(frame, position, -wheelRows);
      case "wheel-down":
        return scrollLog(frame, position, wheelRows);
      case "top":
        return oldestLog(frame, position);
      case "bottom":
        return follow;
      default: {
        const unreachable: never = move;
        return unreachable;
      }
    }
  })();
  return stepTo(withPosition(state, next));
}

/**
 * Marks what is in sight as read. The line "n unread" is drawn when the reader comes to messages that were waiting, not above every
 * message that arrives under the eyes.
 */
export function readWhatIsSeen(step: Step, world: World, isArrival: boolean): Step {
  const { state } = step;
  // Nobody reads in a window that lies under another one.
  const isSeen =
    state.hasFocus &&
    state.dialog === null &&
    positionOf(state).kind === "follow" &&
    layoutKind(state.size) !== "tiny";
  const { unread } = world.node.conversation(state.conversation);
  if (!isSeen || (unread === 0 && !state.marked.has(state.conversation))) return step;
  const read: Request = { kind: "mark-read", conversation: state.conversation };
  const requests = unread > 0 ? [...step.requests, read] : step.requests;
  // What arrives in the open conversation moves nothing, and of a flood every message comes by here.
  if (isArrival) return { state: withoutMark(state), requests };
  // What was waiting keeps its place.
  const held = unread > 0 ? state.conversation : state.held;
  const serial = unread > 0 ? firstUnread(state, world, unread) : null;
  const unreadLine = serial === null ? state.unreadLine : { serial, count: unread };
  return { state: { ...withoutMark(state), held, unreadLine }, requests };
}

function withoutMark(state: UiState): UiState {
  if (!state.marked.has(state.conversation)) return state;
  const marked = new Set(state.marked);
  marked.delete(state.conversation);
  return { ...state, marked };
}

/** Serial of the oldest of the last so many received messages. */
function firstUnread(state: UiState, world: World, unread: number): number | null {
  const timeline = world.timelines.of(state.conversation);
  let left = unread;
  let found: number | null = null;
  for (let serial = timeline.end - 1; serial >= timeline.first && left > 0; serial -= 1) {
    const entry = timeline.entry(serial);
    if (entry?.kind !== "message" || entry.message.direction !== "in") continue;
    found = serial;
    left -= 1;
  }
  return found;
}
