// The plain text of an encrypted file request (section 9.4). Which request, with which key the body is encrypted, and the number that
// guards against a replay. Opening and verifying it is crypto's work; who may ask is decided by who serves.
//
//   6a743325:54e090d0:900000:863ffd92…:6a7433ac NUL          (vector crypto-encrypted-file-request)
import { parseHex } from "../bytes.js";
import { cipherBits, parseCaps } from "./capabilities.js";
import type { FileRequest } from "../message.js";
import { parseFileRequest } from "../request-argument.js";

export interface EncryptedFileRequest {
  readonly request: FileRequest;
  /** AES-256 key of the body in hexadecimal; null for an authenticated request with a clear body. */
  readonly bodyKeyHex: string | null;
  readonly replayNo: number;
  /** A feiyan peer will compare the folder with its list (section 23). */
  readonly willCompare: boolean;
}

/** Stands behind the number where a folder will be compared; nobody else reads on there. */
const compareMark = "manifest";

/** Reads the text inside an encrypted request; null for anything else. */
export function parseEncryptedRequest(text: string, type: FileRequest["type"]): EncryptedFileRequest | null {
  const fields = (text.split("\0", 1)[0] ?? "").split(":", 8);
  const count = type === "file" ? 3 : 2;
  const [capsText = "", first = "", second, third] = fields.slice(count);
  const request = parseFileRequest(fields.slice(0, count).join(":"), type);
  const caps = parseCaps(capsText);
  if (request === null || caps === null) return null;
  if ((caps & cipherBits.NOENC_FILEBODY) !== 0) {
    const replayNo = parseHex(first);
    const willCompare = second === compareMark;
    return replayNo === null ? null : { request, bodyKeyHex: null, replayNo, willCompare };
  }
  const replayNo = parseHex(second ?? "");
  const isKey = /^[0-9a-fA-F]{64}$/.test(first);
  if (replayNo === null || !isKey || (caps & cipherBits.AES_256) === 0) return null;
  return { request, bodyKeyHex: first.toLowerCase(), replayNo, willCompare: third === compareMark };
}

/** Builds it. The body is encrypted when there is a key. */
export function buildEncryptedRequest(parts: {
  readonly type: FileRequest["type"];
  readonly packetNo: bigint;
  readonly fileId: bigint;
  readonly offset: bigint;
  readonly bodyKeyHex: string | null;
  readonly replayNo: bigint;
  readonly willCompare?: boolean;
}): string {
  const offset = parts.type === "file" ? [parts.offset.toString(16)] : [];
  const body =
    parts.bodyKeyHex === null
      ? [cipherBits.NOENC_FILEBODY.toString(16)]
      : [(cipherBits.AES_256 | cipherBits.PACKETNO_IV).toString(16), parts.bodyKeyHex];
  const numbers = [parts.packetNo.toString(16), parts.fileId.toString(16), ...offset];
  const mark = parts.willCompare === true ? [compareMark] : [];
  return `${[...numbers, ...body, parts.replayNo.toString(16), ...mark].join(":")}\0`;
}
