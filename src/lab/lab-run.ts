// The lab for a screen: one controller around one run at a time, snapshots of plain data, no drawing. A screen
//   1. makes it:            const lab = createLabRun({ parts, experiment });
//   2. listens:             lab.subscribe(() => schedulePaint());      at most one call per change; paint when you like
//   3. starts a run:        await lab.start();                         again for the next one; stop() ends one early
//   4. reads what to draw:  lab.snapshot()                             strip cells, counts, intervals, ledger, held datagrams
//   5. passes keys on:      pause() resume() step() setHand(on) act(id, "kill") change({ … })
// and for the teacher's table uses `openClass` (class/class-host) and `teacherTable` (class/teacher-table). While a run goes on, losses are not
// known: a datagram without an answer is `?`; the verdict comes with the report.
import { type Experiment, reduceExperiment } from "./experiment.js";
import type { LabReport } from "./report/report-shape.js";
import { createLiveCells, liveWays, type LiveWay } from "./live-cells.js";
import type { HandAct, HeldDatagram } from "./runner/hand.js";
import type { LabParts } from "./runner/lab-parts.js";
import type { LabOutcome, Measurement, MeasurementOptions } from "./runner/measurement.js";
import { openMeasurement } from "./runner/measurement.js";
import { openSolo } from "./runner/solo.js";
import type { RunFailure } from "./session/run-record.js";
import { histogramOf, percentile } from "./stats/delays.js";
import { predictEcho, type Band } from "./stats/prediction.js";

export interface LabRunOptions {
  readonly parts: LabParts;
  readonly experiment: Experiment;
  /** A reflector elsewhere; absent: our own, on loopback. */
  readonly target?: Pick<MeasurementOptions, "to" | "name" | "codeKey" | "strict">;
  readonly impairControl?: boolean;
  readonly isSimulated?: boolean;
  /** Keep times per datagram in the report, for export. */
  readonly keepsDatagrams?: boolean;
}

export type LabRunState = "ready" | "opening" | "running" | "paused" | "closing" | "done" | "failed";

export interface LabSnapshot {
  readonly state: LabRunState;
  readonly experiment: Experiment;
  readonly prediction: { readonly upLost: Band; readonly downLost: Band };
  /** One letter per datagram sent so far; the report's when it is done. */
  readonly strip: string;
  readonly sent: number;
  readonly answered: number;
  readonly copies: number;
  /** What the far end said so far: of those sent, how many arrived there. */
  readonly arrivedThere: number;
  /** Losses so far, both ways: provisional. */
  readonly live: { readonly up: LiveWay; readonly down: LiveWay };
  readonly rttUs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  readonly histogramUs: readonly (readonly [number, number])[];
  readonly held: readonly HeldDatagram[];
  readonly isHandOn: boolean;
  /** Counts, intervals, ledger, truth and check of a finished run. */
  readonly report: LabReport | null;
  readonly failure: RunFailure | null;
}

export interface LabRun {
  snapshot(): LabSnapshot;
  /** Calls `listener` on every change; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Starts a run; resolves when it is over. Rejects when a port cannot be had. */
  start(): Promise<LabOutcome>;
  stop(): void;
  pause(): void;
  resume(): void;
  /** One datagram while paused. */
  step(): void;
  setHand(on: boolean): void;
  act(id: number, act: HandAct): boolean;
  /** Another experiment for the next run, within the limits of this machine. */
  change(part: Partial<Experiment>): void;
}

export function createLabRun(options: LabRunOptions): LabRun {
  const { parts } = options;
  const listeners = new Set<() => void>();
  let { experiment } = options;
  let current: Measurement | null = null;
  let state: LabRunState = "ready";
  let isHandWanted = false;
  let isPauseWanted = false;
  let cells = createLiveCells(experiment.deadlineMs);
  let prediction = predict(experiment);
  let report: LabReport | null = null;
  let failure: RunFailure | null = null;

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function cellChanged(seq: number): void {
    const book = current?.run.book() ?? null;
    if (book !== null) cells.changed(book, seq);
  }

  const event: NonNullable<MeasurementOptions["event"]> = (what) => {
    if (what.kind === "cell") cellChanged(what.seq);
    if (what.kind === "state" && what.state === "running") state = isPauseWanted ? "paused" : "running";
    if (what.kind === "state" && what.state === "waiting") state = "closing";
    changed();
  };

  async function start(): Promise<LabOutcome> {
    if (current !== null) throw new Error("a run at a time");
    cells = createLiveCells(experiment.deadlineMs);
    report = null;
    failure = null;
    state = "opening";
    changed();
    const common = {
      experiment,
      event,
      changed,
      hand: isHandWanted,
      paused: isPauseWanted,
      ...(options.impairControl === true ? { impairControl: true } : {}),
      ...(options.isSimulated === true ? { isSimulated: true } : {}),
      ...(options.keepsDatagrams === true ? { keepsDatagrams: true } : {}),
    };
    try {
      current = await (options.target === undefined
        ? openSolo(parts, common)
        : openMeasurement(parts, { ...common, ...options.target }));
      const outcome = await current.outcome;
      if (outcome.kind === "report") ({ report } = outcome);
      else ({ failure } = outcome);
      state = outcome.kind === "report" ? "done" : "failed";
      return outcome;
    } catch (error) {
      state = "ready";
      throw error;
    } finally {
      current = null;
      changed();
    }
  }

  return {
    snapshot: () => {
      const recent = cells.recentUs();
      const book = current?.run.book() ?? null;
      const [p50, p95, max] = [percentile(recent, 0.5), percentile(recent, 0.95), recent.at(-1)];
      return {
        state,
        experiment,
        prediction,
        strip: report?.strip ?? cells.strip(),
        sent: report?.up?.sent ?? cells.sent(),
        answered: report?.roundTrip?.unique ?? book?.live.arrivedHere ?? 0,
        copies: book?.live.copiesHere ?? 0,
        arrivedThere: report?.up?.unique ?? book?.live.unique ?? 0,
        live: liveWays(book),
        rttUs: p50 === null || p95 === null || max === undefined ? null : { p50, p95, max },
        histogramUs: report?.roundTrip?.histogramUs ?? histogramOf(recent),
        held: current?.relay?.hand.held() ?? [],
        isHandOn: current?.relay?.hand.isOn() ?? isHandWanted,
        report,
        failure,
      };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    start,
    stop: () => current?.run.tell({ kind: "stop" }),
    pause: () => {
      isPauseWanted = true;
      current?.run.tell({ kind: "pause" });
      if (state === "running") state = "paused";
      changed();
    },
    resume: () => {
      isPauseWanted = false;
      current?.run.tell({ kind: "resume" });
      if (state === "paused") state = "running";
      changed();
    },
    step: () => current?.run.tell({ kind: "step" }),
    setHand: (on) => {
      isHandWanted = on;
      current?.relay?.hand.setOn(on);
      changed();
    },
    act: (id, act) => current?.relay?.hand.act(id, act) ?? false,
    change: (part) => {
      ({ experiment } = reduceExperiment({ ...experiment, ...part }, "loopback"));
      prediction = predict(experiment);
      changed();
    },
  };
}

function predict({ up, down, sizeBytes, n }: Experiment): LabSnapshot["prediction"] {
  return predictEcho(up, down, sizeBytes, n);
}
