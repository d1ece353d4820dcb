// Connections that others open: each is let in or closed at once, its request is read, and it is kept until somebody ends it. What a
// request is worth was decided in core/files; called by the courier.
import type { FilesInput } from "../../core/files/signals.js";
import type { Clock } from "../../ports/clock.js";
import type { StreamConnection } from "../../ports/streams.js";
import { createRequestReader, type RequestProgress } from "../../protocol/request.js";
import type { Charset, TextCodec } from "../../protocol/text-codec.js";
import { streamTimers } from "./watch.js";

export interface Connections {
  arrived(connection: StreamConnection): void;
  get(connectionId: string): StreamConnection | undefined;
  close(connectionId: string): void;
  /** Ends them all, and lets nobody in any more. */
  closeAll(): void;
}

interface ConnectionParts {
  readonly clock: Clock;
  readonly codec: TextCodec;
  readonly legacyCharset: Charset;
  readonly put: (input: FilesInput) => void;
  /** Work that must be over before the courier is closed. */
  readonly run: (work: Promise<void>) => void;
}

const nothing = (): void => undefined;

export function createConnections({ clock, codec, legacyCharset, put, run }: ConnectionParts): Connections {
  const connections = new Map<string, StreamConnection>();
  let isClosed = false;
  let count = 0;

  function arrived(connection: StreamConnection): void {
    if (isClosed) {
      connection.close();
      return;
    }
    count += 1;
    const connectionId = `c${count}`;
    connections.set(connectionId, connection);
    put({ kind: "connection", connectionId, from: connection.remote });
    if (connections.has(connectionId)) run(readRequest(connectionId, connection));
  }

  function close(connectionId: string): void {
    connections.get(connectionId)?.close();
    forget(connectionId);
  }

  function forget(connectionId: string): void {
    if (connections.delete(connectionId)) put({ kind: "connection-closed", connectionId });
  }

  /** Until the request is whole, the other side has finished, or it falls silent: then what is there must do. */
  async function readRequest(connectionId: string, connection: StreamConnection): Promise<void> {
    const reader = createRequestReader(codec, { legacyCharset });
    const stopTimer = clock.at(clock.now() + streamTimers.firstByteMs, () => close(connectionId));
    let stopQuiet = nothing;
    let progress: RequestProgress = { kind: "need-more" };
    let hasBegun = false;
    try {
      while (progress.kind === "need-more") {
        const quiet = new Promise<null>((resolve) => {
          if (hasBegun) stopQuiet = clock.at(clock.now() + streamTimers.requestQuietMs, () => resolve(null));
        });
        // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
        const bytes = await Promise.race([connection.read(), quiet]);
        stopQuiet();
        hasBegun = true;
        progress = bytes === null ? reader.end() : reader.feed(bytes);
        if (bytes === null && progress.kind === "need-more") break;
      }
    } catch {
      // Gone before it asked.
      close(connectionId);
      return;
    } finally {
      stopTimer();
      stopQuiet();
    }
    if (progress.kind !== "request") close(connectionId);
    else put({ kind: "request", connectionId, packet: progress.packet, request: progress.request });
  }

  return {
    arrived,
    get: (connectionId) => connections.get(connectionId),
    close,
    closeAll() {
      isClosed = true;
      for (const connectionId of connections.keys()) close(connectionId);
    },
  };
}
