// The other end of a fetch: connects, asks for a thing or a part of it, and gives its bytes until enough came. One connection after
// another for one transfer; all of them end with it. A sealed request has its own number and key, and its body is decrypted here.
import type { Clock } from "../../ports/clock.js";
import { FeiyanError } from "../../ports/error.js";
import type { StreamConnection, StreamTransport } from "../../ports/streams.js";
import { commands } from "../../protocol/commands.js";
import { encode } from "../../protocol/encode.js";
import { buildFileRequest } from "../../protocol/request-argument.js";
import type { TextCodec } from "../../protocol/text-codec.js";
import type { BodyCipher } from "../../protocol/encryption/message-cipher.js";
import { createDirStreamReader } from "../../protocol/stream.js";
import type { BodyKey, FetchOrder, RequestAsk, SealedAsk } from "../../core/files/signals.js";
import type { Throttle } from "./throttle.js";
import { createWatch, streamTimers } from "./watch.js";

export interface SourceParts {
  readonly streams: StreamTransport;
  readonly clock: Clock;
  readonly codec: TextCodec;
  readonly throttle: Throttle;
  /** Seals a request; null when that cannot be any more. */
  readonly seal: (ask: RequestAsk) => Promise<SealedAsk | null>;
  readonly openBody: (body: BodyKey) => BodyCipher | null;
}

type Take = (bytes: Uint8Array) => Promise<"more" | "enough">;

export interface Source {
  /** Asks, and gives what comes to `take` until that says "enough" or the other side ends. True when it was enough. */
  fetch(ask: RequestAsk, take: Take): Promise<boolean>;
  /** Ends what runs, and everything asked for later. */
  stop(): void;
  readonly isStopped: boolean;
}

const nothing = (): void => undefined;

export function createSource(order: FetchOrder, parts: SourceParts): Source {
  const { streams, clock, codec, throttle } = parts;
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

  async function sealedFor(ask: RequestAsk): Promise<SealedAsk | null> {
    if (!order.isSealed) return null;
    const sealed = await parts.seal(ask);
    // What was to be asked for under cover is not asked for in clear.
    if (sealed === null) throw new FeiyanError("encryption-not-possible", "the request cannot be sealed");
    return sealed;
  }

  function requestBytes({ type, fileId, offset }: RequestAsk, sealed: SealedAsk | null): Uint8Array {
    const { version, user, host, bits, charset } = order.request;
    const mode = type === "dir" ? commands.GETDIRFILES.number : commands.GETFILEDATA.number;
    const packetNo = sealed?.packetNo ?? order.request.packetNo;
    const argument = buildFileRequest({
      type,
      packetNo: BigInt(order.claim.packetNo),
      fileId,
      offset: BigInt(offset),
    });
    // Tells a feiyan peer that the folder will be compared with its list (protocol.md section 23); nobody else is told.
    const clear = type === "dir" && order.hasManifests ? `${argument}manifest:` : argument;
    const sections = [sealed?.section ?? clear];
    return encode({ version, packetNo, user, host, command: mode | bits, sections, charset }, codec);
  }

  /** Of a stream of one record the data alone. */
  function fromRecord(take: Take): Take {
    const { charset, skipLeading } = order.stream;
    // Its name is that of the offer, whatever stands here.
    const reader = createDirStreamReader({
      codec,
      charset,
      isSafeName: () => true,
      skipLeading,
      root: "file",
    });
    return async (bytes) => {
      for (const event of reader.feed(bytes)) {
        if (event.kind === "refused")
          throw new FeiyanError("tree-refused", "the stream is broken", { reason: event.reason });
        // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
        if (event.kind === "data" && (await take(event.bytes)) === "enough") return "enough";
        if (event.kind === "file-end" || event.kind === "complete") return "enough";
      }
      return "more";
    };
  }

  return {
    async fetch(wanted, takeBytes) {
      if (isStopped) throw new FeiyanError("stream-broken", "stopped");
      const isRecord = order.asRecord && wanted.type === "file";
      const ask = isRecord ? ({ ...wanted, type: "dir", offset: 0 } as const) : wanted;
      const take = isRecord ? fromRecord(takeBytes) : takeBytes;
      const sealed = await sealedFor(ask);
      const cipher =
        sealed === null ? null : parts.openBody({ keyHex: sealed.bodyKeyHex, requestNo: sealed.packetNo });
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
        await connection.write(requestBytes(ask, sealed));
        for (;;) {
          // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
          const bytes = await connection.read();
          if (bytes === null) return false;
          watch.touch();
          // oxlint-disable-next-line no-await-in-loop -- as above
          if ((await take(cipher?.update(bytes) ?? bytes)) === "enough") return true;
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
