// The experiments that lessons are made of, as values: which demonstration, with which numbers. Carried out by `run-experiment`.
import type { ErrorCaseName } from "../demos/errors.js";
import type { LaneName } from "../lanes/lane.js";
import type { BehaviourName } from "./behaviours.js";

export type LessonExperiment =
  /** Datagrams there and back over a bad line of the memory network. */
  | { readonly kind: "path"; readonly spec: string; readonly datagrams: number; readonly seed: string }
  /** The same line with several seeds: which of them lose the same numbers? */
  | {
      readonly kind: "seeds";
      readonly spec: string;
      readonly datagrams: number;
      readonly seeds: readonly string[];
    }
  /** How wide the interval is, by how many were sent. */
  | {
      readonly kind: "certainty";
      readonly spec: string;
      readonly datagrams: readonly number[];
      readonly seed: string;
    }
  /** One datagram killed, one doubled, by hand. */
  | { readonly kind: "hand"; readonly datagrams: number; readonly kill: number; readonly double: number }
  | {
      readonly kind: "overflow";
      readonly datagrams: number;
      readonly ratePps: number;
      readonly sizeBytes: number;
      readonly serviceMs: number;
      readonly bufferBytes: number;
      readonly burst: number;
    }
  | { readonly kind: "sizes"; readonly loss: number; readonly datagrams: number; readonly seed: string }
  | { readonly kind: "sticky"; readonly messages: number }
  | {
      readonly kind: "race";
      readonly lanes: readonly LaneName[];
      readonly spec: string;
      readonly messages: number;
      readonly seed: string;
    }
  | { readonly kind: "handshake" }
  | {
      readonly kind: "backlog";
      readonly backlog: number;
      readonly clients: number;
      readonly blockedMs: number;
    }
  /** Two chat nodes over a bad line. */
  | { readonly kind: "chat"; readonly spec: string; readonly messages: number; readonly seed: string }
  | { readonly kind: "errors"; readonly cases: readonly ErrorCaseName[] }
  /** One classic behaviour of sockets, on real ones. */
  | { readonly kind: "behaviour"; readonly name: BehaviourName };
