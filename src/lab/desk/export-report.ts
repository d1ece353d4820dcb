// Writes a report beside each other as JSON, CSV and SVG, under a name of its own. Called by the desk for the key that exports.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatCsv } from "../report/csv.js";
import type { DeskAnswer } from "./desk-types.js";
import type { LabReport } from "../report/report-shape.js";
import { formatSvg } from "../report/svg.js";

/** The name given is without its ending, e.g. `feiyan-lab-solo-20261120-140205`. */
export function exportReport(report: LabReport, folder: string): DeskAnswer {
  const at = report.at.replaceAll(/[-:]|\.\d+Z$/gu, "").replace("T", "-");
  const name = join(folder, `feiyan-lab-${report.kind}-${at}`);
  try {
    writeFileSync(`${name}.json`, `${JSON.stringify(report)}\n`);
    writeFileSync(`${name}.csv`, formatCsv(report));
    writeFileSync(`${name}.svg`, formatSvg(report));
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    return { kind: "refused", why: "cannot-write", detail: `${name} (${reason})` };
  }
  return { kind: "exported", file: name };
}
