// `feiyan lab serve`: a class. Students join; Enter (or enough of them, with `--students`) starts the plan that the flags describe;
// everybody's numbers come together in one table.
import { formatEndpoint, safeText } from "../../../index.js";
import { openClass, type ClassHost } from "../../../lab/class/class-host.js";
import { formatExperiment, reduceExperiment } from "../../../lab/experiment.js";
import { teacherTable, type TeacherLine } from "../../../lab/class/teacher-table.js";
import { labPort, rateScope } from "../../../lab/limits.js";
import { buildClassReport } from "../../../lab/class/class-report.js";
import { createLabParts } from "../../../lab/runner/lab-parts.js";
import { hasFlag, numberFlag, textFlag, type CommandContext } from "../../context.js";
import { exitCodes } from "../../exit-code.js";
import { CliProblem } from "../../problem.js";
import { formatTable } from "../../width.js";
import { experimentOf } from "./lab-flags.js";
import { labText, printReport, writeFiles } from "./measure.js";
import { percent, plannedLines } from "./report-lines.js";
import { ownName } from "./own-name.js";

const startInMs = 3_000;

export const labServe = async (context: CommandContext): Promise<number> => {
  const { output, settings, surroundings } = context;
  const text = labText(context);
  const code = textFlag(context, "code") ?? null;
  if (code !== null && hasFlag(context, "open"))
    throw new CliProblem("flags-conflict", { flags: "--code, --open" });
  if (code === null && !hasFlag(context, "open"))
    throw new CliProblem("missing-argument", { argument: "--code | --open" });
  const wanted = numberFlag(context, "students");
  const mostPps = numberFlag(context, "max-rate");
  const { experiment } = reduceExperiment(experimentOf(context), rateScope("lan", mostPps), mostPps);
  const name = textFlag(context, "class") ?? ownName(context);
  let isPlanned = false;
  let settle: ((exitCode: number) => void) | null = null;
  const done = new Promise<number>((resolve) => {
    settle = resolve;
  });
  const over = (exitCode: number): void => settle?.(exitCode);
  let host: ClassHost | null = null;

  const start = (): void => {
    if (host === null || host.rows().length === 0) return;
    isPlanned = true;
    for (const line of plannedLines(experiment, text)) output.line(line);
    host.plan(experiment, wanted === undefined ? startInMs : 0, hasFlag(context, "pairs"));
  };
  host = await openClass(createLabParts(), {
    listen: { address: settings.bind[0] ?? "0.0.0.0", port: numberFlag(context, "lab-port") ?? labPort },
    name,
    code,
    ...(mostPps === undefined ? {} : { mostPps }),
    event: (event) => {
      if (event.kind === "joined" || event.kind === "left") {
        output.line(
          text(event.kind === "joined" ? "serve.joined" : "serve.left", { name: safeText(event.name) }),
        );
        output.object("lab-tick", { joined: host?.rows().length ?? 0 });
      }
      if (
        event.kind === "joined" &&
        wanted !== undefined &&
        !isPlanned &&
        (host?.rows().length ?? 0) >= wanted
      )
        start();
      if (event.kind === "plan-over" && host !== null) {
        printClass(context, host, formatExperiment(experiment));
        if (wanted !== undefined) over(exitCodes.done);
      }
    },
  });
  const { local } = host;
  output.line(
    text("serve.open", {
      name: safeText(name),
      port: local.port,
      code: code === null ? text("serve.noCode") : text("serve.code", { code: safeText(code) }),
      address: local.port === labPort ? "" : formatEndpoint({ address: "127.0.0.1", port: local.port }),
    }).trimEnd(),
  );
  output.object("lab-tick", { port: local.port, joined: 0 });
  const unwatch = watchLines(context, start, () => {
    over(exitCodes.done);
  });
  if (surroundings.stdin.isTTY === true) output.remark(text("serve.keys"));
  surroundings.stop.addEventListener("abort", () => {
    over(exitCodes.done);
  });
  const exit = await done;
  unwatch();
  await host.close();
  return exit;
};

/** Enter starts, `q` ends; also from a pipe. */
const watchLines = (context: CommandContext, start: () => void, quit: () => void): (() => void) => {
  const { stdin } = context.surroundings;
  const read = (chunk: unknown): void => {
    for (const line of String(chunk).split("\n").slice(0, -1)) {
      if (line.trim() === "q") quit();
      else start();
    }
  };
  stdin.on("data", read);
  return () => {
    stdin.off("data", read);
    stdin.pause();
  };
};

const share = (value: number | null): string => (value === null ? "-" : `${percent(value, 1)} %`);

const printClass = (
  context: CommandContext,
  host: ClassHost,
  experiment: ReturnType<typeof formatExperiment>,
): void => {
  const { output } = context;
  const text = labText(context);
  const { lines, summary } = teacherTable(host.rows());
  const columns = text("serve.table").split("|");
  const rows = lines.map((line) => tableCells(line));
  const last = [
    text("serve.class"),
    text("serve.count", { count: summary.joined }),
    String(summary.sent),
    share(summary.upN === 0 ? null : summary.upLost / summary.upN),
    summary.upCi95 === null ? "-" : `${percent(summary.upCi95[0], 1)}-${percent(summary.upCi95[1], 1)}`,
    share(summary.downN === 0 ? null : summary.downLost / summary.downN),
  ];
  for (const line of formatTable([columns, ...rows, last])) output.line(` ${line}`);
  if (summary.samePath !== null) {
    const { pValue } = summary.samePath;
    const same = pValue >= 0.001;
    const p = same ? pValue.toFixed(3) : "< 0.001";
    output.line(` ${text(same ? "serve.same" : "serve.notSame", { p })}`);
  }
  const report = buildClassReport(host.rows(), experiment, new Date().toISOString());
  printReport(context, report);
  writeFiles(context, report);
};

const tableCells = (line: TeacherLine): readonly string[] => [
  safeText(line.name, { maxCharacters: 20 }),
  line.address,
  String(line.sent),
  share(line.there),
  line.low === null || line.high === null ? "-" : `${percent(line.low, 1)}-${percent(line.high, 1)}`,
  share(line.back),
  `${line.runThere}/${line.runBack}`,
  String(line.copies),
  String(line.reordered),
  line.rttMs === null ? "-" : line.rttMs.toFixed(1),
  line.consent === "no" ? "-" : line.where,
];
