// Everything that came in over all conversations, newest first. Taken from the ends of the conversations when somebody looks, and
// kept until the node tells something new.
import type { Message } from "../index.js";
import type { NodeView, World } from "./world.js";

/** More than anybody scrolls through; older ones are in their conversations. */
export const receivedLimit = 500;

const kept = new WeakMap<NodeView, { readonly revision: number; readonly messages: readonly Message[] }>();

export function receivedMessages(world: World): readonly Message[] {
  const known = kept.get(world.node);
  if (known !== undefined && known.revision === world.revision) return known.messages;
  const found: Message[] = [];
  for (const id of world.node.conversations()) {
    const { messages } = world.node.conversation(id);
    let taken = 0;
    for (let index = messages.length - 1; index >= 0 && taken < receivedLimit; index -= 1) {
      const message = messages.at(index);
      if (message?.direction !== "in") continue;
      found.push(message);
      taken += 1;
    }
  }
  const messages = found.toSorted((a, b) => b.at - a.at).slice(0, receivedLimit);
  kept.set(world.node, { revision: world.revision, messages });
  return messages;
}
