// FeiQ groups on the screen: joined by number, left again. The node decides and keeps them; a group is a conversation like any other.
import { everyone, isGroupNumber, roomIdOf, roomNumberOf } from "../../index.js";
import type { UiState } from "../ui-state.js";
import type { World } from "../world.js";
import { openConversation } from "./conversation.js";
import { stepTo, withNotice } from "./step.js";
import type { Step } from "./step.js";

/** `/join-group 3b199b07`: belongs to it from now on, and opens it. */
export function joinGroup(state: UiState, world: World, argument: string): Step {
  const number = argument.trim().replace(/^group:/u, "");
  if (!isGroupNumber(number)) {
    return stepTo(withNotice(state, world, world.text("notice.joinUsage"), "warning"));
  }
  const opened = openConversation(state, roomIdOf(number));
  return stepTo(opened, { kind: "join-group", number });
}

/** `/leave-group`: the open group, or the one of that number; its conversation stays where it was kept. */
export function leaveGroup(state: UiState, world: World, argument: string): Step {
  const typed = argument.trim().replace(/^group:/u, "");
  const number = typed === "" ? roomNumberOf(state.conversation) : typed;
  if (number === null) return stepTo(withNotice(state, world, world.text("why.noRoom"), "warning"));
  const isOpen = roomNumberOf(state.conversation) === number;
  const next = isOpen ? openConversation(state, everyone) : state;
  const words = world.text("notice.leftGroup", { group: number });
  return stepTo(withNotice(next, world, words), { kind: "leave-group", number });
}
