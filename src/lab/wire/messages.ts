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
import {
  type DoneCounts,
  type LabBody,
  type LabMessage,
  type MessageFault,
  type ParsedMessage,
  chunkDataBytes,
  refusals,
  sizes,
  systems,
  types,
} from "./message-types.js";
import type { LabMode } from "../experiment.js";
import { isClassType } from "./class-types.js";
import {
  buildHeader,
  fillPattern,
  type Header,
  headerBytes,
  largestDatagram,
  parseHeader,
  readU16,
  readU32,
  readU64,
  writeU16,
  writeU32,
  writeU64,
} from "./header.js";

const modes: readonly LabMode[] = ["echo", "up", "down"];
const unknownDrops = 0xffff_ffff;
const nameBytes = 48;
const kinds = ["map", "arrivals"] as const;

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
      const what = kinds[bytes[32] ?? 255];
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

function parseCookie(bytes: Uint8Array): LabBody {
  return {
    kind: "cookie",
    nonce: bytes.slice(32, 48),
    cookie: bytes.slice(48, 64),
    mostPps: readU32(bytes, 64),
    mostBytesPerSecond: readU32(bytes, 68),
    mostDatagrams: readU32(bytes, 72),
  };
}

function parseStart(bytes: Uint8Array): LabBody | MessageFault {
  const mode = modes[bytes[80] ?? 255];
  if (mode === undefined) return "bad-field";
  const named = bytes.subarray(104, 104 + nameBytes);
  const end = named.indexOf(0);
  return {
    kind: "start",
    nonce: bytes.slice(32, 48),
    cookie: bytes.slice(48, 64),
    auth: bytes.slice(64, 80),
    lane: bytes[81] ?? 0,
    terms: {
      mode,
      sizeBytes: readU16(bytes, 82),
      n: readU32(bytes, 84),
      intervalUs: readU32(bytes, 88),
      waitMs: readU32(bytes, 92),
    },
    seed: ((BigInt(readU32(bytes, 96)) << 32n) | BigInt(readU32(bytes, 100))).toString(),
    name: new TextDecoder().decode(end < 0 ? named : named.subarray(0, end)),
    bootMark: parseBootMark(bytes, 152),
  };
}

function parseAccept(bytes: Uint8Array): LabBody | MessageFault {
  const mode = modes[bytes[32] ?? 255];
  const refusal = refusals[bytes[33] ?? 255];
  if (mode === undefined || refusal === undefined) return "bad-field";
  return {
    kind: "accept",
    nonce: bytes.slice(48, 64),
    refusal,
    terms: {
      mode,
      sizeBytes: readU16(bytes, 34),
      n: readU32(bytes, 36),
      intervalUs: readU32(bytes, 40),
      waitMs: readU32(bytes, 44),
    },
    bootMark: parseBootMark(bytes, 64),
    receiveBufferBytes: readU32(bytes, 72),
    system: systems[bytes[76] ?? 0] ?? "other",
    nodeMajor: bytes[77] ?? 0,
  };
}

function parseDone(bytes: Uint8Array): DoneCounts {
  const drops = readU32(bytes, 56);
  return {
    unique: readU32(bytes, 32),
    copies: readU32(bytes, 36),
    damaged: readU32(bytes, 40),
    reordered: readU32(bytes, 44),
    maxExtent: readU32(bytes, 48),
    echoesSent: readU32(bytes, 52),
    ownDrops: drops === unknownDrops ? null : drops,
    firstNs: readU64(bytes, 60),
    lastNs: readU64(bytes, 68),
    sendErrors: readU32(bytes, 76),
    damagedUnknown: readU32(bytes, 80),
  };
}

function parseChunk(bytes: Uint8Array): LabBody | MessageFault {
  const what = kinds[bytes[32] ?? 255];
  const length = readU16(bytes, 44);
  if (what === undefined || length > chunkDataBytes) return "bad-field";
  return {
    kind: "chunk",
    what,
    chunk: readU32(bytes, 36),
    totalBytes: readU32(bytes, 40),
    data: bytes.slice(48, 48 + length),
  };
}

function parseBootMark(bytes: Uint8Array, at: number): string | null {
  const high = readU32(bytes, at);
  const low = readU32(bytes, at + 4);
  if (high === 0 && low === 0) return null;
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

/** Writes one datagram. */
export function buildMessage(message: LabMessage): Uint8Array {
  const { body, token, seq, t1, flags } = message;
  const { type, bytes } = buildBody(body, seq);
  return buildHeader(bytes, { type, token, seq, t1, flags });
}

function blank(type: number, size: number): { type: number; bytes: Uint8Array } {
  return { type, bytes: new Uint8Array(size) };
}

function buildBody(body: LabBody, seq: number): { type: number; bytes: Uint8Array } {
  switch (body.kind) {
    case "data": {
      const made = blank(types.data, Math.max(headerBytes, Math.min(body.sizeBytes, largestDatagram)));
      fillPattern(made.bytes, headerBytes, seq);
      return made;
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
    case "cookie": {
      const made = blank(types.cookie, sizes.cookie);
      made.bytes.set(body.nonce.subarray(0, 16), 32);
      made.bytes.set(body.cookie.subarray(0, 16), 48);
      writeU32(made.bytes, 64, body.mostPps);
      writeU32(made.bytes, 68, body.mostBytesPerSecond);
      writeU32(made.bytes, 72, body.mostDatagrams);
      return made;
    }
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
      made.bytes[32] = kinds.indexOf(body.what);
      writeU32(made.bytes, 36, body.chunk);
      return made;
    }
    case "chunk": {
      const made = blank(types.chunk, sizes.chunk);
      const data = body.data.subarray(0, chunkDataBytes);
      made.bytes[32] = kinds.indexOf(body.what);
      writeU32(made.bytes, 36, body.chunk);
      writeU32(made.bytes, 40, body.totalBytes);
      writeU16(made.bytes, 44, data.length);
      made.bytes.set(data, 48);
      return made;
    }
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

function buildStart(body: Extract<LabBody, { kind: "start" }>): Uint8Array {
  const bytes = new Uint8Array(sizes.start);
  bytes.set(body.nonce.subarray(0, 16), 32);
  bytes.set(body.cookie.subarray(0, 16), 48);
  bytes.set(body.auth.subarray(0, 16), 64);
  bytes[80] = modes.indexOf(body.terms.mode);
  bytes[81] = body.lane;
  writeU16(bytes, 82, body.terms.sizeBytes);
  writeU32(bytes, 84, body.terms.n);
  writeU32(bytes, 88, body.terms.intervalUs);
  writeU32(bytes, 92, body.terms.waitMs);
  const seed = BigInt.asUintN(64, BigInt(body.seed));
  writeU32(bytes, 96, Number(seed >> 32n));
  writeU32(bytes, 100, Number(seed & 0xffff_ffffn));
  bytes.set(cutName(body.name), 104);
  writeBootMark(bytes, 152, body.bootMark);
  return bytes;
}

/** Whole characters up to 48 bytes. */
function cutName(name: string): Uint8Array {
  const { read } = new TextEncoder().encodeInto(name, new Uint8Array(nameBytes));
  return new TextEncoder().encode(name.slice(0, read));
}

function buildAccept(body: Extract<LabBody, { kind: "accept" }>): Uint8Array {
  const bytes = new Uint8Array(sizes.accept);
  bytes[32] = modes.indexOf(body.terms.mode);
  bytes[33] = refusals.indexOf(body.refusal);
  writeU16(bytes, 34, body.terms.sizeBytes);
  writeU32(bytes, 36, body.terms.n);
  writeU32(bytes, 40, body.terms.intervalUs);
  writeU32(bytes, 44, body.terms.waitMs);
  bytes.set(body.nonce.subarray(0, 16), 48);
  writeBootMark(bytes, 64, body.bootMark);
  writeU32(bytes, 72, body.receiveBufferBytes);
  bytes[76] = systems.indexOf(body.system);
  bytes[77] = body.nodeMajor;
  return bytes;
}

function buildDone(counts: DoneCounts): Uint8Array {
  const bytes = new Uint8Array(sizes.count);
  writeU32(bytes, 32, counts.unique);
  writeU32(bytes, 36, counts.copies);
  writeU32(bytes, 40, counts.damaged);
  writeU32(bytes, 44, counts.reordered);
  writeU32(bytes, 48, counts.maxExtent);
  writeU32(bytes, 52, counts.echoesSent);
  writeU32(bytes, 56, counts.ownDrops ?? unknownDrops);
  writeU64(bytes, 60, counts.firstNs);
  writeU64(bytes, 68, counts.lastNs);
  writeU32(bytes, 76, counts.sendErrors);
  writeU32(bytes, 80, counts.damagedUnknown);
  return bytes;
}

function writeBootMark(bytes: Uint8Array, at: number, mark: string | null): void {
  if (mark === null || !/^[0-9a-f]{16}$/u.test(mark)) return;
  writeU32(bytes, at, Number.parseInt(mark.slice(0, 8), 16));
  writeU32(bytes, at + 4, Number.parseInt(mark.slice(8), 16));
}
