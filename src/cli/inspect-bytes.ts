// Bytes taken apart for `feiyan inspect`: the protocol's own inspection for datagrams and requests, a tree with byte ranges for
// directory streams. Pure; the command reads the input and prints.
import {
  charsetNamed,
  createDirStreamReader,
  createPacketCrypto,
  createTextCodec,
  inspect,
  isSafeName,
  type DecodeContext,
  type DirEntry,
  type Field,
  type Inspection,
} from "../protocol.js";
import { CliProblem } from "./problem.js";

export const inspectKinds = ["datagram", "tcp-request", "dir-stream"] as const;

/** A datagram, or a request that came over TCP. */
export const inspectBytes = (
  bytes: Uint8Array,
  kind: "datagram" | "tcp-request",
  context: DecodeContext,
): Inspection =>
  inspect(bytes, createTextCodec(), context, { kind, isSafeName, crypto: createPacketCrypto() });

export interface InspectedStream {
  readonly tree: readonly StreamItem[];
  readonly complete: boolean;
  readonly refused?: string;
  readonly fields: readonly Field[];
}

export interface StreamItem {
  readonly path: string;
  readonly type: "dir" | "file";
  readonly dataHex?: string;
  readonly mtime?: number;
  readonly readonly?: true;
  readonly unreadable?: true;
}

/** Of a file's bytes in the stream, so many are shown. */
const mostDataBytes = 65_536;

/** A directory stream: what it would make, and which bytes are what. */
export const inspectStream = (bytes: Uint8Array, context: DecodeContext): InspectedStream => {
  const charset = context.peerCharset ?? context.legacyCharset;
  const reader = createDirStreamReader({ codec: createTextCodec(), charset, isSafeName, skipLeading: true });
  const tree: StreamItem[] = [];
  const fields: Field[] = [];
  let data: number[] = [];
  let file: DirEntry | null = null;
  let start = 0;
  let complete = false;
  let refused: string | undefined;
  const close = (end: number, name: string, meaning: string): void => {
    if (end > start)
      fields.push({
        name,
        start,
        end,
        hex: Buffer.from(bytes.subarray(start, end)).toString("hex"),
        meaning,
      });
    start = Math.max(start, end);
  };
  for (let at = 0; at <= bytes.length && !complete && refused === undefined; at += 1) {
    // Byte by byte, so that an event tells where its record ended.
    const events = at === bytes.length ? reader.end() : reader.feed(bytes.subarray(at, at + 1));
    for (const event of events) {
      switch (event.kind) {
        case "folder":
        case "file": {
          close(at + 1, "header", `${event.kind} ${event.entry.path.at(-1) ?? ""}`);
          if (event.kind === "folder") tree.push(itemOf("dir", event.entry));
          else file = event.entry;
          data = [];
          break;
        }
        case "skipped":
          close(at + 1, "header", `passed over: ${event.entry.path.at(-1) ?? ""}`);
          break;
        case "data":
          if (data.length < mostDataBytes) data.push(...event.bytes);
          break;
        case "file-end": {
          close(at + 1, "data", `${data.length} bytes`);
          // A file that did not arrive whole is none.
          if (file !== null)
            tree.push({ ...itemOf("file", file), dataHex: Buffer.from(data).toString("hex") });
          break;
        }
        case "folder-end":
          close(at + 1, "header", "up");
          break;
        case "complete":
          complete = true;
          break;
        case "refused":
          refused = event.reason;
          break;
        case "incomplete":
          break;
        default: {
          const never: never = event;
          return never;
        }
      }
    }
  }
  close(bytes.length, "rest", complete ? "after the end" : "not read");
  return { tree, complete, ...(refused === undefined ? {} : { refused }), fields };
};

const itemOf = (type: "dir" | "file", entry: DirEntry): StreamItem => ({
  path: entry.path.join("/"),
  type,
  ...(entry.mtime === null ? {} : { mtime: entry.mtime }),
  ...(entry.isReadOnly ? { readonly: true as const } : {}),
  ...(entry.isUnreadable ? { unreadable: true as const } : {}),
});

/** What a receiver knew before: the `context` of a vector. */
export const parseContext = (
  text: string | undefined,
  legacyCharset: DecodeContext["legacyCharset"],
): DecodeContext => {
  if (text === undefined) return { legacyCharset };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliProblem("context-invalid", { reason: "JSON" });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CliProblem("context-invalid", { reason: "{…}" });
  }
  let context: DecodeContext = { legacyCharset };
  for (const [key, given] of Object.entries(value)) {
    if (key === "peerCharsetChosen" && typeof given === "boolean") {
      context = { ...context, peerCharsetChosen: given };
      continue;
    }
    const charset = typeof given === "string" ? charsetNamed(given) : null;
    if ((key !== "legacyCharset" && key !== "peerCharset") || charset === null) {
      throw new CliProblem("context-invalid", { reason: `${key}: ${JSON.stringify(given)}` });
    }
    context = { ...context, [key]: charset };
  }
  return context;
};

/** The datagrams of hex lines: two digits a byte, blanks, colons and `0x` allowed; empty lines and `#` remarks are passed over. */
export const parseHexLines = (text: string): readonly Uint8Array[] => {
  const datagrams: Uint8Array[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    datagrams.push(parseHex(line, index + 1));
  }
  return datagrams;
};

export const parseHex = (text: string, line: number): Uint8Array => {
  const digits = text.replaceAll(/0x|[\s:,]/gi, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) throw new CliProblem("hex-invalid", { line });
  return new Uint8Array(Buffer.from(digits, "hex"));
};
