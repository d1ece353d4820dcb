// A race: lanes one after another, each with machines of its own, over the same dice. On the memory network (`simulated`:
// exact, at once) or on real loopback sockets. A value in, a value out. Called by the command, the screen and the lessons.
import {
  createSystemClock,
  createUdpTransport,
  type DatagramTransport,
  type Impairment,
} from "../../index.js";
import { createMemoryNetwork } from "../../testing.js";
import type { LaneName, LanePlan, MachineLaneName } from "./lane.js";
import type { LaneResult } from "./lane-result.js";
import { runLane, type MeasuredLane } from "./run-lane.js";
import { createSimulatedTime } from "./simulated-time.js";
import { runTcpYardstick } from "./tcp-yardstick.js";
import { laneTheory, type PathFacts } from "./theory.js";

export interface RaceOptions {
  readonly lanes: readonly LaneName[];
  readonly plan: LanePlan;
  /** Both with the same seed; there is dice direction 0, back is 1. */
  readonly there: Impairment;
  readonly back: Impairment;
  readonly simulated: boolean;
  readonly limitMs?: number;
  readonly stop?: AbortSignal;
  /** Called as messages arrive, but for the yardstick. */
  readonly moved?: (lane: LaneName, delivered: number, sent: number) => void;
  /** Called as each lane ends. */
  readonly ended?: (result: LaneResult) => void;
}

/** A real lane that is not done after this is told so far. */
export const raceLimitMs = 120_000;

/** Simulated time costs little, and stop-and-wait at high loss takes long. */
const simulatedLimitMs = 3_600_000;

/** Runs the lanes in turn; the yardstick has no simulated form and is left out there. */
export async function runRace(options: RaceOptions): Promise<readonly LaneResult[]> {
  const results: LaneResult[] = [];
  for (const lane of options.lanes) {
    if (options.stop?.aborted === true) break;
    if (lane === "tcp" && options.simulated) continue;
    const measured =
      lane === "tcp"
        ? await runTcpYardstick(options.plan, () => performance.now(), options.limitMs ?? raceLimitMs)
        : options.simulated
          ? await runSimulated(lane, options)
          : await runReal(lane, options);
    const path = pathFacts(options.there, options.back, options.simulated ? 0 : 1);
    const result = { ...measured, theory: path === null ? null : laneTheory(lane, options.plan, path) };
    results.push(result);
    options.ended?.(result);
  }
  return results;
}

async function runSimulated(lane: MachineLaneName, options: RaceOptions): Promise<MeasuredLane> {
  const time = createSimulatedTime();
  const network = createMemoryNetwork({ clock: time.clock });
  const run = runLane({
    ...common(lane, options),
    clock: time.clock,
    sender: network.transport({ address: "10.0.0.1", port: 0 }),
    receiver: network.transport({ address: "10.0.0.2", port: 0 }),
    receiverAddress: "10.0.0.2",
    limitMs: options.limitMs ?? simulatedLimitMs,
  });
  await time.runUntil(run);
  return await run;
}

async function runReal(lane: MachineLaneName, options: RaceOptions): Promise<MeasuredLane> {
  return await runLane({
    ...common(lane, options),
    clock: createSystemClock({ keepAlive: true }),
    sender: loopbackTransport(),
    receiver: loopbackTransport(),
    receiverAddress: "127.0.0.1",
    limitMs: options.limitMs ?? raceLimitMs,
  });
}

function loopbackTransport(): DatagramTransport {
  return createUdpTransport({ port: 0, binds: ["127.0.0.1"], ipv6: false });
}

function common(lane: MachineLaneName, { plan, there, back, stop, moved }: RaceOptions) {
  const lingerMs = 2 * rttOf(there, back) + 50;
  return {
    lane,
    plan,
    there,
    back,
    lingerMs,
    ...(stop === undefined ? {} : { stop }),
    ...(moved === undefined
      ? {}
      : { moved: (delivered: number, sent: number) => moved(lane, delivered, sent) }),
  };
}

/** Round trip that the impairments alone cause, at its longest. */
export function rttOf(there: Impairment, back: Impairment): number {
  return longestDelay(there) + longestDelay(back);
}

function longestDelay({ delay }: Impairment): number {
  return delay === undefined ? 0 : delay.baseMs + delay.widthMs;
}

/** What the formulas need, or null where they do not hold: bursts, fragments and queues are outside them. */
export function pathFacts(there: Impairment, back: Impairment, ownRttMs: number): PathFacts | null {
  const [p, r] = [independentShare(there), independentShare(back)];
  if (p === null || r === null) return null;
  const rttMs = (there.delay?.baseMs ?? 0) + (back.delay?.baseMs ?? 0) + ownRttMs;
  return { there: p, back: r, rttMs };
}

/** The share of datagrams that come to nothing, damaged ones included, where each has a fate of its own. */
function independentShare({ loss, corrupt = 0, mtu, rate }: Impairment): number | null {
  if (mtu !== undefined || rate !== undefined) return null;
  if (loss !== undefined && loss.kind !== "independent") return null;
  const share = loss?.probability ?? 0;
  return corrupt === 0 ? share : 1 - (1 - share) * (1 - corrupt);
}
