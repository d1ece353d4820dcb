// Connections as the node sees them: bytes in order, both ways, with back-pressure. Implemented by TCP (`net/tcp.ts`) and by a
// network inside the process (`net/memory-streams.ts`). Knows nothing of requests or files, and keeps no timer: whoever waits
// decides for how long, and closes.
import type { FeiyanError } from "./error.js";
import type { Endpoint } from "./transport.js";

export interface StreamConnection {
  /** Who is at the other end. */
  readonly remote: Endpoint;
  /**
   * The next bytes; they stay as they are until the next `read`. Null when the other side has finished. Rejects with
   * `stream-broken` when the connection is lost or was closed here.
   */
  read(): Promise<Uint8Array | null>;
  /** Resolves when the bytes are handed over and more may come; `bytes` belong to the connection until then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Finishes our side when everything is written; resolves when it is handed over. */
  end(): Promise<void>;
  /** Ends both sides at once. Safe to call twice. */
  close(): void;
}

export interface StreamHandlers {
  /** Somebody connected. */
  arrived(connection: StreamConnection): void;
  /** Nobody can connect any more, or one attempt failed. Never fatal. */
  problem(error: FeiyanError): void;
}

export interface Connecting {
  /** Rejects with `connect-failed`. */
  readonly connection: Promise<StreamConnection>;
  /** Gives up; nothing happens once it is connected. */
  cancel(): void;
}

export interface StreamTransport {
  /** Accepts connections at this port. Rejects with a FeiyanError such as `file-port-unavailable`; connecting works all the same. */
  listen(port: number, handlers: StreamHandlers): Promise<void>;
  connect(to: Endpoint): Connecting;
  /** Stops accepting and ends what is open. */
  close(): Promise<void>;
}
