// One measurement against a reflector anywhere: through a relay of our own where the path is to be impaired or a hand is wanted,
// directly else. `solo` adds the reflector, a student the class. Everything is closed when the outcome is there.
import { type Endpoint, type Impairment, version } from "../../index.js";
import { scopeOf } from "../address.js";
import type { Experiment } from "../experiment.js";
import { buildReport } from "../report/build-report.js";
import { datagramRows } from "../report/csv.js";
import type { LabReport } from "../report/report-shape.js";
import type { InitiatorEvent } from "../session/initiator-types.js";
import type { RunFailure, RunRecord } from "../session/run-record.js";
import type { Terms } from "../wire/message-types.js";
import type { LabParts } from "./lab-parts.js";
import { openRelay, type Relay } from "./relay.js";
import { openRun, type Run, type RunOutcome } from "./run-initiator.js";

export interface MeasurementOptions {
  readonly to: Endpoint;
  readonly experiment: Experiment;
  readonly name: string;
  /** Key of the class code; null: none. */
  readonly codeKey: Uint8Array | null;
  /** Even where nothing is impaired. */
  readonly relay?: boolean;
  readonly impairControl?: boolean;
  readonly strict?: boolean;
  /** For the report: `solo`, else `run`. */
  readonly kind?: string;
  readonly isSimulated?: boolean;
  /** Begin with the hand on: datagrams stop in the relay. */
  readonly hand?: boolean;
  readonly paused?: boolean;
  readonly staggerMs?: number;
  /** Put times per datagram into the report, for export. */
  readonly keepsDatagrams?: boolean;
  readonly event?: (event: InitiatorEvent) => void;
  readonly changed?: () => void;
}

export type LabOutcome =
  | { readonly kind: "report"; readonly report: LabReport; readonly record: RunRecord }
  | { readonly kind: "failed"; readonly failure: RunFailure };

export interface Measurement {
  readonly run: Run;
  readonly relay: Relay | null;
  readonly outcome: Promise<LabOutcome>;
}

/** What both ends are asked to agree on. */
export function termsOf(experiment: Experiment): Terms {
  return {
    mode: experiment.mode,
    sizeBytes: experiment.sizeBytes,
    n: experiment.n,
    intervalUs: Math.max(1, Math.round(1e6 / experiment.ratePps)),
    waitMs: experiment.waitMs ?? 0,
  };
}

/** While a person still holds datagrams, the waiting time does not run out. */
const handPollNs = 250e6;
/** As many as a report may list. */
const mostKept = 300_000;

/** Opens what is needed and starts. Rejects when a port cannot be had. */
export async function openMeasurement(parts: LabParts, options: MeasurementOptions): Promise<Measurement> {
  const { experiment, to } = options;
  const { network, time } = parts;
  const scope = scopeOf(to.address);
  const wantsRelay =
    options.relay === true ||
    options.hand === true ||
    isImpaired(experiment.up) ||
    isImpaired(experiment.down);
  const relay = wantsRelay
    ? await openRelay({
        network,
        time,
        counters: parts.counters,
        listen: { address: network.loopback, port: 0 },
        to,
        up: experiment.up,
        down: experiment.down,
        seed: experiment.seed,
        firstFlow: experiment.flow,
        scope,
        ...(options.impairControl === true ? { impairControl: true } : {}),
        ...(options.changed === undefined ? {} : { changed: options.changed }),
      })
    : null;
  relay?.hand.setOn(options.hand === true);
  const isNear = relay !== null || scope === "loopback";
  let run: Run;
  try {
    run = await openRun(parts, {
      to: relay?.local ?? to,
      from: isNear ? network.loopback : to.address.includes(":") ? "::" : "0.0.0.0",
      session: {
        wanted: termsOf(experiment),
        waitMs: experiment.waitMs,
        codeKey: options.codeKey,
        name: options.name,
        seed: experiment.seed,
        ...(options.strict === true ? { strict: true } : {}),
        ...(options.hand === true ? { patient: true } : {}),
        ...(options.staggerMs === undefined ? {} : { staggerNs: options.staggerMs * 1e6 }),
      },
      ...(options.event === undefined ? {} : { event: options.event }),
    });
  } catch (error) {
    await relay?.close();
    throw error;
  }
  if (options.paused === true) run.tell({ kind: "pause" });
  let isOver = false;
  const watchHand = (): void => {
    if (isOver || relay === null) return;
    if (relay.hand.held().length > 0) run.tell({ kind: "held" });
    time.at(time.nowNs() + handPollNs, watchHand);
  };
  watchHand();
  const outcome = finish(parts, options, run, relay).finally(() => {
    isOver = true;
  });
  return { run, relay, outcome };
}

function isImpaired(spec: Impairment): boolean {
  return Object.keys(spec).some((key) => key !== "seed");
}

async function finish(
  parts: LabParts,
  options: MeasurementOptions,
  run: Run,
  relay: Relay | null,
): Promise<LabOutcome> {
  try {
    const found = await run.outcome;
    return found.kind === "failed" ? found : describe(parts, options, found, relay);
  } finally {
    await Promise.all([run.close(), relay?.close()]);
  }
}

function describe(
  parts: LabParts,
  options: MeasurementOptions,
  { record, surroundings }: Extract<RunOutcome, { kind: "record" }>,
  relay: Relay | null,
): LabOutcome {
  const flow = relay?.flows()[0];
  const report = buildReport({
    at: new Date(parts.time.wallMs()).toISOString(),
    version,
    experiment: options.experiment,
    record,
    surroundings,
    system: parts.system,
    nodeVersion: parts.nodeVersion,
    bootMark: parts.counters.bootMark(),
    isSimulated: options.isSimulated === true,
    kind: options.kind ?? "run",
    truth:
      relay === null || flow === undefined
        ? null
        : { up: flow.up, down: flow.down, ownDropsUp: relay.ownDropsUp(), ownDropsDown: flow.ownDropsDown },
    notes: notesOf(record),
  });
  const datagrams =
    options.keepsDatagrams === true ? { datagrams: datagramRows(record).slice(0, mostKept) } : {};
  return { kind: "report", report: { ...report, ...datagrams }, record };
}

/** What must be said besides the numbers, by code; front ends have the words. */
function notesOf(record: RunRecord): string[] {
  const notes: string[] = [];
  if (record.end.kind !== "complete") notes.push(record.end.kind);
  if (record.pausedMs > 0) notes.push("paused");
  if (record.foreign > 0) notes.push("foreign");
  if (record.terms.n <= 20_000 && record.terms.mode !== "down" && record.thereArrivals === null)
    notes.push("no-arrivals");
  return notes;
}
