// Which envelope is opened and which message is taken back when a person says so: the chosen one, else the latest that fits.
import { isUnopened } from "../index.js";
import type { Message } from "../index.js";
import { messageAtHand } from "./pick.js";
import type { UiState } from "./ui-state.js";
import type { World } from "./world.js";

/** How far back an unopened envelope is looked for. */
const lookBack = 200;

/** The chosen envelope, else the latest that nobody opened. */
export function closedAtHand(state: UiState, world: World): Message | null {
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  if (chosen !== null) return isUnopened(chosen) ? chosen : null;
  const { messages } = world.node.conversation(state.conversation);
  for (let back = 1; back <= Math.min(lookBack, messages.length); back++) {
    const message = messages.at(-back);
    if (message !== undefined && isUnopened(message)) return message;
  }
  return null;
}

/** Our own message that was chosen, else our latest to this peer. */
export function ownAtHand(state: UiState, world: World): Message | null {
  const chosen = state.picked === null ? null : messageAtHand(state, world);
  if (chosen !== null) return chosen.direction === "out" ? chosen : null;
  const { messages } = world.node.conversation(state.conversation);
  for (let back = 1; back <= Math.min(lookBack, messages.length); back++) {
    const message = messages.at(-back);
    if (message?.direction === "out" && !message.autoReply) return message;
  }
  return null;
}
