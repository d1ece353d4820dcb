// The real program in a pseudo terminal, read through a headless xterm. Everything waits for the screen, never for time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import headless from "@xterm/headless";
import { freePort } from "./program.js";

const program = join(import.meta.dirname, "..", "..", "dist", "bin", "feiyan.js");

export interface RealTerminal {
  write(bytes: string): void;
  screen(): string;
  /** Resolves when the screen shows it; rejects with the screen when the program ends or hangs. */
  until(condition: string | RegExp): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Stops and goes on reading what the program writes, as a terminal that hangs. */
  pause(): void;
  resume(): void;
  kill(signal: string): void;
  /** Its UDP port on this machine. */
  /** Waits until the port is open: the first frame stands before that. */
  online(): Promise<void>;
  readonly port: number;
  readonly pid: number;
  /** How the program is started from a shell. */
  readonly commandLine: string;
  /** Where the caret is, and the characters before and under it. */
  caret(): { readonly column: number; readonly row: number; readonly before: string; readonly under: string };
  /** Resolves as soon as a look at the screen says so. */
  untilHolds(holds: () => boolean, what: string): Promise<void>;
  /** Resolves with the exit code of the shell, once all output is on the screen. */
  readonly ended: Promise<number>;
  readonly xterm: InstanceType<typeof headless.Terminal>;
  /** Everything the program wrote. */
  bytes(): string;
  close(): void;
}

export interface RealOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Words before the command, e.g. to run it on another host. */
  readonly prefix?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  readonly name?: string;
  /** Run from a shell that goes on afterwards and says what state its terminal is in. */
  readonly inShell?: boolean;
  /** Put before the program in that shell, e.g. `unset TERM;`. */
  readonly shellBefore?: string;
  /** Another program file, for tests that break something in it. */
  readonly program?: string;
  /** Started instead of the program. */
  readonly shell?: readonly string[];
}

const patienceMs = 20_000;

export async function startReal(options: RealOptions = {}): Promise<RealTerminal> {
  const { columns = 80, rows = 24 } = options;
  const home = mkdtempSync(join(tmpdir(), "feiyan-e2e-"));
  const xterm = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
  xterm.loadAddon(new Unicode11Addon());
  xterm.unicode.activeVersion = "11";
  // A port of its own: without one nobody could find it, and it would announce nothing.
  const port = String(options.port ?? (await freePort()));
  const words = ["--port", port, "--name", options.name ?? "小李", "--home", home, ...(options.words ?? [])];
  const command = [...(options.prefix ?? []), process.execPath, options.program ?? program, ...words];
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const inShell = `echo before; ${options.shellBefore ?? ""} ${quoted}; echo "code=$?"; stty -a`;
  const direct = options.inShell === true ? ["/bin/sh", "-c", inShell] : command;
  const [file = "", ...args] = options.shell ?? direct;
  const { NO_COLOR: _noColor, ...environment } = process.env;
  const pty = spawn(file, args, {
    cols: columns,
    rows,
    env: { ...environment, TERM: "xterm-256color", LANG: "zh_CN.UTF-8", ...options.environment },
  });
  let written = "";
  const watchers = new Set<() => void>();
  xterm.onData((reply) => pty.write(reply));
  pty.onData((data) => {
    written += data;
    xterm.write(data, () => {
      for (const look of watchers) look();
    });
  });
  const screen = (): string => {
    const { active } = xterm.buffer;
    return Array.from({ length: xterm.rows }, (_, row) =>
      active.getLine(active.viewportY + row)?.translateToString(true),
    ).join("\n");
  };
  let isOver = false;
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) =>
      xterm.write("", () => {
        isOver = true;
        for (const look of watchers) look();
        resolve(exitCode);
      }),
    );
  });
  const untilHolds = (holds: () => boolean, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        watchers.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const fail = (why: string): void =>
        finish(new Error(`${why}, never on the screen: ${what}\n${screen()}`));
      const look = (): void => {
        if (holds()) finish();
        else if (isOver) fail("the program ended");
      };
      const timer = setTimeout(() => fail("too long"), patienceMs);
      watchers.add(look);
      look();
    });
  const until: RealTerminal["until"] = (condition) =>
    untilHolds(
      () => (typeof condition === "string" ? screen().includes(condition) : condition.test(screen())),
      String(condition),
    );
  return {
    write: (bytes) => pty.write(bytes),
    screen,
    untilHolds,
    until,
    online: () => until(new RegExp(`UDP:? ?${port}`)),
    caret() {
      const { cursorX: column, cursorY: row, viewportY } = xterm.buffer.active;
      const line = xterm.buffer.active.getLine(viewportY + row);
      const charsAt = (x: number): string => line?.getCell(x)?.getChars() ?? "";
      const isRightHalf = line?.getCell(column - 1)?.getWidth() === 0;
      return { column, row, before: charsAt(isRightHalf ? column - 2 : column - 1), under: charsAt(column) };
    },
    port: Number(port),
    pid: pty.pid,
    commandLine: quoted,
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    resize(nextColumns, nextRows) {
      xterm.resize(nextColumns, nextRows);
      pty.resize(nextColumns, nextRows);
    },
    kill: (signal) => pty.kill(signal),
    ended,
    xterm,
    bytes: () => written,
    close() {
      if (!isOver) pty.kill("SIGKILL");
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
