// `feiyan peers`: announces, waits, lists who is there; `feiyan peers set`: what is remembered of one of them.
import { formatEndpoint, peerName, resolveTarget, safeText, FeiyanError, type Peer } from "../../index.js";
import { hasFlag, numberFlag, textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { peerFields } from "../json.js";
import { CliProblem } from "../problem.js";
import { discoveryMs, waitFor, withInstance, withNode } from "../session.js";
import { cutWidth, formatTable } from "../width.js";

export const listPeers = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings } = context;
  const wait = numberFlag(context, "wait");
  return await withNode(context, {}, async (node, { attached }) => {
    // A running instance has been listening all the time.
    const waitMs = wait === undefined ? (attached === null ? discoveryMs : 0) : wait * 1000;
    if (attached !== null && waitMs > 0) await node.refresh();
    await waitFor(node, () => undefined, waitMs, surroundings.stop);
    const peers = node.peers();
    for (const peer of peers) output.object("peer", peerFields(peer));
    if (peers.length === 0) {
      output.remark(text("cli.peers.none"));
      return exitCodes.done;
    }
    const heading = (["name", "state", "group", "address", "dialect", "charset"] as const).map((column) =>
      text(`cli.peers.${column}`),
    );
    const rows = [heading, ...peers.map((peer) => rowOf(peer, text(`state.${peer.state}`)))];
    for (const row of formatTable(rows)) output.line(row);
    return exitCodes.done;
  });
};

const rowOf = (peer: Peer, state: string): readonly string[] => [
  cell(peerName(peer), 24),
  state,
  cell(peer.group, 16),
  formatEndpoint(peer.endpoint),
  peer.dialect,
  peer.charset,
];

const cell = (text: string, columns: number): string =>
  cutWidth(safeText(text, { newlines: "space" }), columns) || "-";

const notYet = ["block", "unblock", "mute", "favourite", "note"];

/** So far the charset; it is fixed by the flag of that name, which every command has. */
export const setPeer = async (context: CommandContext): Promise<number> => {
  const { loaded, settings, output, args } = context;
  const missing = notYet.filter((flag) => hasFlag(context, flag) || textFlag(context, flag) !== undefined);
  if (missing.length > 0) {
    throw new CliProblem("not-in-this-version", { what: missing.map((flag) => `--${flag}`).join(", ") });
  }
  if (loaded.origins.charset !== "flag") throw new CliProblem("missing-argument", { argument: "--charset" });
  const target = args[0] ?? "";
  return await withInstance(context, "peers set", async ({ node }) => {
    const found = resolveTarget(target, node.peers());
    const [receiver] = found.ok ? found.receivers : [];
    const id = receiver !== undefined && "peer" in receiver ? receiver.peer : undefined;
    if (!found.ok || id === undefined) {
      throw new FeiyanError(found.ok ? "no-such-peer" : found.code, target, {
        target,
        matches: found.ok ? [] : found.matches.map((peer) => `${peer.nick} id:${peer.id}`),
      });
    }
    await node.setCharset(id, settings.charset);
    const peer = node.peer(id);
    if (peer !== undefined) {
      const now: Peer = { ...peer, charset: settings.charset, charsetChosen: true };
      output.object("peer", peerFields(now));
      output.line(rowOf(now, context.text(`state.${peer.state}`)).join("  "));
    }
    return exitCodes.done;
  });
};
