// The lab on the screen: what was chosen, what it should lose, what came of it, and one letter for each datagram.
import type { LabSnapshot } from "../../lab/lab-run.js";
import { padText } from "../text/fit.js";
import { cellWidth } from "../text/width.js";
import { labFields } from "../ui-state.js";
import type { Dialog, LabField, UiState } from "../ui-state.js";
import type { World } from "../world.js";
import type { Layout } from "./layout.js";
import { centered, cutLine, fillLine, framed, span } from "./lines.js";
import type { Line, Pane, Rect, Role, Span } from "./scene.js";

/** How the letters of the strip look; every other one is plain. */
const cellRoles: Readonly<Record<string, Role | undefined>> = {
  ".": "lab.good",
  u: "lab.lost",
  d: "lab.lost",
  s: "lab.lost",
  b: "lab.lost",
  x: "lab.lost",
  l: "lab.late",
  r: "lab.late",
  "2": "lab.duplicate",
};

const units: Readonly<Record<LabField, string>> = {
  lossUp: " %",
  lossDown: " %",
  delayMs: " ms",
  duplicate: " %",
  n: "",
  ratePps: "",
  sizeBytes: " B",
};

export function labRect({ screen, kind }: Layout): Rect {
  return kind === "narrow"
    ? { column: 0, row: 1, columns: screen.columns, rows: screen.rows - 1 }
    : centered(screen, Math.min(90, screen.columns - 2), screen.rows - 2);
}

export function labPopup(
  state: UiState,
  world: World,
  layout: Layout,
  dialog: Extract<Dialog, { kind: "lab" }>,
): Pane {
  const rect = labRect(layout);
  const inner = rect.columns - 2;
  const snapshot = world.lab?.snapshot() ?? null;
  const isSmall = rect.rows < 20;
  const lines: Line[] = [...fieldLines(state, world, dialog.field, inner, isSmall)];
  if (snapshot !== null) {
    if (!isSmall) lines.push([]);
    lines.push(...resultLines(snapshot, world));
    const room = rect.rows - 2 - lines.length - 2;
    lines.push([span(` ${world.text("lab.legend")}`, "popup.hint")]);
    lines.push(...stripLines(snapshot.strip, Math.max(4, inner - 2), Math.max(1, room)));
  }
  const title = `${world.text("lab.title")} · ${world.text(`lab.state.${snapshot?.state ?? "ready"}`)}`;
  const hint = world.text(inner < 62 ? "lab.hintShort" : "lab.hint");
  return framed("lab", rect, { title, hint }, lines);
}

/** One row for each choice; on a small screen only the one that would be changed. */
function fieldLines(
  state: UiState,
  world: World,
  field: LabField,
  columns: number,
  isSmall: boolean,
): readonly Line[] {
  const labelColumns = Math.max(...labFields.map((one) => cellWidth(world.text(`lab.${one}`)))) + 3;
  return labFields
    .filter((one) => !isSmall || one === field)
    .map((one): Line => {
      const isChosen = one === field;
      const role: Role = isChosen ? "popup.selected" : "popup";
      const value = `${state.lab[one]}${units[one]}`;
      const words = `${padText(` ${world.text(`lab.${one}`)}`, labelColumns)}${isChosen ? "< " : "  "}${value}${isChosen ? " >" : ""}`;
      return fillLine(cutLine([span(words, role)], columns), columns, role);
    });
}

function resultLines(snapshot: LabSnapshot, world: World): readonly Line[] {
  const { prediction, report, rttUs } = snapshot;
  const lines = [
    world.text("lab.predicted", { up: band(prediction.upLost), down: band(prediction.downLost) }),
    world.text("lab.counts", {
      sent: snapshot.sent,
      there: snapshot.arrivedThere,
      back: snapshot.answered,
      copies: snapshot.copies,
    }),
  ];
  if (report !== null) {
    const way = (one: { readonly lost: number; readonly sent: number } | null | undefined): string =>
      one === null || one === undefined || one.sent === 0
        ? "-"
        : `${percent(one.lost / one.sent)} (${one.lost}/${one.sent})`;
    lines.push(world.text("lab.measured", { up: way(report.up), down: way(report.down) }));
  }
  if (rttUs !== null) {
    const { p50, p95, max } = rttUs;
    lines.push(
      world.text("lab.rtt", { p50: milliseconds(p50), p95: milliseconds(p95), max: milliseconds(max) }),
    );
  }
  return lines.map((text, index): Line => [span(` ${text}`, "popup", index === 2 ? { bold: true } : {})]);
}

/** `83-118`: as many datagrams, nineteen times out of twenty. */
function band({ lo, hi }: { readonly lo: number; readonly hi: number }): string {
  return hi === 0 ? "0" : `${Math.round(lo)}-${Math.round(hi)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function milliseconds(us: number): string {
  return `${(us / 1_000).toFixed(us < 10_000 ? 2 : 0)} ms`;
}

/** The newest letters that fit, oldest first, in runs of one look. */
function stripLines(strip: string, columns: number, rows: number): readonly Line[] {
  const start = Math.max(0, Math.ceil(strip.length / columns) - rows) * columns;
  const lines: Line[] = [];
  for (let at = start; at < strip.length; at += columns) {
    const line: Span[] = [span(" ", "popup")];
    for (const letter of strip.slice(at, at + columns)) {
      const role = cellRoles[letter] ?? "popup";
      const last = line.at(-1);
      if (last?.role === role) line[line.length - 1] = { ...last, text: last.text + letter };
      else line.push(span(letter, role));
    }
    lines.push(line);
  }
  return lines;
}
