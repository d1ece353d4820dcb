// A1, A2, A12, A17, A19, A21: what `lab solo` measures on real sockets, against dice that are thrown a second time here.
import { foretell, type Line } from "./dice.js";
import { type Finding, inTurn } from "./finding.js";
import { type Json, measureLab, type Measured, textOf } from "./program.js";

interface Judged {
  readonly run: Measured;
  readonly isExact: boolean;
  readonly text: string;
}

const counts = (report: Json, column: number): readonly number[] =>
  [...(report["datagrams"] ?? [])].map((row) => Number(row[column]));

/** The map has two bits: more than three copies are three. */
const capped = (copies: readonly number[]): string => copies.map((one) => Math.min(3, one)).join("");

/** One solo run with the same line both ways, number by number against the foretold arrivals. */
async function judge(words: readonly (string | number)[], line: Line, n: number): Promise<Judged> {
  const seed = "42";
  const run = await measureLab(["solo", "--seed", seed, "-n", n, "--check", ...words]);
  const told = foretell(seed, line, line, n);
  const { report } = run;
  const unexplained = [
    report["ledger"]?.["up"]?.["unexplained"],
    report["ledger"]?.["down"]?.["unexplained"],
  ];
  const sameThere = capped(counts(report, 1)) === capped(told.there);
  const sameBack = counts(report, 2).join(",") === told.back.join(",");
  const byDatagram = report["down"]?.["byDatagram"];
  const isExact =
    run.exitCode === 0 &&
    sameThere &&
    sameBack &&
    Number(report["up"]?.["lost"]) === told.there.filter((one) => one === 0).length &&
    Number(byDatagram?.["sent"]) === told.echoes &&
    unexplained.every((one) => Number(one) === 0);
  const text = `lost ${textOf(report["up"]?.["lost"])}/${textOf(report["down"]?.["lost"])}, dice ${told.there.filter((one) => one === 0).length}/${told.there.filter((one, seq) => one > 0 && told.back[seq] === 0).length}`;
  return { run, isExact, text };
}

export async function measureTruth(): Promise<Finding> {
  const n = 20_000;
  const { isExact, text, run } = await judge(["--loss", "5%", "--rate", 4_000], { loss: 0.05 }, n);
  const lost = Number(run.report["up"]?.["lost"]);
  return {
    measured: `${text}, every number ${isExact ? "the same" : "not the same"}`,
    holds: isExact && lost >= 900 && lost <= 1_103,
  };
}

const everything: Line = { gilbert: [0.01, 0.19], duplicate: 0.2, hold: [0.05, 3], corrupt: 0.02 };
const lines: readonly (readonly [string, Line])[] = [
  ["loss=5%,dup=10%", { loss: 0.05, duplicate: 0.1 }],
  ["loss=5%,dup=20%", { loss: 0.05, duplicate: 0.2 }],
  ["loss=5%,reorder=5%:3", { loss: 0.05, hold: [0.05, 3] }],
  ["loss=5%,corrupt=2%", { loss: 0.05, corrupt: 0.02 }],
  ["ge=1%:19%", { gilbert: [0.01, 0.19] }],
  ["ge=1%:19%,dup=20%,reorder=5%:3,corrupt=2%", everything],
];

export async function measureEveryImpairment(): Promise<Finding> {
  const found = await inTurn(lines, ([spec, line]) =>
    judge(["--up", spec, "--down", spec, "--rate", 4_000], line, 20_000),
  );
  return {
    measured: found
      .map((one, index) => `${lines[index]?.[0]}: ${one.isExact ? "exact" : "NOT exact"} (${one.text})`)
      .join("; "),
    holds: found.every((one) => one.isExact),
  };
}

export async function measureFastSolo(): Promise<Finding> {
  const { isExact, text } = await judge(["--loss", "5%", "--rate", 10_000], { loss: 0.05 }, 20_000);
  return { measured: `10,000/s for 2 s: ${text}`, holds: isExact };
}

export async function measureRepetition(): Promise<Finding> {
  const words = [
    "solo",
    "--seed",
    "42",
    "--loss",
    "5%",
    "--dup",
    "5%",
    "--rate",
    "500",
    "--deadline",
    "10s",
    "--check",
  ];
  const strips = await inTurn([1, 2, 3], async () => (await measureLab(words)).report["strip"]);
  const distinct = new Set(strips.map(textOf));
  return {
    measured: `3 runs, ${distinct.size} different strip${distinct.size === 1 ? "" : "s"} of ${textOf(strips[0]).length} cells`,
    holds: distinct.size === 1 && textOf(strips[0]).length === 500,
  };
}

export async function measureLedger(): Promise<Finding> {
  const specs = ["loss=5%", "loss=30%,burst=5", "dup=20%,corrupt=5%", "loss=10%,reorder=10%:5,delay=5+-3"];
  const rests = await inTurn(specs, async (spec) => {
    const { report } = await measureLab(["solo", "--up", spec, "--down", spec, "--rate", 2_000, "-n", 2_000]);
    return [report["ledger"]?.["up"]?.["unexplained"], report["ledger"]?.["down"]?.["unexplained"]];
  });
  return {
    measured: `unexplained there and back in ${specs.length} runs: ${rests.flat().map(textOf).join(" ")}`,
    holds: rests.flat().every((one) => Number(one) === 0),
  };
}

export async function measureDuration(): Promise<Finding> {
  const runs = await inTurn([1, 2, 3, 4, 5], () => measureLab(["solo", "--seed", "42", "--check"]));
  const seconds = runs.map((one) => one.elapsedMs / 1_000);
  const strips = new Set(runs.map((one) => textOf(one.report["strip"])));
  return {
    measured: `${runs.length} runs: ${seconds.map((one) => one.toFixed(2)).join(", ")} s, exit ${[...new Set(runs.map((one) => one.exitCode))].join(" ")}, ${strips.size} set of lost numbers`,
    holds: Math.max(...seconds) < 7 && strips.size === 1 && runs.every((one) => one.exitCode === 0),
  };
}
