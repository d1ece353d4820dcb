// The control socket of an instance: lets others of the same user attach, tells them what happens and does what they ask. Bounded
// against clients that are strangers, broken or asleep: a stranger is refused, a slow reader is told how much it missed, and none of
// them can harm the instance or each other. What a request does stands in requests.ts, what one connection may do in connection.ts.
import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { FeiyanError, version, type Event, type TapRecord } from "../index.js";
import { createConnection, type Connection } from "./connection.js";
import { controlLimits, controlTimers } from "./limits.js";
import { checkPath, prepareFolder, type ControlPlace } from "./place.js";
import type { ControlCounts, ControlHost } from "./host.js";
import { encodeLine } from "./wire-json.js";

export interface ControlServer {
  counts(): ControlCounts;
  /** Says goodbye to everybody who is attached and takes the socket away. */
  close(): Promise<void>;
}

/**
 * Opens the control socket of a started node. Rejects with `instance-running` when somebody answers there already,
 * `control-path-too-long`, or `control-unavailable`.
 */
export async function openControl(host: ControlHost, place: ControlPlace): Promise<ControlServer> {
  checkPath(place);
  prepareFolder(place);
  const key = randomBytes(16).toString("hex");
  const connections = new Set<Connection>();
  const refused: Record<string, number> = {};
  let connected = 0;
  let answered = 0;
  let missed = 0;
  const startedAt = Date.now();

  const counts = (): ControlCounts => ({
    clients: [...connections].filter((one) => one.isReady()).length,
    following: [...connections].filter((one) => one.following() !== null).length,
    connected,
    refused: { ...refused },
    requests: answered,
    missed,
  });

  const server = createServer((socket) => {
    connected++;
    const connection = createConnection(socket, {
      key,
      program: `feiyan ${version}`,
      kind: host.kind,
      isFull: connections.size >= controlLimits.clients,
      served: { host, counts, startedAt },
      flush,
      followed: watch,
      refused: (reason) => {
        refused[reason] = (refused[reason] ?? 0) + 1;
      },
      answered: () => {
        answered++;
      },
      missed: (count) => {
        missed += count;
      },
      ended: () => {
        connections.delete(connection);
        watch();
      },
    });
    connections.add(connection);
  });

  await listen(server, place);
  try {
    rmSync(place.keyFile, { force: true });
    writeFileSync(place.keyFile, `${key}\n`, { mode: 0o600, flag: "wx" });
    if (!place.isPipe) chmodSync(place.path, 0o600);
  } catch (error) {
    server.close();
    throw unavailable(place, error);
  }

  /** What happened in this turn of the event loop and was not told yet: written once for everybody. */
  let happened: Event[] = [];
  let seen: TapRecord[] = [];
  let isScheduled = false;
  let stopEvents: (() => void) | null = null;
  let stopWire: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastDiagnostics = "";

  function flush(): void {
    if (happened.length === 0 && seen.length === 0) return;
    const events = happened.map((event) => ({ kind: event.kind, bytes: lineOf({ event }) }));
    const datagrams = seen.map((record) => lineOf({ datagram: record }));
    happened = [];
    seen = [];
    const all = Buffer.concat(events.map(({ bytes }) => bytes));
    for (const connection of connections) {
      const following = connection.following();
      if (following === null) continue;
      if (following.kinds === null) connection.tell(all, events.length);
      else {
        const wanted = events.filter(({ kind }) => following.kinds?.has(kind) === true);
        if (wanted.length > 0)
          connection.tell(Buffer.concat(wanted.map(({ bytes }) => bytes)), wanted.length);
      }
      if (following.datagrams && datagrams.length > 0) connection.tell(Buffer.concat(datagrams), 0);
    }
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      flush();
    });
  }

  /** Nothing is collected while nobody listens. */
  function watch(): void {
    const followings = [...connections].map((one) => one.following()).filter((one) => one !== null);
    const wantsEvents = followings.some((one) => one.kinds === null || one.kinds.size > 0);
    const wantsWire = followings.some((one) => one.datagrams);
    if (wantsEvents && stopEvents === null) {
      stopEvents = host.node.subscribe((event) => {
        happened.push(event);
        schedule();
      });
    } else if (!wantsEvents) {
      stopEvents?.();
      stopEvents = null;
    }
    if (wantsWire && stopWire === null) {
      stopWire =
        host.wire?.subscribe((record) => {
          // The bytes belong to the traffic.
          seen.push({ ...record, bytes: record.bytes.slice() });
          schedule();
        }) ?? null;
    } else if (!wantsWire) {
      stopWire?.();
      stopWire = null;
    }
    if (followings.some((one) => one.diagnostics)) {
      timer ??= setInterval(tellDiagnostics, controlTimers.diagnosticsMs).unref();
    } else if (timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  }

  function tellDiagnostics(): void {
    const line = encodeLine({
      diagnostics: host.node.diagnostics(),
      impairments: host.node.impairments(),
    });
    if (line === lastDiagnostics) return;
    lastDiagnostics = line;
    const bytes = Buffer.from(`${line}\n`);
    for (const connection of connections) {
      if (connection.following()?.diagnostics === true) connection.tell(bytes, 0);
    }
  }

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    stopEvents?.();
    stopWire?.();
    if (timer !== null) clearInterval(timer);
    rmSync(place.keyFile, { force: true });
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    flush();
    await Promise.all([...connections].map((connection) => connection.end("closing")));
    await closed;
  };

  return {
    counts,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function lineOf(value: unknown): Buffer {
  return Buffer.from(`${encodeLine(value)}\n`);
}

async function listen(server: Server, place: ControlPlace): Promise<void> {
  try {
    await tryListen(server, place);
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE") throw unavailable(place, error);
    if (place.isPipe || (await isAnswered(place))) {
      throw new FeiyanError(
        "instance-running",
        "an instance is running",
        { path: place.path },
        { cause: error },
      );
    }
    // Left behind by an instance that was killed: nobody answers there.
    try {
      unlinkSync(place.path);
      await tryListen(server, place);
    } catch (again) {
      throw unavailable(place, again);
    }
  }
}

function tryListen(server: Server, place: ControlPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path: place.path, readableAll: false, writableAll: false }, () => {
      server.off("error", reject);
      server.on("error", () => undefined);
      resolve();
    });
  });
}

/** True when somebody accepts there, or may: only a plain refusal by the system shows that nobody does. */
function isAnswered(place: ControlPlace): Promise<boolean> {
  const before = inodeOf(place.path);
  return new Promise((resolve) => {
    const socket = connect(place.path);
    const end = (answered: boolean): void => {
      socket.destroy();
      // Another one may just have cleared it away and put its own there.
      resolve(answered || inodeOf(place.path) !== before);
    };
    socket.setTimeout(controlTimers.answerMs, () => end(true));
    socket.once("connect", () => end(true));
    socket.once("error", (error) => end(codeOf(error) !== "ECONNREFUSED" && codeOf(error) !== "ENOTSOCK"));
  });
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function unavailable(place: ControlPlace, error: unknown): FeiyanError {
  const reason = codeOf(error) || String(error);
  return new FeiyanError(
    "control-unavailable",
    `${place.path}: ${reason}`,
    { path: place.path, reason },
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
