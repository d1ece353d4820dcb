// The last datagrams in and out, for the views of the wire. Bounded in number and in bytes; the oldest go first. Each has a serial
// number that never changes, so that a paused view stands still while others come in.
import type { Endpoint, TapRecord, TextCodec } from "../index.js";
import { decode } from "../protocol.js";
import { shownText } from "./roster.js";

export interface WireEntry {
  readonly serial: number;
  readonly record: TapRecord;
}

export interface WireLog {
  /** Serial of the oldest entry kept, and one past the newest. */
  readonly first: number;
  readonly end: number;
  entry(serial: number): WireEntry | undefined;
  note(record: TapRecord): void;
}

export const wireLimits = { records: 5_000, bytes: 4_000_000 } as const;

const blockBytes = 16 * 1024;
/** Larger ones have a buffer of their own. */
const largeBytes = 2 * 1024;

export function createWireLog(
  limits: { readonly records: number; readonly bytes: number } = wireLimits,
): WireLog {
  let entries: WireEntry[] = [];
  /** Entries before this index are gone; they leave the array many at a time. */
  let head = 0;
  let first = 0;
  let sizeBytes = 0;
  /** Datagrams lie in blocks, as many small ones would each have a buffer of their own. */
  let block = new Uint8Array(0);
  let used = 0;
  let lastPeer: Endpoint | null = null;

  /** The bytes belong to the traffic, so they are copied. */
  function copyOf(bytes: Uint8Array): Uint8Array {
    if (bytes.length >= largeBytes) return Uint8Array.from(bytes);
    if (used + bytes.length > block.length) {
      block = new Uint8Array(blockBytes);
      used = 0;
    }
    const copy = block.subarray(used, used + bytes.length);
    copy.set(bytes);
    used += bytes.length;
    return copy;
  }

  function peerOf(peer: Endpoint): Endpoint {
    if (lastPeer?.address !== peer.address || lastPeer.port !== peer.port) lastPeer = peer;
    return lastPeer;
  }

  return {
    get first() {
      return first;
    },
    get end() {
      return first + entries.length - head;
    },
    entry: (serial) => (serial < first ? undefined : entries[head + serial - first]),
    note(record) {
      const serial = first + entries.length - head;
      const kept = { ...record, bytes: copyOf(record.bytes), peer: peerOf(record.peer) };
      entries.push({ serial, record: kept });
      sizeBytes += record.bytes.length;
      while (
        entries.length - head > limits.records ||
        (sizeBytes > limits.bytes && entries.length - head > 1)
      ) {
        sizeBytes -= entries[head]?.record.bytes.length ?? 0;
        head += 1;
        first += 1;
      }
      if (head > limits.records) {
        entries = entries.slice(head);
        head = 0;
      }
    },
  };
}

/** What a datagram is, in a few words. */
export interface WireSummary {
  /** Wire name of the command; null for bare text and for what is neither. */
  readonly command: string | null;
  readonly options: readonly string[];
  /** Harmless. */
  readonly text: string;
  readonly kind: "packet" | "raw-text" | "dropped";
}

const summaries = new WeakMap<TapRecord, WireSummary>();
const textLimit = 200;

/** Taken apart when it is first looked at, and kept as long as its entry. */
export function wireSummary({ record }: WireEntry, codec: TextCodec): WireSummary {
  const known = summaries.get(record);
  if (known !== undefined) return known;
  const summary = summarise(record, codec);
  summaries.set(record, summary);
  return summary;
}

function summarise(record: TapRecord, codec: TextCodec): WireSummary {
  const decoded = decode(record.bytes, codec, { legacyCharset: "gbk" });
  switch (decoded.kind) {
    case "packet": {
      const text = decoded.body.kind === "message" ? decoded.body.displayText : decoded.text;
      return {
        kind: "packet",
        command: decoded.modeName,
        options: decoded.options,
        text: shownText(text, textLimit),
      };
    }
    case "raw-text":
      return { kind: "raw-text", command: null, options: [], text: shownText(decoded.text, textLimit) };
    case "dropped":
      return { kind: "dropped", command: null, options: [], text: decoded.reason };
    default: {
      const unreachable: never = decoded;
      return unreachable;
    }
  }
}
