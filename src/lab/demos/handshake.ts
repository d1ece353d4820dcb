// A TCP connection from the first packet to the last, as the kernel sees it: half-open sockets on loopback, the kernel's states of
// our port polled every 5 ms, and the segment that must have been between two states. What was read from the system is tagged
// `kernel`, what follows from it `inferred`. Without a system table only our own events are told, all of them inferred.
import { connect, createServer, type Server, type Socket } from "node:net";
import { createSystemCounters } from "../counters/linux-counters.js";
import type { SystemCounters } from "../counters/system-counters.js";
import { listenOnLoopback, loopbackAddress, pause, waitUntil } from "./loopback-sockets.js";

export type Side = "listener" | "client" | "server";

export type HandshakeEvent =
  /** Something our program did. */
  | { readonly atMs: number; readonly kind: "action"; readonly action: HandshakeAction }
  | {
      readonly atMs: number;
      readonly kind: "state";
      readonly side: Side;
      readonly state: string;
      readonly source: "kernel" | "inferred";
    }
  | {
      readonly atMs: number;
      readonly kind: "segment";
      readonly from: "client" | "server";
      readonly flags: string;
      readonly source: "inferred";
    };

export type HandshakeAction =
  | "listen"
  | "connect"
  | "client-ends"
  | "server-still-talks"
  | "server-ends"
  | "both-closed";

export interface HandshakeResult {
  readonly port: number;
  readonly source: "kernel" | "inferred";
  readonly events: readonly HandshakeEvent[];
  /** Bytes that the client read after it had said it was done. */
  readonly bytesAfterEnd: number;
}

export interface HandshakeOptions {
  readonly counters?: SystemCounters;
  /** How long one side goes on talking after the other has finished. */
  readonly halfOpenMs?: number;
  /** How long TIME_WAIT is watched at the end; it lasts a minute. */
  readonly watchMs?: number;
}

const pollMs = 5;
const stepLimitMs = 1_000;

/** Runs one connection through all its states and tells them in order. */
export async function runHandshake(options: HandshakeOptions = {}): Promise<HandshakeResult> {
  const counters = options.counters ?? createSystemCounters();
  const startMs = performance.now();
  const events: HandshakeEvent[] = [];
  const seen = new Map<Side, string>();
  const source = counters.source === "none" ? "inferred" : "kernel";
  const now = (): number => performance.now() - startMs;
  let port = 0;

  function act(action: HandshakeAction): void {
    events.push({ atMs: now(), kind: "action", action });
  }

  function note(side: Side, state: string): void {
    const before = seen.get(side);
    if (before === state) return;
    seen.set(side, state);
    for (const segment of segmentsBetween(side, before, state)) {
      events.push({ atMs: now(), kind: "segment", ...segment, source: "inferred" });
    }
    events.push({ atMs: now(), kind: "state", side, state, source });
  }

  function look(): void {
    for (const entry of port === 0 ? [] : (counters.tcpSockets(port) ?? [])) {
      const isOwn = entry.local.port === port;
      note(isOwn ? (entry.state === "LISTEN" ? "listener" : "server") : "client", entry.state);
    }
  }

  /** Waits until the kernel shows a state; without a table it is taken for granted. */
  async function reach(side: Side, state: string): Promise<void> {
    if (source === "inferred") {
      note(side, state);
      return;
    }
    await waitUntil(
      () => {
        look();
        return seen.get(side) === state;
      },
      stepLimitMs,
      pollMs,
    );
  }

  const sockets: Socket[] = [];
  let accepted: Socket | null = null;
  let bytesAfterEnd = 0;
  let closedSockets = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted = socket;
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.resume();
    socket.on("close", () => {
      closedSockets += 1;
    });
  });
  try {
    port = await listenOnLoopback(server);
    act("listen");
    await reach("listener", "LISTEN");

    act("connect");
    const client = connect({ host: loopbackAddress, port, allowHalfOpen: true });
    sockets.push(client);
    client.on("error", () => client.destroy());
    client.on("close", () => {
      closedSockets += 1;
    });
    let hasEnded = false;
    client.on("data", (bytes: Buffer) => {
      if (hasEnded) bytesAfterEnd += bytes.length;
    });
    await waitUntil(() => accepted !== null && !client.connecting, stepLimitMs);
    await reach("client", "ESTABLISHED");
    await reach("server", "ESTABLISHED");

    act("client-ends");
    hasEnded = true;
    client.end();
    await reach("client", "FIN_WAIT2");
    await reach("server", "CLOSE_WAIT");

    act("server-still-talks");
    const talker = accepted as Socket | null;
    talker?.write("still here\n");
    await pause(options.halfOpenMs ?? 50);
    await waitUntil(() => bytesAfterEnd > 0, stepLimitMs);
    look();

    act("server-ends");
    talker?.end();
    await reach("client", "TIME_WAIT");
    await waitUntil(() => closedSockets >= 2, stepLimitMs);
    act("both-closed");
    const endMs = now() + (options.watchMs ?? 100);
    while (now() < endMs) {
      look();
      await pause(pollMs);
    }
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  return { port, source, events, bytesAfterEnd };
}

/** What must have crossed the wire for this side to get from one state to the next. */
function segmentsBetween(
  side: Side,
  before: string | undefined,
  state: string,
): readonly { readonly from: "client" | "server"; readonly flags: string }[] {
  if (side === "client" && before === undefined && state === "ESTABLISHED") {
    return [
      { from: "client", flags: "SYN" },
      { from: "server", flags: "SYN+ACK" },
      { from: "client", flags: "ACK" },
    ];
  }
  if (side === "client" && state === "FIN_WAIT2") {
    return [
      { from: "client", flags: "FIN" },
      { from: "server", flags: "ACK" },
    ];
  }
  if (side === "client" && state === "TIME_WAIT") {
    return [
      { from: "server", flags: "FIN" },
      { from: "client", flags: "ACK" },
    ];
  }
  return [];
}
