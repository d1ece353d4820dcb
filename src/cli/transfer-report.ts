// What a command shows of transfers: one line for each that ended, a line that moves on a terminal while they last, objects with
// `--json`. Shared by `files offer`, `files receive` and `send --file`.
import {
  peerName,
  safeText,
  type Event,
  type Node,
  type Offer,
  type OfferedFile,
  type Transfer,
} from "../index.js";
import { formatByteSize, formatDuration } from "../tui/text/byte-size.js";
import type { CommandContext } from "./context.js";
import { deliveryFields, messageFields, offerFields, transferFields } from "./json.js";
import { describeProblem } from "./problem-text.js";

const name = (text: string): string => safeText(text, { newlines: "space", maxCharacters: 120 });

/** `报告.doc (12.3 KB)`, `照片/`. */
export const describeFile = ({ text }: Pick<CommandContext, "text">, file: OfferedFile): string => {
  if (file.kind === "folder") return `${name(file.name)}/`;
  const size = file.sizeBytes === null ? text("cli.files.size.unknown") : formatByteSize(file.sizeBytes);
  return `${name(file.name)} (${size})`;
};

export const describeFiles = (context: Pick<CommandContext, "text">, offer: Offer): string =>
  offer.files.map((file) => describeFile(context, file)).join(", ");

interface TransferReport {
  /** Prints what an event tells of an offer or a transfer. */
  readonly print: (event: Event) => void;
  /** Takes the moving line away. */
  readonly wipe: () => void;
}

const createTransferReport = (context: CommandContext, node: Node): TransferReport => {
  const { output, surroundings } = context;
  const isMoving = surroundings.stderr.isTTY === true && !output.json && !output.quiet;
  let hasLine = false;
  const wipe = (): void => {
    if (hasLine) surroundings.stderr.write("\r\u001b[K");
    hasLine = false;
  };
  const print = (event: Event): void => {
    if (event.kind === "offer" && event.change === "changed") {
      output.object("offer", offerFields(event.offer, node), event.at);
    }
    if (event.kind !== "transfer") return;
    const { transfer } = event;
    output.object("transfer", transferFields(transfer, node), event.at);
    wipe();
    if (transfer.endedAt !== null) output.line(describeEnd(context, node, transfer));
    else if (isMoving && transfer.state === "started") {
      surroundings.stderr.write(describeProgress(context, transfer, surroundings.stderr.columns ?? 80));
      hasLine = true;
    }
  };
  return { print, wipe };
};

/** Follows all transfers of a node until the returned function is called. */
export const followTransfers = (context: CommandContext, node: Node): (() => void) => {
  const { print, wipe } = createTransferReport(context, node);
  const stop = node.subscribe(print);
  return () => {
    wipe();
    stop();
  };
};

export interface FollowedOffer {
  /** Says which events are ours; those until now that are get printed. */
  readonly only: (isOurs: (event: Event) => boolean) => void;
  readonly stop: () => void;
}

/**
 * Follows what one command gives: its message, deliveries and transfers. Others may be giving through the same instance: which events are
 * ours is known once the offer is made, a moment after the first of them.
 */
export const followOffer = (context: CommandContext, node: Node): FollowedOffer => {
  const { output } = context;
  const transfers = createTransferReport(context, node);
  let early: Event[] = [];
  let isOurs: ((event: Event) => boolean) | null = null;
  const print = (event: Event): void => {
    if (event.kind === "message" && event.message.direction === "out") {
      output.object("message", messageFields(event.message, node), event.message.at);
    }
    if (event.kind === "delivery")
      output.object("delivery", deliveryFields(event.delivery, node), event.delivery.at);
    transfers.print(event);
  };
  const stop = node.subscribe((event) => {
    if (isOurs === null) early.push(event);
    else if (isOurs(event)) print(event);
  });
  return {
    only(chosen) {
      isOurs = chosen;
      for (const event of early.filter(chosen)) print(event);
      early = [];
    },
    stop() {
      transfers.wipe();
      stop();
    },
  };
};

/** What concerns one offer. */
export const isOfOffer =
  ({ offerId }: Pick<Offer, "offerId">) =>
  (event: Event): boolean =>
    (event.kind === "message" && event.message.id === offerId) ||
    (event.kind === "delivery" && event.delivery.messageId === offerId) ||
    (event.kind === "offer" && event.offer.offerId === offerId) ||
    (event.kind === "transfer" && event.transfer.offerId === offerId);

const describeProgress = ({ text }: CommandContext, transfer: Transfer, columns: number): string => {
  const { doneBytes, totalBytes, bytesPerSecond } = transfer;
  const left =
    totalBytes === null || bytesPerSecond === 0
      ? ""
      : formatDuration((totalBytes - doneBytes) / bytesPerSecond);
  const line = text("cli.files.progress", {
    name: safeText(transfer.name, { newlines: "space", maxCharacters: 24 }),
    done: formatByteSize(doneBytes),
    total: totalBytes === null ? "?" : formatByteSize(totalBytes),
    speed: formatByteSize(bytesPerSecond),
    left,
  });
  // A line that wraps could not be taken back.
  return line.slice(0, Math.max(10, (columns >> 1) + 10));
};

/** `报告.doc  完成  12.3 KB  /home/li/报告.doc` */
const describeEnd = ({ text }: CommandContext, node: Node, transfer: Transfer): string => {
  const peer = node.peer(transfer.peerId);
  const parts = [
    name(transfer.name),
    peer === undefined ? "" : name(peerName(peer)),
    text(`transfer.${transfer.state}`),
    formatByteSize(transfer.doneBytes),
    transfer.resumedBytes > 0
      ? text("cli.files.resumed", { size: formatByteSize(transfer.resumedBytes) })
      : "",
    transfer.isVerified ? text("cli.files.verified") : "",
    transfer.skipped > 0 ? text("cli.files.skipped", { count: transfer.skipped }) : "",
    transfer.direction === "in" && transfer.state === "done" ? name(transfer.path ?? "") : "",
    transfer.reason === null ? "" : describeReason(text, transfer),
  ];
  return parts.filter((part) => part !== "").join("  ");
};

const describeReason = (text: CommandContext["text"], { reason, fields }: Transfer): string => {
  if (reason === null) return "";
  const problem = describeProblem(reason, fields, text);
  return problem.remedy === "" ? problem.text : `${problem.text} (${problem.remedy})`;
};
