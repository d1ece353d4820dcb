// `feiyan lab overflow`: real loss by a slow receiver, with the kernel as judge; with `--capacity`, what a receive buffer holds.
import { chargeBytes, measureCapacity } from "../../../lab/demos/capacity.js";
import { runOverflow } from "../../../lab/demos/overflow.js";
import { hasFlag, numberFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatTable } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { bytesFlag, durationFlag } from "./flags.js";
import { demoTexts, formatPercent } from "../../../lab/demo-texts.js";

export const overflow = async (context: CommandContext): Promise<number> =>
  hasFlag(context, "capacity") ? await showCapacity(context) : await showOverflow(context);

const showOverflow = async (context: CommandContext): Promise<number> => {
  const { output, language, surroundings } = context;
  const text = demoTexts(language);
  const options = {
    datagrams: numberFlag(context, "count") ?? 2_000,
    ratePps: numberFlag(context, "rate") ?? 1_000,
    sizeBytes: numberFlag(context, "size") ?? 1_000,
    serviceMs: durationFlag(context, "service") ?? 2,
    bufferBytes: bytesFlag(context, "buffer") ?? null,
    burst: numberFlag(context, "burst") ?? 1,
  };
  const { datagrams: count, ratePps: rate, sizeBytes: size, serviceMs: service, burst } = options;
  output.line(text("overflow.heading", { count, rate, size, service, burst }));
  const result = await runOverflow({ ...options, stop: surroundings.stop });
  const { sent, received, lost, kernelDrops, predictedLoss, bufferBytes: buffer, fit } = result;
  output.line(text("overflow.predicted", { percent: formatPercent(predictedLoss), buffer, fit }));
  const drops = kernelDrops ?? text("notTold");
  const percent = formatPercent(lost / Math.max(1, sent));
  output.line(text("overflow.result", { sent, received, lost, percent, drops }));
  if (kernelDrops !== null) {
    const difference = Math.abs(lost - kernelDrops);
    output.line(text(difference === 0 ? "overflow.equal" : "overflow.different", { count: difference }));
  }
  emitReport(context, {
    kind: "overflow",
    columns: ["sent", "received", "lost", "kernelDrops", "predictedLoss", "bufferBytes", "fit", "timeMs"],
    rows: [[sent, received, lost, kernelDrops, predictedLoss, buffer, fit, Math.round(result.timeMs)]],
    notes: [`ratePps=${rate}`, `sizeBytes=${size}`, `serviceMs=${service}`, `burst=${burst}`],
  });
  return surroundings.stop.aborted ? exitCodes.interrupted : exitCodes.done;
};

const payloads = [16, 64, 200, 512, 1_024, 1_400] as const;

const showCapacity = async (context: CommandContext): Promise<number> => {
  const { output, language } = context;
  const text = demoTexts(language);
  const rows: (readonly [number, number, number, number])[] = [];
  let bufferBytes = 0;
  for (const payload of payloads) {
    const row = await measureCapacity(payload);
    bufferBytes = row.bufferBytes;
    rows.push([payload, chargeBytes(payload), row.predicted, row.measured]);
  }
  output.line(text("capacity.heading", { buffer: bufferBytes }));
  const columns = (["payload", "charge", "predicted", "measured"] as const).map((name) =>
    text(`capacity.${name}`),
  );
  for (const row of formatTable([columns, ...rows.map((cells) => cells.map(String))])) output.line(row);
  emitReport(context, {
    kind: "capacity",
    columns: ["payloadBytes", "chargeBytes", "predicted", "measured"],
    rows,
    notes: [`bufferBytes=${bufferBytes}`],
  });
  return exitCodes.done;
};
