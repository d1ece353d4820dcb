// Time from outside. `now` is milliseconds since 1970 and never goes backwards (system: start time plus a monotonic counter).

export interface Clock {
  now(): number;
  /** Calls `fire` once when `now() >= atMs`; returns a function that cancels. */
  at(atMs: number, fire: () => void): () => void;
}
