#!/usr/bin/env node
// The program `feiyan`: ties `run.ts` to this process. Signals and readers that go away become one wish to stop; the exit code says
// which. `--version` alone is answered before anything is loaded.
import { join } from "node:path";
import { exitCodes } from "./exit-code.js";
import { keepHeapSmall, loadProgram } from "./load-program.js";
import { readVersion } from "./version.js";

const packageDir = join(import.meta.dirname, "..", "..");

/** Leaves at once when leaving in order takes longer, or is asked for twice. */
const patienceMs = 3_000;

const signalCodes = {
  SIGHUP: exitCodes.hangUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;

const main = async (): Promise<number> => {
  const words = process.argv.slice(2);
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
    process.stdout.write(`feiyan ${readVersion(packageDir)}\n`);
    return exitCodes.done;
  }
  const stop = new AbortController();
  const taken = new Map<string, () => number | null>();
  let endedBy: number | undefined;
  const leave = (code: number): void => {
    if (endedBy !== undefined) process.exit(code);
    endedBy = code;
    stop.abort();
    setTimeout(() => process.exit(code), patienceMs).unref();
  };
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      const handle = taken.get(signal);
      const chosen = handle === undefined ? code : handle();
      if (chosen !== null) leave(chosen);
    });
  }
  // A bug outside of every command's own course, in a socket's event say: one readable report instead of a line of bundled source.
  process.on("uncaughtException", (error: unknown) => {
    // The screen has its own way out, which restores the terminal first.
    if (process.listenerCount("uncaughtException") > 1) return;
    process.stderr.write(`feiyan: own-fault: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(exitCodes.ownFault);
  });
  // `feiyan watch | head -1`: the reader went away, which is no error; the goodbye is still said.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {
      if (endedBy === undefined) leave(exitCodes.done);
    });
  }
  const { runCommandLine } = loadProgram(import.meta.dirname);
  // A measurement of the lab is short, and each collection would show in it as a late datagram.
  if (!words.includes("lab")) keepHeapSmall();
  const code = await runCommandLine({
    words,
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    packageDir,
    stop: stop.signal,
    signals: { take: (signal, handle) => taken.set(signal, handle) },
  });
  return endedBy ?? code;
};

const run = async (): Promise<void> => {
  const code = await main();
  // Not `process.exit` at once: what a slow pipe has not taken yet would be lost.
  process.exitCode = code;
  process.stdout.write("", () => process.exit(code));
};

// Not awaited here: the build makes a CommonJS file of this one, which starts 5 ms earlier.
void run();
