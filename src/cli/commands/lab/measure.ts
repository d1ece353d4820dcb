// One measurement on the command line from the first line to the exit code: prediction before, ticks meanwhile, report after,
// files written. `solo` and `run` differ only in what they measure.
import { writeFileSync } from "node:fs";
import { safeText } from "../../../index.js";
import { translateFrom, type Translate } from "../../../i18n/catalogue.js";
import { labEn } from "../../../i18n/lab-en.js";
import { labZhCN, type LabTextKey } from "../../../i18n/lab-zh-CN.js";
import type { LabRun } from "../../../lab/lab-run.js";
import { formatCsv } from "../../../lab/report/csv.js";
import type { LabReport } from "../../../lab/report/report-shape.js";
import { formatSvg } from "../../../lab/report/svg.js";
import type { LabOutcome } from "../../../lab/runner/measurement.js";
import type { RunFailure } from "../../../lab/session/run-record.js";
import { hasFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { formatObject } from "../../output.js";
import { plannedLines, reportLines, titleLine } from "./report-lines.js";

export const labText = (context: CommandContext): Translate<LabTextKey> =>
  translateFrom(context.language === "en" ? labEn() : labZhCN(), context.language);

const tickMs = 1_000;
const remarkAfterMs = 3_000;

/** Runs what the controller holds and gives the exit code. `to` names the other end in messages. */
export const measure = async (
  context: CommandContext,
  lab: LabRun,
  to: string,
  during: (lab: LabRun) => () => void = () => () => undefined,
): Promise<number> => {
  const { output, surroundings } = context;
  const text = labText(context);
  const { experiment } = lab.snapshot();
  output.line(titleLine(surroundings.words, experiment.seed));
  for (const line of plannedLines(experiment, text)) output.line(line);
  const stop = (): void => {
    lab.stop();
  };
  surroundings.stop.addEventListener("abort", stop);
  const ticking = setInterval(() => {
    // A snapshot sorts thousands of round trips: not in the middle of a measurement that nobody watches.
    if (!output.json) return;
    const { sent, answered, copies, arrivedThere, state } = lab.snapshot();
    output.object("lab-tick", { state, sent, answered, copies, arrivedThere });
  }, tickMs);
  const remark = setTimeout(() => {
    if (lab.snapshot().state === "opening") output.remark(text("wait.noAnswer"));
  }, remarkAfterMs);
  const end = during(lab);
  try {
    return finish(context, await lab.start(), to);
  } finally {
    end();
    clearInterval(ticking);
    clearTimeout(remark);
    surroundings.stop.removeEventListener("abort", stop);
  }
};

const finish = (context: CommandContext, outcome: LabOutcome, to: string): number => {
  const text = labText(context);
  if (outcome.kind === "failed") return reportFailure(context, outcome.failure, to);
  const { report } = outcome;
  for (const line of reportLines(report, text)) context.output.line(line);
  printReport(context, report);
  writeFiles(context, report);
  if (hasFlag(context, "check") && isDifferent(report)) return exitCodes.different;
  return report.notes.includes("silence") && (report.roundTrip?.unique ?? 0) === 0
    ? exitCodes.unconfirmed
    : exitCodes.done;
};

const isDifferent = ({ check }: LabReport): boolean =>
  check !== undefined &&
  (check.upLost === "different" || check.downLost === "different" || check.lostNumbers === "different");

export const printReport = ({ output }: CommandContext, report: LabReport): void => {
  const { v: _v, type, at, ...fields } = report;
  output.object(type, fields, Date.parse(at));
};

/** `--save`, `--csv`, `--svg`. */
export const writeFiles = (context: CommandContext, report: LabReport): void => {
  const { v: _v, type, at, datagrams, ...fields } = report;
  const wanted = [
    [
      "save",
      () =>
        `${formatObject(type, { ...fields, ...(datagrams === undefined ? {} : { datagrams }) }, Date.parse(at))}\n`,
    ],
    ["csv", () => formatCsv(report)],
    ["svg", () => formatSvg(report)],
  ] as const;
  for (const [flag, make] of wanted) {
    const file = textFlag(context, flag);
    if (file === undefined) continue;
    writeFileSync(file, make());
    context.output.remark(labText(context)("saved", { file: safeText(file) }));
  }
};

const reportFailure = (context: CommandContext, failure: RunFailure, to: string): number => {
  const text = labText(context);
  const { output } = context;
  const complain = (line: string): void => {
    output.object("error", { code: `lab-${failure.kind}`, text: line.trim(), remedy: "" });
    if (!output.json) output.complain(line);
  };
  switch (failure.kind) {
    case "nobody-answers":
      complain(text(failure.sawCookie ? "fail.code" : "fail.nobody", { to }));
      return failure.sawCookie ? exitCodes.refused : exitCodes.unconfirmed;
    case "refused":
      complain(text(`fail.refused.${failure.refusal}`, { to }));
      return exitCodes.refused;
    case "reduced": {
      const { n, intervalUs, sizeBytes: size } = failure.granted;
      complain(text("fail.reduced", { n, rate: Math.round(1e8 / intervalUs) / 100, size }));
      return exitCodes.refused;
    }
    default:
      return failure satisfies never;
  }
};
