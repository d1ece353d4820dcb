// Our packet numbers: Unix seconds, always growing, also across restarts (protocol.md section 0, fact 8). A block of numbers
// is reserved ahead of use, so that a crash never hands out a number twice; the shell keeps the reservation on disk.
import type { PacketNo } from "../protocol/message.js";
import type { Effect } from "./effect.js";

/** Numbers reserved at a time: one small write per so many packets, and in a flood, where a write takes a hundredth of a core, more. */
const smallestBlock = 256;
const largestBlock = 4_096;
/** A block that is used up sooner than this is followed by one twice as large. */
const quickMs = 10_000;
/** 32-bit clients fold larger numbers. Seconds reach it in 2038 and begin anew. */
const highest = 0x7fffffff;

export interface PacketNumbers {
  next(now: number): PacketNo;
  /** The first number that was not given out: what to keep on a clean end. */
  unused(): number;
}

export function createPacketNumbers(firstUnused: number, effects: (effect: Effect) => void): PacketNumbers {
  let last = firstUnused - 1;
  let reservedBelow = firstUnused;
  let reservedAt = Number.NEGATIVE_INFINITY;
  let block = smallestBlock;
  return {
    next(now) {
      const seconds = Math.max(1, Math.floor(now / 1000) % highest);
      const isEnd = last >= highest;
      last = isEnd ? seconds : Math.max(seconds, last + 1);
      if (last >= reservedBelow || isEnd) {
        block = now - reservedAt < quickMs ? Math.min(largestBlock, block * 2) : smallestBlock;
        reservedAt = now;
        reservedBelow = last + block;
        effects({ kind: "reserve-packet-numbers", below: reservedBelow });
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- digits
      return String(last) as PacketNo;
    },
    unused: () => last + 1,
  };
}
