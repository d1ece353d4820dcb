// What goes into and comes out of the teacher's machine: options, rows of the table, events, steps. Types only.
import type { Endpoint } from "../../index.js";
import type { Experiment } from "../experiment.js";
import type { LabCrypto } from "../session/lab-crypto.js";
import type { StudentReport } from "./class-messages.js";

export interface TeacherOptions {
  readonly crypto: LabCrypto;
  /** The reflector's: it gives out the cookies. */
  readonly secret: Uint8Array;
  readonly codeKey: Uint8Array | null;
  readonly name: string;
  readonly port: number;
}

export type Consent = "none" | "asked" | "yes" | "no";

/** One line of the teacher's table. */
export interface StudentRow {
  readonly ordinal: number;
  readonly name: string;
  readonly from: Endpoint;
  readonly consent: Consent;
  /** Of the running or the last plan. */
  readonly report: StudentReport | null;
  /** Seconds without a word. */
  readonly silentNs: number;
}

export type TeacherEvent =
  | { readonly kind: "joined"; readonly ordinal: number; readonly name: string }
  | { readonly kind: "left"; readonly ordinal: number; readonly name: string }
  | { readonly kind: "changed" }
  /** Everybody who agreed has finished. */
  | { readonly kind: "plan-over"; readonly id: number };

export interface TeacherStep {
  readonly effects: readonly { readonly bytes: Uint8Array; readonly to: Endpoint }[];
  readonly events: readonly TeacherEvent[];
}

export interface Teacher {
  /** False: none of the class's, for the reflector. */
  isMine(bytes: Uint8Array): boolean;
  datagram(bytes: Uint8Array, from: Endpoint, nowNs: number): TeacherStep;
  tick(nowNs: number): TeacherStep;
  /** Paired: each student towards another one, where they can reach each other. */
  plan(experiment: Experiment, startInMs: number, nowNs: number, isPaired?: boolean): TeacherStep;
  /** For the broadcast every three seconds. */
  here(nowNs: number): Uint8Array;
  wakeNs(): number;
  rows(nowNs: number): readonly StudentRow[];
  readonly refused: () => number;
}
