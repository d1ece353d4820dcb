// Bounds of the control socket, each with its reason: whoever connects is one of ours, but may be broken, stopped or in a hurry.

export const controlLimits = {
  /** A desk full of scripts. */
  clients: 128,
  /** Before the key was shown: a greeting and nothing else. */
  helloBytes: 4_096,
  /** A message text of the largest size that `send` takes, as JSON. */
  lineBytes: 16 * 1024 * 1024,
  /** Answers that wait for a client that does not read; then its requests wait too. */
  replyBytes: 32 * 1024 * 1024,
  /** Events that wait for a client that does not read; past it they are counted, not kept. */
  eventBytes: 2 * 1024 * 1024,
  /** Requests of one client at work at the same time. */
  requestsAtWork: 64,
  /** Kept messages in one answer: more than a screen asks for at once. */
  pageMessages: 500,
  /** A value beside the history, such as all drafts of a screen; as JSON it fits into a line, whatever it is made of. */
  valueCharacters: 2_000_000,
  /** Newest messages told to somebody who attaches. */
  snapshotMessages: 20_000,
  /** Events kept by a client that does not listen yet: a moment's worth. */
  earlyEvents: 1_000,
  /** A snapshot of a full house with long texts. */
  answerBytes: 512 * 1024 * 1024,
} as const;

export const controlTimers = {
  /** A connection that does not greet is ended. */
  helloMs: 5_000,
  /** An instance that does not answer our greeting is as good as none. */
  answerMs: 5_000,
  /** How often counters are told while they change. */
  diagnosticsMs: 1_000,
  /** Time for the last lines at the end. */
  byeMs: 500,
  reconnectMs: 1_000,
} as const;

/** Newest first; both sides name what they speak and the highest common one counts. */
export const controlVersions: readonly number[] = [1];
