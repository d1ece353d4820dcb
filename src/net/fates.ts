// What happens to datagram number n of one flow and direction: decided by the dice alone, so a seed loses the same datagrams
// again, and turning one impairment on never moves another's dice. Knows no time, no timers, no bytes. Called by `impaired`
// for every datagram and by predictions. Checked against test/vectors/lab-vectors.json, `fates` and `fateTraces`.
import { burstTransitions, type Impairment } from "./impairment.js";
import { parseSeed, philox4x32, threshold } from "./philox.js";

/** Which way a datagram goes: out of this machine, or in. */
export type Direction = "out" | "in";

/** One datagram's fate. A lost one has nothing else. */
export interface Fate {
  readonly n: number;
  readonly lost: boolean;
  /** The bit to flip (byte `flipBit >> 3`, from its lowest bit), or null. */
  readonly flipBit: number | null;
  readonly duplicate: boolean;
  readonly hold: boolean;
  /** Delay, before order and rate are considered. */
  readonly delayMs: number;
}

export interface Fates {
  /** Decides the next datagram; `length` is its payload in bytes. */
  next(length: number): Fate;
  /** Goes on with another spec from the next datagram on; numbers and channel state stay. */
  setSpec(spec: Impairment): void;
}

/** A flow's control datagrams roll other dice than its data, so that counting them in changes no data fate. */
export const controlFlow = 0x8000_0000;

// Purposes, the fourth word of the counter. Words 256 and up belong to the fragments, four to a purpose.
const purposeFate = 0;
const purposeState = 1;
const purposeFragments = 256;

/** Thresholds of one spec, worked out once. */
interface Odds {
  /** A word below these is a loss, by state. */
  readonly lossInGood: number;
  readonly lossInBad: number;
  readonly goodToBad: number;
  readonly badToGood: number;
  readonly corrupt: number;
  readonly duplicate: number;
  readonly hold: number;
  readonly baseMs: number;
  readonly widthMs: number;
  /** Payload bytes per IPv4 fragment; 0: datagrams are not cut. */
  readonly fragmentBytes: number;
}

/**
 * The fates of one flow in one direction (0: from us, or up; 1: to us, or down), from datagram 0.
 *
 * @example createFates("42", 0, 0, parseImpairment("loss=5%")).next(128).lost
 */
export function createFates(seed: string, flow: number, direction: 0 | 1, spec: Impairment): Fates {
  const key = parseSeed(seed);
  const w = new Uint32Array(4);
  const v = new Uint32Array(4);
  const f = new Uint32Array(4);
  let odds = oddsOf(spec);
  let n = 0;
  let bad = false;

  function isLost(length: number): boolean {
    const below = bad ? odds.lossInBad : odds.lossInGood;
    if (odds.fragmentBytes === 0) return word(w, 0) < below;
    if (below === 0) return false;
    const fragments = countFragments(length, odds.fragmentBytes);
    for (let i = 0; i < fragments; i += 1) {
      if ((i & 3) === 0) philox4x32(key, n, flow, direction, purposeFragments + (i >> 2), f);
      if (word(f, i & 3) < below) return true;
    }
    return false;
  }

  function step(): void {
    bad = bad ? word(v, 0) >= odds.badToGood : word(v, 0) < odds.goodToBad;
  }

  return {
    next: (length) => {
      philox4x32(key, n, flow, direction, purposeFate, w);
      philox4x32(key, n, flow, direction, purposeState, v);
      const lost = isLost(length);
      step();
      const corrupted = !lost && length > 0 && word(w, 1) < odds.corrupt;
      const spread = odds.widthMs * ((2 * word(v, 1)) / 0x1_0000_0000 - 1);
      const fate: Fate = {
        n,
        lost,
        flipBit: corrupted ? word(v, 2) % (8 * length) : null,
        duplicate: !lost && word(w, 2) < odds.duplicate,
        hold: !lost && word(w, 3) < odds.hold,
        delayMs: lost ? 0 : Math.max(0, odds.baseMs + spread),
      };
      n += 1;
      return fate;
    },
    setSpec: (next) => {
      odds = oddsOf(next);
    },
  };
}

function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function oddsOf(spec: Impairment): Odds {
  return {
    ...channelOf(spec),
    corrupt: threshold(spec.corrupt ?? 0),
    duplicate: threshold(spec.duplicate ?? 0),
    hold: threshold(spec.reorder?.probability ?? 0),
    baseMs: spec.delay?.baseMs ?? 0,
    widthMs: spec.delay?.widthMs ?? 0,
    fragmentBytes: spec.mtu === undefined ? 0 : fragmentBytes(spec.mtu),
  };
}

/** Independent loss is a channel that never leaves the good state; bursts are one that loses all in the bad state. */
function channelOf(spec: Impairment): Pick<Odds, "lossInGood" | "lossInBad" | "goodToBad" | "badToGood"> {
  const still = { goodToBad: 0, badToGood: threshold(1) };
  const { loss } = spec;
  if (loss === undefined) return { ...still, lossInGood: 0, lossInBad: 0 };
  switch (loss.kind) {
    case "independent":
      return { ...still, lossInGood: threshold(loss.probability), lossInBad: threshold(loss.probability) };
    case "bursts": {
      const { goodToBad, badToGood } = burstTransitions(loss.probability, loss.meanBurst);
      return {
        lossInGood: 0,
        lossInBad: threshold(1),
        goodToBad: threshold(goodToBad),
        badToGood: threshold(badToGood),
      };
    }
    case "gilbert-elliott":
      return {
        lossInGood: threshold(1 - loss.deliveredInGood),
        lossInBad: threshold(1 - loss.deliveredInBad),
        goodToBad: threshold(loss.goodToBad),
        badToGood: threshold(loss.badToGood),
      };
    default:
      return loss satisfies never;
  }
}

/** What an IPv4 fragment carries: the MTU less 20 bytes of header, in whole units of 8. */
function fragmentBytes(mtu: number): number {
  return Math.floor((mtu - 20) / 8) * 8;
}

/** The UDP header's 8 bytes travel in the first fragment. */
function countFragments(payloadBytes: number, perFragment: number): number {
  return Math.ceil((payloadBytes + 8) / perFragment);
}

/**
 * In how many IPv4 packets a payload travels.
 *
 * @example fragmentCount(1_473, 1_500) // 2
 */
export function fragmentCount(payloadBytes: number, mtu: number): number {
  return countFragments(payloadBytes, fragmentBytes(mtu));
}

/**
 * A fate in the letters of the vectors and the strip: `L` lost, else `C` and the bit, `D`, `R` (held), or `.` for none.
 *
 * @example formatFate(fate) // "C983D"
 */
export function formatFate(fate: Pick<Fate, "lost" | "flipBit" | "duplicate" | "hold">): string {
  if (fate.lost) return "L";
  const letters = `${fate.flipBit === null ? "" : `C${fate.flipBit}`}${fate.duplicate ? "D" : ""}${fate.hold ? "R" : ""}`;
  return letters === "" ? "." : letters;
}
