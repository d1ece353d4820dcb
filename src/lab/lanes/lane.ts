// What a lane is: a way of moving numbered messages over a path that loses datagrams. A sender and a receiver, each a pure
// machine (input, now) -> effects and events; nothing here knows sockets, clocks or bytes. Driven by `run-lane`.

/** The lanes of a race, in the order in which they are told. */
export const laneNames = ["udp", "saw", "ipmsg", "gbn", "sr", "tcp"] as const;

export type LaneName = (typeof laneNames)[number];

/** Lanes made of machines; `tcp` is the system's own. */
export type MachineLaneName = Exclude<LaneName, "tcp">;

export type SenderInput =
  | { readonly kind: "start" }
  /** `seq` is the message confirmed, or for go-back-n the next one the receiver expects. */
  | { readonly kind: "ack"; readonly seq: number }
  | { readonly kind: "tick" };

export type SenderEffect =
  | { readonly kind: "send"; readonly seq: number; readonly attempt: number }
  /** Call with `tick` at this time; the latest one counts. */
  | { readonly kind: "wake"; readonly atMs: number };

export type SenderEvent =
  | { readonly kind: "confirmed"; readonly seq: number; readonly attempts: number }
  /** Given up: nothing is known about it, which is not the same as lost. */
  | { readonly kind: "unconfirmed"; readonly seq: number; readonly attempts: number }
  | { readonly kind: "finished" };

export interface SenderStep {
  readonly effects: readonly SenderEffect[];
  readonly events: readonly SenderEvent[];
}

export interface LaneSender {
  handle(input: SenderInput, nowMs: number): SenderStep;
}

export type ReceiverEvent =
  | { readonly kind: "delivered"; readonly seq: number }
  | { readonly kind: "duplicate"; readonly seq: number }
  /** Arrived, but this receiver keeps only the one it waits for. */
  | { readonly kind: "discarded"; readonly seq: number };

export interface ReceiverStep {
  /** The number to acknowledge with; null: this lane does not answer. */
  readonly ack: number | null;
  readonly event: ReceiverEvent;
}

export interface LaneReceiver {
  handle(seq: number, nowMs: number): ReceiverStep;
}

/** What one race asks of every lane. */
export interface LanePlan {
  readonly messages: number;
  readonly sizeBytes: number;
  /** Messages under way at one time (gbn, sr). */
  readonly window: number;
  /** Time from one new message to the next where no acknowledgement paces them (udp, ipmsg). */
  readonly intervalMs: number;
  /** Retransmission time of saw, gbn, sr. */
  readonly rtoMs: number;
  /** Sends in all and time between them (ipmsg). */
  readonly repeat: { readonly sends: number; readonly intervalMs: number };
}

/** Bounds of a plan, each with its reason. */
export const laneLimits = {
  /** A race of more takes longer than a class watches. */
  messages: 5_000,
  /** Header and sequence number must fit below, one Ethernet packet above. */
  sizeBytes: { least: 96, most: 1_472 },
  /** More under way than this overflows a default receive buffer, and the race would measure that. */
  window: 64,
} as const;
