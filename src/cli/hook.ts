// Runs a program of the user's for events, with the event as one line of JSON on its standard input (that of `watch --json`). Never
// through a shell, and nothing from the network among its arguments or in its environment. What hangs is ended, and what comes too fast
// is left out and counted. Started by whoever runs long: the daemon and the screen.
import { accessSync, constants } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import type { Settings } from "../config/schema.js";
import type { Event, Node } from "../index.js";
import { eventObjects } from "./json.js";
import { formatObject } from "./output.js";

export const hookLimits = {
  /** Started in one second, one after the other. */
  perSecond: 5,
  /** At work at one time. */
  running: 2,
  /** Waiting for their turn; past it events are left out. */
  waiting: 50,
} as const;

export interface HookOptions {
  /** The program and its arguments, as the user wrote them. */
  readonly command: readonly string[];
  readonly types: readonly string[];
  readonly timeoutMs: number;
  readonly node: Pick<Node, "subscribe" | "peer">;
  /** Told once: it could not be started, or was ended because it took too long. */
  readonly fault: (reason: string) => void;
}

export interface Hook {
  /** Ends what runs; what waits is dropped. */
  close(): void;
}

/**
 * Starts listening.
 *
 * @example const hook = startHook({ command: ["/usr/local/bin/on-chat"], types: ["message"], timeoutMs: 10_000, node, fault: log });
 */
export const startHook = ({ command, types, timeoutMs, node, fault }: HookOptions): Hook => {
  const [program = "", ...args] = command;
  const waiting: string[] = [];
  const running = new Set<ChildProcess>();
  let skipped = 0;
  let tokens: number = hookLimits.perSecond;
  let refill: ReturnType<typeof setTimeout> | null = null;
  let hasFault = false;

  const complain = (reason: string): void => {
    if (!hasFault) fault(reason);
    hasFault = true;
  };

  const run = (line: string): void => {
    const child = spawn(program, args, {
      shell: false,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    running.add(child);
    const timer = setTimeout(() => {
      complain(`ended after ${timeoutMs / 1000} s`);
      end(child);
    }, timeoutMs);
    const over = (): void => {
      clearTimeout(timer);
      if (running.delete(child)) pump();
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      complain(error.code ?? error.message);
      over();
    });
    child.on("close", over);
    // One that does not read has closed its end.
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${line}\n`);
  };

  const pump = (): void => {
    while (running.size < hookLimits.running && tokens > 0) {
      const line = waiting.shift();
      if (line === undefined) return;
      tokens -= 1;
      refill ??= setTimeout(() => {
        refill = null;
        tokens = hookLimits.perSecond;
        pump();
      }, 1_000).unref();
      run(line);
    }
  };

  const hear = (event: Event): void => {
    // Our own words are no news, and a program that answers would hear itself.
    if (event.kind === "message" && event.message.direction === "out") return;
    if (event.kind === "message-changed") return;
    for (const { type, fields, at } of eventObjects(event, node)) {
      if (!types.includes(type)) continue;
      if (waiting.length >= hookLimits.waiting) {
        skipped += 1;
        continue;
      }
      waiting.push(formatObject(type, skipped === 0 ? fields : { ...fields, skippedBefore: skipped }, at));
      skipped = 0;
    }
    pump();
  };

  const stop = node.subscribe(hear);
  return {
    close: () => {
      stop();
      if (refill !== null) clearTimeout(refill);
      waiting.length = 0;
      for (const child of running) end(child);
    },
  };
};

const end = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    // With its own children, where there are groups of processes.
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended by itself a moment ago; its own end is what was wanted.
    child.kill("SIGKILL");
  }
};

/** The hook of the settings; null where they name none. */
export const openHook = (
  { hook, hookEvents, hookSeconds }: Pick<Settings, "hook" | "hookEvents" | "hookSeconds">,
  node: HookOptions["node"],
  fault: HookOptions["fault"],
): Hook | null =>
  hook.length === 0
    ? null
    : startHook({ command: hook, types: hookEvents, timeoutMs: hookSeconds * 1000, node, fault });

/** Why the program of the settings cannot be run, as far as its path tells; null when nothing speaks against it. */
export const hookProblem = ({ hook: [program = ""] }: Pick<Settings, "hook">): string | null => {
  if (!program.includes("/")) return null;
  try {
    accessSync(program, constants.X_OK);
    return null;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
};
