// A saved report from text of any origin: checked against the shape before anybody shows it. Never throws.
import { type LabReport, reportShape } from "./report-shape.js";
import { fits } from "./shape.js";

export type ReadReport =
  | { readonly ok: true; readonly report: LabReport }
  | { readonly ok: false; readonly where: string };

/** More is no report of ours: a million datagrams with their times stay below. */
export const mostReportCharacters = 64 * 1024 * 1024;

/**
 * Reads a saved report; `where` names what is wrong.
 *
 * @example parseReport("{}") // { ok: false, where: "report.v" }
 */
export function parseReport(source: string): ReadReport {
  if (source.length > mostReportCharacters) return { ok: false, where: "size" };
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    // Not JSON: where exactly, JSON.parse says differently in every version.
    return { ok: false, where: "JSON" };
  }
  if (fits(reportShape, value)) return { ok: true, report: value };
  return { ok: false, where: reportShape.fault(value, "report") ?? "report" };
}
