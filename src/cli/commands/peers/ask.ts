// `feiyan peers ask`: asks the program of one peer for its version and its absence text, and prints what it answers. Many programs answer
// neither; then there is nothing to print and the exit code says so.
import { formatEndpoint, safeText, FeiyanError, type Event, type Node, type PeerId } from "../../../index.js";
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { findReceivers, ownGroups, peerAt, waitForEndpoints } from "../../find-receivers.js";
import { infoFields } from "../../json.js";
import { CliProblem } from "../../problem.js";
import { defaultPort, discoveryMs, waitFor, withNode } from "../../session.js";
import { parseTargets } from "../../targets.js";

const defaultSeconds = 3;
const questions = ["version", "absence"] as const;

export const askPeer = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings, args } = context;
  const targets = parseTargets([args[0] ?? ""], defaultPort(context));
  if (targets.wide.length > 0 || targets.names.length + targets.endpoints.length !== 1)
    throw new CliProblem("missing-target");
  const timeoutMs = (numberFlag(context, "timeout") ?? defaultSeconds) * 1000;
  return await withNode(context, { announceTo: targets.endpoints }, async (node, { searchMs }) => {
    const id = await whom(context, node, targets, searchMs);
    const answered = new Set<string>();
    const hear = (event?: Event): true | undefined => {
      if (event?.kind === "info" && event.peer.id === id && !answered.has(event.what)) {
        answered.add(event.what);
        output.object("info", infoFields(event), event.at);
        const words = safeText(event.text, { newlines: "space" });
        output.line(`${text(`cli.info.${event.what}`)}  ${words}`);
      }
      return answered.size === questions.length ? true : undefined;
    };
    const all = waitFor(node, hear, timeoutMs, surroundings.stop);
    for (const what of questions) await node.ask(id, what);
    await all;
    return answered.size > 0 ? exitCodes.done : exitCodes.unconfirmed;
  });
};

const whom = async (
  context: CommandContext,
  node: Node,
  targets: ReturnType<typeof parseTargets>,
  searchMs: number,
): Promise<PeerId> => {
  const { stop } = context.surroundings;
  const groups = ownGroups(context, targets.names);
  const [named, ...others] = await (targets.names.length === 0
    ? Promise.resolve([])
    : findReceivers(node, targets.names, searchMs, stop, groups));
  if (others.length > 0) throw new CliProblem("missing-target");
  if (named !== undefined && "peer" in named && node.peer(named.peer) !== undefined) return named.peer;
  await waitForEndpoints(node, targets.endpoints, discoveryMs, stop);
  const [endpoint] = targets.endpoints;
  const peer = endpoint === undefined ? undefined : peerAt(node, endpoint);
  if (peer !== undefined) return peer.id;
  const target = endpoint === undefined ? targets.names.join(", ") : formatEndpoint(endpoint);
  throw new FeiyanError("no-such-peer", "nobody there", { target });
};
