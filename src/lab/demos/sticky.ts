// Message borders: many small sends by UDP and by TCP, and what the reader gets. UDP keeps borders and may lose; TCP loses nothing
// and keeps no borders, so messages stick together (粘包) and are cut in the middle. Then the cure, a length in front of each.
// Real sockets on loopback; called by the command and the lessons.
import { connect, createServer, type Socket } from "node:net";
import { createSystemCounters } from "../counters/linux-counters.js";
import type { SystemCounters } from "../counters/system-counters.js";
import { buildPrefixed, createPrefixDecoder } from "./length-prefix.js";
import {
  closeUdp,
  listenOnLoopback,
  loopbackAddress,
  openUdp,
  pause,
  waitUntil,
} from "./loopback-sockets.js";

export interface StickyOptions {
  /** Sends of each kind; at most 20,000. */
  readonly messages: number;
  readonly counters?: SystemCounters;
}

export interface StickyUdp {
  readonly sends: number;
  readonly arrived: number;
  /** Arrived with every byte and nothing else. */
  readonly whole: number;
  /** Told by the kernel; null where it does not tell. */
  readonly kernelDrops: number | null;
}

export interface StickyTcp {
  readonly writes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly reads: number;
  /** The first ones. */
  readonly readSizes: readonly number[];
  /** Reads that ended in the middle of a message. */
  readonly cut: number;
}

export interface StickyCure {
  readonly messages: number;
  readonly whole: number;
  /** The same bytes fed one at a time. */
  readonly pushes: number;
  readonly wholeByteByByte: number;
}

export interface StickyResult {
  readonly udp: StickyUdp;
  readonly tcp: StickyTcp;
  readonly cure: StickyCure;
}

const mostMessages = 20_000;
const shownReads = 20;
const limitMs = 10_000;

/**
 * Runs the three parts.
 *
 * @example (await runSticky({ messages: 1_000 })).tcp.reads // a few, for 1,000 writes
 */
export async function runSticky(options: StickyOptions): Promise<StickyResult> {
  const count = Math.max(1, Math.min(options.messages, mostMessages));
  const messages = Array.from({ length: count }, (_, index) => buildMessage(index));
  const udp = await runUdp(messages, options.counters ?? createSystemCounters());
  const plain = await runTcp(messages);
  const prefixed = await runTcp(messages.map(buildPrefixed));
  return { udp, tcp: describeReads(messages, plain), cure: describeCure(messages, prefixed) };
}

/** Texts of different lengths, so that no reader can guess the borders. */
function buildMessage(index: number): Uint8Array {
  return new TextEncoder().encode(`message ${index} ${"=".repeat((index * 37) % 211)};`);
}

async function runUdp(messages: readonly Uint8Array[], counters: SystemCounters): Promise<StickyUdp> {
  const receiver = await openUdp();
  const sender = await openUdp();
  const expected = new Set(messages.map((bytes) => Buffer.from(bytes).toString("latin1")));
  let arrived = 0;
  let whole = 0;
  receiver.socket.on("message", (bytes) => {
    arrived += 1;
    if (expected.has(bytes.toString("latin1"))) whole += 1;
  });
  try {
    // Without a pause, as a program in a loop does: nobody reads meanwhile, and the receive buffer has an end.
    for (const bytes of messages) sender.socket.send(bytes, receiver.port, loopbackAddress);
    for (let before = -1; before !== arrived;) {
      before = arrived;
      await pause(50);
    }
    const kernelDrops = counters.socketDrops(receiver.port);
    return { sends: messages.length, arrived, whole, kernelDrops };
  } finally {
    await Promise.all([closeUdp(receiver), closeUdp(sender)]);
  }
}

/** Writes all pieces to a TCP connection and gives the reads of the other end. */
async function runTcp(pieces: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const reads: Uint8Array[] = [];
  const sockets: Socket[] = [];
  let isDone = false;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (chunk: Buffer) => reads.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      isDone = true;
    });
  });
  try {
    const port = await listenOnLoopback(server);
    const client = connect({ host: loopbackAddress, port, noDelay: true });
    sockets.push(client);
    client.on("error", () => client.destroy());
    client.resume();
    for (const piece of pieces) client.write(piece);
    client.end();
    await waitUntil(() => isDone, limitMs);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  return reads;
}

function describeReads(messages: readonly Uint8Array[], reads: readonly Uint8Array[]): StickyTcp {
  const borders = new Set<number>();
  let sentBytes = 0;
  for (const message of messages) borders.add((sentBytes += message.length));
  let receivedBytes = 0;
  let cut = 0;
  for (const read of reads) {
    receivedBytes += read.length;
    if (!borders.has(receivedBytes)) cut += 1;
  }
  const readSizes = reads.slice(0, shownReads).map((read) => read.length);
  return { writes: messages.length, sentBytes, receivedBytes, reads: reads.length, readSizes, cut };
}

function describeCure(messages: readonly Uint8Array[], reads: readonly Uint8Array[]): StickyCure {
  const longest = Math.max(...messages.map((message) => message.length));
  const isSame = (bytes: Uint8Array, index: number): boolean =>
    Buffer.compare(bytes, messages[index] ?? new Uint8Array(0)) === 0;
  const countWhole = (chunks: Iterable<Uint8Array>): number => {
    const decoder = createPrefixDecoder(longest);
    let index = 0;
    let whole = 0;
    for (const chunk of chunks) {
      for (const event of decoder.push(chunk)) {
        if (event.kind === "message" && isSame(event.bytes, index)) whole += 1;
        index += 1;
      }
    }
    return whole;
  };
  const all = Buffer.concat(reads);
  return {
    messages: messages.length,
    whole: countWhole(reads),
    pushes: all.length,
    wholeByteByByte: countWhole(singleBytes(all)),
  };
}

function* singleBytes(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1);
}
