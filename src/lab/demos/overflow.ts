// Real loss without anybody cheating: a receiver that is too slow, or a burst that is too long, fills the receive buffer, and the
// kernel drops what comes then. The receiver is a process of its own; the kernel's drops column of its socket is the judge.
import { createSystemCounters } from "../counters/linux-counters.js";
import type { SystemCounters } from "../counters/system-counters.js";
import { datagramsThatFit } from "./capacity.js";
import { startChildProgram, type ChildProgram } from "./child-program.js";
import { closeUdp, loopbackAddress, openUdp, pause } from "./loopback-sockets.js";

export interface OverflowOptions {
  readonly datagrams: number;
  readonly ratePps: number;
  readonly sizeBytes: number;
  /** Work of the receiver per datagram. */
  readonly serviceMs: number;
  /** Asked of the system; null: its default. */
  readonly bufferBytes: number | null;
  /** So many at once, at the same average rate; 1: evenly. */
  readonly burst: number;
  readonly counters?: SystemCounters;
  readonly stop?: AbortSignal;
}

export interface OverflowResult {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** The kernel's own count for this socket; null where it does not tell. */
  readonly kernelDrops: number | null;
  readonly predictedLoss: number;
  /** What the system granted (Linux says twice what was asked). */
  readonly bufferBytes: number;
  readonly fit: number;
  readonly timeMs: number;
  /** One letter per datagram: `.` was read, `b` was dropped by the kernel, `u` was lost to nobody's knowledge; empty without room for numbers. */
  readonly strip: string;
}

/** Bounds: loopback only, and a demonstration has to end while people watch. */
export const overflowLimits = {
  datagrams: 100_000,
  ratePps: 20_000,
  sizeBytes: 1_472,
  serviceMs: 1_000,
  bufferBytes: 8 * 1024 * 1024,
  burst: 10_000,
  durationMs: 60_000,
} as const;

// The receiver: works by standing still, since a timer would let it read on meanwhile, and spinning would be slower on a busy machine.
// What it overslept is taken off the next pieces of work: on a busy machine too it manages what its service time says.
const receiverSource = `
const settings = JSON.parse(process.argv[process.argv.length - 1]);
const socket = require("node:dgram").createSocket("udp4");
let received = 0;
const numbers = new Uint8Array(settings.datagrams);
const still = new Int32Array(new SharedArrayBuffer(4));
let last = performance.now();
let owedMs = 0;
function work() {
  owedMs = Math.max(-50, owedMs + settings.serviceMs);
  if (owedMs <= 0) return;
  const fromMs = performance.now();
  Atomics.wait(still, 0, 0, owedMs);
  owedMs -= performance.now() - fromMs;
}
socket.on("error", (error) => { process.send({ failed: error.code }); process.exit(1); });
socket.on("message", (bytes) => {
  received += 1;
  if (bytes.length >= 4) numbers[bytes.readUInt32BE(0)] = 1;
  if (settings.serviceMs > 0) work();
  last = performance.now();
});
socket.bind(0, "127.0.0.1", () => {
  if (settings.bufferBytes !== null) socket.setRecvBufferSize(settings.bufferBytes);
  process.send({ port: socket.address().port, bufferBytes: socket.getRecvBufferSize() });
});
process.on("disconnect", () => process.exit(0));
process.on("message", () => {
  const timer = setInterval(() => {
    if (performance.now() - last < 150) return;
    clearInterval(timer);
    process.send({ received, numbers: numbers.join("") });
  }, 20);
});
`;

/**
 * Expected share of loss: a steady stream loses what the receiver cannot work off, a burst what does not fit.
 *
 * @example predictOverflow({ ratePps: 1_000, serviceMs: 2, burst: 1 }, 200) // 0.5
 */
export function predictOverflow(
  { ratePps, serviceMs, burst }: Pick<OverflowOptions, "ratePps" | "serviceMs" | "burst">,
  fit: number,
): number {
  const load = (ratePps * serviceMs) / 1_000;
  const steady = load > 1 ? 1 - 1 / load : 0;
  return Math.max(steady, burst > fit ? (burst - fit) / burst : 0);
}

/** Sends to the slow receiver and compares. */
export async function runOverflow(wanted: OverflowOptions): Promise<OverflowResult> {
  const options = within(wanted);
  const counters = options.counters ?? createSystemCounters();
  const receiver = startChildProgram(receiverSource, {
    serviceMs: options.serviceMs,
    bufferBytes: options.bufferBytes,
    datagrams: options.datagrams,
  });
  const sender = await openUdp();
  try {
    const told = await receiver.next(10_000);
    const [port, bufferBytes] = [Number(told["port"]), Number(told["bufferBytes"])];
    const startMs = performance.now();
    const sent = await send(options, (bytes) => sender.socket.send(bytes, port, loopbackAddress));
    const timeMs = performance.now() - startMs;
    const { received, numbers } = await askReceiver(receiver, options, bufferBytes);
    const kernelDrops = counters.socketDrops(port);
    const fit = datagramsThatFit(bufferBytes, options.sizeBytes);
    return {
      sent,
      received,
      lost: sent - received,
      kernelDrops,
      predictedLoss: predictOverflow(options, fit),
      bufferBytes,
      fit,
      timeMs,
      strip: options.sizeBytes < 4 ? "" : stripOf(sent, numbers, kernelDrops === sent - received),
    };
  } finally {
    await Promise.all([receiver.close(), closeUdp(sender)]);
  }
}

/** Every due datagram at its time, counted from the start: a late timer sends more at once, never fewer in all. */
async function send(options: OverflowOptions, hand: (bytes: Uint8Array) => void): Promise<number> {
  const startMs = performance.now();
  const everyMs = (1_000 * options.burst) / options.ratePps;
  let sent = 0;
  for (let group = 0; sent < options.datagrams && options.stop?.aborted !== true; group += 1) {
    const waitMs = startMs + group * everyMs - performance.now();
    if (waitMs > 0) await pause(waitMs, options.stop);
    else if (group % 64 === 63) await new Promise(setImmediate);
    for (let one = 0; one < options.burst && sent < options.datagrams; one += 1) {
      const bytes = new Uint8Array(Math.max(4, options.sizeBytes));
      new DataView(bytes.buffer).setUint32(0, sent);
      hand(bytes.subarray(0, options.sizeBytes));
      sent += 1;
    }
  }
  return sent;
}

async function askReceiver(
  receiver: ChildProgram,
  options: OverflowOptions,
  bufferBytes: number,
): Promise<{ readonly received: number; readonly numbers: string }> {
  receiver.tell({ report: true });
  const backlogMs = datagramsThatFit(bufferBytes, options.sizeBytes) * options.serviceMs;
  const told = await receiver.next(10_000 + 2 * backlogMs);
  return { received: Number(told["received"]), numbers: String(told["numbers"]) };
}

function stripOf(sent: number, numbers: string, isKernels: boolean): string {
  const lost = isKernels ? "b" : "u";
  return Array.from({ length: sent }, (_unused, n) => (numbers[n] === "1" ? "." : lost)).join("");
}

function within(options: OverflowOptions): OverflowOptions {
  const most = overflowLimits;
  const ratePps = clamp(options.ratePps, 1, most.ratePps);
  return {
    ...options,
    ratePps,
    datagrams: clamp(
      options.datagrams,
      1,
      Math.min(most.datagrams, Math.ceil((ratePps * most.durationMs) / 1_000)),
    ),
    sizeBytes: clamp(options.sizeBytes, 1, most.sizeBytes),
    serviceMs: clamp(options.serviceMs, 0, most.serviceMs),
    bufferBytes: options.bufferBytes === null ? null : clamp(options.bufferBytes, 1, most.bufferBytes),
    burst: clamp(options.burst, 1, most.burst),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
