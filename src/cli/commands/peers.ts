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

const notYet = ["block", "unblock", "mute", "favourite", "note"];

const trustAnswers = ["accept", "reject", "verify", "forget"] as const;

/** So far the key, whether to encrypt, and the charset; the last two are fixed by the flags of those names, which every command has. */
export const setPeer = async (context: CommandContext): Promise<number> => {
  const { loaded, settings, output, args } = context;
  const missing = notYet.filter((flag) => hasFlag(context, flag) || textFlag(context, flag) !== undefined);
  if (missing.length > 0) {
    throw new CliProblem("not-in-this-version", { what: missing.map((flag) => `--${flag}`).join(", ") });
  }
  const answer = trustAnswers.find((one) => one === textFlag(context, "key"));
  const hasCharset = loaded.origins.charset === "flag";
  const hasPolicy = loaded.origins.encrypt === "flag";
  if (!hasCharset && !hasPolicy && answer === undefined)
    throw new CliProblem("missing-argument", { argument: "--charset" });
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
    if (answer !== undefined) await node.answerTrust(id, answer);
    if (hasPolicy) await node.setEncrypt(id, settings.encrypt);
    if (hasCharset) await node.setCharset(id, settings.charset);
    const peer = node.peer(id);
    if (peer !== undefined) {
      const now: Peer = {
        ...peer,
        ...(hasCharset ? { charset: settings.charset, charsetChosen: true } : {}),
        ...(hasPolicy ? { encrypt: settings.encrypt } : {}),
      };
      output.object("peer", peerFields(now));
      output.line(
        rowOf(now, context.text(`state.${peer.state}`), context.text(`trust.${peer.trust}`)).join("  "),
      );
    }
    return exitCodes.done;
  });
};
