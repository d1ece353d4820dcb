// What the command line itself can refuse: a slip of the person who typed. Thrown where it is found, printed once in `run.ts`.
// Codes stand in docs/errors.md, texts in i18n as `error.<code>.text` and `.remedy`.
import type { TextValues } from "../i18n/catalogue.js";
import { exitCodes } from "./exit-code.js";

export const cliCodes = [
  "unknown-flag",
  "unknown-command",
  "flag-needs-value",
  "bad-flag-value",
  "flags-conflict",
  "same-peer",
  "not-merged",
  "missing-argument",
  "missing-target",
  "excess-argument",
  "target-invalid",
  "too-many-receivers",
  "confirmation-needed",
  "cancelled",
  "needs-instance",
  "not-a-daemon",
  "output-unwritable",
  "no-terminal",
  "no-answer",
  "no-such-group",
  "groups-invalid",
  "input-too-long",
  "input-unreadable",
  "keys-not-usable",
  "no-capture",
  "input-not-utf8",
  "hex-invalid",
  "context-invalid",
  "own-fault",
] as const;

export type CliCode = (typeof cliCodes)[number];

/** A command line that cannot be done as written. */
export class CliProblem extends Error {
  override readonly name = "CliProblem";
  readonly code: CliCode;
  readonly fields: TextValues;
  readonly exitCode: number;

  constructor(code: CliCode, fields: TextValues = {}, exitCode: number = exitCodes.usage) {
    super(code);
    this.code = code;
    this.fields = fields;
    this.exitCode = exitCode;
  }
}
