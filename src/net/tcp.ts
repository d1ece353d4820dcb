// Real connections: sockets behind the `StreamTransport` port, on the port that the datagrams use. Knows nothing of requests or
// files. Sockets that we open read into one large buffer of their own, because files come in there and every chunk of Node's is
// garbage afterwards; sockets that others open bring a request of some bytes and read as usual.
import { connect, createServer, Server, Socket } from "node:net";
import { FeiyanError } from "../ports/error.js";
import type { StreamConnection, StreamHandlers, StreamTransport } from "../ports/streams.js";
import type { Endpoint } from "../ports/transport.js";
import { normalizeAddress } from "./interfaces.js";
import { systemCodeOf } from "./socket-error.js";

export interface TcpOptions {
  /** Literal addresses to listen at; none: every address of the machine. */
  readonly binds?: readonly string[];
}

/** What one read of a received file takes at most. */
const readBufferBytes = 512 * 1024;
/** Connections the system queues before we see them. */
const backlog = 64;

/**
 * Connections over TCP.
 *
 * @example
 * const streams = createTcpStreams({ binds: ["127.0.0.1"] });
 * await streams.listen(2425, { arrived, problem });
 */
export function createTcpStreams(options: TcpOptions = {}): StreamTransport {
  const servers: Server[] = [];
  const open = new Set<Socket>();

  function track(socket: Socket): void {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  }

  async function listenAt(host: string, port: number, handlers: StreamHandlers): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      track(socket);
      handlers.arrived(connectionOf(socket, createPulled(socket)));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, backlog, ipv6Only: false }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    server.on("error", (error) => handlers.problem(toListenError(error, port)));
    servers.push(server);
  }

  async function closeServers(): Promise<void> {
    await Promise.all(
      servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
  }

  return {
    async listen(port, handlers) {
      const { binds = [] } = options;
      try {
        if (binds.length > 0) {
          for (const host of binds) {
            // oxlint-disable-next-line no-await-in-loop -- all or none, one after the other
            await listenAt(host, port, handlers);
          }
        } else await listenAt("::", port, handlers).catch(() => listenAt("0.0.0.0", port, handlers));
      } catch (error) {
        await closeServers();
        throw toListenError(error, port);
      }
    },

    connect(to) {
      let cancel = nothing;
      const connection = new Promise<StreamConnection>((resolve, reject) => {
        const fail = (cause: unknown): void => {
          socket.destroy();
          const fields = { address: to.address, port: to.port, systemCode: systemCodeOf(cause) || "timeout" };
          reject(new FeiyanError("connect-failed", "could not connect", fields, { cause }));
        };
        const incoming = createPushed();
        const socket = connect({
          host: to.address,
          port: to.port,
          allowHalfOpen: true,
          noDelay: true,
          onread: { buffer: new Uint8Array(readBufferBytes), callback: incoming.arrived },
        });
        track(socket);
        incoming.attach(socket);
        cancel = () => fail(null);
        socket.once("error", fail);
        socket.once("connect", () => {
          cancel = nothing;
          socket.off("error", fail);
          resolve(connectionOf(socket, incoming));
        });
      });
      return { connection, cancel: () => cancel() };
    },

    async close() {
      for (const socket of open) socket.destroy();
      await closeServers();
    },
  };
}

const nothing = (): void => undefined;

function toListenError(cause: unknown, port: number): FeiyanError {
  const fields = { port, systemCode: systemCodeOf(cause) || "unknown" };
  return new FeiyanError("file-port-unavailable", "cannot accept connections", fields, { cause });
}

function broken(cause: unknown): FeiyanError {
  const fields = { systemCode: systemCodeOf(cause) || "closed" };
  return new FeiyanError("stream-broken", "the connection was lost", fields, { cause });
}

/** Bytes on their way in, asked for one piece at a time. */
interface Incoming {
  next(): Promise<Uint8Array | null>;
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: FeiyanError) => void;
}

/** For sockets that others opened. */
function createPulled(socket: Socket): Incoming {
  let waiting: Waiting | null = null;
  let hasEnded = false;
  let fault: FeiyanError | null = null;

  function look(): void {
    if (waiting === null) return;
    const { resolve, reject } = waiting;
    const bytes: unknown = socket.read();
    // Plain bytes: a Buffer's `slice` is no copy.
    if (bytes instanceof Uint8Array) resolve(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    else if (hasEnded) resolve(null);
    else if (fault !== null) reject(fault);
    else return;
    waiting = null;
  }

  socket.on("readable", look);
  socket.on("end", () => {
    hasEnded = true;
    look();
  });
  socket.on("error", (error) => {
    fault ??= broken(error);
    look();
  });
  socket.on("close", () => {
    fault ??= broken(null);
    look();
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        look();
      }),
  };
}

/** For sockets that we opened: the system writes into their buffer, and stops while nobody asks. */
function createPushed(): Incoming & {
  readonly arrived: (count: number, buffer: Uint8Array) => boolean;
  attach(socket: Socket): void;
} {
  let socket: Socket | null = null;
  let waiting: Waiting | null = null;
  /** Came before anybody asked; there is one at most, as the socket was stopped with it. */
  let held: Uint8Array | null = null;
  let hasEnded = false;
  let fault: FeiyanError | null = null;

  function finish(): void {
    if (waiting === null || held !== null) return;
    if (hasEnded) waiting.resolve(null);
    else if (fault !== null) waiting.reject(fault);
    else return;
    waiting = null;
  }

  return {
    arrived(count, buffer) {
      const bytes = buffer.subarray(0, count);
      if (waiting === null) held = bytes;
      else {
        const { resolve } = waiting;
        waiting = null;
        resolve(bytes);
      }
      return false;
    },
    attach(given) {
      socket = given;
      given.on("end", () => {
        hasEnded = true;
        finish();
      });
      given.on("error", (error) => {
        fault ??= broken(error);
        finish();
      });
      given.on("close", () => {
        fault ??= broken(null);
        finish();
      });
    },
    next: () =>
      new Promise((resolve, reject) => {
        if (held !== null) {
          resolve(held);
          held = null;
          return;
        }
        waiting = { resolve, reject };
        finish();
        if (waiting !== null) socket?.resume();
      }),
  };
}

function connectionOf(socket: Socket, incoming: Incoming): StreamConnection {
  const remote: Endpoint = {
    address: normalizeAddress(socket.remoteAddress ?? ""),
    port: socket.remotePort ?? 0,
  };
  // Without a listener an error that nobody waits for would end the program.
  socket.on("error", () => undefined);
  return {
    remote,
    read: () => incoming.next(),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error) reject(broken(error));
          else resolve();
        });
      }),
    end: () =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(broken(null));
          return;
        }
        socket.once("close", () => reject(broken(null)));
        socket.end(() => resolve());
      }),
    close() {
      socket.destroy();
    },
  };
}
