// `feiyan files picture`: sends one picture, inside a message to FeiQ, as an attachment to others, and stays until it is there or given up.
import { FeiyanError, type Event, type Node, type PeerId, type Picture } from "../../index.js";
import { listFlag, numberFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { CliProblem } from "../problem.js";
import { checkTargets, chooseReceivers } from "../receivers.js";
import { defaultPort, waitFor, withNode } from "../session.js";
import { parseTargets } from "../targets.js";
import { followOffer, isOfOffer } from "../transfer-report.js";
import { eventObjects } from "../json.js";
import { describeProblem } from "../problem-text.js";
import { exitCodeOf, givingOptions, untilOver } from "./files-offer.js";

export const sendPicture = async (context: CommandContext): Promise<number> => {
  const [path = "", ...words] = context.args;
  const targets = parseTargets(listFlag(context, "to"), defaultPort(context));
  checkTargets(targets, false);
  return await withNode(context, givingOptions(context, targets), async (node, used) => {
    const to = await chooseReceivers(context, used, targets, false, targets.wide.length > 0);
    if (to === "everyone") throw new CliProblem("missing-target");
    const codes: number[] = [];
    for (const receiver of to) {
      if (!("peer" in receiver))
        throw new FeiyanError("no-such-peer", "nobody is known there", { target: path });
      // oxlint-disable-next-line no-await-in-loop -- one after another: slices are paced
      codes.push(await sendTo(context, node, receiver.peer, path, words.join(" ")));
    }
    const [first = exitCodes.done] = codes;
    return codes.every((code) => code === first) ? first : exitCodes.partly;
  });
};

const sendTo = async (
  context: CommandContext,
  node: Node,
  peer: PeerId,
  path: string,
  words: string,
): Promise<number> => {
  const { output, text, surroundings } = context;
  let ended: Picture | undefined;
  const stopEvents = node.subscribe((event) => {
    if (event.kind !== "picture" || event.picture.peerId !== peer || event.picture.direction !== "out")
      return;
    for (const { type, at, fields } of eventObjects(event, node)) output.object(type, fields, at);
    if (event.picture.state !== "started") ended = event.picture;
  });
  const followed = followOffer(context, node);
  try {
    const offer = await node.sendPicture(peer, path, words);
    // To FeiQ it is part of a message, which nobody else writes in that moment.
    followed.only(offer === null ? isTo(peer) : isOfOffer(offer));
    if (offer !== null) {
      await untilOver(context, node, offer);
      return exitCodeOf(node, offer);
    }
    const timeout = numberFlag(context, "timeout");
    const waitMs = timeout === undefined ? Infinity : timeout * 1000;
    const picture = await waitFor(node, () => ended, waitMs, surroundings.stop);
    if (picture?.state === "done") {
      output.line(text("cli.files.pictureSent"));
      return exitCodes.done;
    }
    const reason = picture?.reason ?? "picture-not-confirmed";
    output.remark(describeProblem(reason, {}, text).text);
    return exitCodes.unconfirmed;
  } finally {
    stopEvents();
    followed.stop();
  }
};

const isTo =
  (peer: PeerId) =>
  (event: Event): boolean =>
    event.kind === "message"
      ? event.message.to.includes(peer)
      : event.kind === "delivery" && event.delivery.peerId === peer;
