// One measurement as a value: what is sent, how fast, and what the path does to it. Built by the command line, a lesson, the lab
// screen or a teacher's plan; reading it from text that came over the network checks everything. Knows no socket and no clock.
import { formatImpairment, type Impairment, parseImpairment } from "../index.js";
import { floodPps, isFlood, leastSizeOf, type LabScope, limitOf } from "./limits.js";

/** There and back, only there, only back. */
export type LabMode = "echo" | "up" | "down";

export const labModes: readonly LabMode[] = ["echo", "up", "down"];

export interface Experiment {
  readonly mode: LabMode;
  /** How many datagrams. */
  readonly n: number;
  readonly ratePps: number;
  /** UDP payload. */
  readonly sizeBytes: number;
  /** Decimal, for the dice of both ways. */
  readonly seed: string;
  /** Which dice: 0 when alone, else the student's number. */
  readonly flow: number;
  /** How long to wait after the last datagram; null: as the round trips suggest. */
  readonly waitMs: number | null;
  /** Later than this is shown as late; it is not lost. */
  readonly deadlineMs: number;
  readonly up: Impairment;
  readonly down: Impairment;
}

export const defaultExperiment: Experiment = {
  mode: "echo",
  n: 500,
  ratePps: 100,
  sizeBytes: 128,
  seed: "0",
  flow: 0,
  waitMs: null,
  deadlineMs: 50,
  up: {},
  down: {},
};

/** What a limit made of a wish. */
export interface Reduction {
  readonly what: "n" | "ratePps" | "sizeBytes";
  readonly wanted: number;
  readonly granted: number;
}

/**
 * The same experiment within the limits of a scope, and what had to be reduced for it; nothing is ever raised, except that a
 * datagram must be able to carry its own header.
 *
 * @example reduceExperiment({ ...defaultExperiment, ratePps: 50_000 }, "lan").reductions[0]?.granted // 2000
 */
export function reduceExperiment(
  wanted: Experiment,
  scope: LabScope,
  mostPps: number = Number.POSITIVE_INFINITY,
): { readonly experiment: Experiment; readonly reductions: readonly Reduction[] } {
  const sizeBytes = Math.max(
    leastSizeOf(wanted.mode),
    Math.min(wanted.sizeBytes, limitOf("sizeBytes", scope)),
  );
  const isUnbound = isFlood(wanted.mode, wanted.ratePps, scope) && mostPps >= floodPps;
  const ratePps = isUnbound
    ? floodPps
    : Math.min(
        wanted.ratePps,
        mostPps,
        limitOf("sessionPps", scope),
        limitOf("sessionBitsPerSecond", scope) / (8 * sizeBytes),
        sizeBytes > limitOf("sizeBytes", "lan")
          ? limitOf("largeDatagramsPps", scope)
          : Number.POSITIVE_INFINITY,
      );
  const n = Math.max(
    1,
    Math.min(wanted.n, limitOf("datagrams", scope), Math.floor(limitOf("durationSeconds", scope) * ratePps)),
  );
  const experiment = { ...wanted, sizeBytes, ratePps, n };
  const reductions = (["n", "ratePps", "sizeBytes"] as const)
    .filter((what) => experiment[what] < wanted[what])
    .map((what) => ({ what, wanted: wanted[what], granted: experiment[what] }));
  return { experiment, reductions };
}

/** One experiment as plain JSON: impairments in their text form. */
export interface ExperimentJson {
  readonly mode: LabMode;
  readonly n: number;
  readonly ratePps: number;
  readonly sizeBytes: number;
  readonly seed: string;
  readonly flow: number;
  readonly waitMs: number | null;
  readonly deadlineMs: number;
  readonly up: string;
  readonly down: string;
}

export function formatExperiment(experiment: Experiment): ExperimentJson {
  return {
    ...experiment,
    up: formatImpairment(experiment.up),
    down: formatImpairment(experiment.down),
  };
}

/** Reads what `formatExperiment` wrote, or anything at all: null for what is none. */
export function parseExperiment(value: unknown): Experiment | null {
  if (typeof value !== "object" || value === null) return null;
  const part = (key: string): unknown => Reflect.get(value, key);
  const number = (key: string, least: number, most: number): number => {
    const found = part(key);
    return typeof found === "number" && found >= least && found <= most ? found : Number.NaN;
  };
  const mode = labModes.find((one) => one === part("mode"));
  const wait = part("waitMs");
  const seed = part("seed");
  const up = part("up");
  const down = part("down");
  if (mode === undefined || typeof seed !== "string" || !/^\d{1,20}$/u.test(seed)) return null;
  if (typeof up !== "string" || typeof down !== "string" || up.length + down.length > 600) return null;
  const numbers = {
    n: number("n", 1, limitOf("datagrams", "loopback")),
    ratePps: number("ratePps", 0.01, limitOf("sessionPps", "loopback")),
    sizeBytes: number("sizeBytes", leastSizeOf(mode), limitOf("sizeBytes", "loopback")),
    flow: number("flow", 0, 0x7fff_fffe),
    deadlineMs: number("deadlineMs", 0, 60_000),
  };
  const waitMs = wait === null ? null : number("waitMs", 0, 60_000);
  if (Object.values({ ...numbers, wait: waitMs ?? 0 }).some((one) => Number.isNaN(one))) return null;
  if (![numbers.n, numbers.sizeBytes, numbers.flow].every(Number.isInteger)) return null;
  try {
    return { mode, ...numbers, waitMs, seed, up: parseImpairment(up), down: parseImpairment(down) };
  } catch {
    // Thrown for an impairment that is none, which is all there is to say about it here.
    return null;
  }
}
