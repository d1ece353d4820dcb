// Messages in a byte stream, cut by a length in front of each (4 bytes, big-endian): the cure for messages that stick together.
// The decoder takes any pieces, down to single bytes, and is bounded: a length that no message has ends the stream.
//
//   00 00 00 05 68 65 6c 6c 6f        "hello"

export type PrefixEvent =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** The stream cannot be read on: where one length is wrong, every later one is too. */
  | { readonly kind: "broken"; readonly claimedBytes: number };

export interface PrefixDecoder {
  push(chunk: Uint8Array): readonly PrefixEvent[];
  /** Bytes of a message that is not complete. */
  readonly pendingBytes: number;
}

const prefixBytes = 4;

/** One message with its length in front. */
export function buildPrefixed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefixBytes + message.length);
  new DataView(bytes.buffer).setUint32(0, message.length);
  bytes.set(message, prefixBytes);
  return bytes;
}

/**
 * A decoder for messages of at most `maxBytes`.
 *
 * @example
 * const decoder = createPrefixDecoder(65_536);
 * socket.on("data", (chunk) => decoder.push(chunk).forEach(handle));
 */
export function createPrefixDecoder(maxBytes: number): PrefixDecoder {
  let head: number[] = [];
  let message: Uint8Array | null = null;
  let filled = 0;
  let isBroken = false;

  function openMessage(events: PrefixEvent[]): void {
    const claimedBytes = head.reduce((sum, byte) => sum * 256 + byte, 0);
    head = [];
    if (claimedBytes > maxBytes) {
      isBroken = true;
      events.push({ kind: "broken", claimedBytes });
      return;
    }
    message = new Uint8Array(claimedBytes);
    filled = 0;
  }

  function closeFull(events: PrefixEvent[]): void {
    if (message === null || filled < message.length) return;
    events.push({ kind: "message", bytes: message });
    message = null;
  }

  return {
    push: (chunk) => {
      const events: PrefixEvent[] = [];
      let at = 0;
      while (at < chunk.length && !isBroken) {
        if (message === null) {
          head.push(chunk[at] ?? 0);
          at += 1;
          if (head.length === prefixBytes) openMessage(events);
        } else {
          const part: Uint8Array = chunk.subarray(at, at + message.length - filled);
          message.set(part, filled);
          filled += part.length;
          at += part.length;
        }
        closeFull(events);
      }
      return events;
    },
    get pendingBytes() {
      return message === null ? head.length : prefixBytes + filled;
    },
  };
}
