// Peers as they are known, for commands that only change what we remember of them: those of the running instance, or those in the
// history, looked at by a node that meets nobody and opens no port. Used by `peers set`, `merge` and `split`.
import {
  createNode,
  FeiyanError,
  formatEndpoint,
  peerName,
  resolveTarget,
  safeText,
  type Node,
  type Peer,
} from "../../../index.js";
import type { CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { withHistory } from "../../history.js";
import { CliProblem } from "../../problem.js";
import { peerAt } from "../../find-receivers.js";
import { defaultPort, findInstance, nodeOptions, searchMsOf, waitFor, withoutQueue } from "../../session.js";

export interface KnownPeers {
  readonly node: Node;
  /** How long a name that nobody has yet is waited for. */
  readonly searchMs: number;
}

/** Runs `use` with the peers of the instance, or with those an earlier run left; without either there is nothing to change. */
export const withKnownPeers = async <T>(
  context: CommandContext,
  command: string,
  use: (known: KnownPeers) => Promise<T>,
): Promise<T> => {
  const attached = await findInstance(context, { messages: 0 });
  if (attached !== null) {
    try {
      return await use({ node: attached.node, searchMs: searchMsOf(attached) });
    } finally {
      await attached.node.close();
    }
  }
  return await withHistory(context, { thread: false }, async (history) => {
    if (history === null) throw new CliProblem("needs-instance", { command }, exitCodes.unavailable);
    const { createMemoryNetwork } = await import("../../../testing.js");
    const node = createNode({
      ...nodeOptions(context.loaded),
      presence: false,
      transport: createMemoryNetwork().transport({ address: "127.0.0.1" }),
      history: withoutQueue(history),
    });
    try {
      await node.start();
      return await use({ node, searchMs: 0 });
    } finally {
      await node.close();
    }
  });
};

/** The one peer that is meant: by id, name, or an address it was heard from. Rejects with `no-such-peer` or `peer-ambiguous`. */
export const findPeer = async (
  context: CommandContext,
  { node, searchMs }: KnownPeers,
  target: string,
): Promise<Peer> => {
  const peers = (): readonly Peer[] => peersOf(context, node, target);
  const isOne = (): true | undefined => (peers().length === 1 ? true : undefined);
  await waitFor(node, isOne, searchMs, context.surroundings.stop);
  const [only, ...others] = peers();
  const matches = only === undefined ? [] : [only, ...others].map(describeMatch);
  if (only === undefined) throw new FeiyanError("no-such-peer", target, { target, matches });
  if (others.length > 0) throw new FeiyanError("peer-ambiguous", target, { target, matches });
  return only;
};

const peersOf = (context: CommandContext, node: Node, target: string): readonly Peer[] => {
  const found = resolveTarget(target, node.peers(), defaultPort(context));
  if (!found.ok) return found.matches;
  return found.receivers.flatMap((receiver) => {
    const peer = "peer" in receiver ? node.peer(receiver.peer) : peerAt(node, receiver.endpoint);
    return peer === undefined ? [] : [peer];
  });
};

const describeMatch = (peer: Peer): string =>
  `${safeText(peerName(peer), { newlines: "space" })} ${formatEndpoint(peer.endpoint)} id:${peer.id}`;
