// `feiyan history queue`: what waits for absent people, and taking it back. A running instance takes back its own, so that its screen
// follows; else it is written into the history, where every program with this history sees it.
import {
  FeiyanError,
  type HistoryStore,
  type KeptMessage,
  type MessageId,
  type QueuedMessage,
  type SavedState,
  type WaitingMessage,
} from "../../../index.js";
import { listFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { findInstance } from "../../session.js";
import { keptLine } from "./kept-lines.js";
import { withKept } from "./read.js";

const nameOf = ({ peerId }: QueuedMessage, { peers }: SavedState): string =>
  peers.find(({ id }) => id === peerId)?.nick ?? peerId;

export const manageQueue = (context: CommandContext): Promise<number> =>
  withKept(context, async (store) => {
    const ids = listFlag(context, "cancel");
    if (ids.length === 0) await listQueue(context, store);
    // oxlint-disable-next-line no-await-in-loop -- in the order given
    for (const id of ids) await cancelOne(context, store, id);
    return exitCodes.done;
  });

/** As it is listed: its id, then the message as it was kept, under the name of who it waits for. */
const lineOf = (
  context: CommandContext,
  { messageId }: QueuedMessage,
  kept: KeptMessage,
  name: string,
): string => `${messageId}  ${keptLine({ ...kept, message: { ...kept.message, peerName: name } }, context)}`;

/** In the order of sending. A running instance sends it; here it is only shown. */
async function listQueue(context: CommandContext, store: HistoryStore): Promise<void> {
  const { output, text } = context;
  const state = await store.state(Infinity);
  const rows = (await store.waiting()) ?? [];
  for (const { queued } of rows) {
    const { messageId, peerId, at, expiresAt } = queued;
    const nick = nameOf(queued, state);
    // oxlint-disable-next-line no-await-in-loop -- a few, each printed when it is there
    const kept = await store.message(messageId);
    if (kept === null) continue;
    output.line(lineOf(context, queued, kept, nick));
    const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
    output.object("queued", { messageId, peer: { id: peerId, nick }, text: queued.text, expires }, at);
  }
  if (rows.length === 0) output.remark(text("cli.history.queueEmpty"));
}

async function cancelOne(context: CommandContext, store: HistoryStore, id: string): Promise<void> {
  const { output, text } = context;
  const rows = ((await store.waiting()) ?? []).filter(({ queued }) => queued.messageId === id);
  const [first] = rows;
  const kept = first === undefined ? null : await store.message(first.queued.messageId);
  if (first === undefined || kept === null) {
    throw new FeiyanError("no-such-message", "nothing of it waits", { messageId: id });
  }
  if (!(await cancelThrough(context, first.queued.messageId))) await cancelHere(store, rows, kept);
  const state = await store.state(Infinity);
  for (const { queued } of rows) {
    const nick = nameOf(queued, state);
    const peer = { id: queued.peerId, nick, address: null };
    const fields = { messageId: id, peer, state: "cancelled", attempt: 0, rttMs: null, cipher: null };
    output.object("delivery", fields, Date.now());
    output.line(text("cli.history.takenBack", { message: lineOf(context, queued, kept, nick) }));
  }
}

/** By the running instance; false when there is none, or it knows nothing of the message. */
async function cancelThrough(context: CommandContext, id: MessageId): Promise<boolean> {
  const attached = await findInstance(context, { events: false });
  if (attached === null) return false;
  try {
    await attached.node.cancel(id);
    return true;
  } catch (error) {
    if (error instanceof FeiyanError && error.code === "no-such-message") return false;
    throw error;
  } finally {
    await attached.node.close();
  }
}

async function cancelHere(
  store: HistoryStore,
  rows: readonly WaitingMessage[],
  { message }: KeptMessage,
): Promise<void> {
  if (rows.some(({ isTaken }) => isTaken)) {
    throw new FeiyanError("queue-taken", "another program sends it", { messageId: message.id });
  }
  const state = "cancelled";
  const writes = rows.flatMap(({ queued: { messageId, peerId } }) => {
    const before = message.deliveries.find((one) => one.peerId === peerId);
    const attempt = before?.attempt ?? 0;
    const delivery = {
      messageId,
      peerId,
      state,
      attempt,
      rttMs: null,
      at: Date.now(),
      final: true,
      cipher: null,
    } as const;
    return [store.write({ kind: "delivery", delivery }), store.write({ kind: "unqueue", messageId, peerId })];
  });
  await Promise.all(writes);
}
