// `feiyan peers`: announces, waits, lists who is there.
import { formatEndpoint, peerName, safeText, type Peer } from "../../index.js";
import { numberFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { peerFields } from "../json.js";
import { discoveryMs, nodeOptions, waitFor, withNode } from "../session.js";
import { cutWidth, formatTable } from "../width.js";

export const listPeers = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings } = context;
  const waitMs = (numberFlag(context, "wait") ?? discoveryMs / 1000) * 1000;
  return await withNode(nodeOptions(context.loaded), async (node) => {
    await waitFor(node, () => undefined, waitMs, surroundings.stop);
    const peers = node.peers();
    for (const peer of peers) output.object("peer", peerFields(peer));
    if (peers.length === 0) {
      output.remark(text("cli.peers.none"));
      return exitCodes.done;
    }
    const heading = (["name", "state", "group", "address", "dialect", "charset", "trust"] as const).map(
      (column) => text(`cli.peers.${column}`),
    );
    const rows = [
      heading,
      ...peers.map((peer) => rowOf(peer, text(`state.${peer.state}`), text(`trust.${peer.trust}`))),
    ];
    for (const row of formatTable(rows)) output.line(row);
    return exitCodes.done;
  });
};

const rowOf = (peer: Peer, state: string, trust: string): readonly string[] => [
  cell(peerName(peer), 24),
  state,
  cell(peer.group, 16),
  formatEndpoint(peer.endpoint),
  peer.dialect,
  peer.charset,
  trust,
];

const cell = (text: string, columns: number): string =>
  cutWidth(safeText(text, { newlines: "space" }), columns) || "-";
