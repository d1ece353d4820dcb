// One line for each way of a measurement: lost of sent, the share with its interval, what was predicted and whether it came so; on wide
// screens a gauge.
import type { LabSnapshot } from "../../../lab/lab-run.js";
import type { LiveWay } from "../../../lab/live-cells.js";
import type { WayReport } from "../../../lab/report/report-shape.js";
import { wilson95 } from "../../../lab/stats/interval.js";
import type { Band } from "../../../lab/stats/prediction.js";
import { padText } from "../../text/fit.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line } from "../scene.js";
import { percentText } from "./page.js";

/** `16..35`: as many datagrams, nineteen times out of twenty. */
export function bandText({ lo, hi }: Pick<Band, "lo" | "hi">): string {
  return lo === hi ? String(Math.round(lo)) : `${Math.round(lo)}..${Math.round(hi)}`;
}

export interface WayNumbers {
  readonly n: number;
  readonly lost: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly below: number | null;
  readonly longest: number;
  readonly copies: number;
  readonly reordered: number;
  readonly bursty: boolean;
}

function finished(way: WayReport | undefined): WayNumbers {
  return {
    n: way?.sent ?? 0,
    lost: way?.lost ?? 0,
    low: way?.ci95?.[0] ?? null,
    high: way?.ci95?.[1] ?? null,
    below: way?.below ?? null,
    longest: way?.bursts.max ?? 0,
    copies: way?.copies ?? 0,
    reordered: way?.reordered.count ?? 0,
    bursty: way?.bursty ?? false,
  };
}

function running({ n, lost }: LiveWay): WayNumbers {
  const [low, high] = wilson95(lost, n) ?? [null, null];
  return { ...live, n, lost, low, high };
}

const live = { below: null, longest: 0, copies: 0, reordered: 0, bursty: false };

export function waysOf(run: LabSnapshot): { readonly up: WayNumbers; readonly down: WayNumbers } {
  const { report } = run;
  return report === null
    ? { up: running(run.live.up), down: running(run.live.down) }
    : { up: finished(report.up), down: finished(report.down) };
}

export function wayLine(world: World, run: LabSnapshot, way: "up" | "down", columns: number): Line {
  const numbers = waysOf(run)[way];
  const band = way === "up" ? run.prediction.upLost : run.prediction.downLost;
  const { n, lost, low, high, below } = numbers;
  const interval =
    below !== null
      ? `< ${percentText(below)}`
      : low === null || high === null
        ? "-"
        : `${(low * 100).toFixed(1)}..${percentText(high)}`;
  const isDone = run.report !== null;
  const isInside = lost >= band.lo && lost <= band.hi;
  const verdict = isDone && n > 0 ? world.text(isInside ? "lab.in" : "lab.out") : "";
  const more = isDone
    ? world.text(numbers.bursty ? "lab.way.bursty" : "lab.way.more", {
        longest: numbers.longest,
        copies: numbers.copies,
        reordered: numbers.reordered,
      })
    : "";
  const line: Line = [
    span(` ${padText(world.text(`lab.way.${way}`), world.lang === "en" ? 6 : 5)}`, "popup", { bold: true }),
    span(padText(`${lost}/${n}`, 9, "right"), "popup"),
    span(padText(n === 0 ? "-" : percentText(lost / n), 8, "right"), "popup", { bold: true }),
    span(`  ${padText(interval, 13)}`, "popup"),
    span(padText(more, columns >= 108 ? 28 : 19), "popup"),
    ...(run.state === "ready" || run.isHandOn
      ? []
      : [span(` ${world.text("lab.predicted", { band: bandText(band) })} `, "popup.hint")]),
    span(verdict, isInside ? "lab.good" : "lab.lost", { bold: true }),
  ];
  return columns >= 108 && n > 0 ? [...line, span(`  ${gauge(numbers, band, n)}`, "popup")] : line;
}

const gaugeColumns = 22;

/** `|..(==#==)....|`: the predicted band in brackets, the interval as `=`, what was measured as `#`; from 0 to what is of interest. */
function gauge({ lost, low, high }: WayNumbers, band: Band, n: number): string {
  const most = Math.max(0.02, band.hi / n, high ?? 0, lost / n) * 1.1;
  const at = (share: number): number =>
    Math.max(0, Math.min(gaugeColumns - 1, Math.round((share / most) * (gaugeColumns - 1))));
  const cells = Array.from({ length: gaugeColumns }, () => ".");
  if (low !== null && high !== null) for (let cell = at(low); cell <= at(high); cell += 1) cells[cell] = "=";
  cells[at(band.lo / n)] = "(";
  cells[at(band.hi / n)] = ")";
  cells[at(lost / n)] = "#";
  return `0|${cells.join("")}|${percentText(most, 0)}`;
}
