// What a command shows of transfers: one line for each that ended, a line that moves on a terminal while they last, objects with
// `--json`. Shared by `files offer`, `files receive` and `send --file`.
import { peerName, safeText, type Node, type Offer, type OfferedFile, type Transfer } from "../index.js";
import { formatByteSize, formatDuration } from "../tui/text/byte-size.js";
import type { CommandContext } from "./context.js";
import { offerFields, transferFields } from "./json.js";
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

/** Follows all transfers of a node until the returned function is called. */
export const followTransfers = (context: CommandContext, node: Node): (() => void) => {
  const { output, surroundings } = context;
  const isMoving = surroundings.stderr.isTTY === true && !output.json && !output.quiet;
  let hasLine = false;
  const wipe = (): void => {
    if (hasLine) surroundings.stderr.write("\r\u001b[K");
    hasLine = false;
  };
  const stop = node.subscribe((event) => {
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
  });
  return () => {
    wipe();
    stop();
  };
};

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
