// What can be wrong with settings, as values: the loader never throws for what a person wrote. Codes stand in docs/errors.md;
// texts for them are made elsewhere from the fields.

export const configCodes = [
  "config-syntax",
  "config-unknown-key",
  "config-bad-value",
  "config-unreadable",
  "config-unknown-variable",
] as const;

export type ConfigCode = (typeof configCodes)[number];

export interface ConfigProblem {
  readonly code: ConfigCode;
  /**
   * `key`, `nearest`, `got`, `expects` (a setting kind), `range`, `example`, `reason`, `where` (a flag, a variable) as far as they
   * apply.
   */
  readonly fields: Readonly<Record<string, string>>;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}
