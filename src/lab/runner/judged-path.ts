// One direction of one flow through an impaired path, with the account of every number: what came in, how many intact copies went
// out. That is the truth a measurement is compared with. Knows no socket. A person may decide instead of the dice (hand mode).
import { createFates, createImpairedPath, type Clock, type Impairment } from "../../index.js";

export interface PathTruth {
  readonly in: number;
  readonly out: number;
  /** By the loss rule, the queue or a hand. */
  readonly dropped: number;
  readonly duplicated: number;
  readonly held: number;
  readonly damaged: number;
  /** Held, delayed or queued at this moment. */
  readonly waiting: number;
  /** Of data datagrams, in order: none of its copies went out intact. Null when there were too many to list. */
  readonly fates: readonly TruthEntry[] | null;
}

export interface TruthEntry {
  readonly seq: number | null;
  readonly intactCopies: number;
  /** Went on damaged. */
  readonly damaged: boolean;
}

export interface JudgedPath {
  push(bytes: Uint8Array, seq: number | null): void;
  /** Records and delivers what a hand decided: any number of copies, intact or not. */
  decide(bytes: Uint8Array, seq: number | null, copies: number, damage: boolean): void;
  flush(): void;
  abandon(): void;
  truth(): PathTruth;
}

export interface JudgedPathOptions {
  readonly clock: Clock;
  readonly spec: Impairment;
  readonly seed: string;
  readonly flow: number;
  readonly direction: 0 | 1;
  deliver(bytes: Uint8Array): void;
}

/** As many as the fates have room for. */
const listed = 300_000;
const waitingBytes = 16 * 1024 * 1024;

export function createJudgedPath(options: JudgedPathOptions): JudgedPath {
  const { clock, spec, direction } = options;
  const seqs: (number | null)[] = [];
  const copies: number[] = [];
  const entryOf: number[] = [];
  const damagedByHand = new Set<number>();
  const hand = { in: 0, out: 0, dropped: 0, duplicated: 0, damaged: 0 };
  let unlisted = 0;

  const path = createImpairedPath<number>({
    clock,
    fates: createFates(spec.seed ?? options.seed, options.flow, direction, spec),
    spec,
    waiting: { leftBytes: waitingBytes },
    listed: { left: listed },
    deliver: (bytes, entry) => {
      copies[entry] = (copies[entry] ?? 0) + 1;
      options.deliver(bytes);
    },
  });

  function open(seq: number | null): number {
    if (seqs.length >= listed) {
      unlisted += 1;
      return listed;
    }
    seqs.push(seq);
    copies.push(0);
    return seqs.length - 1;
  }

  function list(): readonly TruthEntry[] | null {
    if (unlisted > 0) return null;
    const damaged = new Set(damagedByHand);
    for (let n = 0; n < entryOf.length; n += 1) {
      const entry = entryOf[n];
      if (entry !== undefined && path.fates.at(n)?.fate.startsWith("C") === true) damaged.add(entry);
    }
    return seqs.map((seq, entry) => ({
      seq,
      intactCopies: damaged.has(entry) ? 0 : (copies[entry] ?? 0),
      damaged: damaged.has(entry),
    }));
  }

  return {
    push: (bytes, seq) => {
      const entry = open(seq);
      entryOf.push(entry);
      path.push(bytes, entry, seq);
    },
    decide: (bytes, seq, count, damage) => {
      const entry = open(seq);
      hand.in += 1;
      hand.out += count;
      if (count === 0) hand.dropped += 1;
      hand.duplicated += Math.max(0, count - 1);
      if (damage) {
        hand.damaged += 1;
        damagedByHand.add(entry);
      }
      copies[entry] = count;
      const sent = damage ? flipMiddle(bytes) : bytes;
      for (let copy = 0; copy < count; copy += 1) options.deliver(sent);
    },
    flush: () => {
      path.flush();
    },
    abandon: () => {
      path.abandon();
    },
    truth: () => {
      const { counters } = path;
      return {
        in: counters.in + hand.in,
        out: counters.out + hand.out,
        dropped: counters.lost + counters.queueDropped + hand.dropped,
        duplicated: counters.duplicated + hand.duplicated,
        held: counters.held,
        damaged: counters.corrupted + hand.damaged,
        waiting: counters.waiting,
        fates: list(),
      };
    },
  };
}

/** One flipped bit in the middle, where the checksum must find it. */
function flipMiddle(bytes: Uint8Array): Uint8Array {
  const damaged = new Uint8Array(bytes);
  const at = damaged.length >> 1;
  damaged[at] = (damaged[at] ?? 0) ^ 1;
  return damaged;
}
