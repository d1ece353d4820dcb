// What one lane came to: numbers only, for the table, the JSON report and the lessons.
import type { LaneName } from "./lane.js";
import type { LaneTheory } from "./theory.js";

export interface LaneResult {
  readonly lane: LaneName;
  readonly messages: number;
  /** Datagrams with a message in them, repeats included; for tcp the writes. */
  readonly sent: number;
  readonly acknowledgements: number;
  /** Different messages at the receiver. */
  readonly delivered: number;
  /** Copies of messages the receiver had. */
  readonly duplicates: number;
  /** Came out of order and were thrown away (gbn). */
  readonly discarded: number;
  readonly confirmed: number;
  readonly unconfirmed: number;
  /** Of the unconfirmed, how many had arrived: only the demonstration can know. */
  readonly unconfirmedArrived: number;
  /** First send to the moment the sender knew it was done; udp: to the last arrival. */
  readonly timeMs: number;
  readonly goodputBitsPerSecond: number | null;
  /** False: stopped by the time limit. */
  readonly finished: boolean;
  readonly droppedThere: number;
  readonly droppedBack: number;
  readonly theory: LaneTheory | null;
}

/** Payload bits of different messages per second; null when there was no time. */
export function goodput(delivered: number, sizeBytes: number, timeMs: number): number | null {
  return timeMs > 0 ? (delivered * sizeBytes * 8 * 1000) / timeMs : null;
}
