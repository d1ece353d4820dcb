// What a run should give, said before it: so that a lesson can be wrong in front of the class. Loss that the impairments make;
// what the real network adds cannot be known.
import { burstTransitions, fragmentCount, type Impairment } from "../../index.js";
import { binomialBand, z95 } from "./interval.js";

export interface Band {
  readonly lo: number;
  readonly hi: number;
  readonly level: number;
}

interface LossModel {
  readonly p: number;
  /** Correlation of neighbours; 0 when independent. */
  readonly rho: number;
}

/** The share of datagrams that never arrive intact, and how they stick together. */
export function lossModel(spec: Impairment, sizeBytes: number): LossModel {
  const { share, rho } = channelOf(spec);
  const fragments = spec.mtu === undefined ? 1 : fragmentCount(sizeBytes, spec.mtu);
  const p = 1 - (1 - share) ** fragments * (1 - (spec.corrupt ?? 0));
  return { p, rho };
}

function channelOf(spec: Impairment): { readonly share: number; readonly rho: number } {
  const { loss } = spec;
  if (loss === undefined) return { share: 0, rho: 0 };
  switch (loss.kind) {
    case "independent":
      return { share: loss.probability, rho: 0 };
    case "bursts": {
      const { goodToBad, badToGood } = burstTransitions(loss.probability, loss.meanBurst);
      return { share: loss.probability, rho: 1 - goodToBad - badToGood };
    }
    case "gilbert-elliott": {
      const both = loss.goodToBad + loss.badToGood;
      // A channel that never changes its state stays in the good one, where it starts.
      const bad = both === 0 ? 0 : loss.goodToBad / both;
      return {
        share: bad * (1 - loss.deliveredInBad) + (1 - bad) * (1 - loss.deliveredInGood),
        rho: both === 0 ? 0 : 1 - both,
      };
    }
    default:
      return loss satisfies never;
  }
}

/**
 * Between which numbers the losses will be, 95 times in 100: an exact binomial, or for bursts a normal band with their variance.
 *
 * @example predictLosses({ p: 0.05, rho: 0 }, 500) // { lo: 16, hi: 35, level: 0.95 }
 */
export function predictLosses(model: LossModel, n: number): Band {
  const { p, rho } = model;
  if (Math.abs(rho) < 1e-12) {
    const [lo, hi] = binomialBand(n, p, 0.05);
    return { lo, hi, level: 0.95 };
  }
  const half = z95 * Math.sqrt((n * p * (1 - p) * (1 + rho)) / (1 - rho));
  return {
    lo: Math.max(0, Math.ceil(n * p - half)),
    hi: Math.min(n, Math.floor(n * p + half)),
    level: 0.95,
  };
}

/** Losses both ways of one echo run; on the way back only those can be lost that arrived there. */
export function predictEcho(
  up: Impairment,
  down: Impairment,
  sizeBytes: number,
  n: number,
): { readonly upLost: Band; readonly downLost: Band } {
  const there = lossModel(up, sizeBytes);
  const back = lossModel(down, sizeBytes);
  return {
    upLost: predictLosses(there, n),
    downLost: predictLosses({ p: (1 - there.p) * back.p, rho: back.rho }, n),
  };
}
