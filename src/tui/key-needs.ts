// Why something cannot be done now, for a row of the key table: the key of a text, or null when it can.
import { closedAtHand, ownAtHand } from "./at-hand.js";
import type { TuiTextKey } from "../i18n/tui-zh-CN.js";
import { roomNumberOf } from "../index.js";
import { messageAtHand } from "./pick.js";
import type { UiState } from "./ui-state.js";
import { isUnconfirmed, lastUnconfirmed } from "./world.js";
import type { World } from "./world.js";

export const needsLab = (_state: UiState, world: World): TuiTextKey | null =>
  world.hasLab ? null : "why.noLab";

export const needsMessage = (state: UiState, world: World): TuiTextKey | null =>
  messageAtHand(state, world) === null ? "why.noMessage" : null;

export const needsSearch = (state: UiState): TuiTextKey | null =>
  state.search === null ? "why.noSearch" : null;

/** The chosen message when there is one, else the latest that somebody has not confirmed. */
export const needsUnconfirmed = (state: UiState, world: World): TuiTextKey | null => {
  if (state.picked === null) {
    return lastUnconfirmed(world, state.conversation) === null ? "why.nothingUnconfirmed" : null;
  }
  const message = messageAtHand(state, world);
  return message !== null && isUnconfirmed(message) ? null : "why.isConfirmed";
};

export const needsSealed = (state: UiState, world: World): TuiTextKey | null =>
  closedAtHand(state, world) === null ? "why.nothingSealed" : null;

export const needsOwn = (state: UiState, world: World): TuiTextKey | null =>
  ownAtHand(state, world) === null ? "why.nothingOwn" : null;

/** Something of the open conversation waits for somebody absent. */
export const needsWaiting = (state: UiState, world: World): TuiTextKey | null =>
  world.node
    .waiting()
    .some(({ conversation, to }) => conversation === state.conversation || to.includes(state.conversation))
    ? null
    : "why.nothingWaits";

/** Somebody was counted to the open peer. */
export const needsMerged = (state: UiState, world: World): TuiTextKey | null =>
  (world.node.peer(state.conversation)?.mergedIds.length ?? 0) === 0 ? "why.notMerged" : null;

/** A FeiQ group is open. */
export const needsRoom = (state: UiState): TuiTextKey | null =>
  roomNumberOf(state.conversation) === null ? "why.noRoom" : null;

export const needsPeer = (state: UiState, world: World): TuiTextKey | null =>
  world.node.peer(state.conversation) === undefined ? "why.noPeer" : null;
