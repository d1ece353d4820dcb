// The one error class: an operation that could not be done. Bad input from the network is never one (it is data), a bug is
// an assertion. Every code stands in docs/errors.md with cause and remedy; a test compares the lists.

/** Codes of the node and its adapters. Settings, flags and terminal faults have theirs beside their code. */
export const errorCodes = [
  "port-in-use",
  "port-not-permitted",
  "address-invalid",
  "address-not-available",
  "network-unavailable",
  "send-not-permitted",
  "send-buffer-full",
  "send-refused",
  "send-unreachable",
  "datagram-too-long",
  "socket-failed",
  "group-not-joined",
  "group-invalid",
  "too-many-groups",
  "not-in-group",
  "broadcast-unavailable",
  "node-closed",
  "no-such-peer",
  "peer-ambiguous",
  "no-such-message",
  "knock-not-possible",
  "knock-too-soon",
  "encryption-not-possible",
  "key-alarm",
  "no-alarm",
  "sealed-not-encrypted",
  "password-wrong",
  "recall-not-possible",
  "text-empty",
  "text-not-encodable",
  "text-too-long",
  "store-failed",
  "store-unavailable",
  "store-read-only",
  "store-locked",
  "store-full",
  "store-corrupt",
  "store-newer",
  "store-foreign",
  "queue-taken",
  "import-unreadable",
  "state-unreadable",
  "impairment-invalid",
  "file-port-unavailable",
  "connect-failed",
  "stream-broken",
  "stream-idle",
  "file-not-found",
  "file-not-readable",
  "file-kind-unsupported",
  "file-changed",
  "name-not-safe",
  "name-taken",
  "disk-full",
  "disk-not-writable",
  "disk-failed",
  "offer-empty",
  "offer-too-long",
  "no-such-offer",
  "offer-not-open",
  "peer-without-files",
  "file-not-served",
  "stream-short",
  "tree-refused",
  "size-over-limit",
  "hash-mismatch",
  "picture-not-sendable",
  "picture-not-readable",
  "picture-not-confirmed",
  "peer-cannot-probe",
  "control-path-too-long",
  "control-unavailable",
  "control-refused",
  "control-version",
  "control-lost",
  "request-invalid",
  "history-off",
  "instance-running",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type ErrorFields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * An operation that could not be done: stable `code`, `fields` for messages and JSON, `cause` from below.
 *
 * @example
 * try { await node.start(); } catch (error) { if (error instanceof FeiyanError) console.error(error.code, error.fields); }
 */
export class FeiyanError extends Error {
  override readonly name = "FeiyanError";
  readonly code: ErrorCode;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.fields = fields;
  }
}
