// A report as one picture: strip, loss with its interval, burst lengths, round trips, or the bars of a table. Plain shapes and text:
// no script, nothing fetched from anywhere, every text escaped. The scale and the path are written here; nothing is drawn for
// the eye that is not in the numbers.
import type { LabReport, WayReport } from "./report-shape.js";

const width = 860;
const cell = 12;
const cellsPerRow = 50;
const mostRows = 40;
const left = 70;

const colours: Readonly<Record<string, string>> = {
  ".": "#9ecae1",
  u: "#d62728",
  d: "#ff7f0e",
  l: "#bcbd22",
  "?": "#dddddd",
  "2": "#9467bd",
  r: "#17becf",
  x: "#8c564b",
  s: "#333333",
  b: "#e377c2",
};

/** Text that may stand in SVG: marks escaped, control characters gone. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/\p{Cc}|\p{Cs}/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

interface Block {
  readonly height: number;
  readonly body: string;
}

export function formatSvg(report: LabReport): string {
  const { experiment } = report;
  const title = `feiyan lab ${report.kind}${experiment === undefined ? "" : `, seed ${experiment.seed}`}`;
  const blocks = [
    ...(report.strip === undefined || report.strip === "" ? [] : [stripBlock(report.strip)]),
    ...(report.up === undefined && report.down === undefined ? [] : [lossBlock(report)]),
    ...[report.up, report.down].flatMap((way, at) =>
      way === undefined || way.lost === 0 ? [] : [burstBlock(way, at === 0 ? "there" : "back")],
    ),
    ...((report.roundTrip?.histogramUs.length ?? 0) === 0
      ? []
      : [
          barBlock(
            "round trip, up to ms",
            report.roundTrip?.histogramUs.map(([us, count]) => [String(us / 1_000), count] as const) ?? [],
          ),
        ]),
    ...(report.table === undefined ? [] : [tableBlock(report.table)]),
  ];
  let y = 40;
  const groups = blocks.map((block) => {
    const group = `<g transform="translate(0 ${y})">${block.body}</g>`;
    y += block.height + 24;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="monospace" font-size="12">`,
    `<rect width="${width}" height="${y}" fill="#ffffff"/>`,
    label(10, 22, title, 'font-size="15"'),
    ...groups,
    "</svg>\n",
  ].join("\n");
}

function label(x: number, y: number, text: string, more = ""): string {
  return `<text x="${x}" y="${y}" ${more}>${escapeXml(text)}</text>`;
}

function rect(x: number, y: number, w: number, h: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${fill}"/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A linear scale from 0 … most to 0 … pixels. */
function scale(most: number, pixels: number): (value: number) => number {
  return (value) => (most <= 0 ? 0 : (Math.min(value, most) / most) * pixels);
}

function stripBlock(strip: string): Block {
  const rows = Math.min(mostRows, Math.ceil(strip.length / cellsPerRow));
  const shown = strip.slice(0, rows * cellsPerRow);
  const parts = Array.from(shown, (letter, at) => {
    const x = left + (at % cellsPerRow) * (cell + 2);
    const y = Math.floor(at / cellsPerRow) * (cell + 4);
    const mark = letter === "." ? "" : label(x + 3, y + 10, letter, 'font-size="10"');
    return rect(x, y, cell, cell, colours[letter] ?? "#dddddd") + mark;
  });
  const numbers = Array.from({ length: rows }, (_unused, row) =>
    label(10, row * (cell + 4) + 10, String(row * cellsPerRow)),
  );
  const more = shown.length < strip.length ? [label(left, rows * (cell + 4) + 12, `… ${strip.length}`)] : [];
  return {
    height: rows * (cell + 4) + (more.length > 0 ? 18 : 0),
    body: [...numbers, ...parts, ...more].join(""),
  };
}

/** Two bars with their intervals as lines, on one scale. */
function lossBlock(report: LabReport): Block {
  const ways = [
    ["there", report.up],
    ["back", report.down],
  ] as const;
  const most = Math.max(0.01, ...ways.map(([, way]) => way?.ci95?.[1] ?? way?.rate ?? 0)) * 1.1;
  const at = scale(most, width - left - 160);
  const rows = ways.flatMap(([name, way]) => (way === undefined ? [] : [{ name, way }]));
  const body = rows.map(({ name, way }, row) => {
    const y = row * 30 + 4;
    const interval =
      way.ci95 === null
        ? ""
        : `<path d="M${round(left + at(way.ci95[0]))} ${y + 8}H${round(left + at(way.ci95[1]))}" stroke="#000000" fill="none"/>`;
    const rate = way.rate === null ? "-" : `${(way.rate * 100).toFixed(2)} %`;
    return [
      label(10, y + 12, name),
      rect(left, y, at(way.rate ?? 0), 16, "#d62728"),
      interval,
      label(width - 150, y + 12, `${way.lost}/${way.sent} ${rate}`),
    ].join("");
  });
  return { height: rows.length * 30, body: body.join("") };
}

function burstBlock(way: WayReport, name: string): Block {
  const lengths = Object.entries(way.bursts.lengths).slice(0, 20);
  return barBlock(`losses in a row, ${name}`, lengths);
}

function barBlock(title: string, entries: readonly (readonly [string, number])[]): Block {
  const most = entries.reduce((largest, [, value]) => Math.max(largest, value), 0);
  const at = scale(most, width - left - 170);
  const body = entries.map(([name, value], row) => {
    const y = row * 18 + 18;
    return [
      label(10, y + 11, name.slice(0, 10)),
      rect(left, y, at(value), 12, "#1f77b4"),
      label(width - 90, y + 11, String(Math.round(value * 100) / 100)),
    ].join("");
  });
  return { height: entries.length * 18 + 18, body: label(10, 8, title) + body.join("") };
}

/** The first column names the bars, the first column of numbers measures them. */
function tableBlock(table: NonNullable<LabReport["table"]>): Block {
  const column = table.columns.findIndex((_name, at) =>
    table.rows.some((row) => typeof row[at] === "number"),
  );
  const bars = table.rows.slice(0, mostRows).flatMap((row) => {
    const value = row[column];
    return typeof value === "number" ? [[String(row[0] ?? ""), Math.max(0, value)] as const] : [];
  });
  return barBlock(table.columns[column] ?? "", bars);
}
