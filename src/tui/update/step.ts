// What an update gives back: the next state, and what is to be done. With the few words every update needs.
import type { PeerId } from "../../index.js";
import type { Request } from "../action.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";

export interface Step {
  readonly state: UiState;
  readonly requests: readonly Request[];
}

/** How long a notice stands under the input. */
const noticeMs = 6_000;

export function stepTo(state: UiState, ...requests: readonly Request[]): Step {
  return { state, requests };
}

/** The state with a line under the input. */
export function withNotice(
  state: UiState,
  world: World,
  text: string,
  tone: "plain" | "warning" = "plain",
): UiState {
  return { ...state, notice: { text, tone, until: world.now() + noticeMs } };
}

/** Writes a line of our own into a log. */
export function logLine(
  world: World,
  conversation: PeerId,
  text: string,
  tone: "plain" | "error" = "plain",
): Request {
  return { kind: "log-line", conversation, line: { at: world.now(), text, tone } };
}
