// What each lane should do, by formula, for independent loss p there and back: the line beside the measurement. Sources and
// derivations stand in docs/lab/formulas.md. Pure arithmetic.
import type { LaneName, LanePlan } from "./lane.js";

export interface PathFacts {
  /** Probability of loss of one datagram, per way. */
  readonly there: number;
  readonly back: number;
  readonly rttMs: number;
}

/** Null: no formula, or none that means anything for this lane. */
export interface LaneTheory {
  readonly delivered: number;
  readonly sent: number | null;
  readonly timeMs: number | null;
  /** The formula is a lower bound of the time, not an expectation. */
  readonly timeIsLeast: boolean;
  readonly unconfirmed: number | null;
}

/**
 * Expected results of a lane.
 *
 * @example laneTheory("saw", plan, { there: 0.1, back: 0.1, rttMs: 20 }).timeMs // n (RTT + RTO q/(1-q))
 */
export function laneTheory(lane: LaneName, plan: LanePlan, path: PathFacts): LaneTheory {
  const n = plan.messages;
  const p = path.there;
  // One round is lost when the message or its acknowledgement is.
  const q = 1 - (1 - path.there) * (1 - path.back);
  const repeats = q < 1 ? q / (1 - q) : Number.POSITIVE_INFINITY;
  const none = { timeIsLeast: false, unconfirmed: null };
  switch (lane) {
    case "udp":
      return { ...none, delivered: n * (1 - p), sent: n, timeMs: (n - 1) * plan.intervalMs + path.rttMs / 2 };
    case "saw":
      return {
        ...none,
        delivered: n,
        sent: finite(n * (1 + repeats)),
        timeMs: finite(n * (path.rttMs + plan.rtoMs * repeats)),
      };
    case "sr":
      return {
        ...none,
        delivered: n,
        sent: finite(n * (1 + repeats)),
        // As if the window never stood still for its oldest message.
        timeMs: finite((n * (path.rttMs + plan.rtoMs * repeats)) / plan.window),
        timeIsLeast: true,
      };
    case "gbn": {
      // Cumulative acknowledgements cover for lost ones, so only losses there count; each costs one window.
      const failures = p < 1 ? p / (1 - p) : Number.POSITIVE_INFINITY;
      return {
        ...none,
        delivered: n,
        sent: finite(n * (1 + plan.window * failures)),
        timeMs: finite((n * path.rttMs) / plan.window + n * failures * plan.rtoMs),
      };
    }
    case "ipmsg": {
      const { sends } = plan.repeat;
      return {
        delivered: n * (1 - p ** sends),
        sent: n * meanSends(q, sends),
        timeMs: null,
        timeIsLeast: false,
        unconfirmed: n * q ** sends,
      };
    }
    case "tcp":
      return { ...none, delivered: n, sent: null, timeMs: null };
    default:
      return lane satisfies never;
  }
}

/** 1 + q + q² … up to the last send. */
function meanSends(q: number, sends: number): number {
  return q < 1 ? (1 - q ** sends) / (1 - q) : sends;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
