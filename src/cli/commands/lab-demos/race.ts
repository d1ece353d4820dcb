// `feiyan lab race`: lanes side by side on the same dice, with what the formulas say beside what happened.
import { formatImpairment } from "../../../index.js";
import { laneNames, type LaneName } from "../../../lab/lanes/lane.js";
import type { LaneResult } from "../../../lab/lanes/lane-result.js";
import { planRace, type PlannedRace, type RaceWishes } from "../../../lab/lanes/race-plan.js";
import { runRace } from "../../../lab/lanes/race.js";
import { raceColumns, raceCells } from "../../../lab/lanes/race-table.js";
import { repeatSpeedUp } from "../../../lab/lanes/repeat-profiles.js";
import { hasFlag, listFlag, numberFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { formatTable } from "../../width.js";
import { emitReport } from "./demo-report.js";
import { lineFlags } from "./flags.js";
import {
  demoTexts,
  formatBits,
  formatMs,
  formatNumber,
  theoryWords,
  type DemoText,
} from "../../../lab/demo-texts.js";

export const race = async (context: CommandContext): Promise<number> => {
  const { output, language, surroundings } = context;
  const text = demoTexts(language);
  const lanes = readLanes(context);
  const { there, back, seed } = lineFlags(context, { loss: "10%", delay: "10ms" });
  const planned = plan(context, { there, back });
  const simulated = hasFlag(context, "simulate");
  const [up, down] = [there, back].map((way) => formatImpairment(withoutSeed(way)));
  output.line(
    text("race.heading", {
      messages: planned.plan.messages,
      size: planned.plan.sizeBytes,
      there: up || "-",
      back: down || "-",
      seed,
    }),
  );
  output.line(text(simulated ? "race.simulated" : "race.real"));
  const results = await runRace({
    lanes,
    plan: planned.plan,
    there,
    back,
    simulated,
    stop: surroundings.stop,
    ended: (one) => output.remark(`${one.lane} ${one.delivered}/${one.messages} ${formatMs(one.timeMs)}`),
  });
  for (const row of formatTable([headingOf(text), ...results.map((one) => rowOf(one, text))]))
    output.line(row);
  for (const line of remarksOf(results, lanes, planned, text)) output.line(line);
  emitReport(context, {
    kind: "race",
    columns: raceColumns,
    rows: results.map(raceCells),
    notes: [
      `seed=${seed}`,
      `up=${up ?? ""}`,
      `down=${down ?? ""}`,
      `sizeBytes=${planned.plan.sizeBytes}`,
      `window=${planned.plan.window}`,
      `rtoMs=${planned.plan.rtoMs}`,
      `repeats=${planned.profile.name}`,
      simulated ? "simulated" : "real sockets",
    ],
  });
  return surroundings.stop.aborted ? exitCodes.interrupted : exitCodes.done;
};

const readLanes = (context: CommandContext): readonly LaneName[] => {
  const wanted = listFlag(context, "lanes");
  if (wanted.length === 0) return laneNames;
  return wanted.map((name) => {
    const lane = laneNames.find((one) => one === name);
    if (lane !== undefined) return lane;
    throw new CliProblem("bad-flag-value", { flag: "--lanes", got: name, expected: laneNames.join(", ") });
  });
};

const plan = (context: CommandContext, { there, back }: Line): PlannedRace => {
  const [messages, sizeBytes, window] = ["count", "size", "window"].map((flag) => numberFlag(context, flag));
  const profile = textFlag(context, "profile");
  const wishes: RaceWishes = {
    ...(messages === undefined ? {} : { messages }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(window === undefined ? {} : { window }),
    ...(profile === undefined ? {} : { profile }),
  };
  return planRace(wishes, there, back);
};

type Line = Pick<ReturnType<typeof lineFlags>, "there" | "back">;

const withoutSeed = ({ seed: _seed, ...rest }: Line["there"]): Line["there"] => rest;

const headingOf = (text: DemoText): readonly string[] => [
  text("race.lane"),
  text("race.delivered"),
  text("race.sent"),
  text("race.duplicates"),
  text("race.unconfirmed"),
  text("race.time"),
  text("race.goodput"),
  text("race.theory"),
];

const rowOf = (one: LaneResult, text: DemoText): readonly string[] => [
  one.lane,
  `${one.delivered}/${one.messages}`,
  String(one.sent),
  String(one.duplicates),
  one.lane === "ipmsg" ? String(one.unconfirmed) : "-",
  formatMs(one.timeMs),
  formatBits(one.goodputBitsPerSecond),
  theoryWords(one, text),
];

const remarksOf = (
  results: readonly LaneResult[],
  wanted: readonly LaneName[],
  { plan: { repeat }, profile }: PlannedRace,
  text: DemoText,
): readonly string[] => {
  const lines: string[] = [];
  for (const one of results) {
    if (!one.finished) lines.push(text("race.unfinished", { lane: one.lane }));
    if (one.lane === "ipmsg") {
      lines.push(
        text("race.repeats", {
          program: profile.program,
          sends: repeat.sends,
          interval: formatMs(repeat.intervalMs),
          real: formatMs(profile.intervalMs),
          factor: formatNumber(Math.min(repeatSpeedUp, profile.intervalMs / repeat.intervalMs)),
        }),
      );
      if (one.unconfirmed > 0) {
        lines.push(
          text("race.arrivedAnyway", { unconfirmed: one.unconfirmed, arrived: one.unconfirmedArrived }),
        );
      }
    }
  }
  if (wanted.includes("tcp")) {
    const ran = results.some((one) => one.lane === "tcp");
    lines.push(text(ran ? "race.tcpClean" : "race.tcpNoSimulation"));
  }
  return lines;
};
