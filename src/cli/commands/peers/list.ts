// `feiyan peers`: announces, waits, lists who is there.
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
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
    const peers = orderPeers(node.peers());
    for (const peer of peers) output.object("peer", peerFields(peer));
    if (peers.length === 0) {
      output.remark(text("cli.peers.none"));
      return exitCodes.done;
    }
    for (const row of formatPeers(peers, text)) output.line(row);
    return exitCodes.done;
  });
};
