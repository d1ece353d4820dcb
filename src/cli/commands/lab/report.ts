// `feiyan lab report FILE`: a saved report on the screen, as a table or as a picture. The file may come from anybody.
import { readFileSync } from "node:fs";
import { parseReport } from "../../../lab/report/read-report.js";
import type { LabReport } from "../../../lab/report/report-shape.js";
import { safeText } from "../../../index.js";
import { hasFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { labText, printReport, writeFiles } from "./measure.js";
import { replay } from "./replay.js";
import { reportLines } from "./report-lines.js";

export const labReport = async (context: CommandContext): Promise<number> => {
  const { output } = context;
  const text = labText(context);
  const file = context.args[0] ?? "";
  const report = readReport(file, (where) => text("report.unreadable", { where }));
  output.line(text("report.kind", { kind: report.kind, at: safeText(report.at) }));
  const isReplayed = hasFlag(context, "replay") && !output.json;
  if (isReplayed) await replay(context, report);
  if (context.surroundings.stop.aborted) return exitCodes.interrupted;
  const lines = reportLines(isReplayed ? { ...report, strip: "" } : report, text);
  for (const line of lines.length === 0 ? [text("report.noNumbers")] : lines) output.line(line);
  printReport(context, report);
  writeFiles(context, report);
  return exitCodes.done;
};

const readReport = (file: string, refuse: (where: string) => string): LabReport => {
  let source = "";
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliProblem("input-unreadable", { file, reason });
  }
  const read = parseReport(source);
  if (!read.ok) throw new CliProblem("input-unreadable", { file, reason: refuse(safeText(read.where)) });
  return read.report;
};
