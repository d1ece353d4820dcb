// `feiyan send`: one message to one or many, followed until every receiver is settled.
import type { Endpoint, Node, Receiver } from "../../index.js";
import { hasFlag, listFlag, numberFlag, type CommandContext } from "../context.js";
import { deliver, refuseMissingFeatures, sayOptions } from "../deliver.js";
import { CliProblem } from "../problem.js";
import { askPerson, readMessageText } from "../read-input.js";
import {
  defaultPort,
  discoveryMs,
  findReceivers,
  ownGroups,
  peerAt,
  waitFor,
  waitForEndpoints,
  withNode,
} from "../session.js";
import { parseTargets, type Targets } from "../targets.js";

const defaultRate = 100;

export const send = async (context: CommandContext): Promise<number> => {
  const { surroundings } = context;
  refuseMissingFeatures(context);
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  const broadcast = hasFlag(context, "broadcast");
  checkTargets(targets, broadcast);
  const fromInput = context.args.length === 0 || context.args[0] === "-";
  const mustAsk = (broadcast || targets.wide.length > 0) && !hasFlag(context, "yes");
  // A pipe that brings the text cannot bring the answer too.
  if (mustAsk && (surroundings.stdin.isTTY !== true || fromInput)) {
    throw new CliProblem("confirmation-needed", { count: broadcast ? undefined : targets.wide.length });
  }
  const text = await readMessageText(context.args, surroundings.stdin);
  // A debug assistant would show our entry as rubbish: with `--raw` nothing but the text goes to an address.
  const announceTo = hasFlag(context, "raw") ? [] : targets.endpoints;
  return await withNode(context, { announceTo, keeps: "direct" }, async (node) => {
    const to = await chooseReceivers(context, node, targets, broadcast, mustAsk);
    const wide = broadcast || targets.wide.length > 0;
    const timeout = numberFlag(context, "timeout");
    const { code } = await deliver(context, node, {
      to,
      text,
      say: sayOptions(context, to !== "everyone" && to.some((receiver) => isUnknown(node, receiver))),
      rate: wide ? (numberFlag(context, "rate") ?? defaultRate) : undefined,
      timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    });
    return code;
  });
};

const checkTargets = (targets: Targets, broadcast: boolean): void => {
  const count = targets.names.length + targets.endpoints.length + targets.wide.length;
  if (broadcast && count > 0) throw new CliProblem("flags-conflict", { flags: "--broadcast, --to" });
  if (!broadcast && count === 0) throw new CliProblem("missing-target");
};

const isUnknown = (node: Node, receiver: Receiver): boolean =>
  "endpoint" in receiver && peerAt(node, receiver.endpoint) === undefined;

const chooseReceivers = async (
  context: CommandContext,
  node: Node,
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
  const named = await findReceivers(
    node,
    targets.names,
    discoveryMs,
    stop,
    ownGroups(context, targets.names),
  );
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
