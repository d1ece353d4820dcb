// The datagrams of the lanes: SEG and ACK of the lab's wire, checksum included, so that a damaged one counts as lost. An ACK names
// the next or the confirmed message at byte 32; the lane `ipmsg` puts its RECVMSG behind. Total: any bytes give a frame or null.
import {
  buildHeader,
  flagBits,
  headerBytes,
  noToken,
  parseHeader,
  readU32,
  writeU32,
} from "../wire/header.js";
import { types } from "../wire/message-types.js";

export type LaneFrame =
  | { readonly kind: "seg"; readonly seq: number; readonly payload: Uint8Array }
  | { readonly kind: "ack"; readonly seq: number; readonly payload: Uint8Array };

/** What a SEG has in front of its message. */
export const frameHeadBytes = headerBytes;

// Next or confirmed number (4), and which of the two it is (1).
const ackHeadBytes = headerBytes + 5;

/** A message of a lane; `attempt` 2 and up is marked as a repeat. */
export function buildSegment(seq: number, attempt: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  bytes.set(payload, headerBytes);
  const flags = attempt > 1 ? flagBits.retransmission : 0;
  return buildHeader(bytes, { type: types.segment, token: noToken, seq, t1: 0, flags });
}

export function buildAck(seq: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(ackHeadBytes + payload.length);
  writeU32(bytes, headerBytes, seq);
  bytes.set(payload, ackHeadBytes);
  return buildHeader(bytes, { type: types.acknowledgement, token: noToken, seq, t1: 0, flags: 0 });
}

/** Reads either; null for what is none, or damaged. */
export function parseLaneFrame(bytes: Uint8Array): LaneFrame | null {
  const parsed = parseHeader(bytes);
  if (!parsed.ok) return null;
  const { type, seq } = parsed.header;
  if (type === types.segment) return { kind: "seg", seq, payload: bytes.subarray(headerBytes) };
  if (type !== types.acknowledgement || bytes.length < ackHeadBytes) return null;
  return { kind: "ack", seq: readU32(bytes, headerBytes), payload: bytes.subarray(ackHeadBytes) };
}
