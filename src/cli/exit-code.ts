// The exit codes of docs/cli.md section 4 and which error has which. Scripts rely on them.
import type { ErrorCode } from "../index.js";

export const exitCodes = {
  done: 0,
  ownFault: 1,
  usage: 2,
  unconfirmed: 3,
  noSuchPeer: 4,
  unavailable: 5,
  refused: 6,
  partly: 7,
  /** A lab run with `--check` found truth and measurement different. */
  different: 8,
  hangUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code for an error of the node; what is not named is a fault of the network or of the machine. */
const ofError: Readonly<Partial<Record<ErrorCode, number>>> = {
  "no-such-peer": exitCodes.noSuchPeer,
  "peer-ambiguous": exitCodes.noSuchPeer,
  "no-such-message": exitCodes.usage,
  "encryption-not-possible": exitCodes.refused,
  "key-alarm": exitCodes.refused,
  "group-invalid": exitCodes.usage,
  "too-many-groups": exitCodes.usage,
  "not-in-group": exitCodes.noSuchPeer,
  "knock-not-possible": exitCodes.refused,
  "knock-too-soon": exitCodes.refused,
  "recall-not-possible": exitCodes.refused,
  "sealed-not-encrypted": exitCodes.usage,
  "password-wrong": exitCodes.usage,
  "no-alarm": exitCodes.usage,
  "text-empty": exitCodes.usage,
  "text-not-encodable": exitCodes.usage,
  "text-too-long": exitCodes.usage,
  "impairment-invalid": exitCodes.usage,
  "file-not-found": exitCodes.usage,
  "file-not-readable": exitCodes.usage,
  "file-kind-unsupported": exitCodes.usage,
  "offer-empty": exitCodes.usage,
  "offer-too-long": exitCodes.usage,
  "no-such-offer": exitCodes.usage,
  "offer-not-open": exitCodes.usage,
  "peer-without-files": exitCodes.usage,
  "picture-not-sendable": exitCodes.usage,
  "picture-not-readable": exitCodes.usage,
  "disk-full": exitCodes.ownFault,
  "disk-not-writable": exitCodes.ownFault,
  "disk-failed": exitCodes.ownFault,
  "node-closed": exitCodes.ownFault,
  "store-failed": exitCodes.ownFault,
  "store-unavailable": exitCodes.ownFault,
  "store-read-only": exitCodes.ownFault,
  "store-locked": exitCodes.ownFault,
  "store-full": exitCodes.ownFault,
  "store-corrupt": exitCodes.ownFault,
  "store-newer": exitCodes.ownFault,
  "store-foreign": exitCodes.ownFault,
  "queue-taken": exitCodes.ownFault,
  "import-unreadable": exitCodes.usage,
  "state-unreadable": exitCodes.ownFault,
  "history-off": exitCodes.ownFault,
};

export const exitCodeOf = (code: ErrorCode): number => ofError[code] ?? exitCodes.unavailable;

export type DeliveryOutcome = "done" | "unconfirmed";

/** What the final deliveries of a message come to; a receiver that was not asked to acknowledge counts as done. */
export const exitCodeOfDeliveries = (outcomes: readonly DeliveryOutcome[]): number => {
  const done = outcomes.filter((outcome) => outcome === "done").length;
  if (done === outcomes.length) return exitCodes.done;
  return done > 0 ? exitCodes.partly : exitCodes.unconfirmed;
};
