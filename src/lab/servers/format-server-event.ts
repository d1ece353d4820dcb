// A server's event as a line for people: who, which way, how many bytes, the first of them in hex and as text. Everything from the
// wire goes through `safeText`. Words of the line come from the caller, in the user's language.
import { createTextCodec, formatEndpoint, safeText, type Charset } from "../../index.js";
import type { ServerEvent } from "./server-event.js";
import { serverLimits } from "./server-limits.js";

const codec = createTextCodec();

/** Bytes as two digits each, with blanks between; a long run ends in an ellipsis. */
export function formatHex(bytes: Uint8Array, most: number = serverLimits.shownBytes): string {
  const shown = [...bytes.subarray(0, most)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > most ? `${shown} …` : shown;
}

/** Bytes as harmless text of a charset, on one line. */
export function formatBytesAsText(
  bytes: Uint8Array,
  charset: Charset,
  most: number = serverLimits.shownBytes,
): string {
  const text = safeText(codec.decode(bytes.subarray(0, most), charset), { newlines: "space" });
  return bytes.length > most ? `${text}…` : text;
}

/** The parts of an event that a text is filled with. */
export function eventValues(event: ServerEvent, charset: Charset): Readonly<Record<string, string | number>> {
  const remote = event.remote === null ? "" : formatEndpoint(event.remote);
  switch (event.kind) {
    case "opened":
    case "half-closed":
      return { connection: event.connection, remote };
    case "bytes":
      return {
        connection: event.connection ?? "",
        remote,
        count: event.bytes.length,
        hex: formatHex(event.bytes),
        text: formatBytesAsText(event.bytes, charset),
      };
    case "closed":
      return {
        connection: event.connection,
        remote,
        reason: event.reason,
        inBytes: event.inBytes,
        outBytes: event.outBytes,
      };
    case "refused":
      return { remote, reason: event.reason };
    case "answered":
      return {
        connection: event.connection,
        remote,
        method: safeText(event.method, { maxCharacters: 20 }),
        target: safeText(event.target, { maxCharacters: 200 }),
        status: event.status,
        count: event.sizeBytes,
      };
    case "problem":
      return { remote, code: event.code };
    default:
      return event satisfies never;
  }
}

/** The same as plain JSON: bytes in base64, whole. */
export function eventFields(event: ServerEvent): Readonly<Record<string, unknown>> {
  const { kind, remote, ...rest } = event;
  return {
    event: kind,
    ...rest,
    remote: remote === null ? null : formatEndpoint(remote),
    ...(event.kind === "bytes" ? { bytes: Buffer.from(event.bytes).toString("base64") } : {}),
  };
}
