// A small Node program run in a child process, as plain text: in the bundled program a child has no file of its own. Talks by
// messages; is ended in any case. Called by the demonstrations that need a second process.
import { fork, type ChildProcess } from "node:child_process";

export interface ChildProgram {
  /** The next message; rejects when the child ends first or nothing comes in time. */
  next(limitMs: number): Promise<Readonly<Record<string, unknown>>>;
  tell(message: Readonly<Record<string, unknown>>): void;
  /** Ends it, by its own handle only, and waits until it is gone. */
  close(): Promise<void>;
}

const doNothing = (): void => undefined;

/** Starts `source` (CommonJS); it finds `settings` as JSON in its last argument. */
export function startChildProgram(source: string, settings: Readonly<Record<string, unknown>>): ChildProgram {
  // `fork` wants a file; with `--eval` in front Node takes the text and leaves the file name as an argument.
  const child: ChildProcess = fork(JSON.stringify(settings), {
    execArgv: ["--eval", source],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "json",
  });
  const arrived: Readonly<Record<string, unknown>>[] = [];
  let wake = doNothing;
  let hasExited = false;
  const exited = new Promise<void>((resolve) => {
    const done = (): void => {
      hasExited = true;
      wake();
      resolve();
    };
    child.once("exit", done);
    child.once("error", done);
  });
  child.on("message", (message) => {
    if (typeof message === "object" && message !== null) arrived.push({ ...message });
    wake();
  });

  return {
    next: async (limitMs) => {
      const first = arrived.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (hasExited) wake();
      });
      const next = arrived.shift();
      if (next === undefined)
        throw new Error(hasExited ? "the child process ended" : "the child process is silent");
      return next;
    },
    tell: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    close: async () => {
      if (!hasExited) child.kill("SIGKILL");
      await exited;
    },
  };
}
