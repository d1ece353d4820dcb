// `feiyan peers set`: what we decide about one peer, told to the running instance or written to the history.
import { defaultPolicy, type Peer, type PeerPolicy } from "../../../index.js";
import { hasFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { peerFields } from "../../json.js";
import { CliProblem } from "../../problem.js";
import { findPeer, withKnownPeers } from "./known-peers.js";
import { formatPeers } from "./peer-rows.js";

/** Flags that switch one thing on and off. */
const switches = [
  { key: "blocked", on: "block", off: "unblock" },
  { key: "muted", on: "mute", off: "unmute" },
  { key: "favourite", on: "favourite", off: "unfavourite" },
  { key: "unlogged", on: "unlogged", off: "logged" },
] as const;

/** The charset is set by the flag of that name, which every command has. */
export const setPeer = async (context: CommandContext): Promise<number> => {
  const { loaded, settings, output, args, text } = context;
  const policy = readPolicy(context);
  const charset = loaded.origins.charset === "flag" ? settings.charset : null;
  if (charset === null && Object.keys(policy).length === 0) {
    throw new CliProblem("missing-argument", {
      argument: "--block, --mute, --favourite, --note, --charset …",
    });
  }
  return await withKnownPeers(context, "peers set", async (node) => {
    const { id } = findPeer(context, node, args[0] ?? "");
    if (Object.keys(policy).length > 0) await node.setPolicy(id, policy);
    if (charset !== null) await node.setCharset(id, charset);
    const peer = node.peer(id);
    if (peer === undefined) return exitCodes.done;
    // The change may be on its way here still.
    const now: Peer = {
      ...peer,
      policy: { ...defaultPolicy, ...peer.policy, ...policy },
      ...(charset === null ? {} : { charset, charsetChosen: true }),
    };
    output.object("peer", peerFields(now));
    for (const row of formatPeers([now], text)) output.line(row);
    return exitCodes.done;
  });
};

const readPolicy = (context: CommandContext): Partial<PeerPolicy> => {
  const chosen = switches.flatMap(({ key, on, off }) => {
    const [isOn, isOff] = [hasFlag(context, on), hasFlag(context, off)];
    if (isOn && isOff) throw new CliProblem("flags-conflict", { flags: `--${on}, --${off}` });
    return isOn || isOff ? [[key, isOn] as const] : [];
  });
  const note = textFlag(context, "note");
  return { ...Object.fromEntries(chosen), ...(note === undefined ? {} : { note }) };
};
