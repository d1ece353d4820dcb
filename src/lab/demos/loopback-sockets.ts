// Sockets for demonstrations: opened on 127.0.0.1 with a port the system chooses, closed for certain. Errors always have somebody
// who listens: one without would end the program.
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import type { AddressInfo, Server } from "node:net";

export const loopbackAddress = "127.0.0.1";

export interface OpenedUdp {
  readonly socket: UdpSocket;
  readonly port: number;
  /** Codes of errors since it was opened. */
  readonly errors: string[];
}

/** A bound UDP socket on loopback. Sends go to the system at once: literal addresses need no look-up. */
export async function openUdp(): Promise<OpenedUdp> {
  const errors: string[] = [];
  const socket = createSocket({
    type: "udp4",
    lookup: (hostname, _options, answer) => answer(null, hostname, 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: loopbackAddress, port: 0, exclusive: true }, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  socket.on("error", (error) => errors.push(codeOf(error)));
  return { socket, port: socket.address().port, errors };
}

export async function closeUdp({ socket }: OpenedUdp): Promise<void> {
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** Starts a TCP server on loopback and gives its port. */
export async function listenOnLoopback(server: Server, backlog?: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const place = { host: loopbackAddress, port: 0, exclusive: true };
    server.listen(backlog === undefined ? place : { ...place, backlog }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return portOf(server.address());
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not a listening socket");
  return address.port;
}

/** The system's code of an error, `ECONNREFUSED` for one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

/** Resolves after `ms`, or at once when asked to stop. */
export function pause(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop?.addEventListener("abort", done);
    if (stop?.aborted === true) done();
  });
}

/** Looks every `everyMs` until it is true or `limitMs` have passed; gives what it came to. */
export async function waitUntil(isTrue: () => boolean, limitMs: number, everyMs = 5): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() >= endMs) return false;
    await pause(everyMs);
  }
  return true;
}
