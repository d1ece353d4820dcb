// Who gets it: the receivers that a command's words name, found or announced to, counted and confirmed where they are many. Shared by
// `send` and `files offer`.
import type { Endpoint, Node, Receiver } from "../index.js";
import { hasFlag, type CommandContext } from "./context.js";
import { CliProblem } from "./problem.js";
import { askPerson } from "./read-input.js";
import { findReceivers, ownGroups, peerAt, waitForEndpoints } from "./find-receivers.js";
import { discoveryMs, waitFor, type UsedNode } from "./session.js";
import type { Targets } from "./targets.js";

export const checkTargets = (targets: Targets, broadcast: boolean): void => {
  const count = targets.names.length + targets.endpoints.length + targets.wide.length;
  if (broadcast && count > 0) throw new CliProblem("flags-conflict", { flags: "--broadcast, --to" });
  if (!broadcast && count === 0) throw new CliProblem("missing-target");
};

export const isUnknown = (node: Node, receiver: Receiver): boolean =>
  "endpoint" in receiver && peerAt(node, receiver.endpoint) === undefined;

export const chooseReceivers = async (
  context: CommandContext,
  { node, searchMs }: Pick<UsedNode, "node" | "searchMs">,
  targets: Targets,
  broadcast: boolean,
  mustAsk: boolean,
): Promise<readonly Receiver[] | "everyone"> => {
  const { stop } = context.surroundings;
  if (broadcast) {
    // The count is what answers: a broadcast itself has no list of receivers.
    if (mustAsk) await waitFor(node, () => undefined, discoveryMs, stop);
    await confirm(context, mustAsk, node.peers().length);
    return "everyone";
  }
  await confirm(context, mustAsk, targets.wide.length);
  const named = await findReceivers(node, targets.names, searchMs, stop, ownGroups(context, targets.names));
  // Known by then are its charset and whether it acknowledges; an address that stays silent is sent to all the same.
  if (!hasFlag(context, "raw") && context.settings.port !== 0) {
    await waitForEndpoints(node, targets.endpoints, discoveryMs, stop);
  }
  return [...named, ...[...targets.endpoints, ...targets.wide].map((endpoint) => receiverAt(node, endpoint))];
};

const receiverAt = (node: Node, endpoint: Endpoint): Receiver => {
  const peer = peerAt(node, endpoint);
  return peer === undefined ? { endpoint } : { peer: peer.id };
};

const confirm = async (context: CommandContext, mustAsk: boolean, count: number): Promise<void> => {
  if (!mustAsk) return;
  const question = context.text("cli.send.confirm", { count });
  if (!(await askPerson(`${question} `, context.surroundings))) throw new CliProblem("cancelled");
};
