// Carries out an experiment of a lesson: from the value to the numbers, by the demonstration it names. Null where this system
// cannot show it (no table of TCP states, for one): then the step is told, not checked.
import { parseImpairment, type Impairment } from "../../index.js";
import { createSystemCounters } from "../counters/linux-counters.js";
import { runBacklog } from "../demos/backlog.js";
import { type ErrorCaseName, runErrors } from "../demos/errors.js";
import { runHandshake } from "../demos/handshake.js";
import { runOverflow } from "../demos/overflow.js";
import { runSizes } from "../demos/sizes.js";
import { runSticky } from "../demos/sticky.js";
import { planRace } from "../lanes/race-plan.js";
import { runRace } from "../lanes/race.js";
import { lossStats } from "../stats/losses.js";
import { behaviours } from "./behaviours.js";
import { runChat } from "./chat-experiment.js";
import type { Measured, Measurement } from "./lesson.js";
import type { LessonExperiment } from "./lesson-experiment.js";
import { runPath, stripOf, type PathRun } from "./path-experiment.js";

/** Runs one experiment; at most some seconds. */
export async function runExperiment(experiment: LessonExperiment): Promise<Measured | null> {
  switch (experiment.kind) {
    case "path": {
      const run = await runPath(experiment.spec, experiment.datagrams, experiment.seed);
      return { numbers: measurePath(run), strips: [{ seed: null, cells: stripOf(run) }] };
    }
    case "seeds":
      return await compareSeeds(experiment);
    case "certainty":
      return onlyNumbers(await measureCertainty(experiment));
    case "hand":
      return await runHand(experiment);
    case "overflow":
      return await measureOverflow(experiment);
    case "sizes":
      return onlyNumbers(await measureSizes(experiment));
    case "sticky":
      return onlyNumbers(await measureSticky(experiment.messages));
    case "race":
      return onlyNumbers(await measureRace(experiment));
    case "handshake":
      return onlyNumbers(await measureHandshake());
    case "backlog": {
      const { backlog, clients, enteredAtOnce, waiting, enteredMs } = await runBacklog(experiment);
      if (waiting === null) return null;
      return onlyNumbers({ backlog, clients, enteredAtOnce, waiting, enteredInTheEnd: enteredMs.length });
    }
    case "chat":
      return onlyNumbers(await runChat(experiment.spec, experiment.messages, experiment.seed));
    case "errors":
      return onlyNumbers(await measureErrors(experiment.cases));
    case "behaviour":
      return onlyNumbers(await behaviours[experiment.name]());
    default:
      return experiment satisfies never;
  }
}

function onlyNumbers(numbers: Measurement): Measured;
function onlyNumbers(numbers: Measurement | null): Measured | null;
function onlyNumbers(numbers: Measurement | null): Measured | null {
  return numbers === null ? null : { numbers, strips: [] };
}

function measurePath({ sent, there, back, reordered }: PathRun): Measurement {
  const lost = lossStats(there.map((copies) => Number(copies === 0)));
  const arrived = sent - lost.lost;
  const returned = back.reduce((sum, copies) => sum + Number(copies > 0), 0);
  const copies = there.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  return {
    sent,
    lostThere: lost.lost,
    lostBack: arrived - returned,
    percentThere: (100 * lost.lost) / sent,
    longestRun: lost.bursts.max,
    bursty: Number(lost.bursty),
    copies,
    reordered,
  };
}

async function compareSeeds({
  spec,
  datagrams,
  seeds,
}: Extract<LessonExperiment, { kind: "seeds" }>): Promise<Measured> {
  const runs: { readonly seed: string; readonly run: PathRun }[] = [];
  for (const seed of seeds) runs.push({ seed, run: await runPath(spec, datagrams, seed) });
  const [first = new Uint8Array(0), second = new Uint8Array(0)] = runs.map(({ run }) => run.there);
  const last = runs.at(-1)?.run.there ?? first;
  const numbers = {
    lostFirst: countLost(first),
    lostSecond: countLost(second),
    lostThird: countLost(last),
    firstAndSecondSame: Number(Buffer.compare(first, second) === 0),
    firstAndThirdSame: Number(Buffer.compare(first, last) === 0),
  };
  return { numbers, strips: runs.map(({ seed, run }) => ({ seed, cells: stripOf(run) })) };
}

const countLost = (copies: Uint8Array): number => copies.filter((count) => count === 0).length;

async function measureCertainty({
  spec,
  datagrams,
  seed,
}: Extract<LessonExperiment, { kind: "certainty" }>): Promise<Measurement> {
  const widths: Record<string, number> = {};
  for (const count of datagrams) {
    const { there } = await runPath(spec, count, seed);
    const [low, high] = lossStats(there.map((copies) => Number(copies === 0))).ci95 ?? [0, 1];
    // In percentage points.
    widths[`widthAt${count}`] = 100 * (high - low);
  }
  return widths;
}

async function runHand({
  datagrams,
  kill,
  double,
}: Extract<LessonExperiment, { kind: "hand" }>): Promise<Measured> {
  const run = await runPath("", datagrams, "0", (n) =>
    n === kill ? "kill" : n === double ? "double" : "pass",
  );
  const numbers = {
    sent: run.sent,
    arrivedNumbers: run.sent - countLost(run.there),
    lostNumber: run.there.indexOf(0),
    copiesOfDoubled: run.there[double] ?? 0,
    timesSenderWasTold: run.problems,
  };
  return { numbers, strips: [{ seed: null, cells: stripOf(run) }] };
}

async function measureOverflow(
  experiment: Extract<LessonExperiment, { kind: "overflow" }>,
): Promise<Measured> {
  const { sent, lost, kernelDrops, predictedLoss, strip } = await runOverflow(experiment);
  const numbers = {
    sent,
    percentLost: (100 * lost) / sent,
    percentPredicted: 100 * predictedLoss,
    ...(kernelDrops === null ? {} : { lostNotByKernel: lost - kernelDrops }),
  };
  return { numbers, strips: [{ seed: null, cells: strip }] };
}

async function measureSizes(experiment: Extract<LessonExperiment, { kind: "sizes" }>): Promise<Measurement> {
  const rows = await runSizes(experiment);
  return Object.fromEntries(rows.map((row) => [`percentAt${row.payloadBytes}`, (100 * row.lost) / row.sent]));
}

async function measureSticky(messages: number): Promise<Measurement> {
  const { udp, tcp, cure } = await runSticky({ messages });
  return {
    udpSends: udp.sends,
    udpArrived: udp.arrived,
    udpNotWhole: udp.arrived - udp.whole,
    tcpWrites: tcp.writes,
    tcpMissingBytes: tcp.sentBytes - tcp.receivedBytes,
    tcpReads: tcp.reads,
    tcpReadsThatCut: tcp.cut,
    foundByLength: cure.whole,
    foundByteByByte: cure.wholeByteByByte,
  };
}

async function measureRace(experiment: Extract<LessonExperiment, { kind: "race" }>): Promise<Measurement> {
  const path: Impairment = { ...parseImpairment(experiment.spec), seed: experiment.seed };
  const { plan } = planRace({ messages: experiment.messages }, path, path);
  const results = await runRace({ lanes: experiment.lanes, plan, there: path, back: path, simulated: true });
  const numbers: Record<string, number> = {};
  for (const one of results) {
    numbers[`${one.lane}Delivered`] = one.delivered;
    numbers[`${one.lane}Sent`] = one.sent;
    numbers[`${one.lane}Seconds`] = one.timeMs / 1_000;
    if (one.lane !== "ipmsg") continue;
    numbers["unconfirmed"] = one.unconfirmed;
    numbers["unconfirmedArrived"] = one.unconfirmedArrived;
  }
  return numbers;
}

async function measureHandshake(): Promise<Measurement | null> {
  if (createSystemCounters().source === "none") return null;
  const { events, bytesAfterEnd } = await runHandshake({ watchMs: 20 });
  const saw = (side: string, state: string): number =>
    Number(events.some((one) => one.kind === "state" && one.side === side && one.state === state));
  return {
    listening: saw("listener", "LISTEN"),
    established: saw("client", "ESTABLISHED") + saw("server", "ESTABLISHED"),
    finWait2: saw("client", "FIN_WAIT2"),
    closeWait: saw("server", "CLOSE_WAIT"),
    timeWaitAtClient: saw("client", "TIME_WAIT"),
    timeWaitAtServer: saw("server", "TIME_WAIT"),
    bytesAfterEnd,
  };
}

async function measureErrors(names: readonly ErrorCaseName[]): Promise<Measurement> {
  const cases = await runErrors(names);
  return Object.fromEntries(
    cases.map(({ name, told }) => [
      name.replace(/-(\w)/gu, (_dash, letter: string) => letter.toUpperCase()),
      Number(told !== null),
    ]),
  );
}
