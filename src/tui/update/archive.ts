// Moving through what the history holds beyond the node's messages: to a date, to a hit somewhere in the past, back to the newest; and
// keeping the reader where it is while pages come and go.
import { readDate } from "../../index.js";
import type { PeerId } from "../../index.js";
import type { EditorState } from "../edit/editor.js";
import { messageAtHand } from "../pick.js";
import { follow, showMessage } from "../log/log.js";
import { positionOf, withPosition } from "../ui-state.js";
import type { UiState } from "../ui-state.js";
import { layoutKind } from "../view/layout.js";
import { logFrame } from "../view/log-frame.js";
import type { World } from "../world.js";
import { openConversation } from "./conversation.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** `/date 11-20`, `/date 昨天`. */
export function jumpToDate(state: UiState, world: World, argument: string): Step {
  const at = readDate(argument.trim(), world.now());
  if (at === null)
    return stepTo(withNotice(state, world, world.text("notice.noDate", { text: argument }), "warning"));
  const { conversation } = state;
  return stepTo({ ...state, dialog: null }, { kind: "jump-to", conversation, at, id: null, query: null });
}

/** The place in the history that was asked for is there. */
export function showArchived(
  state: UiState,
  world: World,
  conversation: PeerId,
  serial: number | null,
  query: EditorState | null,
): UiState {
  if (serial === null) return withNotice(state, world, world.text("notice.nothingThen"), "warning");
  const opened = openConversation({ ...state, dialog: null }, conversation);
  const found: UiState =
    query === null
      ? { ...opened, focus: "log", picked: serial }
      : { ...opened, search: { query, serial }, picked: serial, focus: "log" };
  if (layoutKind(state.size) === "tiny") return found;
  const anew = withPosition(found, follow);
  return withPosition(anew, showMessage(logFrame(anew, world), positionOf(anew), serial));
}

/** The same messages have other serials now. */
export function moveSerials(state: UiState, world: World, conversation: PeerId, delta: number): UiState {
  const position = state.positions.get(conversation);
  const positions = new Map(state.positions);
  if (position?.kind === "anchor") {
    positions.set(conversation, {
      ...position,
      serial: position.serial + delta,
      seenEnd: world.timelines.of(conversation).end,
    });
  }
  if (conversation !== state.conversation) return { ...state, positions };
  const shifted = (serial: number | null): number | null => (serial === null ? null : serial + delta);
  const search = state.search === null ? null : { ...state.search, serial: shifted(state.search.serial) };
  return { ...state, positions, picked: shifted(state.picked), search };
}

/** At the end of a window in the past the reader stays there: the newest messages are elsewhere, and new ones do not pull. */
export function holdInPast(step: Step, world: World): Step {
  const { state, requests } = step;
  const isDetached = world.archive?.of(state.conversation)?.isDetached === true;
  if (!isDetached || positionOf(state).kind === "anchor") return step;
  if (requests.some(({ kind }) => kind === "leave-archive")) return step;
  const { end } = world.timelines.of(state.conversation);
  return { state: withPosition(state, { kind: "anchor", serial: end - 1, row: 0, seenEnd: end }), requests };
}

/** To the newest message, out of the past. */
export function leavePast(step: Step, world: World): Step {
  const { conversation } = step.state;
  if (world.archive?.of(conversation)?.isDetached !== true) return step;
  return { state: step.state, requests: [...step.requests, { kind: "leave-archive", conversation }] };
}

/** The window in the past is gone, and with it the serials in it. */
export function backToNewest(state: UiState, conversation: PeerId): UiState {
  const positions = new Map(state.positions);
  positions.delete(conversation);
  return conversation === state.conversation
    ? { ...state, positions, picked: null, search: null }
    : { ...state, positions };
}

/** Takes the chosen message back that waits for somebody, or the latest that does. */
export function takeBackWaiting(state: UiState, world: World): Step {
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  const waiting = world.node.waiting();
  const message =
    waiting.find(({ id }) => id === chosen?.id) ??
    waiting.findLast(
      ({ conversation, to }) => conversation === state.conversation || to.includes(state.conversation),
    );
  return message === undefined ? stepTo(state) : stepTo(state, { kind: "take-back", message: message.id });
}
