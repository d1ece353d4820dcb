// The report of a run as a shape: its type, its check and, in docs/lab/report.schema.json, its document are all made from this.
// Times are microseconds, shares 0 … 1, seeds text; what is not known is null or absent, never 0.
import {
  choice,
  count,
  list,
  nullable,
  number,
  object,
  optional,
  pair,
  ratio,
  type Shape,
  table,
  text,
  truth,
  type TypeOf,
} from "./shape.js";

const mostCells = 1_000_000;
const systemText = text(40);

const spread = object({
  min: number,
  p50: number,
  p90: number,
  p95: number,
  p99: number,
  max: number,
  mean: number,
  sd: number,
});

const band = object({ lo: count, hi: count, level: ratio });

const end = object({
  os: systemText,
  node: systemText,
  recvBufferBytes: nullable(count),
  clock: choice("monotonic", "simulated"),
});

const way = {
  sent: count,
  sendErrors: table(count, 32),
  unique: count,
  lost: count,
  rate: nullable(ratio),
  /** Null for no datagrams, or for bursts too few to tell. */
  ci95: nullable(pair(ratio, ratio)),
  /** What loss stays below when none was lost. */
  below: nullable(ratio),
  nEff: number,
  bursty: truth,
  copies: count,
  damaged: count,
  bursts: object({ count, mean: nullable(number), max: count, lengths: table(count, 1_000_000) }),
  distance: object({
    median: nullable(number),
    noticeable: object({ "1": count, "2": count, "3": count, "10": count }),
  }),
  ge: object({ p: nullable(ratio), r: nullable(ratio), rho: ratio }),
  reordered: object({ count, ratio: nullable(ratio), maxExtent: count }),
  ipdvUs: nullable(object({ min: number, max: number, absP50: number, absP95: number })),
  pdvUs: nullable(object({ p95: number, p99: number })),
  jitterUs: nullable(number),
  goodputBps: nullable(number),
  /** Only where both ends prove to be one host with one clock. */
  oneWayUs: optional(spread),
};

const ledger = object({
  relay: nullable(count),
  /** Kernel drops at the relay's own sockets. */
  relayBuffer: nullable(count),
  receiverBuffer: nullable(count),
  neverLeft: nullable(count),
  checksum: nullable(count),
  damaged: count,
  /** The rest: in `solo` nothing, elsewhere the network. */
  unexplained: count,
});

const pathTruth = object({
  in: count,
  dropped: count,
  duplicated: count,
  held: count,
  damaged: count,
  out: count,
});

const verdict = choice("equal", "explained", "different", "unknown");

export const reportShape = object({
  v: choice(1),
  type: choice("lab-report"),
  at: text(40),
  schema: choice("feiyan-lab/1"),
  tool: object({ version: text(40) }),
  kind: text(20, /^[a-z][a-z-]*$/u),
  experiment: optional(
    object({
      mode: choice("echo", "up", "down"),
      n: count,
      ratePps: number,
      sizeBytes: count,
      seed: text(20, /^\d+$/u),
      flow: count,
      waitMs: nullable(number),
      deadlineMs: number,
      up: text(600),
      down: text(600),
      reducedByServer: list(
        object({ what: choice("n", "ratePps", "sizeBytes"), wanted: number, granted: number }),
        3,
      ),
    }),
  ),
  ends: optional(object({ initiator: end, reflector: end, sameHost: truth })),
  prediction: optional(object({ upLost: optional(band), downLost: optional(band) })),
  up: optional(object(way)),
  down: optional(
    object({ ...way, byDatagram: optional(object({ sent: count, lost: count, copies: count })) }),
  ),
  roundTrip: optional(
    object({
      unique: count,
      lost: count,
      rttUs: nullable(spread),
      late: count,
      afterEnd: count,
      histogramUs: list(pair(number, count), 64),
    }),
  ),
  clock: optional(
    object({
      offsetUs: nullable(number),
      boundUs: nullable(number),
      noiseUs: nullable(object({ p50: number, p99: number })),
    }),
  ),
  sender: optional(
    object({
      intervalUs: nullable(object({ want: number, p1: number, p50: number, p99: number, max: number })),
      lateSlots: count,
      loopDelayMaxUs: number,
    }),
  ),
  ledger: optional(object({ up: optional(ledger), down: optional(ledger) })),
  truth: optional(object({ up: pathTruth, down: pathTruth, relayOwnDrops: nullable(count) })),
  check: optional(
    object({
      upLost: verdict,
      downLost: verdict,
      lostNumbers: choice("identical", "different", "unknown"),
    }),
  ),
  /** One letter per number. */
  strip: optional(text(mostCells, /^[.udl?2rxsb]*$/u)),
  /** Per number, microseconds since the first sending and round trip; for the table per datagram. */
  datagrams: optional(list(list(nullable(number), 5), 300_000)),
  /** Rows of a race, a class or a demonstration. */
  table: optional(
    object({
      columns: list(text(40), 40),
      rows: list(list(nullable(choiceOfCell()), 40), 10_000),
    }),
  ),
  notes: list(text(200), 40),
});

/** A cell of a table is a number or a text. */
function choiceOfCell(): Shape<number | string> {
  const word = text(400);
  return {
    schema: { anyOf: [number.schema, word.schema] },
    fault: (value, path) => (number.fault(value, path) === null ? null : word.fault(value, path)),
  };
}

export type LabReport = TypeOf<typeof reportShape>;
export type WayReport = NonNullable<LabReport["up"]>;
export type LedgerReport = NonNullable<NonNullable<LabReport["ledger"]>["up"]>;
export type CheckReport = NonNullable<LabReport["check"]>;

/** The document of the format. */
export function buildReportSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "feiyan lab report, feiyan-lab/1",
    description:
      "What `feiyan lab … --json` prints last and `--save` writes. Times in microseconds, shares 0 to 1, seeds as decimal text; what is not known is null or absent, never 0.",
    ...reportShape.schema,
  };
}
