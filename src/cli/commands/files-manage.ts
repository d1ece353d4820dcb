// `feiyan files list`, `accept`, `refuse` and `cancel`: the offers of the running instance, and what to do with one.
import { resolve } from "node:path";
import { FeiyanError, peerName, safeText, type Node, type Offer } from "../../index.js";
import { formatByteSize } from "../../tui/text/byte-size.js";
import { parseByteSize } from "../byte-size.js";
import { textFlag, type CommandContext } from "../context.js";
import { exitCodes } from "../exit-code.js";
import { offerFields, transferFields } from "../json.js";
import { openFolder } from "../open-folder.js";
import { findInstance } from "../session.js";
import { CliProblem } from "../problem.js";
import { describeFiles } from "../transfer-report.js";
import { formatTable } from "../width.js";

export const listFiles = async (context: CommandContext): Promise<number> =>
  await withOffers(context, "files list", async (node) => {
    const { output, text } = context;
    const offers = node.offers();
    for (const offer of offers) output.object("offer", offerFields(offer, node), offer.at);
    for (const transfer of node.transfers()) output.object("transfer", transferFields(transfer, node));
    for (const row of formatTable(offers.map((offer) => rowOf(context, node, offer)))) output.line(row);
    if (offers.length === 0) output.remark(text("cli.files.none"));
    return exitCodes.done;
  });

export const acceptOffer = async (context: CommandContext): Promise<number> =>
  await withOffers(context, "files accept", async (node) => {
    const { offerId } = findOffer(context, node);
    const dir = textFlag(context, "dir");
    const maxSize = textFlag(context, "max-size");
    const overwrite = textFlag(context, "overwrite");
    const resume = textFlag(context, "resume");
    const offer = await node.accept(offerId, {
      ...(dir === undefined ? {} : { dir: resolve(dir) }),
      ...(maxSize === undefined ? {} : { maxSizeBytes: parseByteSize("--max-size", maxSize) }),
      ...(overwrite === "never" || overwrite === "replace" || overwrite === "rename" ? { overwrite } : {}),
      ...(resume === undefined ? {} : { resume: resume !== "never" }),
    });
    return tell(context, node, offer);
  });

export const refuseOffer = async (context: CommandContext): Promise<number> =>
  await withOffers(context, "files refuse", async (node) =>
    tell(context, node, await node.refuse(findOffer(context, node).offerId)),
  );

export const cancelOffer = async (context: CommandContext): Promise<number> =>
  await withOffers(context, "files cancel", async (node) => {
    const offer = findOffer(context, node);
    await node.cancelOffer(offer.offerId);
    return tell(context, node, node.offers().find(({ offerId }) => offerId === offer.offerId) ?? offer);
  });

/** Where the things of an offer lie; on a desktop their folder is shown. */
export const openOffer = async (context: CommandContext): Promise<number> =>
  await withOffers(context, "files open", async (node) => {
    const { offerId } = findOffer(context, node);
    const found = node
      .transfers()
      .filter((one) => one.offerId === offerId && one.state === "done" && one.path !== null);
    for (const transfer of found) {
      context.output.object("transfer", transferFields(transfer, node));
      context.output.line(safeText(transfer.path ?? "", { newlines: "space", maxCharacters: 4_096 }));
    }
    const path = found[0]?.path;
    if (path == null) throw new FeiyanError("file-not-found", "nothing of it is here", { path: offerId });
    if (context.surroundings.stdout.isTTY === true) openFolder(path);
    return exitCodes.done;
  });

const withOffers = async (
  context: CommandContext,
  command: string,
  use: (node: Node) => Promise<number>,
): Promise<number> => {
  const attached = await findInstance(context);
  if (attached === null) throw new CliProblem("needs-instance", { command }, exitCodes.unavailable);
  try {
    return await use(attached.node);
  } finally {
    await attached.node.close();
  }
};

/** By the whole id, or a beginning or an end that only one has. */
const findOffer = (context: CommandContext, node: Node): Offer => {
  const wanted = context.args[0] ?? "";
  const found = node.offers().filter(({ offerId }) => offerId.startsWith(wanted) || offerId.endsWith(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new FeiyanError("no-such-offer", wanted, { offer: wanted });
};

const tell = ({ output, text }: CommandContext, node: Node, offer: Offer): number => {
  output.object("offer", offerFields(offer, node), offer.at);
  output.line(
    `${offer.offerId}  ${[...new Set(offer.parties.map(({ state }) => text(`offer.${state}`)))].join(", ")}`,
  );
  return exitCodes.done;
};

const rowOf = (context: CommandContext, node: Node, offer: Offer): readonly string[] => {
  const { text } = context;
  const names = offer.parties.map(({ peerId }) => {
    const peer = node.peer(peerId);
    return safeText(peer === undefined ? peerId : peerName(peer), { newlines: "space", maxCharacters: 40 });
  });
  const moving = node.transfers().find((one) => one.offerId === offer.offerId && one.state === "started");
  const states = offer.parties.map(({ state }) => text(`offer.${state}`));
  const paths = node
    .transfers()
    .filter((one) => one.offerId === offer.offerId && one.direction === "in" && one.state === "done")
    .map(({ path }) => safeText(path ?? "", { newlines: "space", maxCharacters: 4_096 }));
  const progress =
    moving === undefined
      ? states.join(", ")
      : `${formatByteSize(moving.doneBytes)}  ${formatByteSize(moving.bytesPerSecond)}/s`;
  return [
    offer.offerId,
    offer.direction === "in" ? "←" : "→",
    names.join(", "),
    describeFiles(context, offer),
    progress,
    paths.join(", "),
  ];
};
