// `feiyan lab sizes`: the same loss per packet, datagrams of different sizes.
import { runSizes } from "../../../lab/demos/sizes.js";
import { numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatTable } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { seedOf } from "../lab/lab-flags.js";
import { shareFlag } from "./flags.js";
import { demoTexts, formatPercent } from "../../../lab/demo-texts.js";

export const sizes = async (context: CommandContext): Promise<number> => {
  const { output, language } = context;
  const text = demoTexts(language);
  const loss = shareFlag(context, "loss") ?? 0.05;
  const mtu = numberFlag(context, "mtu") ?? 1_500;
  const datagrams = numberFlag(context, "count") ?? 2_000;
  const seed = seedOf(context);
  output.line(text("sizes.heading", { loss: formatPercent(loss), mtu, count: datagrams, seed }));
  const rows = await runSizes({ loss, mtu, datagrams, seed });
  const heading = (["payload", "fragments", "predicted", "lost"] as const).map((name) =>
    text(`sizes.${name}`),
  );
  const cells = rows.map((row) => [
    String(row.payloadBytes),
    String(row.fragments),
    `${formatPercent(row.predictedLoss)}%`,
    `${formatPercent(row.lost / row.sent)}%`,
  ]);
  for (const row of formatTable([heading, ...cells])) output.line(row);
  output.line(text("sizes.why"));
  emitReport(context, {
    kind: "sizes",
    columns: ["payloadBytes", "packets", "predictedLoss", "sent", "lost"],
    rows: rows.map((row) => [row.payloadBytes, row.fragments, row.predictedLoss, row.sent, row.lost]),
    notes: [`seed=${seed}`, `loss=${loss}`, `mtu=${mtu}`, "model on the memory network"],
  });
  return exitCodes.done;
};
