// `feiyan history redecode|delete`: kept texts read anew from their bytes, and what is to be forgotten. Both say what they would do, and
// ask before anything is lost.
import {
  createTextCodec,
  redecodeHistory,
  type Charset,
  type HistoryStore,
  type MessageId,
  type PeerId,
  type RedecodeResult,
  type RemoveRequest,
} from "../../../index.js";
import { hasFlag, listFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { askPerson } from "../../read-input.js";
import { findInstance } from "../../session.js";
import { conversationFlag, neededConversation } from "./find-conversation.js";
import { dateFlag, withKept } from "./read.js";

interface Redecoding {
  readonly conversation: PeerId;
  readonly charset: Charset;
  /** The peer is read and written to in it from now on. */
  readonly fixes: boolean;
}

/** By the running instance, whose screen follows at once; null when there is none. */
const redecodeThrough = async (
  context: CommandContext,
  { conversation, charset, fixes }: Redecoding,
): Promise<RedecodeResult | null> => {
  const attached = await findInstance(context, { events: false });
  if (attached === null) return null;
  const { node } = attached;
  try {
    if (fixes && node.peer(conversation) !== undefined) await node.setCharset(conversation, charset);
    return await node.redecode(conversation, charset);
  } finally {
    await node.close();
  }
};

const redecodeHere = async (
  store: HistoryStore,
  { conversation, charset, dryRun, fixes }: Redecoding & { readonly dryRun: boolean },
): Promise<RedecodeResult> => {
  const result = await redecodeHistory(store, { conversation, charset, dryRun }, createTextCodec());
  const peer = fixes ? (await store.state()).peers.find(({ id }) => id === conversation) : undefined;
  if (peer !== undefined) await store.write({ kind: "peer", peer: { ...peer, chosenCharset: charset } });
  return result;
};

export const redecode = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const { settings, loaded, output, text } = context;
    if (loaded.origins.charset !== "flag")
      throw new CliProblem("missing-argument", { argument: "--charset" });
    const conversation = await neededConversation(context, store);
    const { charset } = settings;
    const dryRun = hasFlag(context, "dry-run");
    const fixes = hasFlag(context, "fix") && !dryRun;
    const result =
      (dryRun ? null : await redecodeThrough(context, { conversation, charset, fixes })) ??
      (await redecodeHere(store, { conversation, charset, dryRun, fixes }));
    output.object("redecoded", { conversation, charset, dryRun, ...result });
    output.line(text(dryRun ? "cli.history.wouldRedecode" : "cli.history.redecoded", { ...result, charset }));
    return exitCodes.done;
  });

export const deleteHistory = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const { output, text, surroundings } = context;
    const ids = listFlag(context, "id");
    const conversation = await conversationFlag(context, store);
    const beforeMs = dateFlag(context, "before");
    const isEverything = hasFlag(context, "everything");
    const isNamed = ids.length > 0 || conversation !== undefined || beforeMs !== undefined;
    if (!isNamed && !isEverything) {
      throw new CliProblem("missing-argument", { argument: "--with, --before, --id, --everything" });
    }
    if (isNamed && isEverything) throw new CliProblem("flags-conflict", { flags: "--everything" });
    if (!hasFlag(context, "yes")) {
      if (surroundings.stdin.isTTY !== true) throw new CliProblem("confirmation-needed", {});
      const question = text(isEverything ? "cli.history.confirmAll" : "cli.history.confirm");
      if (!(await askPerson(`${question} `, surroundings))) throw new CliProblem("cancelled");
    }
    const request: RemoveRequest = {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an id that fits nothing removes nothing
      ...(ids.length === 0 ? {} : { ids: ids as readonly MessageId[] }),
      ...(conversation === undefined ? {} : { conversation }),
      ...(beforeMs === undefined ? {} : { beforeMs }),
    };
    const removed = await store.remove(request);
    output.object("deleted", { removed });
    output.line(text("cli.history.deleted", { removed }));
    return exitCodes.done;
  });
