// What a server grants of what was asked: never more, often less. Pure arithmetic over the limits.
import { headerBytes } from "../wire/header.js";
import type { Refusal, Terms } from "../wire/message-types.js";
import { leastSizeBytes, type LabScope, limitOf } from "../limits.js";

/** What the server carries already. */
export interface ServerLoad {
  readonly sessions: number;
  readonly fromSource: number;
  readonly pps: number;
  readonly bitsPerSecond: number;
}

/** The terms of a new session, or why there is none. */
export function grantTerms(
  wanted: Terms,
  scope: LabScope,
  load: ServerLoad,
  mostPps: number = Number.POSITIVE_INFINITY,
): Terms | Exclude<Refusal, "none"> {
  const perSource = scope === "loopback" ? limitOf("sessions", scope) : limitOf("sessionsPerSource", scope);
  if (load.sessions >= limitOf("sessions", scope)) return "busy";
  if (load.fromSource >= perSource) return "source";
  // A datagram must carry its header, and in echo mode the reflector's fields: raising is not granting, so this is refused.
  if (wanted.n < 1 || wanted.sizeBytes < (wanted.mode === "echo" ? leastSizeBytes : headerBytes))
    return "mode";
  const sizeBytes = Math.min(wanted.sizeBytes, limitOf("sizeBytes", scope));
  const pps = Math.min(
    limitOf("sessionPps", scope),
    limitOf("sessionBitsPerSecond", scope) / (8 * sizeBytes),
    sizeBytes > limitOf("sizeBytes", "lan") ? limitOf("largeDatagramsPps", scope) : Number.POSITIVE_INFINITY,
    limitOf("serverPps", scope) - load.pps,
    (limitOf("serverBitsPerSecond", scope) - load.bitsPerSecond) / (8 * sizeBytes),
    mostPps,
  );
  if (pps < 1) return "busy";
  const intervalUs = Math.max(wanted.intervalUs, Math.ceil(1e6 / pps - 1e-6));
  const n = Math.min(
    wanted.n,
    limitOf("datagrams", scope),
    Math.max(1, Math.floor((limitOf("durationSeconds", scope) * 1e6) / intervalUs)),
  );
  return { mode: wanted.mode, sizeBytes, n, intervalUs, waitMs: Math.min(wanted.waitMs, 60_000) };
}
