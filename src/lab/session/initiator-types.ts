// What goes into and comes out of the initiator: options, inputs, effects, events. Types only.
import type { Token } from "../wire/header.js";
import type { Terms } from "../wire/message-types.js";
import type { LabCrypto } from "./lab-crypto.js";
import type { RunBook } from "./run-book.js";
import type { PeerInfo, RunFailure, RunRecord } from "./run-record.js";

export interface InitiatorOptions {
  readonly crypto: LabCrypto;
  readonly wanted: Terms;
  /** Waiting time after the last datagram; null: three times the largest round trip, 1 to 5 s. */
  readonly waitMs: number | null;
  readonly codeKey: Uint8Array | null;
  readonly name: string;
  readonly seed: string;
  readonly bootMark: string | null;
  /** Stop when the server grants less than was wanted. */
  readonly strict?: boolean;
  /** A person handles the datagrams: silence is no reason to stop. */
  readonly patient?: boolean;
  /** Wait this long after GO before the first slot, so that a class does not fire together. */
  readonly staggerNs?: number;
}

export type InitiatorInput =
  | { readonly kind: "start" }
  /** From the session's server; the shell has compared the address. */
  | { readonly kind: "datagram"; readonly bytes: Uint8Array }
  | { readonly kind: "foreign" }
  | { readonly kind: "tick" }
  /** A data datagram was handed to the system, or refused by it. */
  | { readonly kind: "sent"; readonly seq: number; readonly atNs: number }
  | { readonly kind: "send-error"; readonly seq: number; readonly code: string }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  /** One datagram while paused. */
  | { readonly kind: "step" }
  /** Something still holds datagrams back: the waiting time begins anew. */
  | { readonly kind: "held" }
  | { readonly kind: "stop" };

export type InitiatorEffect =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** The shell writes t1 and the checksum, then sends, then says `sent`. */
  | {
      readonly kind: "data";
      readonly token: Token;
      readonly seq: number;
      readonly sizeBytes: number;
    };

export type InitiatorEvent =
  | { readonly kind: "opened"; readonly terms: Terms; readonly peer: PeerInfo }
  /** Another datagram's state changed: for the strip. */
  | { readonly kind: "cell"; readonly seq: number }
  | { readonly kind: "state"; readonly state: InitiatorState }
  | { readonly kind: "finished"; readonly record: RunRecord }
  | { readonly kind: "failed"; readonly failure: RunFailure };

export type InitiatorState =
  | "idle"
  | "hello"
  | "start"
  | "running"
  | "waiting"
  | "stop"
  | "fetch"
  | "bye"
  | "done";

export interface InitiatorStep {
  readonly effects: readonly InitiatorEffect[];
  readonly events: readonly InitiatorEvent[];
}

export interface Initiator {
  handle(input: InitiatorInput, nowNs: number): InitiatorStep;
  wakeNs(): number;
  readonly state: InitiatorState;
  /** Everything written down so far; null before the session is opened. */
  readonly book: () => RunBook | null;
}
