// The race: one bar for each lane, what it is, what it did, and what the formula says.
import type { DeskSnapshot, RaceSnapshot } from "../../../lab/desk/desk-types.js";
import { demoTexts, formatBits, formatMs, theoryWords } from "../../../lab/demo-texts.js";
import { laneNames, type LaneName } from "../../../lab/lanes/lane.js";
import type { LaneResult } from "../../../lab/lanes/lane-result.js";
import { valueOf } from "../../lab/fields.js";
import { padText, truncateText } from "../../text/fit.js";
import { cellWidth } from "../../text/width.js";
import { wrapText } from "../../text/wrap.js";
import type { UiState } from "../../ui-state.js";
import type { World } from "../../world.js";
import { span } from "../lines.js";
import type { Line } from "../scene.js";
import { explainLine, formLines } from "./form.js";
import { bar, plain, rule, type KeyHint, type LabPageView } from "./page.js";

const keys: readonly KeyHint[] = [
  { action: "accept", context: "lab-race", label: "labkey.start" },
  { action: "left", context: "lab-race", label: "labkey.change" },
  { action: "lab-seed", context: "lab-race", label: "labkey.seed" },
  { action: "lab-export", context: "lab-race", label: "labkey.export" },
  { action: "lab-demos", context: "lab-race", label: "labkey.demos" },
  { action: "lab-lessons", context: "lab-race", label: "labkey.lessons" },
  { action: "cancel", context: "lab-race", label: "labkey.back" },
];

export function racePage(
  state: UiState,
  world: World,
  { race }: DeskSnapshot,
  columns: number,
  isSmall: boolean,
): LabPageView {
  const form = formLines(state, world, "race", columns, isSmall);
  const words = race === null ? "lab.state.ready" : race.isRunning ? "lab.state.running" : "lab.state.done";
  return {
    title: world.text("lab.title.race"),
    right: world.text("lab.seed", { seed: valueOf(state.lab.values, "race", "seed") }),
    head: [...form.lines, ...(isSmall ? [] : [explainLine(state, world, "race")]), rule(world.text(words))],
    body: laneNames.flatMap((lane) => laneLines(world, lane, race, columns)),
    foot: isSmall ? [] : [rule(), ...remarks(world, race, columns)],
    keys,
  };
}

function laneLines(
  world: World,
  lane: LaneName,
  race: RaceSnapshot | null,
  columns: number,
): readonly Line[] {
  const name = world.text(`lab.lane.${lane}`);
  const result = race?.results.find((one) => one.lane === lane) ?? null;
  const messages = race?.wish.messages ?? 0;
  const current = race?.current?.lane === lane ? race.current : null;
  const delivered = result?.delivered ?? current?.delivered ?? 0;
  const barColumns = columns >= 108 ? 50 : columns >= 70 ? 17 : Math.max(4, columns - 30);
  const isMeasured = result !== null || current !== null;
  const share = messages === 0 ? 0 : delivered / messages;
  const first: Line = [
    span(` ${padText(name, 14)}`, "popup", { bold: true }),
    span("[", "popup"),
    span(
      isMeasured ? bar(share, barColumns) : " ".repeat(barColumns),
      result === null ? "lab.late" : "lab.good",
    ),
    span("]", "popup"),
    span(isMeasured ? padText(`${delivered}/${messages}`, 9, "right") : "", "popup", { bold: true }),
    span(result === null ? "" : ` ${numbers(world, result)}`, "popup"),
  ];
  const about = aboutOf(world, lane, result);
  const theory = result === null ? "" : theoryOf(world, result);
  const room = columns - 16 - (theory === "" ? 0 : cellWidth(theory) + 3);
  const second: Line = [
    span(" ".repeat(15), "popup"),
    span(padText(truncateText(about, room), theory === "" ? 0 : room + 2), "popup.hint"),
    span(theory, "popup"),
  ];
  return columns >= 60 ? [first, second] : [first];
}

function numbers(world: World, one: LaneResult): string {
  return world.text("lab.laneNumbers", {
    sent: one.sent,
    copies: one.duplicates,
    time: formatMs(one.timeMs),
    goodput: formatBits(one.goodputBitsPerSecond),
  });
}

/** What is not confirmed may have arrived all the same: only the race knows both ends. */
function aboutOf(world: World, lane: LaneName, one: LaneResult | null): string {
  return lane === "ipmsg" && one !== null
    ? world.text("lab.laneUnconfirmed", { count: one.unconfirmed, arrived: one.unconfirmedArrived })
    : world.text(`lab.lane.${lane}.about`);
}

function theoryOf(world: World, one: LaneResult): string {
  const words = theoryWords(one, demoTexts(world.lang));
  return words === "-" ? "" : world.text("lab.laneTheory", { theory: words });
}

function remarks(world: World, race: RaceSnapshot | null, columns: number): readonly Line[] {
  const add = (text: string): readonly Line[] =>
    wrapText(text, { columns: columns - 2 }).map((row) => plain(row, "popup.hint"));
  if (race === null) return add(world.text("lab.race.before"));
  const { profile, plan } = race.planned;
  const texts = demoTexts(world.lang);
  return [
    ...add(
      texts("race.repeats", {
        program: profile.program,
        sends: plan.repeat.sends,
        interval: formatMs(plan.repeat.intervalMs),
        real: formatMs(profile.intervalMs),
        factor: Math.round(profile.intervalMs / plan.repeat.intervalMs),
      }),
    ),
    ...add(texts(race.wish.simulated ? "race.tcpNoSimulation" : "race.tcpClean")),
  ];
}
