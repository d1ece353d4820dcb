// A class as a report: one row of a table for each student. Called by `lab serve` and by the teacher's screen.
import { version } from "../../index.js";
import { formatExperiment } from "../experiment.js";
import { teacherTable } from "./teacher-table.js";
import type { LabReport } from "../report/report-shape.js";
import type { StudentRow } from "./teacher-types.js";

const columns = [
  "name",
  "address",
  "consent",
  "sent",
  "there",
  "low",
  "high",
  "back",
  "run-there",
  "run-back",
  "copies",
  "reordered",
  "rtt-ms",
  "where",
] as const;

export function buildClassReport(
  rows: readonly StudentRow[],
  experiment: ReturnType<typeof formatExperiment>,
  at: string,
): LabReport {
  const cells = teacherTable(rows).lines.map((line) => [
    line.name,
    line.address,
    line.consent,
    line.sent,
    line.there,
    line.low,
    line.high,
    line.back,
    line.runThere,
    line.runBack,
    line.copies,
    line.reordered,
    line.rttMs,
    line.where,
  ]);
  return {
    v: 1,
    type: "lab-report",
    at,
    schema: "feiyan-lab/1",
    tool: { version },
    kind: "class",
    experiment: { ...experiment, reducedByServer: [] },
    table: { columns, rows: cells },
    notes: [],
  };
}
