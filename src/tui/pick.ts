// The chosen message of the open conversation: marked in the log, or the newest one where none is. Pure; key table, updates and views
// ask here.
import type { Message } from "../index.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

/** The message an action without a choice is about: the chosen one, else the newest of the conversation. */
export function messageAtHand(state: UiState, world: World): Message | null {
  const timeline = world.timelines.of(state.conversation);
  const { dialog } = state;
  if (dialog?.kind === "packet" && dialog.of.kind === "message")
    return world.node.message(dialog.of.id) ?? null;
  const from = state.picked ?? timeline.end - 1;
  return messageAt(state, world, nearestMessage(state, world, from, -1) ?? from);
}

export function messageAt(state: UiState, world: World, serial: number): Message | null {
  const entry = world.timelines.of(state.conversation).entry(serial);
  return entry?.kind === "message" ? entry.message : null;
}

/** Lines of our own between two messages are passed over, as many as there are. */
export function nearestMessage(state: UiState, world: World, from: number, step: 1 | -1): number | null {
  const timeline = world.timelines.of(state.conversation);
  for (let serial = from; serial >= timeline.first && serial < timeline.end; serial += step) {
    if (timeline.entry(serial)?.kind === "message") return serial;
  }
  return null;
}
