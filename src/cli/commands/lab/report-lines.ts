// A report as lines of text for people, 80 columns, no colour needed. Numbers only; what is not known is a dash. Called by every
// measuring command and by `lab report`.
import { safeText } from "../../../index.js";
import type { LabTextKey } from "../../../i18n/lab-zh-CN.js";
import type { Translate } from "../../../i18n/catalogue.js";
import type { Experiment } from "../../../lab/experiment.js";
import type { LabReport, LedgerReport, WayReport } from "../../../lab/report/report-shape.js";
import { stripRows } from "../../../lab/report/strip.js";
import { predictEcho } from "../../../lab/stats/prediction.js";
import { formatImpairment, type Impairment } from "../../../index.js";
import { formatTable, measureWidth, padWidth } from "../../width.js";

type Text = Translate<LabTextKey>;

const titleColumns = 68;
/** A strip of more rows is for the file. */
const mostRows = 40;

/** The first line: what was typed, and the seed that repeats it. */
export const titleLine = (words: readonly string[], seed: string): string => {
  const typed = safeText(`feiyan ${words.join(" ")}`);
  return measureWidth(typed) < titleColumns
    ? `${padWidth(typed, titleColumns)}seed ${seed}`
    : `${typed}  seed ${seed}`;
};

export const impairmentText = (spec: Impairment | string, text: Text): string => {
  // The seed stands in the first line.
  const written = (typeof spec === "string" ? spec : formatImpairment(spec)).replace(/(?:^|,)seed=\d+/u, "");
  return written === ""
    ? text("run.unimpaired")
    : safeText(written.replaceAll("=", " ").replaceAll(",", ", "));
};

/** Before the run: what will be sent, and what is to be expected. */
export const plannedLines = (experiment: Experiment, text: Text): readonly string[] => {
  const { up, down, n, mode, sizeBytes } = experiment;
  const sent = text("run.sent", {
    n,
    rate: round(experiment.ratePps, 2),
    size: sizeBytes,
    up: impairmentText(up, text),
    down: impairmentText(down, text),
  });
  const prediction =
    mode === "down"
      ? text("run.predicted.down", { ...predictEcho({}, down, sizeBytes, n).downLost, n })
      : text("run.predicted.up", { ...predictEcho(up, down, sizeBytes, n).upLost, n });
  return [sent, prediction];
};

/** After the run. */
export const reportLines = (report: LabReport, text: Text): readonly string[] => [
  ...stripLines(report.strip ?? ""),
  ...(report.experiment?.reducedByServer ?? []).map(
    ({ what, wanted, granted }) =>
      ` ${text("run.reduced", { what, wanted: round(wanted, 2), granted: round(granted, 2) })}`,
  ),
  ...wayLines(report, text),
  ...roundTripLines(report, text),
  ...ledgerLines(report, text),
  ...checkLines(report, text),
  ...noteLines(report, text),
  ...tableLines(report),
];

const stripLines = (strip: string): readonly string[] => {
  const rows = stripRows(strip);
  return rows.length <= mostRows ? rows : [...rows.slice(0, mostRows), "  ..."];
};

const wayLines = (report: LabReport, text: Text): readonly string[] => {
  const ways = [
    ["way.there", report.up, report.experiment?.mode !== "down"],
    ["way.back", report.down, report.experiment?.mode !== "up"],
  ] as const;
  const names = ways.map(([key]) => text(key));
  const widest = Math.max(...names.map(measureWidth)) + 1;
  return ways.flatMap(([key, way, isWanted]) => {
    if (report.experiment === undefined || !isWanted) return [];
    const name = padWidth(text(key), widest);
    if (way === undefined) return [text("way.unknown", { way: name })];
    return [lossLine(name, way, text), ...extraLine(name, way, text)];
  });
};

const lossLine = (way: string, stats: WayReport, text: Text): string => {
  const { sent: n, rate, ci95, below, bursts, bursty } = stats;
  const lost = String(stats.lost).padStart(3);
  if (below !== null) return text("way.none", { way, lost, n, below: percent(below, 2) });
  const interval =
    ci95 === null
      ? text("way.interval.few")
      : text(bursty ? "way.interval.bursty" : "way.interval", {
          low: percent(ci95[0], 1),
          high: percent(ci95[1], 1),
        });
  return text("way.lost", {
    way,
    lost,
    n,
    rate: rate === null ? "-" : percent(rate, 2),
    interval,
    run: bursts.max,
  });
};

const extraLine = (way: string, stats: WayReport, text: Text): readonly string[] => {
  const { copies, damaged } = stats;
  const reordered = stats.reordered.count;
  return copies + damaged + reordered === 0 ? [] : [text("way.extra", { way, copies, reordered, damaged })];
};

const roundTripLines = (report: LabReport, text: Text): readonly string[] => {
  const { roundTrip, experiment } = report;
  if (roundTrip === undefined) return [];
  const { rttUs } = roundTrip;
  if (rttUs === null) return [text("rtt.none")];
  const line = text("rtt.line", {
    p50: (rttUs.p50 / 1_000).toFixed(2),
    p95: (Math.ceil(rttUs.p95 / 100 - 1e-6) / 10).toFixed(1),
    jitter: ((report.down?.jitterUs ?? 0) / 1_000).toFixed(2),
  });
  const isQuiet = roundTrip.late === 0 && roundTrip.afterEnd === 0;
  const late = text("rtt.late", {
    deadline: experiment?.deadlineMs,
    late: roundTrip.late,
    afterEnd: roundTrip.afterEnd,
  });
  return isQuiet ? [line] : [line, late];
};

const ledgerLines = (report: LabReport, text: Text): readonly string[] => {
  const ways = [report.ledger?.up, report.ledger?.down].filter((way) => way !== undefined);
  if (ways.length === 0) return [];
  const sum = (pick: (way: LedgerReport) => number | null): number | null =>
    ways.reduce<number | null>((total, way) => {
      const one = pick(way);
      return one === null || total === null ? null : total + one;
    }, 0);
  const relay = sum((way) => way.relay);
  const damaged = sum((way) => way.damaged) ?? 0;
  const relayBuffer = sum((way) => way.relayBuffer);
  const neverLeft = sum((way) => way.neverLeft);
  const values = {
    relay: dash(relay),
    buffer: dash(sum((way) => way.receiverBuffer)),
    checksum: dash(sum((way) => way.checksum)),
    unexplained: dash(sum((way) => way.unexplained)),
    damaged,
    relayBuffer: dash(relayBuffer),
    neverLeft: dash(neverLeft),
  };
  if (relay === null) return [text("where.line.network", values)];
  const hasMore = damaged + (relayBuffer ?? 0) + (neverLeft ?? 0) > 0;
  return [text("where.line", values), ...(hasMore ? [text("where.extra", values)] : [])];
};

const relayLost = (way: LedgerReport | undefined): number | string =>
  way === undefined || way.relay === null ? "-" : way.relay + way.damaged;

const checkLines = (report: LabReport, text: Text): readonly string[] => {
  const { check, ledger } = report;
  if (check === undefined) return [];
  const verdicts = [check.upLost, check.downLost].filter((one) => one !== "unknown");
  const verdict = verdicts.includes("different")
    ? "check.wrong"
    : verdicts.includes("explained")
      ? "check.explained"
      : "check.exact";
  return [
    text("check.line", {
      up: relayLost(ledger?.up),
      down: relayLost(ledger?.down),
      upLost: report.up?.lost ?? "-",
      downLost: report.down?.lost ?? "-",
      numbers: text(`check.${check.lostNumbers}`),
      verdict: text(verdict),
    }),
  ];
};

const noteKeys = ["stopped", "silence", "no-verdict", "paused", "foreign", "no-arrivals"] as const;

const noteLines = (report: LabReport, text: Text): readonly string[] =>
  noteKeys.filter((note) => report.notes.includes(note)).map((note) => text(`note.${note}`));

const tableLines = ({ table }: LabReport): readonly string[] => {
  if (table === undefined) return [];
  const rows = table.rows.map((row) => row.map((cell) => (cell === null ? "-" : safeText(String(cell)))));
  return formatTable([table.columns.map((name) => safeText(name)), ...rows]).map((line) => ` ${line}`);
};

const dash = (value: number | null): number | string => value ?? "-";

export const percent = (share: number, digits: number): string => (share * 100).toFixed(digits);

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
