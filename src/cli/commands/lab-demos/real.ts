// `feiyan lab real`: real loss under real TCP, in a Linux namespace of its own; asks first.
import { safeText } from "../../../index.js";
import { runReal } from "../../../lab/demos/real.js";
import { hasFlag, numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { askPerson } from "../../read-input.js";
import { wrapWidth } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { shareFlag } from "./flags.js";
import { demoTexts, formatMs } from "../../../lab/demo-texts.js";

const textColumns = 80;

export const real = async (context: CommandContext): Promise<number> => {
  const { output, language, surroundings } = context;
  const text = demoTexts(language);
  if (!hasFlag(context, "yes")) {
    if (surroundings.stdin.isTTY !== true) throw new CliProblem("missing-argument", { argument: "--yes" });
    if (!(await askPerson(text("real.ask"), surroundings))) throw new CliProblem("cancelled");
  }
  const result = await runReal({
    loss: shareFlag(context, "loss") ?? 0.1,
    messages: numberFlag(context, "count") ?? 300,
  });
  if (result.kind === "refused") {
    const detail = safeText(result.detail);
    const words = [text(`real.refused.${result.reason}`, { detail }), text("real.instead")];
    for (const row of words.flatMap((one) => wrapWidth(one, textColumns))) output.line(row);
    emitReport(context, { kind: "real", columns: ["refused"], rows: [[result.reason]], notes: [detail] });
    return exitCodes.unavailable;
  }
  const { counts, firewall } = result;
  output.line(
    text("real.tcp", {
      sent: counts.tcpSentBytes,
      received: counts.tcpReceivedBytes,
      dropped: counts.tcpDropped,
      retransmitted: counts.tcpRetransmitted,
      time: formatMs(counts.tcpTimeMs),
    }),
  );
  output.line(
    text("real.udp", { sent: counts.udpSent, dropped: counts.udpDropped, received: counts.udpReceived }),
  );
  output.line(text("real.judge", { firewall }));
  emitReport(context, {
    kind: "real",
    columns: Object.keys(counts),
    rows: [Object.values(counts)],
    notes: [`firewall=${firewall}`],
  });
  return exitCodes.done;
};
