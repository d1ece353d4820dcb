// The measurement: its form, what is predicted, the strip, both ways with their intervals, round trips, the account of every lost
// datagram, and the datagrams that wait in the hand.
import type { DeskSnapshot } from "../../../lab/desk/desk-types.js";
import type { LabSnapshot } from "../../../lab/lab-run.js";
import type { LabReport, LedgerReport } from "../../../lab/report/report-shape.js";
import { predictEcho } from "../../../lab/stats/prediction.js";
import { readExperiment, byHand } from "../../lab/read-fields.js";
import { valueOf } from "../../lab/fields.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { fillLine, span } from "../lines.js";
import type { Line, Role } from "../scene.js";
import { explainLine, formLines } from "./form.js";
import {
  keyHints,
  paragraphs,
  plain,
  rule,
  type PageRoom,
  type KeyHint,
  type LabPageView,
  type PageLine,
} from "./page.js";
import { histogramLines } from "./histogram.js";
import { legendText, stripLines } from "./strip.js";
import { bandText, wayLine, waysOf } from "./ways.js";

const keys: readonly KeyHint[] = [
  { action: "accept", context: "lab", label: "labkey.start" },
  { action: "pause", context: "lab", label: "labkey.pause" },
  { action: "lab-step", context: "lab", label: "labkey.step" },
  { action: "lab-hand", context: "lab", label: "labkey.hand" },
  { action: "lab-more", context: "lab", label: "labkey.loss" },
  { action: "lab-burst", context: "lab", label: "labkey.burst" },
  { action: "lab-seed", context: "lab", label: "labkey.seed" },
  { action: "lab-export", context: "lab", label: "labkey.export" },
  { action: "cancel", context: "lab", label: "labkey.close" },
];

/** The ways to the other pages. */
const doors: readonly KeyHint[] = [
  { action: "lab-race", context: "lab", label: "labkey.race" },
  { action: "lab-demos", context: "lab", label: "labkey.demos" },
  { action: "lab-lessons", context: "lab", label: "labkey.lessons" },
  { action: "lab-class", context: "lab", label: "labkey.class" },
  { action: "lab-join", context: "lab", label: "labkey.join" },
];

const handKeys: readonly KeyHint[] = [
  { action: "lab-pass", context: "lab-hand", label: "labkey.pass" },
  { action: "lab-kill", context: "lab-hand", label: "labkey.kill" },
  { action: "lab-double", context: "lab-hand", label: "labkey.double" },
  { action: "lab-delay", context: "lab-hand", label: "labkey.delay" },
  { action: "lab-damage", context: "lab-hand", label: "labkey.damage" },
  { action: "lab-hand", context: "lab-hand", label: "labkey.handOff" },
  { action: "lab-stop", context: "lab-hand", label: "labkey.stop" },
];

/** With so many rows there is room for the shapes of round trips and losses. */
const tallRows = 34;

/** As many datagrams in the hand as can be told apart at a glance. */
const mostHeld = 4;

export function soloPage(
  state: UiState,
  world: World,
  desk: DeskSnapshot,
  { columns, rows, isSmall }: PageRoom,
): LabPageView {
  const { run } = desk;
  const form = formLines(state, world, "solo", columns, isSmall);
  const words = world.text(`lab.state.${run.state}`);
  const progress = run.state === "ready" ? "" : ` ${run.sent}/${run.experiment.n}`;
  return {
    title: world.text("lab.title.solo"),
    right: world.text("lab.seed", { seed: valueOf(state.lab.values, "solo", "seed") }),
    head: [
      ...form.lines,
      ...(isSmall ? [] : [explainLine(state, world, "solo")]),
      predictionLine(state, world, run),
      rule(
        `${words}${progress}${run.isHandOn ? ` · ${world.text("lab.handOn")}` : ""}`,
        keyHints(world, doors, columns - 30),
      ),
    ],
    body: run.strip === "" ? welcomeLines(world, columns, run) : stripLines(run.strip, columns),
    follows: run.strip !== "",
    foot: isSmall ? smallFoot(world, run) : footLines(state, world, run, columns, rows >= tallRows),
    keys: run.held.length > 0 ? handKeys : keys,
  };
}

/** Before the first run: what will happen. */
function welcomeLines(world: World, columns: number, run: LabSnapshot): readonly Line[] {
  return paragraphs(world.text(run.isHandOn ? "lab.introHand" : "lab.intro"), columns);
}

/** What is to be expected of what the form says: before the run, so that it can be wrong. */
function predictionLine(state: UiState, world: World, run: LabSnapshot): Line {
  const isOver = run.state === "ready" || run.state === "done" || run.state === "failed";
  const reading = readExperiment(state.lab.values, world);
  let prediction = run.prediction;
  let n = run.experiment.n;
  if (isOver && reading.ok) {
    const wanted = run.isHandOn ? byHand(reading.value) : reading.value;
    const { up = {}, down = {}, sizeBytes = 128 } = wanted;
    n = wanted.n ?? n;
    prediction = predictEcho(up, down, sizeBytes, n);
  }
  const key = run.isHandOn ? "lab.predictHand" : "lab.predict";
  return plain(
    world.text(key, { n, up: bandText(prediction.upLost), down: bandText(prediction.downLost) }),
    "popup",
    true,
  );
}

function footLines(
  state: UiState,
  world: World,
  run: LabSnapshot,
  columns: number,
  isTall: boolean,
): readonly PageLine[] {
  return [
    ...(isTall ? histogramLines(world, run, columns) : []),
    ...heldLines(state, world, run, columns),
    rule("", legendText(world, columns)),
    wayLine(world, run, "up", columns),
    wayLine(world, run, "down", columns),
    roundTripLine(world, run, columns),
    ledgerLine(world, run),
    verdictLine(state, world, run),
  ];
}

function smallFoot(world: World, run: LabSnapshot): readonly PageLine[] {
  const { up, down } = waysOf(run);
  const text = world.text("lab.shortWays", { up: `${up.lost}/${up.n}`, down: `${down.lost}/${down.n}` });
  return [plain(text, "popup", true)];
}

/** `#57 128 B 去程`, the chosen one marked. */
function heldLines(state: UiState, world: World, run: LabSnapshot, columns: number): readonly PageLine[] {
  if (run.held.length === 0) return [];
  const chosen = Math.min(state.lab.held, run.held.length - 1);
  const first = Math.max(0, Math.min(chosen - 1, run.held.length - mostHeld));
  const lines = run.held.slice(first, first + mostHeld).map((one, index): Line => {
    const isChosen = first + index === chosen;
    const role: Role = isChosen ? "popup.selected" : "popup";
    const way = world.text(one.direction === "there" ? "lab.held.there" : "lab.held.back");
    const words = world.text("lab.held", { seq: one.seq ?? "?", size: one.sizeBytes, way });
    return fillLine([span(` ${isChosen ? ">" : " "} ${words}`, role)], columns, role);
  });
  return [rule(world.text("lab.heldCount", { count: run.held.length })), ...lines];
}

const histogramColumns = 8;

function roundTripLine(world: World, run: LabSnapshot, columns: number): Line {
  if (run.rttUs === null) return plain(world.text("lab.rttNone"), "popup.hint");
  const { p50, p95, max } = run.rttUs;
  const words = world.text("lab.rtt", { p50: ms(p50), p95: ms(p95), max: ms(max) });
  const most = Math.max(1, ...run.histogramUs.map(([, count]) => count));
  const bins = run.histogramUs
    .slice(0, columns >= 108 ? 8 : 3)
    .map(
      ([us, count]) =>
        `${us / 1_000}|${"#".repeat(Math.max(1, Math.round((count / most) * histogramColumns)))}`,
    );
  return [span(` ${words}   `, "popup"), span(bins.join(" "), "popup.hint")];
}

function ms(us: number): string {
  const value = us / 1_000;
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

/** Who has the lost ones, and whether that is all of them. */
function ledgerLine(world: World, { report, state }: LabSnapshot): Line {
  if (report === null) {
    return plain(world.text(state === "ready" ? "lab.ledgerBefore" : "lab.ledgerLater"), "popup.hint");
  }
  const ways = [report.ledger?.up, report.ledger?.down].filter((way) => way !== undefined);
  const sum = (pick: (way: LedgerReport) => number | null): string => {
    const parts = ways.map(pick);
    return parts.includes(null) ? "-" : String(parts.reduce<number>((total, one) => total + (one ?? 0), 0));
  };
  const words = world.text("lab.ledger", {
    relay: sum((way) => way.relay),
    buffer: sum((way) => way.receiverBuffer),
    checksum: sum((way) => way.checksum),
    damaged: sum((way) => way.damaged),
    unexplained: sum((way) => way.unexplained),
  });
  const check = checkOf(report);
  const role: Role = check === "wrong" ? "lab.lost" : "lab.good";
  return [
    span(` ${words}   `, "popup"),
    ...(check === null ? [] : [span(world.text(`lab.check.${check}`), role, { bold: true })]),
  ];
}

function checkOf({ check }: LabReport): "exact" | "explained" | "wrong" | null {
  if (check === undefined) return null;
  const verdicts = [check.upLost, check.downLost];
  if (verdicts.includes("different") || check.lostNumbers === "different") return "wrong";
  return verdicts.includes("explained") ? "explained" : "exact";
}

/** The person's guess beside what came; else what the run has to say. */
function verdictLine(state: UiState, world: World, run: LabSnapshot): Line {
  if (run.failure !== null) return plain(world.text("lab.failed"), "form.error");
  const guess = valueOf(state.lab.values, "solo", "guess");
  const { report } = run;
  if (report === null) {
    const key = guess === "" ? "lab.guessFirst" : "lab.guessed";
    return plain(world.text(key, { guess }), "popup.hint");
  }
  const lost = report.up?.lost ?? 0;
  if (guess === "") return plain(world.text("lab.again"), "popup.hint");
  const off = Math.abs(lost - Number(guess));
  const { lo, hi } = run.prediction.upLost;
  const isNear = Number(guess) >= lo && Number(guess) <= hi;
  const words = world.text(off === 0 ? "lab.guessRight" : isNear ? "lab.guessNear" : "lab.guessFar", {
    guess,
    lost,
    off,
  });
  return plain(words, off === 0 || isNear ? "lab.good" : "lab.late", true);
}
