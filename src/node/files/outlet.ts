// The way out of a served stream: small pieces gather into one write, large ones go as they are. Knows the speed limit and the time
// limit of its connection, and encrypts what passes where the request asked for that.
import type { StreamConnection } from "../../ports/streams.js";
import type { BodyCipher } from "../../protocol/encryption/message-cipher.js";
import type { Throttle } from "./throttle.js";
import type { Watch } from "./watch.js";

export interface Outlet {
  write(bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
  /** Handed over so far. */
  readonly sentBytes: number;
}

const gatherBytes = 256 * 1024;

export function createOutlet(
  connection: StreamConnection,
  throttle: Throttle,
  watch: Watch,
  cipher: BodyCipher | null = null,
): Outlet {
  const gathered = new Uint8Array(gatherBytes);
  let length = 0;
  let sentBytes = 0;

  async function send(bytes: Uint8Array): Promise<void> {
    // Under a limit a large piece would come as a jerk.
    const most =
      throttle.bytesPerSecond === null ? bytes.length : Math.max(1024, throttle.bytesPerSecond >> 3);
    for (let at = 0; at < bytes.length; at += most) {
      const piece = bytes.subarray(at, at + most);
      // oxlint-disable-next-line no-await-in-loop -- a stream is one thing after another
      await throttle.take(piece.length);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await connection.write(cipher?.update(piece) ?? piece);
      sentBytes += piece.length;
      watch.touch();
    }
  }

  async function flush(): Promise<void> {
    const ready = gathered.subarray(0, length);
    length = 0;
    if (ready.length > 0) await send(ready);
  }

  return {
    async write(bytes) {
      if (bytes.length > gatherBytes - length) await flush();
      if (bytes.length >= gatherBytes / 2) {
        await flush();
        await send(bytes);
        return;
      }
      gathered.set(bytes, length);
      length += bytes.length;
    },
    flush,
    get sentBytes() {
      return sentBytes;
    },
  };
}
