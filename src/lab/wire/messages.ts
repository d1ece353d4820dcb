// The messages of FYL/1 as values, parse and build side by side. Sizes are the protocol's: an answer is never larger than its
// question, so nobody can be made to shout at a third party. Total: any bytes give a message or a reason. Offsets count from
// the beginning of the datagram; what is not named is zero.
//
//   01 DATA   72 (echo) or 32   fill                          84 GO     64   -
//   02 ECHO   as its DATA       32 rseq 36 t2 44 t3           85 STOP   128  32 sent 36 send errors
//             52 unique 56 copies 60 highest+1 72 fill        86 DONE   128  32 … (ten words and two times)
//   03 SEG    32   payload                                    87 FETCH  1200 32 kind 36 chunk
//   04 ACK    37   32 next expected 36 kind                   88 CHUNK  1200 32 kind 36 chunk 40 total 44 length 48 data
//   80 HELLO  96   32 nonce                                   89 BYE    64   -      8A BYE-OK 64   -
//   81 COOKIE 80   32 nonce 48 cookie 64 pps 68 bytes/s 72 packets
//   82 START  192  32 nonce 48 cookie 64 auth 80 mode 81 lane 82 size 84 n 88 interval us 92 wait ms 96 seed 104 name 152 boot
//   83 ACCEPT 96   32 mode 33 reason 34 size 36 n 40 interval us 44 wait ms 48 nonce 64 boot 72 buffer 76 system 77 Node's major
//   A0 … A8        JSON of the class, `class-messages`
import { buildChunk, buildDone, parseChunk, parseDone, receiptKinds } from "./account-bodies.js";
import { isClassType } from "./class-types.js";
import {
  buildHeader,
  fillPattern,
  type Header,
  headerBytes,
  largestDatagram,
  parseHeader,
  readU32,
  readU64,
  writeU32,
  writeU64,
} from "./header.js";
import {
  type LabBody,
  type LabMessage,
  type MessageFault,
  type ParsedMessage,
  sizes,
  types,
} from "./message-types.js";
import {
  buildAccept,
  buildCookie,
  buildStart,
  parseAccept,
  parseCookie,
  parseStart,
} from "./opening-bodies.js";

const slabBytes = 65_536;
let slab = new ArrayBuffer(slabBytes);
let slabUsed = 0;

/** Reads one datagram. */
export function parseMessage(bytes: Uint8Array): ParsedMessage {
  const parsed = parseHeader(bytes);
  if (!parsed.ok) return parsed;
  const body = parseBody(bytes, parsed.header);
  if (typeof body === "string") return { ok: false, reason: body };
  const { token, seq, t1, flags } = parsed.header;
  return { ok: true, message: { token, seq, t1, flags, body } };
}

function parseBody(bytes: Uint8Array, header: Header): LabBody | MessageFault {
  const size = bytes.length;
  const is = (wanted: number): boolean => size === wanted;
  switch (header.type) {
    case types.data:
      return { kind: "data", sizeBytes: size };
    case types.echo:
      return size < sizes.echo ? "wrong-size" : parseEcho(bytes);
    case types.segment:
      return { kind: "segment", payload: bytes.slice(headerBytes) };
    case types.acknowledgement:
      if (size < headerBytes + 5) return "wrong-size";
      return { kind: "acknowledgement", next: readU32(bytes, 32), acknowledges: bytes[36] ?? 0 };
    case types.hello:
      return is(sizes.hello) ? { kind: "hello", nonce: bytes.slice(32, 48) } : "wrong-size";
    case types.cookie:
      return is(sizes.cookie) ? parseCookie(bytes) : "wrong-size";
    case types.start:
      return is(sizes.start) ? parseStart(bytes) : "wrong-size";
    case types.accept:
      return is(sizes.accept) ? parseAccept(bytes) : "wrong-size";
    case types.go:
      return is(sizes.short) ? { kind: "go" } : "wrong-size";
    case types.stop:
      if (!is(sizes.count)) return "wrong-size";
      return { kind: "stop", sent: readU32(bytes, 32), sendErrors: readU32(bytes, 36) };
    case types.done:
      return is(sizes.count) ? { kind: "done", counts: parseDone(bytes) } : "wrong-size";
    case types.fetch: {
      const what = receiptKinds[bytes[32] ?? 255];
      if (!is(sizes.chunk)) return "wrong-size";
      return what === undefined ? "bad-field" : { kind: "fetch", what, chunk: readU32(bytes, 36) };
    }
    case types.chunk:
      return is(sizes.chunk) ? parseChunk(bytes) : "wrong-size";
    case types.bye:
      return is(sizes.short) ? { kind: "bye" } : "wrong-size";
    case types.byeOk:
      return is(sizes.short) ? { kind: "bye-ok" } : "wrong-size";
    default:
      return isClassType(header.type)
        ? { kind: "class", type: header.type, json: bytes.slice(headerBytes) }
        : "unknown-type";
  }
}

function parseEcho(bytes: Uint8Array): LabBody {
  return {
    kind: "echo",
    sizeBytes: bytes.length,
    rseq: readU32(bytes, 32),
    t2: readU64(bytes, 36),
    t3: readU64(bytes, 44),
    unique: readU32(bytes, 52),
    copies: readU32(bytes, 56),
    next: readU32(bytes, 60),
  };
}

/** Writes one datagram. */
export function buildMessage(message: LabMessage): Uint8Array {
  const { body, token, seq, t1, flags } = message;
  const { type, bytes } = buildBody(body, seq);
  return buildHeader(bytes, { type, token, seq, t1, flags });
}

/** Zeros out of a larger piece: an allocation per datagram would cost a flood as much as its sending. */
function allocate(sizeBytes: number): Uint8Array {
  if (sizeBytes > slabBytes / 8) return new Uint8Array(sizeBytes);
  // Whole words, so that the checksum may read them as such.
  const from = (slabUsed + 3) & ~3;
  if (from + sizeBytes > slabBytes) {
    slab = new ArrayBuffer(slabBytes);
    slabUsed = sizeBytes;
    return new Uint8Array(slab, 0, sizeBytes);
  }
  slabUsed = from + sizeBytes;
  return new Uint8Array(slab, from, sizeBytes);
}

function blank(type: number, size: number): { type: number; bytes: Uint8Array } {
  return { type, bytes: new Uint8Array(size) };
}

function buildBody(body: LabBody, seq: number): { type: number; bytes: Uint8Array } {
  switch (body.kind) {
    case "data": {
      const bytes = allocate(Math.max(headerBytes, Math.min(body.sizeBytes, largestDatagram)));
      fillPattern(bytes, headerBytes, seq);
      return { type: types.data, bytes };
    }
    case "echo":
      return { type: types.echo, bytes: buildEcho(body, seq) };
    case "segment": {
      const made = blank(types.segment, headerBytes + body.payload.length);
      made.bytes.set(body.payload, headerBytes);
      return made;
    }
    case "acknowledgement": {
      const made = blank(types.acknowledgement, headerBytes + 5);
      writeU32(made.bytes, 32, body.next);
      made.bytes[36] = body.acknowledges;
      return made;
    }
    case "hello": {
      const made = blank(types.hello, sizes.hello);
      made.bytes.set(body.nonce.subarray(0, 16), 32);
      return made;
    }
    case "cookie":
      return { type: types.cookie, bytes: buildCookie(body) };
    case "start":
      return { type: types.start, bytes: buildStart(body) };
    case "accept":
      return { type: types.accept, bytes: buildAccept(body) };
    case "go":
      return blank(types.go, sizes.short);
    case "stop": {
      const made = blank(types.stop, sizes.count);
      writeU32(made.bytes, 32, body.sent);
      writeU32(made.bytes, 36, body.sendErrors);
      return made;
    }
    case "done":
      return { type: types.done, bytes: buildDone(body.counts) };
    case "fetch": {
      const made = blank(types.fetch, sizes.chunk);
      made.bytes[32] = receiptKinds.indexOf(body.what);
      writeU32(made.bytes, 36, body.chunk);
      return made;
    }
    case "chunk":
      return { type: types.chunk, bytes: buildChunk(body) };
    case "bye":
      return blank(types.bye, sizes.short);
    case "bye-ok":
      return blank(types.byeOk, sizes.short);
    case "class": {
      const made = blank(body.type, headerBytes + body.json.length);
      made.bytes.set(body.json, headerBytes);
      return made;
    }
    default:
      return body satisfies never;
  }
}

function buildEcho(body: Extract<LabBody, { kind: "echo" }>, seq: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(sizes.echo, Math.min(body.sizeBytes, largestDatagram)));
  writeU32(bytes, 32, body.rseq);
  writeU64(bytes, 36, body.t2);
  writeU64(bytes, 44, body.t3);
  writeU32(bytes, 52, body.unique);
  writeU32(bytes, 56, body.copies);
  writeU32(bytes, 60, body.next);
  fillPattern(bytes, sizes.echo, seq);
  return bytes;
}
