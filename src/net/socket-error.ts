// From the system's error codes to ours. A socket error is never the end of the program: it becomes a FeiyanError and goes
// to whoever called `open`, or to `problem`. Called by `udp` and its parts; the remedies stand in docs/errors.md.
import { FeiyanError, type ErrorCode } from "../ports/error.js";

/** What was being done when the system refused. */
export type SocketAction = "bind" | "send" | "receive";

interface SocketErrorPlace {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

const sameEverywhere: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: "port-in-use",
  EMSGSIZE: "datagram-too-long",
  ENOBUFS: "send-buffer-full",
  ENOMEM: "send-buffer-full",
  EAGAIN: "send-buffer-full",
  ECONNREFUSED: "send-refused",
  // Windows says this for the ICMP answer that Linux reports as refused.
  ECONNRESET: "send-refused",
};

const whenBinding: Readonly<Record<string, ErrorCode>> = {
  EACCES: "port-not-permitted",
  EPERM: "port-not-permitted",
  EADDRNOTAVAIL: "address-not-available",
  ENETDOWN: "network-unavailable",
  ENETUNREACH: "network-unavailable",
  EAFNOSUPPORT: "network-unavailable",
  EPROTONOSUPPORT: "network-unavailable",
};

const whenSending: Readonly<Record<string, ErrorCode>> = {
  // A firewall rule that refuses locally shows as EPERM; a broadcast the system does not want as EACCES.
  EACCES: "send-not-permitted",
  EPERM: "send-not-permitted",
  ENETDOWN: "send-unreachable",
  ENETUNREACH: "send-unreachable",
  EHOSTUNREACH: "send-unreachable",
  EHOSTDOWN: "send-unreachable",
  EAFNOSUPPORT: "send-unreachable",
  // No address of ours fits: IPv6 switched off, or a zone that is not there.
  EADDRNOTAVAIL: "send-unreachable",
  // From a socket bound to loopback to anywhere else.
  EINVAL: "send-unreachable",
};

/** The system's code of an error (`"EADDRINUSE"`), or "" where it has none. */
export function systemCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/**
 * Names a socket's error. `address` and `port` are taken from the error where it carries them.
 *
 * @example toSocketError(error, "bind", { address: "0.0.0.0", port: 2425 }).code // "port-in-use"
 */
export function toSocketError(
  error: unknown,
  action: SocketAction,
  place: SocketErrorPlace = {},
): FeiyanError {
  const systemCode = systemCodeOf(error);
  const perAction = action === "bind" ? whenBinding : whenSending;
  const code = sameEverywhere[systemCode] ?? perAction[systemCode] ?? "socket-failed";
  const address = place.address ?? textOf(error, "address");
  const port = place.port ?? numberOf(error, "port");
  const where = address === undefined ? "" : ` ${address}${port === undefined ? "" : ` port ${port}`}`;
  return new FeiyanError(
    code,
    `cannot ${action}${where}: ${systemCode === "" ? "unknown error" : systemCode}`,
    {
      ...(address === undefined ? {} : { address }),
      ...(port === undefined ? {} : { port }),
      ...(systemCode === "" ? {} : { systemCode }),
    },
    { cause: error },
  );
}

function textOf(error: unknown, key: string): string | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === "string" ? value : undefined;
}

function numberOf(error: unknown, key: string): number | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === "number" ? value : undefined;
}
