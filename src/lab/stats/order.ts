// Reordering as RFC 4737 counts it: over first arrivals, in the order in which they came. Incremental, so that a reflector can
// count while it listens, in bounded memory.

export interface Reordered {
  readonly seq: number;
  /** Place among first arrivals, from 0. */
  readonly position: number;
  /** How many places later than where an earlier larger number shows it should have been. */
  readonly extent: number;
  /** How many directly before it are larger. */
  readonly nReordering: number;
  /** How much later than the earliest larger one it came. */
  readonly lateTime: number;
}

export interface OrderCounter {
  /** Takes one first arrival; gives what it was when it was overtaken. */
  add(seq: number, at: number): Reordered | null;
  readonly count: number;
  readonly maxExtent: number;
}

/** So far back an overtaken one is looked for; RFC 4737 allows a bound, and no LAN reorders further. */
const memory = 4_096;

/** Counts reordering. @example createOrderCounter().add(3, 0) // null */
export function createOrderCounter(): OrderCounter {
  // The last arrivals in a ring: numbers and times.
  const seqs = new Float64Array(memory);
  const times = new Float64Array(memory);
  let arrivals = 0;
  let nextExpected = 0;
  let count = 0;
  let maxExtent = 0;

  function extentOf(seq: number, at: number): Reordered {
    const oldest = Math.max(0, arrivals - memory);
    let earliest = arrivals;
    let nReordering = 0;
    let unbroken = true;
    for (let position = arrivals - 1; position >= oldest; position -= 1) {
      const larger = (seqs[position % memory] ?? 0) > seq;
      if (larger) earliest = position;
      if (!larger) unbroken = false;
      else if (unbroken) nReordering += 1;
    }
    return {
      seq,
      position: arrivals,
      extent: arrivals - earliest,
      nReordering,
      lateTime: earliest === arrivals ? 0 : at - (times[earliest % memory] ?? 0),
    };
  }

  return {
    add: (seq, at) => {
      let result: Reordered | null = null;
      if (seq < nextExpected) {
        result = extentOf(seq, at);
        count += 1;
        maxExtent = Math.max(maxExtent, result.extent);
      } else nextExpected = seq + 1;
      seqs[arrivals % memory] = seq;
      times[arrivals % memory] = at;
      arrivals += 1;
      return result;
    },
    get count() {
      return count;
    },
    get maxExtent() {
      return maxExtent;
    },
  };
}
