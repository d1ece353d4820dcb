// A log of any known kind to messages that can be imported. Which one it is shows in its first lines. Bytes first: IP Messenger writes
// in the charset of its Windows unless it is told to write UTF-8.
import type { KeptMessage } from "../../ports/history-store.js";
import type { Charset, TextCodec } from "../../protocol/text-codec.js";
import { importable } from "./foreign-message.js";
import { isIpmsgLog, parseIpmsgLog } from "./ipmsg-log.js";
import { isIptuxLog, parseIptuxLog } from "./iptux-log.js";
import { isNdjsonLog, parseNdjsonLog } from "./ndjson-log.js";

export const logFormats = ["ndjson", "ipmsg", "iptux"] as const;

export type LogFormat = (typeof logFormats)[number];

export interface ReadLog {
  readonly format: LogFormat;
  readonly messages: readonly Omit<KeptMessage, "place">[];
}

/**
 * Reads a log; null when it is none, or not of the kind that was named.
 *
 * @example readLog(await readFile("ipmsg.log"), { codec: createTextCodec(), legacyCharset: "gbk" })?.messages.length
 */
export function readLog(
  bytes: Uint8Array,
  {
    codec,
    legacyCharset,
    format,
  }: { readonly codec: TextCodec; readonly legacyCharset: Charset; readonly format?: LogFormat | undefined },
): ReadLog | null {
  const text = textOf(bytes, codec, legacyCharset);
  if ((format ?? "ndjson") === "ndjson" && isNdjsonLog(text)) {
    return { format: "ndjson", messages: parseNdjsonLog(text) };
  }
  if ((format ?? "ipmsg") === "ipmsg" && isIpmsgLog(text)) {
    return { format: "ipmsg", messages: importable(parseIpmsgLog(text)) };
  }
  if ((format ?? "iptux") === "iptux" && isIptuxLog(text)) {
    return { format: "iptux", messages: importable(parseIptuxLog(text)) };
  }
  return null;
}

/** UTF-8 when it is that throughout, else the charset of the place. */
function textOf(bytes: Uint8Array, codec: TextCodec, legacyCharset: Charset): string {
  const text = codec.decode(bytes, "utf-8").replace(/^\ufeff/u, "");
  return text.includes("\ufffd") ? codec.decode(bytes, legacyCharset) : text;
}
