// Requests for files over TCP: one packet of the datagram grammar. It may come in pieces and without its NUL, so the reader
// says "need more" until the argument is complete. Which offer is meant, and whether it is served, is decided elsewhere.
//
//   1:1110004100:bob:pc:96:42297fe0:1:0:␀        GETFILEDATA packetNo:fileID:offset       (vectors tcp-001 to tcp-011)
//   1:1110004102:bob:pc:98:42297fe1:12345679:␀   GETDIRFILES packetNo:fileID              (FeiQ sends no NUL, iptux adds ":0")
import { byteOf, indexOfByte } from "./bytes.js";
import { commands } from "./commands.js";
import { decode } from "./decode.js";
import { type Frame, frameFaults, parseFrame } from "./frame.js";
import { limits } from "./limits.js";
import type { FileRequest, Packet } from "./message.js";
import { hasOption } from "./options.js";
import type { DecodeContext, TextCodec } from "./text-codec.js";

export type RequestProgress =
  | { readonly kind: "need-more" }
  /** `request` is null for an encrypted one: crypto opens its section 0. */
  | { readonly kind: "request"; readonly packet: Packet; readonly request: FileRequest | null }
  /** No file request: close the connection. The reason is stable. */
  | { readonly kind: "bad"; readonly reason: string };

export interface RequestReader {
  /** Takes what arrived. After `request` or `bad` further bytes change nothing. */
  feed(bytes: Uint8Array): RequestProgress;
  /** The sender finished its side, or has been silent for a while: what is there must do. */
  end(): RequestProgress;
}

const needMore: RequestProgress = { kind: "need-more" };

/** Creates a reader for one connection; it holds at most 8 KB. */
export function createRequestReader(codec: TextCodec, context: DecodeContext): RequestReader {
  const buffer = new Uint8Array(limits.requestBytes);
  let length = 0;
  let result: RequestProgress = needMore;

  function feed(bytes: Uint8Array): RequestProgress {
    if (result.kind !== "need-more") return result;
    const taken = Math.min(bytes.length, buffer.length - length);
    buffer.set(bytes.subarray(0, taken), length);
    length += taken;
    result = parse(false);
    if (result.kind === "need-more" && length === buffer.length) result = bad("request over the limit");
    return result;
  }

  function end(): RequestProgress {
    if (result.kind === "need-more") result = parse(true);
    return result;
  }

  function parse(isEnd: boolean): RequestProgress {
    const frame = parseFrame(buffer.subarray(0, length));
    if (frame.kind === "fault") {
      return frame.reason === frameFaults.colons && !isEnd ? needMore : bad(frame.reason);
    }
    const argumentEnd = findArgumentEnd(buffer, frame, length);
    if (argumentEnd === "not-a-request") return bad("not a file request");
    if (argumentEnd === null && !isEnd) return needMore;
    const packet = decode(buffer.slice(0, argumentEnd ?? length), codec, context);
    if (packet.kind !== "packet" || packet.body.kind !== "request") return bad("not a file request");
    const { request } = packet.body;
    if (request === null && !hasOption(frame.command, "ENCRYPTOPT"))
      return bad("file request without its numbers");
    return { kind: "request", packet, request };
  }

  return { feed, end };
}

/** Where the argument is complete: before its NUL, or behind its last colon; null while it is not. */
function findArgumentEnd(bytes: Uint8Array, frame: Frame, length: number): number | null | "not-a-request" {
  const mode = frame.command & 0xff;
  if (mode !== commands.GETFILEDATA.number && mode !== commands.GETDIRFILES.number) return "not-a-request";
  const start = frame.commandEnd + 1;
  const nul = indexOfByte(bytes, byteOf.nul, start, length);
  if (nul < length) return nul;
  // Cipher text has colons of its own: only the NUL or the end of the stream tells.
  if (hasOption(frame.command, "ENCRYPTOPT")) return null;
  let missing = mode === commands.GETFILEDATA.number ? 3 : 2;
  for (let at = start; at < length; at += 1) {
    if (bytes[at] === byteOf.colon) missing -= 1;
    if (missing === 0) return at + 1;
  }
  return null;
}

function bad(reason: string): RequestProgress {
  return { kind: "bad", reason };
}
