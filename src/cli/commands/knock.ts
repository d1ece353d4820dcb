// `feiyan knock`: shakes the window of a peer whose program can, and waits for its word that it did.
import { FeiyanError, formatEndpoint, peerName, safeText, type Event, type PeerId } from "../../index.js";
import { listFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { peerReference } from "../json.js";
import { CliProblem } from "../problem.js";
import { findReceivers, ownGroups, peerAt, waitForEndpoints } from "../find-receivers.js";
import { defaultPort, discoveryMs, waitFor, withNode } from "../session.js";
import { parseTargets } from "../targets.js";

/** Longer than the node waits for an answer. */
const mostMs = 10_000;

export const knock = async (context: CommandContext): Promise<number> => {
  const { output, text, surroundings } = context;
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  if (targets.names.length + targets.endpoints.length === 0) throw new CliProblem("missing-target");
  if (targets.wide.length > 0) throw new CliProblem("too-many-receivers", { max: 100 });
  return await withNode(context, { announceTo: targets.endpoints }, async (node, { searchMs }) => {
    const named = await findReceivers(
      node,
      targets.names,
      searchMs,
      surroundings.stop,
      ownGroups(context, targets.names),
    );
    await waitForEndpoints(node, targets.endpoints, discoveryMs, surroundings.stop);
    const ids = new Set<PeerId>();
    for (const receiver of named) if ("peer" in receiver) ids.add(receiver.peer);
    for (const endpoint of targets.endpoints) {
      const peer = peerAt(node, endpoint);
      if (peer === undefined)
        throw new FeiyanError("no-such-peer", "nobody there", { target: formatEndpoint(endpoint) });
      ids.add(peer.id);
    }
    const answers = new Map<PeerId, boolean>();
    const hear = (event?: Event): true | undefined => {
      if (event?.kind === "knock-answered" && ids.has(event.peer.id))
        answers.set(event.peer.id, event.answered);
      return answers.size === ids.size ? true : undefined;
    };
    const all = waitFor(node, hear, mostMs, surroundings.stop);
    for (const id of ids) await node.knock(id);
    await all;
    for (const id of ids) {
      const peer = node.peer(id);
      const answered = answers.get(id) ?? false;
      output.object("knock", {
        peer: peer === undefined ? { id, nick: "", address: null } : peerReference(peer),
        answered,
      });
      const name = peer === undefined ? id : safeText(peerName(peer), { newlines: "space" });
      output.line(`${name}  ${text(answered ? "cli.knock.answered" : "cli.knock.silent")}`);
    }
    const heard = [...answers.values()].filter(Boolean).length;
    if (heard === ids.size) return exitCodes.done;
    return heard === 0 ? exitCodes.unconfirmed : exitCodes.partly;
  });
};
