// What the dice did, as an account that closes: counters of one flow in one direction and its list of fates. The counterpart
// of every measurement. Knows no bytes and no time. Written by `impaired-path`, read by whoever shows truth beside measurement.
import { type Direction, type Fate, formatFate } from "./fates.js";

/** One datagram's fate; `fate` as in `formatFate`, with a `Q` at the end where the rate limit dropped it (or a copy of it). */
export interface FateRecord {
  readonly n: number;
  /** The datagram's own number, where the caller can read one out of it. */
  readonly sequence: number | null;
  readonly fate: string;
}

/** A view, not a copy: up to 300,000 records, each made when it is read. */
export interface FateList extends Iterable<FateRecord> {
  readonly length: number;
  at(n: number): FateRecord | null;
}

/**
 * One flow, one direction. Always: `in + duplicated = out + dropped.loss + dropped.queue + waiting + abandoned`.
 */
export interface FlowTruth {
  readonly address: string;
  readonly flow: number;
  readonly direction: Direction;
  readonly in: number;
  readonly dropped: { readonly loss: number; readonly queue: number };
  readonly corrupted: number;
  readonly duplicated: number;
  /** How many were held to be overtaken, ever. */
  readonly held: number;
  readonly out: number;
  /** Held, delayed or queued at this moment. */
  readonly waiting: number;
  /** Still waiting when the transport was closed. */
  readonly abandoned: number;
  readonly fates: FateList;
}

export interface FlowCounters {
  in: number;
  lost: number;
  queueDropped: number;
  corrupted: number;
  duplicated: number;
  held: number;
  out: number;
  waiting: number;
  abandoned: number;
}

export function createFlowCounters(): FlowCounters {
  return {
    in: 0,
    lost: 0,
    queueDropped: 0,
    corrupted: 0,
    duplicated: 0,
    held: 0,
    out: 0,
    waiting: 0,
    abandoned: 0,
  };
}

/** Fates listed per flow and direction; a run has at most a million datagrams, and a third of it is enough to compare. */
export const listedFates = 300_000;

/** Shared by all lists of one transport: some 16 bytes each, so 32 MiB at most whatever the network sends. */
export interface ListBudget {
  left: number;
}

export interface FateLog {
  readonly list: FateList;
  add(fate: Fate, sequence: number | null): void;
  /** The rate limit dropped datagram n. */
  markDropped(n: number): void;
}

// One number per fate: flags, and from bit 4 on the flipped bit plus one (at most 8 x 65,507, so 24 bits in all).
const flagLost = 1;
const flagDuplicate = 2;
const flagHold = 4;
const flagDropped = 8;

export function createFateLog(budget: ListBudget): FateLog {
  const packed: number[] = [];
  const sequences: (number | null)[] = [];

  function read(n: number): FateRecord | null {
    const bits = packed[n];
    if (bits === undefined) return null;
    const letters = formatFate({
      lost: (bits & flagLost) !== 0,
      flipBit: bits >> 4 === 0 ? null : (bits >> 4) - 1,
      duplicate: (bits & flagDuplicate) !== 0,
      hold: (bits & flagHold) !== 0,
    });
    const dropped = (bits & flagDropped) !== 0;
    const fate = dropped ? `${letters === "." ? "" : letters}Q` : letters;
    return { n, sequence: sequences[n] ?? null, fate };
  }

  return {
    list: {
      get length() {
        return packed.length;
      },
      at: read,
      *[Symbol.iterator]() {
        for (let n = 0; n < packed.length; n += 1) {
          const record = read(n);
          if (record !== null) yield record;
        }
      },
    },
    add: (fate, sequence) => {
      // The list has no gaps: index and n are the same number.
      if (fate.n !== packed.length || packed.length >= listedFates || budget.left === 0) return;
      budget.left -= 1;
      const flipped = fate.flipBit === null ? 0 : (fate.flipBit + 1) << 4;
      packed.push(
        (fate.lost ? flagLost : 0) |
          (fate.duplicate ? flagDuplicate : 0) |
          (fate.hold ? flagHold : 0) |
          flipped,
      );
      sequences.push(sequence);
    },
    markDropped: (n) => {
      const bits = packed[n];
      if (bits !== undefined) packed[n] = bits | flagDropped;
    },
  };
}
