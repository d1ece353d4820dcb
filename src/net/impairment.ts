// What to do to a path, as a value: the type, its limits, and the neutral one. The text form is in `impairment-text`; the
// dice are in `fates`. Built by the command line, a lesson, a settings file or a teacher's plan.
import { FeiyanError } from "../ports/error.js";
import { parseSeed } from "./philox.js";

/** How datagrams are lost. Probabilities are 0 … 1. */
export type LossRule =
  | { readonly kind: "independent"; readonly probability: number }
  /** The same share lost, in bursts of this mean length: a Gilbert channel written as people think of it. */
  | { readonly kind: "bursts"; readonly probability: number; readonly meanBurst: number }
  /** Gilbert-Elliott: probabilities of changing state, and of getting through in each state. */
  | {
      readonly kind: "gilbert-elliott";
      readonly goodToBad: number;
      readonly badToGood: number;
      readonly deliveredInBad: number;
      readonly deliveredInGood: number;
    };

/** One path's impairments; what is absent does not happen. */
export interface Impairment {
  readonly loss?: LossRule;
  /** Probability that one bit is flipped. */
  readonly corrupt?: number;
  readonly duplicate?: number;
  /** Probability of being held until `distance` later datagrams have passed. */
  readonly reorder?: { readonly probability: number; readonly distance: number };
  /** Evenly spread over base - width … base + width, never below 0. */
  readonly delay?: { readonly baseMs: number; readonly widthMs: number };
  /** Delayed datagrams leave in the order in which they came. */
  readonly keepOrder?: boolean;
  /** Token bucket; what does not fit into the queue is dropped. Sizes are payload bytes. */
  readonly rate?: {
    readonly bitsPerSecond: number;
    readonly burstBytes: number;
    readonly queueBytes: number;
  };
  /** The loss rule then strikes each IPv4 fragment of a datagram. */
  readonly mtu?: number;
  /** Decimal, 0 … 2^64 - 1. */
  readonly seed?: string;
}

/** Limits, each with its reason. */
export const impairmentLimits = {
  /** Longer bursts than a run has datagrams say nothing. */
  meanBurst: 1_000_000,
  /** Held datagrams occupy memory; the default flush comes after 250 ms anyway. */
  reorderDistance: 1_000,
  /** A minute is beyond every timer of the chat. */
  delayMs: 60_000,
  bitsPerSecond: { least: 8, most: 100_000_000_000 },
  /** The largest datagram must be able to wait; more than 64 MiB is no queue of a LAN. */
  bucketBytes: { least: 1, most: 64 * 1024 * 1024 },
  /** 68 is the least IPv4 allows. */
  mtu: { least: 68, most: 65_535 },
} as const;

/** The probability per datagram of changing between the two states, for a loss share and a mean burst length. */
export function burstTransitions(
  probability: number,
  meanBurst: number,
): { goodToBad: number; badToGood: number } {
  const badToGood = 1 / meanBurst;
  // A share of 1 is a channel that never leaves the bad state; validation has refused it by then.
  return { goodToBad: probability === 0 ? 0 : (badToGood * probability) / (1 - probability), badToGood };
}

/**
 * Throws `impairment-invalid` with the offending key for values that mean nothing.
 *
 * @example validateImpairment({ corrupt: 2 }) // throws: corrupt is 0 to 100 %
 */
export function validateImpairment(spec: Impairment): void {
  if (spec.loss !== undefined) validateLoss(spec.loss);
  if (spec.corrupt !== undefined) checkShare("corrupt", spec.corrupt);
  if (spec.duplicate !== undefined) checkShare("dup", spec.duplicate);
  if (spec.reorder !== undefined) {
    checkShare("reorder", spec.reorder.probability);
    checkWhole("reorder", "later datagrams", spec.reorder.distance, 1, impairmentLimits.reorderDistance);
  }
  if (spec.delay !== undefined) {
    checkRange("delay", "milliseconds", spec.delay.baseMs, 0, impairmentLimits.delayMs);
    checkRange("delay", "milliseconds", spec.delay.widthMs, 0, impairmentLimits.delayMs);
  }
  if (spec.rate !== undefined) {
    const { bitsPerSecond, bucketBytes } = impairmentLimits;
    checkRange("rate", "bits a second", spec.rate.bitsPerSecond, bitsPerSecond.least, bitsPerSecond.most);
    checkWhole("rate", "bytes", spec.rate.burstBytes, bucketBytes.least, bucketBytes.most);
    checkWhole("rate", "bytes", spec.rate.queueBytes, bucketBytes.least, bucketBytes.most);
  }
  if (spec.mtu !== undefined) {
    checkWhole("mtu", "bytes", spec.mtu, impairmentLimits.mtu.least, impairmentLimits.mtu.most);
  }
  if (spec.seed !== undefined) parseSeed(spec.seed);
}

function validateLoss(loss: LossRule): void {
  switch (loss.kind) {
    case "independent":
      checkShare("loss", loss.probability);
      return;
    case "bursts": {
      checkShare("loss", loss.probability);
      checkRange("burst", "datagrams", loss.meanBurst, 1, impairmentLimits.meanBurst);
      const least = loss.probability / (1 - loss.probability);
      if (loss.meanBurst < least || !Number.isFinite(least)) {
        const text = Number.isFinite(least) ? `at least ${least.toPrecision(3)}` : "impossible";
        refuse("burst", loss.meanBurst, `at this loss a mean burst is ${text}`);
      }
      return;
    }
    case "gilbert-elliott":
      for (const share of [loss.goodToBad, loss.badToGood, loss.deliveredInBad, loss.deliveredInGood]) {
        checkShare("ge", share);
      }
      return;
    default:
      loss satisfies never;
  }
}

function checkShare(key: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(key, value, "it is 0 to 100 %");
}

function checkRange(key: string, unit: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) refuse(key, value, `it is ${least} to ${most} ${unit}`);
}

function checkWhole(key: string, unit: string, value: number, least: number, most: number): void {
  checkRange(key, unit, value, least, most);
  if (!Number.isInteger(value)) refuse(key, value, `it is a whole number of ${unit}`);
}

function refuse(key: string, value: number, reason: string): never {
  throw new FeiyanError("impairment-invalid", `${key}: ${reason}`, { part: String(value), key });
}
