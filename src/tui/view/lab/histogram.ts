// The shapes of a measurement, where there are rows to spare: how long the round trips took, and how many were lost in a row.
import type { LabSnapshot } from "../../../lab/lab-run.js";
import { padText } from "../../text/fit.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { rule, type PageLine } from "./page.js";

const histogramRows = 6;

/** Left: how long the round trips took. Right: how many were lost in a row. */
export function histogramLines(world: World, run: LabSnapshot, columns: number): readonly PageLine[] {
  const half = Math.floor((columns - 2) / 2);
  const trips = run.histogramUs.map(([us, count]) => [`${us / 1_000} ms`, count] as const);
  const runs = new Map<string, number>();
  for (const way of [run.report?.up, run.report?.down]) {
    for (const [length, count] of Object.entries(way?.bursts.lengths ?? {})) {
      runs.set(length, (runs.get(length) ?? 0) + count);
    }
  }
  const left = barLines(trips.slice(0, histogramRows), half, "lab.good");
  const right = barLines(
    [...runs].toSorted(([a], [b]) => Number(a) - Number(b)).slice(0, histogramRows),
    half,
    "lab.lost",
  );
  const heading: Line = [
    span(padText(` ${world.text("lab.histogram.rtt")}`, half), "popup.hint"),
    span(world.text("lab.histogram.runs"), "popup.hint"),
  ];
  const rows = Array.from({ length: histogramRows }, (_unused, row): Line => [
    ...(left[row] ?? [span(" ".repeat(half), "popup")]),
    ...(right[row] ?? []),
  ]);
  return [rule(), heading, ...rows];
}

function barLines(
  bins: readonly (readonly [label: string, count: number])[],
  columns: number,
  role: Role,
): readonly Line[] {
  const most = Math.max(1, ...bins.map(([, count]) => count));
  const room = Math.max(4, columns - 22);
  return bins.map(([label, count]): Line => {
    const filled = Math.max(1, Math.round((count / most) * room));
    return [
      span(` ${padText(label, 8, "right")} |`, "popup.hint"),
      span("#".repeat(filled), role),
      span(padText(` ${count}`, columns - 10 - filled), "popup"),
    ];
  });
}
