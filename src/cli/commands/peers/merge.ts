// `feiyan peers merge` and `split`: two entries of the list that are one person, and the way back.
import { FeiyanError, type Node, type PeerId } from "../../../index.js";
import type { CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { peerFields } from "../../json.js";
import { CliProblem } from "../../problem.js";
import { waitFor } from "../../session.js";
import { findPeer, withKnownPeers, type KnownPeers } from "./known-peers.js";
import { formatPeers } from "./peer-rows.js";

export const mergePeers = async (context: CommandContext): Promise<number> =>
  await withKnownPeers(context, "peers merge", async (known) => {
    const { node } = known;
    const [first = "", second = ""] = context.args;
    const from = await findPeer(context, known, first);
    const into = await findPeer(context, known, second);
    if (from.id === into.id) throw new CliProblem("same-peer", { target: context.args.join(", ") });
    await node.mergePeers(from.id, into.id);
    await settle(context, node, () => node.peer(from.id) === undefined);
    return print(context, node, into.id, { mergedFrom: from.id });
  });

export const splitPeers = async (context: CommandContext): Promise<number> =>
  await withKnownPeers(context, "peers split", async (known) => {
    const { node } = known;
    const [target = ""] = context.args;
    const { from, into } = await findMerged(context, known, target);
    await node.splitPeer(from);
    await settle(context, node, () => node.peer(from) !== undefined);
    return print(context, node, from, { splitFrom: into });
  });

/** An instance tells its changes as events, which may come a moment after its answer. */
const settle = async (context: CommandContext, node: Node, isDone: () => boolean): Promise<void> => {
  await waitFor(node, () => (isDone() ? true : undefined), 2_000, context.surroundings.stop);
};

const print = (
  { output, text }: CommandContext,
  node: Node,
  id: PeerId,
  how: Readonly<Record<string, string>>,
): number => {
  const peer = node.peer(id);
  if (peer === undefined) return exitCodes.done;
  output.object("peer", { ...peerFields(peer), ...how });
  for (const row of formatPeers([peer], text)) output.line(row);
  return exitCodes.done;
};

/** `id:` of an entry that was counted to another, or somebody to whom exactly one was counted. */
const findMerged = async (
  context: CommandContext,
  known: KnownPeers,
  target: string,
): Promise<{ readonly from: PeerId; readonly into: PeerId }> => {
  const { node } = known;
  const wanted = target.replace(/^id:/u, "");
  const holder = node.peers().find(({ mergedIds }) => mergedIds.some((id) => id === wanted));
  const named = holder?.mergedIds.find((id) => id === wanted);
  if (holder !== undefined && named !== undefined) return { from: named, into: holder.id };
  const peer = await findPeer(context, known, target);
  const [only, ...others] = peer.mergedIds;
  if (only === undefined) throw new CliProblem("not-merged", { target }, exitCodes.noSuchPeer);
  if (others.length === 0) return { from: only, into: peer.id };
  const matches = peer.mergedIds.map((id) => `id:${id}`);
  throw new FeiyanError("peer-ambiguous", target, { target, matches });
};
