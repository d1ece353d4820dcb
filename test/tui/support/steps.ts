// Updates one after another, and what they ask for.
import type { Action, Request } from "../../../src/tui/action.js";
import type { ActionName } from "../../../src/tui/action-name.js";
import type { UiState } from "../../../src/tui/ui-state.js";
import { update } from "../../../src/tui/update/update.js";
import type { World } from "../../../src/tui/world.js";

export function act(name: ActionName, argument = ""): Action {
  return { kind: "do", name, argument };
}

export function type(text: string): Action {
  return { kind: "text", text };
}

/** Carries out actions one after another and gathers what is asked for. */
export function run(
  state: UiState,
  world: World,
  ...actions: readonly Action[]
): { state: UiState; requests: Request[] } {
  const requests: Request[] = [];
  let current = state;
  for (const action of actions) {
    const step = update(current, action, world);
    current = step.state;
    requests.push(...step.requests);
  }
  return { state: current, requests };
}
