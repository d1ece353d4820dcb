// Which kept conversation a name means: its id, `everyone`, the name of a peer we remember, or the name it was kept under. Ambiguous
// names are errors that list whom they fit, as for those present.
import { everyone, FeiyanError, foldText, type HistoryStore, type PeerId } from "../../../index.js";
import type { CommandContext } from "../../context.js";
import { textFlag } from "../../context.js";
import { CliProblem } from "../../problem.js";

export const findConversation = async (store: HistoryStore, name: string): Promise<PeerId> => {
  if (["everyone", "all", "所有人", "大家"].includes(name)) return everyone;
  const [{ peers }, conversations] = [await store.state(), await store.conversations()];
  const wanted = foldText(name.replace(/^id:/u, ""));
  const candidates = [
    ...peers.map((peer) => ({
      id: peer.id,
      names: [peer.id, peer.nick, peer.user, `${peer.user}@${peer.host}`, peer.endpoint.address],
    })),
    ...conversations.map((one) => ({ id: one.id, names: [one.id, one.name, one.id.split("@")[0] ?? ""] })),
  ];
  const kept = new Set(conversations.map(({ id }) => id));
  const fitting = new Set(
    candidates.filter(({ names }) => names.some((one) => foldText(one) === wanted)).map(({ id }) => id),
  );
  // Who was never talked with has no conversation to mean, when somebody of that name has.
  const talkedWith = [...fitting].filter((id) => kept.has(id));
  const found = talkedWith.length > 0 ? talkedWith : [...fitting];
  const [only] = found;
  if (found.length > 1) {
    const matches = found.map((id) => `id:${id}`);
    throw new FeiyanError("peer-ambiguous", `several are called ${name}`, { target: name, matches });
  }
  if (only === undefined) throw new FeiyanError("no-such-peer", `nobody is called ${name}`, { target: name });
  return only;
};

/** The conversation that `--with` names; undefined without the flag. */
export const conversationFlag = async (
  context: CommandContext,
  store: HistoryStore,
): Promise<PeerId | undefined> => {
  const name = textFlag(context, "with");
  return name === undefined ? undefined : await findConversation(store, name);
};

/** The conversation that must be named. */
export const neededConversation = async (context: CommandContext, store: HistoryStore): Promise<PeerId> => {
  const conversation = await conversationFlag(context, store);
  if (conversation === undefined) throw new CliProblem("missing-argument", { argument: "--with" });
  return conversation;
};
