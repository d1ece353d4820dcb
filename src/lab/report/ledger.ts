// The account of every lost number: who has it. Exact where a counter belongs to one socket or to our relay; host-wide counters only
// fill what is left, never more; the rest is "unexplained", which is never negative and in `solo` nothing.
import type { PathTruth } from "../runner/judged-path.js";
import type { RunSurroundings } from "../runner/run-initiator.js";
import type { RunRecord } from "../session/run-record.js";
import { sum, type TruthFlags } from "./check.js";
import type { LedgerReport } from "./report-shape.js";
import type { LossFlags } from "./ways.js";

export interface LedgerInput {
  readonly record: RunRecord;
  readonly up: LossFlags | null;
  readonly down: LossFlags | null;
  readonly upTruth: TruthFlags | null;
  readonly downTruth: TruthFlags | null;
  readonly truth: {
    readonly up: PathTruth;
    readonly down: PathTruth;
    readonly ownDropsUp: number | null;
    readonly ownDropsDown: number | null;
  } | null;
  readonly surroundings: RunSurroundings;
  readonly sameHost: boolean;
}

interface Claims {
  readonly lost: number;
  readonly relay: number | null;
  readonly damaged: number;
  readonly relayBuffer: number | null;
  readonly receiverBuffer: number | null;
  readonly neverLeft: number | null;
  readonly checksum: number | null;
}

export function closeLedger(input: LedgerInput): { up: LedgerReport | null; down: LedgerReport | null } {
  const { record, surroundings, truth, up, down, upTruth, downTruth } = input;
  const { neverLeft, checksumErrors } = surroundings;
  return {
    up:
      up === null
        ? null
        : settle({
            lost: sum(up.lost),
            ...dropped(truth === null ? null : truth.up, upTruth),
            damaged: upTruth === null ? (record.done?.damaged ?? 0) : sum(upTruth.damaged),
            relayBuffer: truth === null ? null : truth.ownDropsUp,
            receiverBuffer: record.done?.ownDrops ?? null,
            neverLeft,
            // Of the far end's host only this one's counter can be read, so only when they are one.
            checksum: input.sameHost ? checksumErrors : null,
          }),
    down:
      down === null
        ? null
        : settle({
            lost: sum(down.lost),
            ...dropped(truth === null ? null : truth.down, downTruth),
            damaged: downTruth === null ? record.damaged : sum(downTruth.damaged),
            relayBuffer: truth === null ? null : truth.ownDropsDown,
            receiverBuffer: surroundings.ownDrops,
            neverLeft: input.sameHost ? neverLeft : null,
            checksum: checksumErrors,
          }),
  };
}

function dropped(truth: PathTruth | null, flags: TruthFlags | null): Pick<Claims, "relay"> {
  if (truth === null) return { relay: null };
  return { relay: flags === null ? truth.dropped : sum(flags.lost) - sum(flags.damaged) };
}

/** In this order: the exact ones first. A copy dropped somewhere need not be a number lost, so no claim takes more than is left. */
function settle(claims: Claims): LedgerReport {
  let left = claims.lost;
  const take = (claim: number | null): number | null => {
    if (claim === null) return null;
    const taken = Math.min(left, claim);
    left -= taken;
    return taken;
  };
  const relay = take(claims.relay);
  const damaged = take(claims.damaged) ?? 0;
  const relayBuffer = take(claims.relayBuffer);
  const receiverBuffer = take(claims.receiverBuffer);
  const neverLeft = take(claims.neverLeft);
  const checksum = take(claims.checksum);
  return { relay, relayBuffer, receiverBuffer, neverLeft, checksum, damaged, unexplained: left };
}
