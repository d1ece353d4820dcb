// Bounds of the classroom servers, each with its reason. They are for programs that students write, which loop, hang and flood.

export const serverLimits = {
  /** A class room at one server. */
  connections: 64,
  /** A browser opens six; more from one machine is a loop. */
  connectionsPerSource: 16,
  /** A student who reads the screen in between. */
  idleMs: 120_000,
  /** A connection that outlives the lesson was forgotten. */
  connectionMs: 1_800_000,
  /** What one connection may send, and what it may be sent. */
  connectionBytes: 64 * 1024 * 1024,
  /** Unsent bytes kept for a reader that does not read. */
  unreadBytes: 256 * 1024,
  /** A line of the chat. */
  lineBytes: 1_000,
  /** Datagrams answered per source and second: two echo servers that talk to each other stop here. */
  answersPerSecond: 500,
  /** Sources remembered for that. */
  sources: 1_000,
  /** Headers of a request. */
  headerBytes: 8 * 1024,
  /** Body of a request; it is read and forgotten. */
  bodyBytes: 1024 * 1024,
  requestsPerConnection: 1_000,
  requestMs: 30_000,
  /** A file that is served. */
  fileBytes: 64 * 1024 * 1024,
  /** Entries of a folder that are listed. */
  listedEntries: 1_000,
  /** Bytes of one event that are shown. */
  shownBytes: 64,
} as const;
