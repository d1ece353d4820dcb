// The other end of a fetch: connects, asks for a thing or a part of it, and gives its bytes until enough came. One connection after
// another for one transfer; all of them end with it.
import type { Clock } from "../../ports/clock.js";
import { FeiyanError } from "../../ports/error.js";
import type { StreamConnection, StreamTransport } from "../../ports/streams.js";
import { commands } from "../../protocol/commands.js";
import { encode } from "../../protocol/encode.js";
import { buildFileRequest } from "../../protocol/request-argument.js";
import type { TextCodec } from "../../protocol/text-codec.js";
import type { FetchOrder } from "../../core/files/signals.js";
import type { Throttle } from "./throttle.js";
import { createWatch, streamTimers } from "./watch.js";

export interface SourceParts {
  readonly streams: StreamTransport;
  readonly clock: Clock;
  readonly codec: TextCodec;
  readonly throttle: Throttle;
}

export interface Source {
  /** Asks, and gives what comes to `take` until that says "enough" or the other side ends. True when it was enough. */
  fetch(
    ask: { readonly type: "file" | "dir"; readonly fileId: bigint; readonly offset: number },
    take: (bytes: Uint8Array) => Promise<"more" | "enough">,
  ): Promise<boolean>;
  /** Ends what runs, and everything asked for later. */
  stop(): void;
  readonly isStopped: boolean;
}

const nothing = (): void => undefined;

export function createSource(order: FetchOrder, { streams, clock, codec, throttle }: SourceParts): Source {
  let isStopped = false;
  let end: () => void = nothing;

  async function connect(): Promise<StreamConnection> {
    const connecting = streams.connect(order.to);
    end = () => connecting.cancel();
    const stopTimer = clock.at(clock.now() + streamTimers.connectMs, end);
    try {
      return await connecting.connection;
    } finally {
      stopTimer();
    }
  }

  function requestBytes(type: "file" | "dir", fileId: bigint, offset: number): Uint8Array {
    const { version, packetNo, user, host, bits, charset } = order.request;
    const mode = type === "dir" ? commands.GETDIRFILES.number : commands.GETFILEDATA.number;
    const argument = buildFileRequest({
      type,
      packetNo: BigInt(order.claim.packetNo),
      fileId,
      offset: BigInt(offset),
    });
    // Tells a feiyan peer that the folder will be compared with its list (protocol.md section 23); nobody else is told.
    const section = type === "dir" && order.hasManifests ? `${argument}manifest:` : argument;
    return encode(
      { version, packetNo, user, host, command: mode | bits, sections: [section], charset },
      codec,
    );
  }

  return {
    async fetch({ type, fileId, offset }, take) {
      if (isStopped) throw new FeiyanError("stream-broken", "stopped");
      const connection = await connect();
      const watch = createWatch(
        clock,
        () => connection.close(),
        streamTimers.firstByteMs,
        streamTimers.idleMs,
      );
      end = () => connection.close();
      // Stopped while connecting, too late to be cancelled.
      if (isStopped) connection.close();
      try {
        await connection.write(requestBytes(type, fileId, offset));
        for (;;) {
          // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
          const bytes = await connection.read();
          if (bytes === null) return false;
          watch.touch();
          // oxlint-disable-next-line no-await-in-loop -- as above
          if ((await take(bytes)) === "enough") return true;
          const pause = throttle.take(bytes.length);
          if (pause !== null) {
            // oxlint-disable-next-line no-await-in-loop -- as above
            await pause;
            // The silence was ours.
            watch.touch();
          }
        }
      } catch (error) {
        throw watch.fault ?? error;
      } finally {
        watch.stop();
        connection.close();
      }
    },

    stop() {
      isStopped = true;
      end();
    },

    get isStopped() {
      return isStopped;
    },
  };
}
