// The whole terminal UI (runApp, a real node, the real painter) between a network and a terminal that only take notes: datagrams go in
// by hand, bytes come out and are counted. Time is moved by hand or is the system's. Used by tui.ts.
import { join } from "node:path";
import iconv from "iconv-lite";
import { createNode, type DatagramTransport, type Node, type TransportHandlers } from "../src/index.js";
import { runApp } from "../src/tui/app.js";
import type { Timer } from "../src/tui/input/timer.js";
import type { ProcessHost } from "../src/tui/paint/process-host.js";
import { createTerminal } from "../src/tui/paint/terminal.js";

/** Timers that fire when they are told to. */
export interface HandTimer extends Timer {
  advance(ms: number): void;
}

export function createHandTimer(): HandTimer {
  let now = 0;
  const due = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    now: () => now,
    after(delayMs, fire) {
      const entry = { atMs: now + delayMs, fire };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(ms) {
      now += ms;
      // New ones, made meanwhile, are for the next time.
      for (const entry of Array.from(due)) {
        if (entry.atMs > now) continue;
        due.delete(entry);
        entry.fire();
      }
    },
  };
}

const noop = (): void => undefined;

/** A process on which nobody's listeners are ever called. */
export function createIdleHost(): ProcessHost {
  const stream = { write: () => true };
  return {
    platform: "linux",
    environment: { TERM: "xterm-256color" },
    stdout: stream,
    stderr: stream,
    on: noop,
    prepend: noop,
    removeListener: noop,
    listeners: () => [],
    exit: noop,
    signalJob: noop,
  };
}

export interface Stage {
  readonly node: Node;
  /** Bytes written to the terminal so far, and frames. */
  readonly written: { bytes: number; frames: number };
  arrive(bytes: Uint8Array, address: string): void;
  type(keys: string): void;
  /** Lets promises and immediates go on. */
  turn(): Promise<void>;
  close(): Promise<void>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Starts the UI; resolves once its first frame is out. */
export async function createStage(timer: Timer, columns = 120, rows = 40): Promise<Stage> {
  let handlers: TransportHandlers | undefined;
  const transport: DatagramTransport = {
    open(given) {
      handlers = given;
      return Promise.resolve({ port: 2425, addresses: [], mac: null });
    },
    send: noop,
    broadcast: noop,
    hearGroups: noop,
    close: () => Promise.resolve(),
  };
  const node = createNode({ nick: "我", user: "me", host: "bench", transport });
  const written = { bytes: 0, frames: 0 };
  let onData: ((value: unknown) => void) | undefined;
  const output = {
    isTTY: true,
    columns,
    rows,
    writableLength: 0,
    on: noop,
    removeListener: noop,
    write(text: string) {
      written.bytes += Buffer.byteLength(text);
      written.frames += 1;
      return true;
    },
  };
  const input = {
    isTTY: true,
    on(event: string, listener: (value: unknown) => void) {
      if (event === "data") onData = listener;
    },
    removeListener: noop,
    setRawMode: noop,
    resume: noop,
    pause: noop,
  };
  const ended = runApp(
    {
      node,
      startSimulation: () => Promise.resolve({ count: 0, stop: () => Promise.resolve() }),
      settings: {
        lang: "zh-CN",
        theme: "feiyan-dark",
        color: "always",
        ambiguousWidth: 1,
        mouse: true,
        bell: false,
        keys: {},
      },
      wire: { subscribe: () => noop },
      themesDir: join(process.cwd(), "themes"),
      configProblems: [],
    },
    {
      createTerminal: (options) =>
        createTerminal({ ...options, input, output, timer, host: createIdleHost(), colours: "256" }),
      timer,
      environment: { TERM: "xterm-256color" },
    },
  );
  // oxlint-disable-next-line no-await-in-loop -- waiting for the start
  while (written.frames < 2) await turn();
  return {
    node,
    written,
    arrive: (bytes, address) => handlers?.arrived(bytes, { address, port: 2425 }),
    type: (keys) => onData?.(Buffer.from(keys)),
    turn,
    async close() {
      // Everything that waits does so without holding the process.
      const alive = setInterval(noop, 1_000);
      onData?.(Buffer.from("\u0011"));
      await ended;
      clearInterval(alive);
    },
  };
}

let packetNo = 1_000_000;

/** Somebody says that he is here. */
export function entryOf(nick: string, user: string): Uint8Array {
  packetNo += 1;
  return iconv.encode(`1:${packetNo}:${user}:pc-${user}:1:${nick}\0`, "gbk");
}

export const sentences = [
  "下午三点在机房开会，请大家带上笔记本电脑。",
  "OK, see you there at 3pm",
  "课程设计报告 report-final.docx 放在 http://192.168.1.23:2425/share 了，看完告诉我一声，谢谢",
  "收到",
] as const;

/** A message that wants an acknowledgement. */
export function messageOf(index: number, user: string): Uint8Array {
  packetNo += 1;
  const text = `${index} ${sentences[index % sentences.length] ?? ""}`;
  return iconv.encode(`1:${packetNo}:${user}:pc-${user}:288:${text}\0`, "gbk");
}
