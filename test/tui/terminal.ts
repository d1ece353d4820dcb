// A terminal for tests: a fake tty whose bytes go into a headless xterm, a process that only takes notes, and time moved by hand.
// The one place where the paint and input tests touch the terminal's API.
import { Unicode11Addon } from "@xterm/addon-unicode11";
import headless from "@xterm/headless";
import type { InputEvent } from "../../src/tui/input/event.js";
import type { Timer } from "../../src/tui/input/timer.js";
import type { HostListener, PrintStream, ProcessHost } from "../../src/tui/paint/process-host.js";
import type { TerminalInput, TerminalOutput } from "../../src/tui/paint/streams.js";
import type { RoleStyles, StyleSpec } from "../../src/tui/paint/style.js";
import { createTerminal, type Terminal, type TerminalOptions } from "../../src/tui/paint/terminal.js";
import { type Line, type Pane, type Role, roles, type Scene } from "../../src/tui/view/scene.js";

export interface ManualTimer extends Timer {
  /** Moves time on and fires what is due, in order. */
  advance(ms: number): void;
  readonly waiting: number;
}

export function createManualTimer(): ManualTimer {
  let now = 0;
  let due: { atMs: number; fire: () => void }[] = [];
  return {
    now: () => now,
    after(delayMs, fire) {
      const entry = { atMs: now + delayMs, fire };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = due.filter((entry) => entry.atMs <= end).toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        due = due.filter((entry) => entry !== next);
        now = next.atMs;
        next.fire();
      }
      now = end;
    },
    get waiting() {
      return due.length;
    },
  };
}

type Listener = (value: unknown) => void;

function createEmitter() {
  const listeners = new Map<string, Set<Listener>>();
  return {
    on(event: string, listener: Listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
    },
    removeListener(event: string, listener: Listener) {
      listeners.get(event)?.delete(listener);
    },
    emit(event: string, value?: unknown) {
      for (const listener of listeners.get(event) ?? []) listener(value);
    },
    count: (event: string) => listeners.get(event)?.size ?? 0,
  };
}

export interface FakeHost extends ProcessHost {
  raise(event: string, value?: unknown): void;
  count(event: string): number;
  readonly exits: number[];
  readonly printed: string[];
  readonly stops: string[];
}

export function createFakeHost(
  environment: Record<string, string | undefined> = { TERM: "xterm-256color" },
): FakeHost {
  const listeners = new Map<string, HostListener[]>();
  const exits: number[] = [];
  const printed: string[] = [];
  const stops: string[] = [];
  const stream: PrintStream = { write: (chunk) => (printed.push(String(chunk)), true) };
  return {
    platform: "linux",
    environment,
    stdout: stream,
    stderr: { write: stream.write },
    on: (event, listener) => void listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    prepend: (event, listener) => void listeners.set(event, [listener, ...(listeners.get(event) ?? [])]),
    removeListener: (event, listener) =>
      void listeners.set(
        event,
        (listeners.get(event) ?? []).filter((other) => other !== listener),
      ),
    listeners: (event) => listeners.get(event) ?? [],
    exit: (code) => void exits.push(code),
    signalJob: (signal) => void stops.push(signal),
    raise(event, value) {
      for (const listener of listeners.get(event)?.slice() ?? []) listener(value);
    },
    count: (event) => listeners.get(event)?.length ?? 0,
    exits,
    printed,
    stops,
  };
}

export interface FakeTty {
  readonly input: TerminalInput & {
    isRaw: boolean;
    isPaused: boolean;
    emit(event: string, value?: unknown): void;
  };
  readonly output: TerminalOutput & { columns: number; rows: number; writableLength: number };
  readonly terminal: Terminal;
  readonly timer: ManualTimer;
  readonly host: FakeHost;
  readonly xterm: InstanceType<typeof headless.Terminal>;
  readonly events: InputEvent[];
  /** Everything written since the last call. */
  takeBytes(): string;
  /** Waits until the terminal has answered all that it was asked. */
  settle(): Promise<void>;
  /** Types raw bytes as the terminal would send them. */
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Text of the visible rows, trailing blanks removed; `·` stands for the second cell of a wide character. */
  screen(): string[];
  /** Every cell with its look, to compare two screens exactly. */
  cells(): string[];
  cursor(): { column: number; row: number };
  listenerCounts(): number;
}

/** Styles in which every role looks different in at least something, so that a wrong role is seen. */
export const testStyles = stylesOf((role, index) =>
  role === "screen"
    ? { foreground: -1, background: -1 }
    : { foreground: 16 + index, background: index % 3 === 0 ? 232 + (index % 8) : -1, bold: index % 2 === 0 },
);

export const plainStyles = stylesOf(() => ({ foreground: -1, background: -1 }));

function stylesOf(specOf: (role: Role, index: number) => StyleSpec): RoleStyles {
  const styles: Partial<Record<Role, StyleSpec>> = {};
  for (const [index, role] of roles.entries()) styles[role] = specOf(role, index);
  if (!isComplete(styles)) throw new Error("a role has no style");
  return styles;
}

function isComplete(styles: Partial<Record<Role, StyleSpec>>): styles is Record<Role, StyleSpec> {
  return roles.every((role) => styles[role] !== undefined);
}

/**
 * Draws at once. The public `write` waits for a timer of a millisecond each time, which was two thirds of the time of all tests
 * that look at a screen.
 */
function synchronousWriter(xterm: InstanceType<typeof headless.Terminal>): (text: string) => void {
  const { _core: core } = xterm as unknown as { _core: { writeSync(text: string): void } };
  return (text) => core.writeSync(text);
}

export interface FakeTtyOptions extends Partial<TerminalOptions> {
  readonly columns?: number;
  readonly rows?: number;
  /** Answers the terminal's reports back into the input, as a real one does. */
  readonly answers?: boolean;
  readonly fakeHost?: FakeHost;
}

export function createFakeTty(options: FakeTtyOptions = {}): FakeTty {
  const { columns = 80, rows = 24, answers = false, fakeHost, ...rest } = options;
  const xterm = new headless.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 100,
    logLevel: "off",
  });
  const draw = synchronousWriter(xterm);
  xterm.loadAddon(new Unicode11Addon());
  xterm.unicode.activeVersion = "11";
  const inputEmitter = createEmitter();
  const outputEmitter = createEmitter();
  const timer = createManualTimer();
  const host = fakeHost ?? createFakeHost();
  const encoder = new TextEncoder();
  let bytes = "";
  const input = {
    isTTY: true,
    isRaw: false,
    isPaused: true,
    ...inputEmitter,
    setRawMode: (isRaw: boolean) => (input.isRaw = isRaw),
    resume: () => (input.isPaused = false),
    pause: () => (input.isPaused = true),
  };
  const output = {
    isTTY: true,
    columns,
    rows,
    writableLength: 0,
    ...outputEmitter,
    write: (text: string) => {
      bytes += text;
      draw(text);
      return true;
    },
  };
  // Never in the middle of a write: a real terminal takes its time.
  if (answers) xterm.onData((reply) => void setImmediate(() => input.emit("data", encoder.encode(reply))));
  const terminal = createTerminal({
    styles: testStyles,
    colours: "256",
    ambiguousWidth: answers ? "auto" : 1,
    ...rest,
    input,
    output,
    timer,
    host,
  });
  const events: InputEvent[] = [];
  terminal.onEvent((event) => events.push(event));

  // One object for all: the terminal fills it anew.
  const reused = xterm.buffer.active.getNullCell();
  const rowCells = (y: number, format: (cell: typeof reused, x: number) => string) => {
    const { active } = xterm.buffer;
    const bufferLine = active.getLine(active.viewportY + y);
    let row = "";
    for (let x = 0; x < xterm.cols; x += 1) {
      const cell = bufferLine?.getCell(x, reused);
      if (cell !== undefined) row += format(cell, x);
    }
    return row;
  };
  const rowIndices = () => Array.from({ length: xterm.rows }, (_, y) => y);

  return {
    input,
    output,
    terminal,
    timer,
    host,
    xterm,
    events,
    takeBytes() {
      const taken = bytes;
      bytes = "";
      return taken;
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    type: (text) => input.emit("data", encoder.encode(text)),
    resize(nextColumns, nextRows) {
      output.columns = nextColumns;
      output.rows = nextRows;
      xterm.resize(nextColumns, nextRows);
      outputEmitter.emit("resize");
    },
    screen: () =>
      rowIndices().map((y) =>
        rowCells(y, (cell) =>
          cell.getWidth() === 0 ? "·" : cell.getChars() === "" ? " " : cell.getChars(),
        ).trimEnd(),
      ),
    cells: () =>
      rowIndices().map((y) =>
        rowCells(y, (cell) => {
          const foreground = `${cell.getFgColorMode()},${cell.getFgColor()}`;
          const background = `${cell.getBgColorMode()},${cell.getBgColor()}`;
          const look = `${foreground},${background},${cell.isBold()},${cell.isInverse()},${cell.isUnderline()}`;
          return `[${cell.getChars() || " "}/${cell.getWidth()}/${look}]`;
        }),
      ),
    cursor: () => ({ column: xterm.buffer.active.cursorX, row: xterm.buffer.active.cursorY }),
    listenerCounts: () =>
      ["data", "end", "error", "resize"].reduce(
        (sum, event) => sum + inputEmitter.count(event) + outputEmitter.count(event),
        0,
      ),
  };
}

/** One span of a role as a line. */
export function line(text: string, role: Role = "message.peer"): Line {
  return [{ text, role }];
}

export function pane(
  id: string,
  rect: readonly [number, number, number, number],
  lines: readonly Line[],
): Pane {
  const [column, row, columns, rows] = rect;
  return { id, rect: { column, row, columns, rows }, lines, fill: id === "popup" ? "popup" : "screen" };
}

export function scene(panes: readonly Pane[], cursor: Scene["cursor"] = { column: 0, row: 0 }): Scene {
  return { size: { columns: 80, rows: 24 }, panes, cursor };
}
