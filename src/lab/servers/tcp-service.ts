// The ground of the TCP servers: listens, counts connections, closes what is idle, too long or too large, and tells every step.
// What is done with the bytes is the caller's (`lab-server`). Nothing a client sends can end the program.
import { createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "../../index.js";
import { isLabAddress } from "../address.js";
import { toListenError } from "./listen-place.js";
import type { CloseReason, LabServer, ServerListener } from "./server-event.js";
import { serverLimits } from "./server-limits.js";

/** One client. */
export interface Connection {
  readonly id: number;
  readonly remote: Endpoint;
  send(bytes: Uint8Array): void;
  /** Says that nothing more comes, after what was sent. */
  end(): void;
}

/** What a server does with its clients. */
export interface TcpService {
  opened?(connection: Connection): void;
  arrived(connection: Connection, bytes: Uint8Array): void;
  /** The client will send no more; the answer may still be on its way. */
  finished(connection: Connection): void;
  closed?(connection: Connection): void;
}

export interface TcpServiceOptions {
  readonly listen: Endpoint;
  readonly listener: ServerListener;
  readonly service: TcpService;
}

/** Opens it; rejects with a FeiyanError when the port cannot be had. */
export async function openTcpService(options: TcpServiceOptions): Promise<LabServer> {
  const gate = createGate(options.listener);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const admitted = gate.admit(socket);
    if (admitted !== null) serve(admitted, options);
  });
  return await listenWith(server, options.listen, options.listener, gate);
}

function serve(admitted: Admitted, { service, listener }: TcpServiceOptions): void {
  const { socket, id, remote } = admitted;
  const connection: Connection = {
    id,
    remote,
    send: (bytes) => {
      if (socket.destroyed || socket.writableEnded) return;
      socket.write(bytes);
      listener({ kind: "bytes", direction: "out", connection: id, remote, bytes });
      admitted.checkAmounts();
    },
    end: () => socket.end(),
  };
  service.opened?.(connection);
  socket.on("data", (bytes: Buffer) => {
    service.arrived(connection, bytes);
  });
  socket.on("end", () => {
    service.finished(connection);
  });
  socket.on("close", () => {
    service.closed?.(connection);
  });
}

/** A socket that may stay; its events are already told. */
export interface Admitted {
  readonly socket: Socket;
  readonly id: number;
  readonly remote: Endpoint;
  /** Closes it when it has had its share. */
  checkAmounts(): void;
}

export interface Gate {
  /** Null: it was closed at once. */
  admit(socket: Socket): Admitted | null;
  idOf(socket: Socket): number | null;
  closeAll(): void;
}

/** Counts who is in, and watches over each; also for the HTTP servers. */
export function createGate(listener: ServerListener): Gate {
  const open = new Map<Socket, { readonly id: number; readonly remote: Endpoint; reason: CloseReason }>();
  let lastId = 0;

  function refusal(remote: Endpoint): "full" | "source-full" | "address" | null {
    if (!isLabAddress(remote.address, "lan")) return "address";
    if (open.size >= serverLimits.connections) return "full";
    const same = [...open.values()].filter((one) => one.remote.address === remote.address).length;
    return same >= serverLimits.connectionsPerSource ? "source-full" : null;
  }

  return {
    admit: (socket) => {
      // A socket without a listener for errors would end the program.
      socket.on("error", (error) => {
        const entry = open.get(socket);
        if (entry?.reason === "done") entry.reason = "reset";
        listener({ kind: "problem", code: "code" in error ? String(error.code) : "unknown", remote });
      });
      const remote = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
      const reason = refusal(remote);
      if (reason !== null) {
        listener({ kind: "refused", remote, reason });
        socket.destroy();
        return null;
      }
      lastId += 1;
      const entry = { id: lastId, remote, reason: "done" as CloseReason };
      open.set(socket, entry);
      const stop = (why: CloseReason): void => {
        entry.reason = why;
        socket.destroy();
      };
      const checkAmounts = (): void => {
        if (
          socket.bytesRead > serverLimits.connectionBytes ||
          socket.bytesWritten > serverLimits.connectionBytes ||
          socket.writableLength > serverLimits.unreadBytes
        ) {
          stop("too-much");
        }
      };
      const longest = setTimeout(() => stop("too-long"), serverLimits.connectionMs);
      socket.setTimeout(serverLimits.idleMs, () => stop("idle"));
      listener({ kind: "opened", connection: entry.id, remote });
      socket.on("data", (bytes: Buffer) => {
        listener({ kind: "bytes", direction: "in", connection: entry.id, remote, bytes });
        checkAmounts();
      });
      socket.on("end", () => listener({ kind: "half-closed", connection: entry.id, remote }));
      socket.on("close", () => {
        clearTimeout(longest);
        open.delete(socket);
        const { bytesRead: inBytes, bytesWritten: outBytes } = socket;
        listener({ kind: "closed", connection: entry.id, remote, reason: entry.reason, inBytes, outBytes });
      });
      return { socket, id: entry.id, remote, checkAmounts };
    },
    idOf: (socket) => open.get(socket)?.id ?? null,
    closeAll: () => {
      for (const [socket, entry] of open) {
        entry.reason = "stopped";
        socket.destroy();
      }
    },
  };
}

/** Starts listening, and makes the handle that closes everything. */
export async function listenWith(
  server: Server,
  listen: Endpoint,
  listener: ServerListener,
  gate: Gate,
): Promise<LabServer> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(toListenError(error, listen));
    server.once("error", fail);
    server.listen({ host: listen.address, port: listen.port, exclusive: true }, () => {
      server.off("error", fail);
      resolve();
    });
  });
  server.on("error", (error) =>
    listener({ kind: "problem", code: "code" in error ? String(error.code) : "unknown", remote: null }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return {
    local: { address: address.address, port: address.port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        gate.closeAll();
      }),
  };
}
