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

const trustAnswers = ["accept", "reject", "verify", "forget"] as const;

/** The charset, and whether to encrypt, are set by the flags of those names, which every command has. */
export const setPeer = async (context: CommandContext): Promise<number> => {
  const { loaded, settings, output, args, text } = context;
  const policy = readPolicy(context);
  const charset = loaded.origins.charset === "flag" ? settings.charset : null;
  const encrypt = loaded.origins.encrypt === "flag" ? settings.encrypt : null;
  const answer = trustAnswers.find((one) => one === textFlag(context, "key"));
  const isEmpty = charset === null && encrypt === null && answer === undefined;
  if (isEmpty && Object.keys(policy).length === 0) {
    throw new CliProblem("missing-argument", {
      argument: "--block, --mute, --favourite, --note, --key, --encrypt, --charset …",
    });
  }
  return await withKnownPeers(context, "peers set", async (known) => {
    const { node } = known;
    const { id } = await findPeer(context, known, args[0] ?? "");
    if (Object.keys(policy).length > 0) await node.setPolicy(id, policy);
    if (answer !== undefined) await node.answerTrust(id, answer);
    if (encrypt !== null) await node.setEncrypt(id, encrypt);
    if (charset !== null) await node.setCharset(id, charset);
    const peer = node.peer(id);
    if (peer === undefined) return exitCodes.done;
    // The change may be on its way here still.
    const now: Peer = {
      ...peer,
      policy: { ...defaultPolicy, ...peer.policy, ...policy },
      ...(charset === null ? {} : { charset, charsetChosen: true }),
      ...(encrypt === null ? {} : { encrypt }),
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
