// Connections inside the process, for tests, lessons and examples: a network of named addresses on which `connect` finds whoever
// listens there. A write waits until the other side has read, so that back-pressure is real and nothing piles up.
import { FeiyanError } from "../ports/error.js";
import type { StreamConnection, StreamHandlers, StreamTransport } from "../ports/streams.js";
import type { Endpoint } from "../ports/transport.js";

export interface MemoryStreams {
  /** The streams of one machine. */
  transport(address: string): StreamTransport;
}

/** One direction: at most one piece waits in it. */
interface Pipe {
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  cut(): void;
}

const broken = (): FeiyanError =>
  new FeiyanError("stream-broken", "the connection was lost", { systemCode: "closed" });

const cancel = (): void => undefined;

function createPipe(): Pipe {
  let piece: { readonly bytes: Uint8Array; readonly taken: () => void; readonly lost: () => void } | null =
    null;
  let reader: { resolve: (bytes: Uint8Array | null) => void; reject: (error: FeiyanError) => void } | null =
    null;
  let hasEnded = false;
  let isCut = false;

  function move(): void {
    if (reader === null) return;
    const { resolve, reject } = reader;
    if (piece !== null) {
      const { bytes, taken } = piece;
      piece = null;
      reader = null;
      resolve(new Uint8Array(bytes));
      taken();
    } else if (hasEnded || isCut) {
      reader = null;
      if (hasEnded) resolve(null);
      else reject(broken());
    }
  }

  return {
    read: () =>
      new Promise((resolve, reject) => {
        reader = { resolve, reject };
        move();
      }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (isCut || hasEnded) {
          reject(broken());
          return;
        }
        piece = { bytes, taken: resolve, lost: () => reject(broken()) };
        move();
      }),
    end() {
      hasEnded = true;
      move();
    },
    cut() {
      isCut = true;
      piece?.lost();
      piece = null;
      move();
    },
  };
}

function sideOf(remote: Endpoint, incoming: Pipe, outgoing: Pipe): StreamConnection {
  return {
    remote,
    read: () => incoming.read(),
    write: (bytes) => (bytes.length === 0 ? Promise.resolve() : outgoing.write(bytes)),
    end() {
      outgoing.end();
      return Promise.resolve();
    },
    close() {
      incoming.cut();
      outgoing.cut();
    },
  };
}

/**
 * A network of streams inside the process.
 *
 * @example
 * const streams = createMemoryStreams();
 * createNode({ transport: network.transport({ address: "10.0.0.1" }), streams: streams.transport("10.0.0.1"), files: createMemoryStore() });
 */
export function createMemoryStreams(): MemoryStreams {
  const listeners = new Map<string, StreamHandlers>();
  let ports = 49_152;
  return {
    transport(address) {
      const mine = new Set<string>();
      const open = new Set<StreamConnection>();
      return {
        listen(port, handlers) {
          const key = `${address} ${port}`;
          if (listeners.has(key)) {
            const fields = { port, systemCode: "EADDRINUSE" };
            return Promise.reject(new FeiyanError("file-port-unavailable", "port in use", fields));
          }
          listeners.set(key, handlers);
          mine.add(key);
          return Promise.resolve();
        },
        connect(to) {
          const handlers = listeners.get(`${to.address} ${to.port}`);
          if (handlers === undefined) {
            const fields = { address: to.address, port: to.port, systemCode: "ECONNREFUSED" };
            const error = new FeiyanError("connect-failed", "nobody listens there", fields);
            return { connection: Promise.reject(error), cancel };
          }
          const there = createPipe();
          const back = createPipe();
          const ours = sideOf(to, back, there);
          open.add(ours);
          handlers.arrived(sideOf({ address, port: ports++ }, there, back));
          return { connection: Promise.resolve(ours), cancel };
        },
        close() {
          for (const key of mine) listeners.delete(key);
          for (const connection of open) connection.close();
          return Promise.resolve();
        },
      };
    },
  };
}
