// The queue in front of a TCP server: a worker listens with a small backlog and is blocked, so it accepts nobody; the kernel lets
// a few in and the others wait as SYN_SENT. Then the worker wakes, and after the next repeat of their SYN they enter.
// Real sockets on loopback; called by the command and the lessons.
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { createSystemCounters } from "../counters/linux-counters.js";
import type { SystemCounters } from "../counters/system-counters.js";
import { loopbackAddress, pause, waitUntil } from "./loopback-sockets.js";

export interface BacklogOptions {
  /** Given to `listen`; at most 50. */
  readonly backlog?: number;
  /** How many clients knock; at most 100. */
  readonly clients?: number;
  /** How long the server does not accept. */
  readonly blockedMs?: number;
  readonly counters?: SystemCounters;
  readonly stop?: AbortSignal;
}

export interface BacklogResult {
  readonly backlog: number;
  readonly clients: number;
  readonly blockedMs: number;
  /** Connected while the server accepted nobody: the kernel did it alone. */
  readonly enteredAtOnce: number;
  /** Clients in SYN_SENT just before the server woke; null where the system does not tell. */
  readonly waiting: number | null;
  /** When each client's connect was answered, in order; the others never were. */
  readonly enteredMs: readonly number[];
}

// Plain text on purpose: a worker in the bundled program has no file of its own. It blocks its own thread only.
const workerSource = `
const { createServer } = require("node:net");
const { parentPort, workerData } = require("node:worker_threads");
const gate = new Int32Array(workerData.gate);
const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end();
});
server.on("error", (error) => parentPort.postMessage({ failed: error.code }));
server.listen({ host: "127.0.0.1", port: 0, backlog: workerData.backlog }, () => {
  parentPort.postMessage({ port: server.address().port });
  Atomics.wait(gate, 0, 0);
});
`;

/** Longest wait for the last client: the kernel repeats a SYN after 1, 3 and 7 seconds. */
const enterLimitMs = 9_000;

/**
 * Runs the demonstration.
 *
 * @example (await runBacklog({ backlog: 2 })).enteredAtOnce // 3 on Linux: one more than the backlog
 */
export async function runBacklog(options: BacklogOptions = {}): Promise<BacklogResult> {
  const backlog = Math.max(1, Math.min(options.backlog ?? 2, 50));
  const clients = Math.max(1, Math.min(options.clients ?? 6, 100));
  const blockedMs = Math.max(50, Math.min(options.blockedMs ?? 2_000, 6_000));
  const counters = options.counters ?? createSystemCounters();
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(workerSource, { eval: true, workerData: { gate, backlog } });
  const sockets: Socket[] = [];
  const enteredMs: number[] = [];
  const wake = (): void => {
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
  };
  try {
    const port = await portOfWorker(worker);
    const startMs = performance.now();
    for (let index = 0; index < clients; index += 1) {
      const socket = connect({ host: loopbackAddress, port });
      sockets.push(socket);
      socket.on("connect", () => enteredMs.push(performance.now() - startMs));
      socket.on("error", () => socket.destroy());
      socket.resume();
    }
    await pause(blockedMs, options.stop);
    const enteredAtOnce = enteredMs.length;
    const table = counters.tcpSockets(port);
    const waiting =
      table === null
        ? null
        : table.filter((entry) => entry.remote.port === port && entry.state === "SYN_SENT").length;
    wake();
    await waitUntil(() => enteredMs.length === clients || options.stop?.aborted === true, enterLimitMs, 20);
    return { backlog, clients, blockedMs, enteredAtOnce, waiting, enteredMs };
  } finally {
    wake();
    for (const socket of sockets) socket.destroy();
    await worker.terminate();
  }
}

function portOfWorker(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.once("message", (told: { readonly port?: number; readonly failed?: string }) => {
      if (told.port === undefined) reject(new Error(`the server could not listen: ${told.failed ?? ""}`));
      else resolve(told.port);
    });
  });
}
