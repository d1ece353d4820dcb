// The bodies of FYL/1's opening: COOKIE, START, ACCEPT, parse and build side by side. HELLO is a nonce and nothing else. Offsets as
// in `messages`, which calls these.
import type { LabMode } from "../experiment.js";
import { readU16, readU32, writeU16, writeU32 } from "./header.js";
import { type LabBody, type MessageFault, refusals, sizes, systems } from "./message-types.js";

const modes: readonly LabMode[] = ["echo", "up", "down"];
const nameBytes = 48;

export function parseCookie(bytes: Uint8Array): LabBody {
  return {
    kind: "cookie",
    nonce: bytes.slice(32, 48),
    cookie: bytes.slice(48, 64),
    mostPps: readU32(bytes, 64),
    mostBytesPerSecond: readU32(bytes, 68),
    mostDatagrams: readU32(bytes, 72),
  };
}

export function buildCookie(body: Extract<LabBody, { kind: "cookie" }>): Uint8Array {
  const bytes = new Uint8Array(sizes.cookie);
  bytes.set(body.nonce.subarray(0, 16), 32);
  bytes.set(body.cookie.subarray(0, 16), 48);
  writeU32(bytes, 64, body.mostPps);
  writeU32(bytes, 68, body.mostBytesPerSecond);
  writeU32(bytes, 72, body.mostDatagrams);
  return bytes;
}

export function parseStart(bytes: Uint8Array): LabBody | MessageFault {
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

export function buildStart(body: Extract<LabBody, { kind: "start" }>): Uint8Array {
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

export function parseAccept(bytes: Uint8Array): LabBody | MessageFault {
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

export function buildAccept(body: Extract<LabBody, { kind: "accept" }>): Uint8Array {
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

function parseBootMark(bytes: Uint8Array, at: number): string | null {
  const high = readU32(bytes, at);
  const low = readU32(bytes, at + 4);
  if (high === 0 && low === 0) return null;
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

function writeBootMark(bytes: Uint8Array, at: number, mark: string | null): void {
  if (mark === null || !/^[0-9a-f]{16}$/u.test(mark)) return;
  writeU32(bytes, at, Number.parseInt(mark.slice(0, 8), 16));
  writeU32(bytes, at + 4, Number.parseInt(mark.slice(8), 16));
}
