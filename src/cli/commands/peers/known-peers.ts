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
import { defaultPort, findInstance, nodeOptions, withoutQueue } from "../../session.js";

/** Runs `use` with the peers of the instance, or with those an earlier run left; without either there is nothing to change. */
export const withKnownPeers = async <T>(
  context: CommandContext,
  command: string,
  use: (node: Node) => Promise<T>,
): Promise<T> => {
  const attached = await findInstance(context, { messages: 0 });
  if (attached !== null) {
    try {
      return await use(attached.node);
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
      return await use(node);
    } finally {
      await node.close();
    }
  });
};

/** The one peer that is meant: by id, name, or an address it was heard from. Throws `no-such-peer` or `peer-ambiguous`. */
export const findPeer = (context: CommandContext, node: Node, target: string): Peer => {
  const found = resolveTarget(target, node.peers(), defaultPort(context));
  const matches = found.ok ? [] : found.matches.map(describeMatch);
  if (!found.ok) throw new FeiyanError(found.code, target, { target, matches });
  const peers = found.receivers.flatMap((receiver) => {
    const peer = "peer" in receiver ? node.peer(receiver.peer) : peerAt(node, receiver.endpoint);
    return peer === undefined ? [] : [peer];
  });
  const [only] = peers;
  if (only === undefined) throw new FeiyanError("no-such-peer", target, { target, matches });
  if (peers.length === 1) return only;
  throw new FeiyanError("peer-ambiguous", target, { target, matches: peers.map(describeMatch) });
};

const describeMatch = (peer: Peer): string =>
  `${safeText(peerName(peer), { newlines: "space" })} ${formatEndpoint(peer.endpoint)} id:${peer.id}`;
