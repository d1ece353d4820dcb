// What goes into and comes out of the reflector: options, inputs, effects, counts. Types only.
import type { Endpoint } from "../../index.js";
import type { LabMessage, SystemName, Terms } from "../wire/message-types.js";
import type { LabCrypto } from "./lab-crypto.js";

export interface ReflectorOptions {
  readonly crypto: LabCrypto;
  readonly secret: Uint8Array;
  /** Key of the class code; null: open to all. */
  readonly codeKey: Uint8Array | null;
  readonly bootMark: string | null;
  readonly receiveBufferBytes: number;
  readonly system: SystemName;
  readonly nodeMajor: number;
  /** The server's own ceiling per session, below the limits. */
  readonly mostPps?: number;
  /** Kernel drops at our socket since it was opened. */
  readonly ownDrops: () => number | null;
}

export type ReflectorInput =
  | { readonly kind: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint }
  | { readonly kind: "tick" };

/** `stamp` names the time to be written into the message just before it is built and sent. */
export interface ReflectorEffect {
  readonly kind: "send";
  readonly to: Endpoint;
  readonly message: LabMessage;
  readonly stamp: "t1" | "t3" | "none";
}

/** A session as others may see it. */
export interface SessionView {
  readonly id: number;
  readonly name: string;
  readonly from: Endpoint;
  readonly terms: Terms;
  readonly seed: string;
}

/** What came and was not answered, or not as wished; all of it visible to the teacher. */
export interface ReflectorCounts {
  helloOverLimit: number;
  staleCookie: number;
  wrongCode: number;
  paused: number;
  refused: number;
  wrongToken: number;
  foreignAddress: number;
  overLimit: number;
  damagedUnknown: number;
  strange: number;
}

export interface Reflector {
  handle(input: ReflectorInput, nowNs: number): readonly ReflectorEffect[];
  /** When `tick` is wanted next. */
  wakeNs(): number;
  readonly counts: Readonly<ReflectorCounts>;
  readonly sessions: () => readonly SessionView[];
}
