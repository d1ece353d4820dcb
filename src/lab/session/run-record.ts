// What one run left behind at the initiator, as plain data: the input of statistics, ledger, strip and export. Types only.
import type { DoneCounts, Refusal, SystemName, Terms } from "../wire/message-types.js";
import type { ListedArrival } from "./receipts.js";

/** The other end, as it described itself. */
export interface PeerInfo {
  readonly system: SystemName;
  readonly nodeMajor: number;
  readonly receiveBufferBytes: number;
  readonly bootMark: string | null;
}

export type RunEnd =
  | { readonly kind: "complete" }
  /** Stopped by the person; what was measured until then is complete in itself. */
  | { readonly kind: "stopped" }
  /** No answer for a while although the session stands. */
  | { readonly kind: "silence" }
  /** The session was opened, but its end was not answered: only what the initiator saw is known. */
  | { readonly kind: "no-verdict" };

export type RunFailure =
  /** No answer to the opening. A wrong code looks the same: it is never answered. */
  | { readonly kind: "nobody-answers"; readonly sawCookie: boolean }
  | { readonly kind: "refused"; readonly refusal: Exclude<Refusal, "none"> }
  /** The server reduced what was asked, and that was not wanted. */
  | { readonly kind: "reduced"; readonly granted: Terms };

export interface RunRecord {
  readonly wanted: Terms;
  readonly terms: Terms;
  readonly end: RunEnd;
  readonly peer: PeerInfo;
  /** Numbers that were due: terms.n, or fewer when stopped early. */
  readonly attempted: number;
  /** Per number, ns; NaN where it was never handed to the system. In a down stream the reflector's clock. */
  readonly sentNs: Float64Array;
  /** 1 where the system refused. */
  readonly refused: Uint8Array;
  readonly sendErrors: Readonly<Record<string, number>>;
  /** Copies that arrived at the far end, 0 … 3; null when unknown, and in a down stream. */
  readonly there: Uint8Array | null;
  /** Copies that came back in time (echo) or arrived here (down), 0 … 255. */
  readonly here: Uint8Array;
  /** Copies of each echo by the reflector's own number. */
  readonly echoCopies: Uint8Array;
  /** How many the reflector sent: null while unknown. */
  readonly echoesSent: number | null;
  /** Per number of a first arrival here, ns: far end's receipt and answer, our receipt; NaN without. */
  readonly t2: Float64Array;
  readonly t3: Float64Array;
  readonly t4: Float64Array;
  /** The reflector's own number of each first echo. */
  readonly rseq: Uint32Array;
  /** Numbers in order of their first arrival here. */
  readonly arrivalOrder: readonly number[];
  /** At the far end, in order; null when not fetched. */
  readonly thereArrivals: readonly ListedArrival[] | null;
  readonly done: DoneCounts | null;
  /** Came after the waiting time. */
  readonly afterEnd: number;
  readonly damaged: number;
  readonly foreign: number;
  readonly waitedMs: number;
  readonly pausedMs: number;
  readonly startNs: number;
}
