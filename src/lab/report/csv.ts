// Reports as tables for spreadsheets: per datagram, or per row of a class, race or demonstration. A cell that a spreadsheet would
// take for a formula gets an apostrophe in front.
import type { RunRecord } from "../session/run-record.js";
import { roundTripsUs } from "./build-report.js";
import type { LabReport } from "./report-shape.js";

/** @example csvCell("=1+1") // "'=1+1" */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvTable(
  columns: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  const lines = [columns.map(csvCell).join(",")];
  for (const row of rows) lines.push(row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

const datagramColumns = ["seq", "sent_us", "there", "back", "copies", "rtt_us", "fate"];

/** The numbers per datagram as a report keeps them: sent, there, back, copies, round trip. */
export function datagramRows(record: RunRecord): (number | null)[][] {
  const rtts = roundTripsUs(record);
  const firstNs = record.sentNs.find((one) => !Number.isNaN(one)) ?? 0;
  return Array.from({ length: record.attempted }, (_unused, seq) => {
    const sentUs = ((record.sentNs[seq] ?? Number.NaN) - firstNs) / 1_000;
    const rttUs = rtts[seq] ?? Number.NaN;
    const there = record.there?.[seq] ?? null;
    const here = record.here[seq] ?? 0;
    return [
      Number.isNaN(sentUs) ? null : Math.round(sentUs * 1_000) / 1_000,
      there,
      record.terms.mode === "up" ? null : here,
      record.terms.mode === "up" ? there : here,
      Number.isNaN(rttUs) || record.terms.mode !== "echo" ? null : Math.round(rttUs * 1_000) / 1_000,
    ];
  });
}

/** A report as CSV: its table where it has one, else its datagrams. */
export function formatCsv(report: LabReport): string {
  if (report.table !== undefined) return csvTable(report.table.columns, report.table.rows);
  const rows = report.datagrams ?? [];
  const strip = report.strip ?? "";
  const length = Math.max(rows.length, strip.length);
  return csvTable(
    datagramColumns,
    Array.from({ length }, (_unused, seq) => {
      const [sentUs = null, there = null, back = null, copies = null, rttUs = null] = rows[seq] ?? [];
      return [seq, sentUs, there, back, copies, rttUs, strip[seq] ?? ""];
    }),
  );
}
