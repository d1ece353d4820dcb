// Runs the real program as a user's shell would, with a home of its own and a clean environment.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkLine } from "./schema.js";

export const programFile = join(import.meta.dirname, "..", "..", "dist", "bin", "feiyan.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly objects: readonly Record<string, unknown>[];
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout or stderr holds the text. */
  printed(text: string): Promise<void>;
}

const homes: string[] = [];

/** A folder for one instance; removed by `removeHomes`. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "feiyan-e2e-"));
  homes.push(home);
  return home;
}

export function removeHomes(): void {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts the program, on another host when `prefix` says so. `input` null leaves standard input open and empty. */
export function start(
  words: readonly string[],
  input: string | null = "",
  prefix: readonly string[] = [],
): Running {
  const [file = "", ...args] = [...prefix, process.execPath, programFile, ...words];
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], FEIYAN_HOME: newHome(), FEIYAN_LANG: "en" },
  });
  let stdout = "";
  let stderr = "";
  const waiting: (() => void)[] = [];
  const look = (): void => {
    for (const check of waiting) check();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    look();
  });
  child.stdin.on("error", () => undefined);
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("close", (code) => {
      const objects = stdout.startsWith("{")
        ? stdout
            .trimEnd()
            .split("\n")
            .map((line): Record<string, unknown> => JSON.parse(line))
        : [];
      try {
        // Every line of every test is as documented.
        for (const object of objects) checkLine(object);
        resolve({ code, stdout, stderr, objects });
      } catch (error) {
        reject(error);
      }
    });
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      waiting.push(check);
      check();
      void ended.then(() => reject(new Error(`ended without printing ${text}: ${stdout}${stderr}`)));
    });
  return { child, ended, printed };
}

/** Runs the program to its end. */
export async function feiyan(words: readonly string[], input = ""): Promise<Ended> {
  return await start(words, input).ended;
}

/** A UDP port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  const port = await new Promise<number>((resolve) =>
    socket.bind(0, "127.0.0.1", () => resolve(socket.address().port)),
  );
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
