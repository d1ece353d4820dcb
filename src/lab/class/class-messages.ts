// The class's messages: a common header and a JSON body, strictly read; unknown fields are ignored, trailing blanks make a question
// as large as its answer. See docs/lab/wire.md; numbers in `class-types`.
import { isLabAddress } from "../address.js";
import { parseExperiment, type Experiment } from "../experiment.js";
import {
  choice,
  count,
  fits,
  nullable,
  number,
  object,
  optional,
  ratio,
  type Shape,
  text,
  truth,
  type TypeOf,
} from "../report/shape.js";
import type { Partner } from "./pairs.js";
import { classTypes } from "../wire/class-types.js";
import { headerBytes, type Token } from "../wire/header.js";
import { buildMessage } from "../wire/messages.js";
import { type LabMessage } from "../wire/message-types.js";

export const mostJsonBytes = 1_100;
/** Questions as large as this get answers that are not larger. */
export const paddedTo = { who: 1_200, join: 480, report: 480 } as const;

export const mostNameCharacters = 60;

const hex16 = text(32, /^[0-9a-f]{32}$/u);

const hereShape = object({ name: text(mostNameCharacters), port: count, code: truth, joined: count });
const joinShape = object({
  name: text(mostNameCharacters),
  nonce: hex16,
  cookie: hex16,
  auth: hex16,
  /** Port of the student's own reflector, for students against students. */
  reflector: optional(count),
});
const joinedShape = object({ ordinal: count, size: count, name: text(mostNameCharacters) });
const planOkShape = object({ id: count, consent: choice("yes", "no") });
const wayShape = nullable(
  object({
    n: count,
    lost: count,
    low: nullable(ratio),
    high: nullable(ratio),
    run: count,
    copies: count,
    reordered: count,
  }),
);
const reportShape = object({
  id: count,
  state: choice("idle", "running", "final", "failed"),
  sent: count,
  up: wayShape,
  down: wayShape,
  rttUs: nullable(number),
  /** The largest entry of the ledger. */
  where: choice("none", "relay", "buffer", "checksum", "damaged", "network"),
});
const reportOkShape = object({ id: count });

export type Here = TypeOf<typeof hereShape>;
export type StudentReport = TypeOf<typeof reportShape>;
export type StudentWay = StudentReport["up"];

export interface Plan {
  readonly id: number;
  readonly experiment: Experiment;
  readonly startInMs: number;
  readonly staggerMs: number;
  /** Another student to measure towards; null: the teacher. */
  readonly to: Partner | null;
}

export type ClassBody =
  | { readonly kind: "here"; readonly here: Here }
  | { readonly kind: "who" }
  | { readonly kind: "join"; readonly join: TypeOf<typeof joinShape> }
  | { readonly kind: "joined"; readonly joined: TypeOf<typeof joinedShape> }
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "plan-ok"; readonly id: number; readonly consent: "yes" | "no" }
  | { readonly kind: "report"; readonly report: StudentReport }
  | { readonly kind: "report-ok"; readonly id: number }
  | { readonly kind: "leave" };

/** Reads a class message's body; null for anything that is none. */
export function parseClassBody(message: LabMessage): ClassBody | null {
  if (message.body.kind !== "class") return null;
  const { type, json } = message.body;
  const value = parseJson(json);
  switch (type) {
    case classTypes.who:
      return { kind: "who" };
    case classTypes.leave:
      return { kind: "leave" };
    case classTypes.here:
      return read(hereShape, value, (here) => ({ kind: "here", here }));
    case classTypes.join:
      return read(joinShape, value, (join) => ({ kind: "join", join }));
    case classTypes.joined:
      return read(joinedShape, value, (joined) => ({ kind: "joined", joined }));
    case classTypes.plan:
      return parsePlan(value);
    case classTypes.planOk:
      return read(planOkShape, value, ({ id, consent }) => ({ kind: "plan-ok", id, consent }));
    case classTypes.report:
      return read(reportShape, value, (report) => ({ kind: "report", report }));
    case classTypes.reportOk:
      return read(reportOkShape, value, ({ id }) => ({ kind: "report-ok", id }));
    default:
      return null;
  }
}

function read<T>(shape: Shape<T>, value: unknown, make: (fitting: T) => ClassBody): ClassBody | null {
  return fits(shape, value) ? make(value) : null;
}

const anything: Shape<unknown> = { schema: {}, fault: () => null };
const partnerShape = object({ name: text(mostNameCharacters), address: text(64), port: count });
const planShape = object({
  id: count,
  startInMs: number,
  staggerMs: number,
  experiment: anything,
  to: optional(partnerShape),
});

function parsePlan(value: unknown): ClassBody | null {
  if (!fits(planShape, value)) return null;
  const { id, startInMs, staggerMs, to = null } = value;
  const experiment = parseExperiment(value.experiment);
  if (experiment === null || startInMs < 0 || startInMs > 60_000 || staggerMs < 0 || staggerMs > 60_000)
    return null;
  // A teacher may name a student of the same network, and nobody else.
  if (to !== null && (!isLabAddress(to.address, "lan") || to.port < 1 || to.port > 65_535)) return null;
  return { kind: "plan", plan: { id, startInMs, staggerMs, experiment, to } };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    const source = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trimEnd();
    return new TextEncoder().encode(source).length > mostJsonBytes ? null : JSON.parse(source);
  } catch {
    // Not UTF-8 or not JSON: no body of ours.
    return null;
  }
}

/** A class message, padded with blanks up to `sizeBytes`. */
export function buildClassMessage(
  type: number,
  value: unknown,
  envelope: { readonly token: Token; readonly seq: number; readonly nowNs: number },
  sizeBytes = 0,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const padded = new Uint8Array(Math.max(json.length, sizeBytes - headerBytes)).fill(0x20);
  padded.set(json);
  return buildMessage({
    token: envelope.token,
    seq: envelope.seq,
    t1: envelope.nowNs,
    flags: 0,
    body: { kind: "class", type, json: padded },
  });
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What the code's mark covers in a JOIN. */
export function joinProof(name: string, nonce: string, cookie: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(["join", name, nonce, cookie]));
}
