// Taking a message back, between feiyan peers that both announce it (section 23): command 15, section 0 `FY1 recall` or
// `FY1 recall-answer`, section 1 a JSON object. A signed message is taken back by a signed request only.
//
//   1:1800000070:li:pc-li:8388879:FY1 recall␀{"packetNo":"1800000069"}␀      (vector feiyan-recall-001)
import { commands } from "./commands.js";
import { parseJsonObject } from "./json-object.js";
import type { Packet } from "./message.js";
import type { TextCodec } from "./text-codec.js";
import { isStrictUtf8 } from "./utf8.js";

export interface RecallBody {
  readonly kind: "recall" | "recall-answer";
  /** Of the message. */
  readonly packetNo: string;
  /** Of the request: hexadecimal, RSA-2048 with SHA-256 over `recallText`; null without. */
  readonly signature: string | null;
  /** Of the answer: it was done. */
  readonly done: boolean;
}

/** What the signature of a request is over. */
export function recallText(packetNo: string): string {
  return `FY1 recall ${packetNo}`;
}

/** Sections 0 and 1 of a request. */
export function buildRecall(packetNo: string, signature: string | null): readonly [string, string] {
  return ["FY1 recall", JSON.stringify(signature === null ? { packetNo } : { packetNo, signature })];
}

/** Sections 0 and 1 of an answer. */
export function buildRecallAnswer(packetNo: string, done: boolean): readonly [string, string] {
  return ["FY1 recall-answer", JSON.stringify({ packetNo, done })];
}

/** Reads a packet of command 15; null for anything that is not exactly one of the two. */
export function parseRecall(packet: Packet, codec: TextCodec): RecallBody | null {
  const range = packet.sections[1];
  if (packet.mode !== commands.FEIYAN.number || range === undefined) return null;
  const kind = /^FY1 (recall|recall-answer)$/.exec(packet.text)?.[1];
  if (kind !== "recall" && kind !== "recall-answer") return null;
  const json = packet.bytes.subarray(range.start, range.end);
  const fields = isStrictUtf8(json) ? parseJsonObject(codec.decode(json, "utf-8")) : null;
  const packetNo: unknown = fields?.["packetNo"];
  const signature: unknown = fields?.["signature"] ?? null;
  const done: unknown = fields?.["done"] ?? false;
  if (typeof packetNo !== "string" || !/^\d{1,20}$/.test(packetNo) || typeof done !== "boolean") return null;
  if (signature === null) return { kind, packetNo, signature: null, done };
  if (typeof signature !== "string" || !/^[0-9a-f]{512}$/.test(signature)) return null;
  return { kind, packetNo, signature, done };
}
