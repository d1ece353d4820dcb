// Runs a program of the user's for events, with the event as one line of JSON on its standard input (that of `watch --json`). Never
// through a shell, and nothing from the network among its arguments or in its environment. What hangs is ended, and what comes too fast
// is left out and counted. Started by whoever runs long: the daemon and the screen.
import { accessSync, constants } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import type { Settings } from "../config/schema.js";
import type { TextKey, Translate } from "../i18n/catalogue.js";
import { safeText, type Event, type Node } from "../index.js";
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

/** What was wrong with one run of the program. */
export type HookFault =
  /** `code` as the system says it: ENOENT, EACCES. */
  | { readonly kind: "not-started"; readonly code: string }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout"; readonly seconds: number };

/** The same fault is told again after so long: a program that fails for every message must not fill a screen. */
const tellAgainMs = 600_000;

export interface HookOptions {
  /** The program and its arguments, as the user wrote them. */
  readonly command: readonly string[];
  readonly types: readonly string[];
  readonly timeoutMs: number;
  readonly node: Pick<Node, "subscribe" | "peer">;
  /** Told when it happens, the same one seldom. */
  readonly fault: (fault: HookFault) => void;
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
  let isClosed = false;
  const told = new Map<string, number>();

  const complain = (found: HookFault): void => {
    const key = JSON.stringify(found);
    const now = performance.now();
    if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < tellAgainMs) return;
    told.set(key, now);
    fault(found);
  };

  const run = (line: string): void => {
    const child = spawn(program, args, {
      shell: false,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    running.add(child);
    let isEnded = false;
    const timer = setTimeout(() => {
      isEnded = true;
      complain({ kind: "timeout", seconds: timeoutMs / 1000 });
      end(child);
    }, timeoutMs);
    const over = (): void => {
      clearTimeout(timer);
      if (running.delete(child)) pump();
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      complain({ kind: "not-started", code: error.code ?? error.message });
      isEnded = true;
      over();
    });
    child.on("close", (code, signal) => {
      // What we ended ourselves was told of already.
      if (!isEnded && !isClosed) {
        if (code !== null && code !== 0) complain({ kind: "exit", code });
        else if (signal !== null) complain({ kind: "signal", signal });
      }
      over();
    });
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
      isClosed = true;
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

/** A fault in words, with what can be done about it. */
export const describeHookFault = (
  { hook: [program = ""] }: Pick<Settings, "hook">,
  fault: HookFault,
  text: Translate<TextKey>,
): string => {
  const reason = ((): string => {
    switch (fault.kind) {
      case "not-started":
        return fault.code === "ENOENT"
          ? text("cli.hook.missing")
          : fault.code === "EACCES"
            ? text("cli.hook.notExecutable")
            : text("cli.hook.notStarted", { code: fault.code });
      case "exit":
        return text("cli.hook.exit", { code: fault.code });
      case "signal":
        return text("cli.hook.signal", { signal: fault.signal });
      case "timeout":
        return text("cli.hook.timeout", { seconds: fault.seconds });
      default: {
        const never: never = fault;
        return never;
      }
    }
  })();
  return text("cli.hook.fault", { program: safeText(program, { newlines: "space" }), reason });
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
export const hookProblem = ({ hook: [program = ""] }: Pick<Settings, "hook">): HookFault | null => {
  if (!program.includes("/")) return null;
  try {
    accessSync(program, constants.X_OK);
    return null;
  } catch (error) {
    return {
      kind: "not-started",
      code: error instanceof Error && "code" in error ? String(error.code) : String(error),
    };
  }
};
