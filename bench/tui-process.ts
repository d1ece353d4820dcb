// The program as a whole, in a pseudo terminal: how long until the first frame, against a Node that does nothing, and how much memory it
// has taken once it holds 100,000 messages.
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { type Figure, quantile } from "./figure.js";
import { entryOf, messageOf } from "./tui-stage.js";

const program = join(process.cwd(), "dist", "bin", "feiyan.js");
/** The first thing that is only in a frame. */
const frameMark = "\u001b[?2026h";

interface Running {
  readonly pid: number;
  /** Resolves when the output holds the text. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<void>;
  type(keys: string): void;
  kill(): void;
}

function run(args: readonly string[]): Running {
  const { NO_COLOR: _noColor, ...environment } = process.env;
  const pty = spawn(process.execPath, [...args], {
    cols: 80,
    rows: 24,
    env: { ...environment, TERM: "xterm-256color", LANG: "zh_CN.UTF-8" },
  });
  let tail = "";
  const looks = new Set<() => void>();
  pty.onData((data) => {
    tail = (tail + data).slice(-20_000);
    for (const look of looks) look();
  });
  return {
    pid: pty.pid,
    printed: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!tail.includes(text)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    ended: new Promise((resolve) => pty.onExit(() => resolve())),
    type: (keys) => pty.write(keys),
    kill: () => pty.kill("SIGKILL"),
  };
}

function wordsFor(home: string, port = 0): string[] {
  return [program, "--port", String(port), "--bind", "127.0.0.1", "--home", home, "--lang", "zh-CN"];
}

/** Whole processes in turn, so that a noisy machine disturbs both alike. */
export async function benchFirstFrame(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), "feiyan-bench-"));
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    let start = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the measurement
    await run(["-e", "0"]).ended;
    bare.push(performance.now() - start);
    start = performance.now();
    const running = run(wordsFor(home));
    // oxlint-disable-next-line no-await-in-loop -- as above
    await running.printed(frameMark);
    ours.push(performance.now() - start);
    running.kill();
    // oxlint-disable-next-line no-await-in-loop -- as above
    await running.ended;
  }
  rmSync(home, { recursive: true, force: true });
  const ratios = ours.map((value, index) => value / (bare[index] ?? Number.NaN));
  return [
    { name: "start to first frame, median", value: quantile(ours, 0.5), unit: "ms", target: null },
    { name: "`node -e 0`, median", value: quantile(bare, 0.5), unit: "ms", target: null },
    {
      name: "start to first frame against bare Node, median of pairs",
      value: quantile(ratios, 0.5),
      unit: "times",
      target: 1.8,
    },
  ];
}

const quietMs = 30_000;

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Sends messages over loopback, never more than a window ahead of the acknowledgements. */
async function flood(port: number, count: number): Promise<void> {
  const window = 64;
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  socket.send(entryOf("小明", "ming"), port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const watchdog = setTimeout(() => reject(new Error(`${answered} of ${count} answered`)), 120_000);
    const pump = (): void => {
      for (; sent < count && sent - answered < window; sent += 1) {
        socket.send(messageOf(sent, "ming"), port, "127.0.0.1");
      }
    };
    socket.on("message", (bytes) => {
      // An acknowledgement is command 33; the answer to the entry is not.
      if (!/^[^:]*:[^:]*:[^:]*:[^:]*:33:/.test(bytes.toString("latin1"))) return;
      answered += 1;
      if (answered === count) {
        clearTimeout(watchdog);
        resolve();
      } else pump();
    });
    pump();
  });
  socket.close();
}

/** Resident memory in MB; Linux only, elsewhere null. */
function residentOf(pid: number): number | null {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found === null ? null : Number(found[1]) / 1024;
  } catch {
    return null;
  }
}

export async function benchMemory(): Promise<Figure[]> {
  const count = 100_000;
  const home = mkdtempSync(join(tmpdir(), "feiyan-bench-"));
  const port = await freePort();
  const running = run(wordsFor(home, port));
  await running.printed(String(port));
  const empty = residentOf(running.pid);
  await flood(port, count);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const full = residentOf(running.pid);
  // What the burst left behind V8 collects, and the pages it no longer needs it gives back, when nothing happens for a while.
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const settled = residentOf(running.pid);
  running.kill();
  await running.ended;
  rmSync(home, { recursive: true, force: true });
  if (empty === null || full === null || settled === null) return [];
  return [
    { name: "resident memory once the port is open", value: empty, unit: "MB", target: null },
    { name: "resident memory 3 s after 100,000 messages", value: full, unit: "MB", target: 130 },
    { name: "resident memory with 100,000 messages, at rest", value: settled, unit: "MB", target: 110 },
  ];
}

/** Processor time of a process so far, in milliseconds, its own and the system's for it; Linux only, elsewhere null. */
function processorMsOf(pid: number): number | null {
  try {
    // After the name, which may hold anything, the 12th and 13th field; in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

/**
 * What a thousand messages a second cost the program: socket, decoding, state, acknowledgement, thirty frames a second of the
 * conversation they come to. Its sender, and the terminal that takes the frames, are this process.
 */
export async function benchFloodCost(hasHistory: boolean): Promise<Figure[]> {
  const seconds = 10;
  const perSecond = 1_000;
  const home = mkdtempSync(join(tmpdir(), "feiyan-bench-"));
  const port = await freePort();
  const running = run([...wordsFor(home, port), ...(hasHistory ? [] : ["--no-history"])]);
  await running.printed(String(port));
  // Code that V8 has compiled and a long log, as after an hour.
  await flood(port, 30_000);
  running.type("\u001b2");
  await running.printed("29999");
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  let answered = 0;
  socket.on("message", () => {
    answered += 1;
  });
  const before = processorMsOf(running.pid);
  const start = performance.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const wanted = Math.min(
        seconds * perSecond,
        Math.floor(((performance.now() - start) / 1e3) * perSecond),
      );
      for (; sent < wanted; sent += 1) socket.send(messageOf(sent, "ming"), port, "127.0.0.1");
      if (sent < seconds * perSecond) return;
      clearInterval(tick);
      resolve();
    }, 5);
  });
  const elapsed = performance.now() - start;
  const after = processorMsOf(running.pid);
  await new Promise((resolve) => setTimeout(resolve, 500));
  socket.close();
  running.kill();
  await running.ended;
  rmSync(home, { recursive: true, force: true });
  if (answered < sent * 0.99) throw new Error(`${answered} of ${sent} answered`);
  if (before === null || after === null) return [];
  return [
    {
      name: `1,000 messages a second: share of a core that the program takes${hasHistory ? "" : ", with --no-history"}`,
      value: ((after - before) / elapsed) * 100,
      unit: "%",
      target: 10,
    },
  ];
}
