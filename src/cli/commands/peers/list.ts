// `feiyan peers`: announces, waits, lists who is there.
import { existsSync } from "node:fs";
import type { Peer } from "../../../index.js";
import { FeiyanError } from "../../../light.js";
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { historyFile, withHistory } from "../../history.js";
import { peerFields } from "../../json.js";
import { discoveryMs, waitFor, withNode } from "../../session.js";
import { formatPeers, orderPeers } from "./peer-rows.js";

export const listPeers = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings } = context;
  const wait = numberFlag(context, "wait");
  return await withNode(context, {}, async (node, { attached }) => {
    // A running instance has been listening all the time.
    const waitMs = wait === undefined ? (attached === null ? discoveryMs : 0) : wait * 1000;
    if (attached !== null && waitMs > 0) await node.refresh();
    await waitFor(node, () => undefined, waitMs, surroundings.stop);
    const known = attached === null ? await withDecisions(context, node.peers()) : node.peers();
    const peers = orderPeers(known);
    for (const peer of peers) output.object("peer", peerFields(peer));
    if (peers.length === 0) {
      output.remark(text("cli.peers.none"));
      return exitCodes.done;
    }
    for (const row of formatPeers(peers, text)) output.line(row);
    return exitCodes.done;
  });
};

/** A node of our own for a moment opens no history; what was decided about these people is read from it all the same. */
const withDecisions = async (context: CommandContext, peers: readonly Peer[]): Promise<readonly Peer[]> => {
  if (peers.length === 0 || !existsSync(historyFile(context))) return peers;
  try {
    return await withHistory(context, { thread: false }, async (history) => {
      const { peers: memories = [] } = (await history?.state()) ?? {};
      const policies = new Map(memories.map(({ id, policy }) => [id, policy]));
      return peers.map((peer) => ({ ...peer, policy: { ...peer.policy, ...policies.get(peer.id) } }));
    });
  } catch (error) {
    // Who is there can be seen without it; `doctor` and `history check` say what is wrong.
    if (error instanceof FeiyanError) return peers;
    throw error;
  }
};
