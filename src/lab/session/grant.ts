// What a server grants of what was asked: never more, often less. Pure arithmetic over the limits.
import type { Refusal, Terms } from "../wire/message-types.js";
import { isFlood, leastSizeOf, type LabScope, limitOf, rateScope } from "../limits.js";

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
  mostPps?: number,
): Terms | Exclude<Refusal, "none"> {
  const perSource = scope === "loopback" ? limitOf("sessions", scope) : limitOf("sessionsPerSource", scope);
  if (load.sessions >= limitOf("sessions", scope)) return "busy";
  if (load.fromSource >= perSource) return "source";
  // A datagram must carry its header, and in echo mode the reflector's fields: raising is not granting, so this is refused.
  if (wanted.n < 1 || wanted.sizeBytes < leastSizeOf(wanted.mode)) return "mode";
  const sizeBytes = Math.min(wanted.sizeBytes, limitOf("sizeBytes", scope));
  const waitMs = Math.min(wanted.waitMs, 60_000);
  if (mostPps === undefined && isFlood(wanted.mode, 1e6 / wanted.intervalUs, scope))
    return { ...wanted, sizeBytes, waitMs, n: Math.min(wanted.n, limitOf("datagrams", scope)) };
  const rates = rateScope(scope, mostPps);
  const pps = Math.min(
    limitOf("sessionPps", rates),
    limitOf("sessionBitsPerSecond", rates) / (8 * sizeBytes),
    sizeBytes > limitOf("sizeBytes", "lan") ? limitOf("largeDatagramsPps", scope) : Number.POSITIVE_INFINITY,
    limitOf("serverPps", rates) - load.pps,
    (limitOf("serverBitsPerSecond", rates) - load.bitsPerSecond) / (8 * sizeBytes),
    mostPps ?? Number.POSITIVE_INFINITY,
  );
  if (pps < 1) return "busy";
  const intervalUs = Math.max(wanted.intervalUs, Math.ceil(1e6 / pps - 1e-6));
  const n = Math.min(
    wanted.n,
    limitOf("datagrams", scope),
    Math.max(1, Math.floor((limitOf("durationSeconds", scope) * 1e6) / intervalUs)),
  );
  return { mode: wanted.mode, sizeBytes, n, intervalUs, waitMs };
}
