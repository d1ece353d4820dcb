// The bodies that close a run's account: DONE with its counts, and the pieces of map and arrivals in FETCH and CHUNK, parse and build
// side by side. Offsets as in `messages`, which calls these.
import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from "./header.js";
import { chunkDataBytes, type DoneCounts, type LabBody, type MessageFault, sizes } from "./message-types.js";

const unknownDrops = 0xffff_ffff;

/** What can be fetched, by its number on the wire. */
export const receiptKinds = ["map", "arrivals"] as const;

export function parseDone(bytes: Uint8Array): DoneCounts {
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

export function buildDone(counts: DoneCounts): Uint8Array {
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

export function parseChunk(bytes: Uint8Array): LabBody | MessageFault {
  const what = receiptKinds[bytes[32] ?? 255];
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

export function buildChunk(body: Extract<LabBody, { kind: "chunk" }>): Uint8Array {
  const bytes = new Uint8Array(sizes.chunk);
  const data = body.data.subarray(0, chunkDataBytes);
  bytes[32] = receiptKinds.indexOf(body.what);
  writeU32(bytes, 36, body.chunk);
  writeU32(bytes, 40, body.totalBytes);
  writeU16(bytes, 44, data.length);
  bytes.set(data, 48);
  return bytes;
}
