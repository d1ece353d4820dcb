// The report of a demonstration: a `lab-report` object of one table, on stdout with `--json`, in files with `--save`, `--csv` and
// `--svg`. The same shape as the reports of measurements, so `feiyan lab report` reads it.
import { writeFileSync } from "node:fs";
import { version } from "../../../index.js";
import { formatCsv } from "../../../lab/report/csv.js";
import type { LabReport } from "../../../lab/report/report-shape.js";
import { formatSvg } from "../../../lab/report/svg.js";
import { textFlag, type CommandContext } from "../../context.js";
import { formatObject } from "../../output.js";
import { CliProblem } from "../../problem.js";

export type Cell = string | number | null;

export interface DemoReport {
  readonly kind: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What one needs to do it again: seed, line, sizes. */
  readonly notes: readonly string[];
}

/** A note of a report has at most so many characters. */
const noteCharacters = 200;

/** Hands a report to everybody who asked for it. */
export const emitReport = (context: CommandContext, { kind, columns, rows, notes }: DemoReport): void => {
  const at = Date.now();
  const fields = {
    schema: "feiyan-lab/1",
    tool: { version },
    kind,
    table: { columns, rows },
    notes: notes.map((note) => note.slice(0, noteCharacters)),
  } as const;
  const report: LabReport = { v: 1, type: "lab-report", at: new Date(at).toISOString(), ...fields };
  context.output.object("lab-report", fields, at);
  const files = {
    save: () => `${formatObject("lab-report", fields, at)}\n`,
    csv: () => formatCsv(report),
    svg: () => formatSvg(report),
  };
  for (const [flag, make] of Object.entries(files)) {
    const file = textFlag(context, flag);
    if (file !== undefined) writeText(file, make());
  }
};

const writeText = (file: string, text: string): void => {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliProblem("input-unreadable", { file, reason }, 1);
  }
};
