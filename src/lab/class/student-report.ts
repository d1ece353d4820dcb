// A measurement's outcome as the few numbers that fit into one line of the teacher's table.
import type { LabReport } from "../report/report-shape.js";
import type { LabOutcome } from "../runner/measurement.js";
import type { StudentReport, StudentWay } from "./class-messages.js";

export function reportOfStudent(id: number, outcome: LabOutcome): StudentReport {
  const none = { id, sent: 0, up: null, down: null, rttUs: null, where: "none" } as const;
  if (outcome.kind === "failed") return { ...none, state: "failed" };
  const { report } = outcome;
  return {
    id,
    state: "final",
    sent: report.up?.sent ?? report.down?.sent ?? 0,
    up: wayOf(report.up),
    down: wayOf(report.down),
    rttUs: report.roundTrip?.rttUs?.p50 ?? null,
    where: whereOf(report),
  };
}

function wayOf(way: LabReport["up"] | LabReport["down"]): StudentWay {
  if (way === undefined) return null;
  return {
    n: way.sent,
    lost: way.lost,
    low: way.ci95?.[0] ?? null,
    high: way.ci95?.[1] ?? null,
    run: way.bursts.max,
    copies: way.copies,
    reordered: way.reordered.count,
  };
}

/** Who has most of the losses. */
export function whereOf({ ledger }: LabReport): StudentReport["where"] {
  const claims: Record<Exclude<StudentReport["where"], "none">, number> = {
    relay: 0,
    buffer: 0,
    checksum: 0,
    damaged: 0,
    network: 0,
  };
  for (const way of [ledger?.up, ledger?.down]) {
    claims.relay += way?.relay ?? 0;
    claims.buffer += (way?.receiverBuffer ?? 0) + (way?.relayBuffer ?? 0);
    claims.checksum += way?.checksum ?? 0;
    claims.damaged += way?.damaged ?? 0;
    claims.network += way?.unexplained ?? 0;
  }
  const most = Object.entries(claims).reduce((best, one) => (one[1] > best[1] ? one : best), ["none", 0]);
  const places = ["relay", "buffer", "checksum", "damaged", "network"] as const;
  return places.find((place) => place === most[0]) ?? "none";
}
