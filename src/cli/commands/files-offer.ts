// `feiyan files offer`: offers files and folders and stays until every receiver has them, refused them, or the time is over.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerName, safeText, type Node, type Offer } from "../../index.js";
import { listFlag, numberFlag, textFlag, type CommandContext } from "../context.js";
import { sayOptions } from "../deliver.js";
import { exitCodes } from "../exit-code.js";
import { parseByteSize } from "../byte-size.js";
import { CliProblem } from "../problem.js";
import { checkTargets, chooseReceivers } from "../receivers.js";
import { defaultPort, waitFor, withNode, type WithNodeOptions } from "../session.js";
import { parseTargets, type Targets } from "../targets.js";
import { describeFiles, followOffer, isOfOffer } from "../transfer-report.js";

export const offerFiles = async (context: CommandContext): Promise<number> => {
  const fromInput = context.args[0] === "-";
  if (!fromInput) return await offerPaths(context, context.args, "");
  const name = textFlag(context, "as");
  if (name === undefined) throw new CliProblem("missing-argument", { argument: "--as" });
  // The size must be known before anything is offered.
  const folder = mkdtempSync(join(tmpdir(), "feiyan-offer-"));
  try {
    const path = join(folder, "input");
    await spool(context, path);
    return await offerPaths(context, [path], "", name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const spool = async ({ surroundings }: CommandContext, path: string): Promise<void> => {
  const file = createWriteStream(path, { mode: 0o600 });
  for await (const chunk of surroundings.stdin) {
    if (!file.write(chunk)) await new Promise<void>((resolve) => file.once("drain", resolve));
  }
  await new Promise<void>((resolve, reject) => {
    file.once("error", reject);
    file.end(resolve);
  });
};

/** A node that gives files, for one command: known to the receivers, and no faster than `--limit`. */
export const givingOptions = (context: CommandContext, targets: Targets): WithNodeOptions => {
  const limit = textFlag(context, "limit");
  return {
    announceTo: targets.endpoints,
    files: true,
    keeps: "direct",
    fileLimit: limit === undefined ? undefined : parseByteSize("--limit", limit),
  };
};

/** Offers with a text and waits; the exit code tells what became of it. */
export const offerPaths = async (
  context: CommandContext,
  paths: readonly string[],
  text: string,
  as?: string,
): Promise<number> => {
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  checkTargets(targets, false);
  return await withNode(context, givingOptions(context, targets), async (node, used) => {
    const to = await chooseReceivers(context, used, targets, false, targets.wide.length > 0);
    if (to === "everyone") throw new CliProblem("missing-target");
    const followed = followOffer(context, node);
    try {
      const named = as === undefined ? {} : { as };
      const offer = await node.offer(to, paths, { ...sayOptions(context, true), ...named, text });
      followed.only(isOfOffer(offer));
      const peers = offer.parties.map(({ peerId }) => {
        const peer = node.peer(peerId);
        return safeText(peer === undefined ? peerId : peerName(peer), { newlines: "space" });
      });
      const names = describeFiles(context, offer);
      context.output.remark(context.text("cli.files.offered", { names, peers: peers.join(", ") }));
      await untilOver(context, node, offer);
      return exitCodeOf(node, offer);
    } finally {
      followed.stop();
    }
  });
};

const current = (node: Node, offer: Offer): Offer =>
  node.offers().find(({ offerId }) => offerId === offer.offerId) ?? offer;

/** Everybody is done; or has given no sign of having heard of it, and fetches nothing. */
export const untilOver = async (context: CommandContext, node: Node, offer: Offer): Promise<void> => {
  const timeout = numberFlag(context, "timeout");
  const isOver = (): true | undefined => {
    const { parties, offerId } = current(node, offer);
    const deliveries = node.message(offerId)?.deliveries ?? [];
    const open = parties.filter(({ peerId, state }) => {
      if (state !== "open" && state !== "partly") return false;
      const isSilent = deliveries.some((one) => one.peerId === peerId && one.state === "unconfirmed");
      return !isSilent || node.transfers().some((one) => one.offerId === offerId && one.peerId === peerId);
    });
    return open.length === 0 ? true : undefined;
  };
  const isDone = await waitFor(
    node,
    isOver,
    timeout === undefined ? Infinity : timeout * 1000,
    context.surroundings.stop,
  );
  if (isDone === undefined && !context.surroundings.stop.aborted) {
    context.output.remark(context.text("cli.files.timeout"));
  }
  await node.cancelOffer(offer.offerId);
};

export const exitCodeOf = (node: Node, offer: Offer): number => {
  const { parties, offerId } = current(node, offer);
  const done = parties.filter(({ state }) => state === "done").length;
  if (done === parties.length) return exitCodes.done;
  const isAny = node.transfers().some((one) => one.offerId === offerId && one.state === "done");
  if (done > 0 || isAny) return exitCodes.partly;
  const deliveries = node.message(offerId)?.deliveries ?? [];
  // By the receiver, or by us: it could not go as it was meant to.
  const isRefused = parties.every(
    ({ peerId, state }) =>
      state === "refused" || deliveries.some((one) => one.peerId === peerId && one.state === "refused"),
  );
  return isRefused ? exitCodes.refused : exitCodes.unconfirmed;
};
