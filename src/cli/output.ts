// Where results and remarks go. Rules: results on stdout, everything else on stderr; with `--json` one object per line on stdout,
// each with `v`, `type` and `at`, keys never translated; `--quiet` drops remarks, never results or errors. Text from the network
// must have been through `safeText` before it comes here as a line; in JSON it is escaped like any string.
import type { TextSink } from "./context.js";

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A result for people; with `--json` nothing. */
  line(text: string): void;
  /** A result for programs; without `--json` nothing. `at` is milliseconds since 1970. */
  object(type: string, fields: Readonly<Record<string, unknown>>, at?: number): void;
  /** A remark for people on stderr: progress, hints. */
  remark(text: string): void;
  /** An error for people on stderr; also with `--quiet`. */
  complain(text: string): void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly now: () => number;
}

export const createOutput = ({ json, quiet, stdout, stderr, now }: OutputOptions): Output => ({
  json,
  quiet,
  line: (text) => {
    if (!json) stdout.write(`${text}\n`);
  },
  object: (type, fields, at = now()) => {
    if (json) stdout.write(`${formatObject(type, fields, at)}\n`);
  },
  remark: (text) => {
    if (!json && !quiet) stderr.write(`${text}\n`);
  },
  complain: (text) => {
    stderr.write(`${text}\n`);
  },
});

/** One line of NDJSON: the three fixed keys first. */
export const formatObject = (type: string, fields: Readonly<Record<string, unknown>>, at: number): string =>
  JSON.stringify({ v: 1, type, at: new Date(at).toISOString(), ...fields });
