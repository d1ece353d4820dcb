// Where a classroom server may listen: a literal address of loopback or of the local network, never every address at once and
// never a public one. Also turns the system's refusal into an error that names the remedy.
import { FeiyanError, parseEndpoint, type Endpoint, type ErrorCode } from "../../index.js";
import { isLabAddress } from "../address.js";

/**
 * Reads `ADDR:PORT`, `[ADDR]:PORT`, `ADDR` or `PORT`; null for anything else and for addresses that are not allowed.
 *
 * @example parseListenPlace("8080", 7000) // { address: "127.0.0.1", port: 8080 }
 */
export function parseListenPlace(text: string | undefined, defaultPort: number): Endpoint | null {
  const words = (text ?? "").trim();
  if (words === "") return { address: "127.0.0.1", port: defaultPort };
  const portOnly = /^:?(\d{1,5})$/u.exec(words)?.[1];
  // Port 0 is no place to send to, so the parser of endpoints refuses it; to listen it means any free one.
  const free = /^(.*):0$/u.exec(words)?.[1];
  if (portOnly !== undefined) return checked({ address: "127.0.0.1", port: Number(portOnly) });
  const parsed = free === undefined ? parseEndpoint(words, defaultPort) : parseEndpoint(free, 1);
  if (parsed === null) return null;
  return checked(free === undefined ? parsed : { address: parsed.address, port: 0 });
}

function checked(place: Endpoint): Endpoint | null {
  return place.port <= 65_535 && isLabAddress(place.address, "lan") ? place : null;
}

const bindErrors: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: "port-in-use",
  EACCES: "port-not-permitted",
  EADDRNOTAVAIL: "address-not-available",
};

/** A listen or bind that failed, as the error the program tells. */
export function toListenError(error: unknown, place: Endpoint): FeiyanError {
  const systemCode = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  const code = bindErrors[systemCode] ?? "socket-failed";
  return new FeiyanError(
    code,
    `cannot listen at ${place.address} port ${place.port}: ${systemCode}`,
    { ...place, systemCode },
    { cause: error },
  );
}
