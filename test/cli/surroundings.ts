// The process as the command line sees it, made of strings: for tests inside this process.
import { Readable } from "node:stream";
import type { Surroundings } from "../../src/cli/context.js";
import { runCommandLine } from "../../src/cli/run.js";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly objects: readonly Record<string, unknown>[];
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop?: AbortSignal;
  readonly terminal?: boolean;
}

/** Runs one command line to its end. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: options.terminal === true,
  });
  const stdin = Object.assign(Readable.from([Buffer.from(options.input ?? "")]), {
    isTTY: options.terminal === true,
  });
  const surroundings: Surroundings = {
    words,
    environment: { FEIYAN_LANG: "en", FEIYAN_HOME: "/dev/null/feiyan", ...options.environment },
    stdin,
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    packageDir: `${import.meta.dirname}/../..`,
    stop: options.stop ?? new AbortController().signal,
  };
  const code = await runCommandLine(surroundings);
  const objects = written.stdout.startsWith("{")
    ? written.stdout
        .trimEnd()
        .split("\n")
        .map((line): Record<string, unknown> => JSON.parse(line))
    : [];
  return { code, ...written, objects };
}
