// The argument of a file request, apart from how it arrives: used by decode for packets and by request.ts for TCP streams.
// Packet number, file id and offset are hexadecimal here, decimal everywhere else (vector tcp-002).
import { parseDecimal, parseHex } from "./bytes.js";
import type { FileRequest } from "./message.js";

/**
 * Reads `packetNo:fileID[:offset][:]`. The offset counts for files only: iptux adds one to folder requests too. Numbers are
 * at most 2^53 - 1; anything else gives null.
 */
export function parseFileRequest(text: string, type: FileRequest["type"]): FileRequest | null {
  const [packetNoHex = "", fileIdHex = "", offsetHex = ""] = text.split(":", 3);
  const packetNo = parseHex(packetNoHex);
  const fileIdIfHex = parseHex(fileIdHex);
  const offset = type === "dir" ? null : parseHex(offsetHex === "" ? "0" : offsetHex);
  if (packetNo === null || fileIdIfHex === null || (type === "file" && offset === null)) return null;
  return {
    type,
    packetNoHex,
    packetNo,
    fileIdHex,
    fileIdIfHex,
    fileIdIfDecimal: parseDecimal(fileIdHex),
    offset,
  };
}

/**
 * Builds the argument. The colon at the end is for the FeiQ engine, which answers nothing without it; the NUL that follows is
 * for everybody else.
 *
 * @example
 * buildFileRequest({ type: "file", packetNo: 1800000030n, fileId: 305419896n, offset: 0n }) // "6b49d21e:12345678:0:"
 */
export function buildFileRequest(request: {
  readonly type: FileRequest["type"];
  readonly packetNo: bigint;
  readonly fileId: bigint;
  readonly offset: bigint;
}): string {
  const head = `${request.packetNo.toString(16)}:${request.fileId.toString(16)}:`;
  return request.type === "dir" ? head : `${head}${request.offset.toString(16)}:`;
}
