// Every limit of the lab with its reason, once, as data: machines obey them, `lab doctor` shows them. Two columns: what a LAN
// gets unless the person at the server raises it, and what nobody gets past; on loopback the second one applies, since there a
// flood meets only its own sender.

/** Where the other end is: only ourselves, or others too. */
export type LabScope = "lan" | "loopback";

export interface LabLimit {
  readonly usual: number;
  readonly hard: number;
}

export const labLimits = {
  /** A hub or an access point of a class room carries some thousands of small datagrams a second. */
  sessionPps: { usual: 2_000, hard: 20_000 },
  serverPps: { usual: 10_000, hard: 50_000 },
  /** Wireless rooms share a few ten Mbit/s; lessons must leave most of it to others. */
  sessionBitsPerSecond: { usual: 8_000_000, hard: 50_000_000 },
  serverBitsPerSecond: { usual: 40_000_000, hard: 200_000_000 },
  /** A measurement that lasts longer than a lesson step is a mistake. */
  durationSeconds: { usual: 60, hard: 600 },
  /** Two bits a number for the map, some 40 bytes a number at the initiator. */
  datagrams: { usual: 200_000, hard: 1_000_000 },
  /** One Ethernet frame without fragments; IPv4's largest datagram. */
  sizeBytes: { usual: 1_472, hard: 65_507 },
  /** Each large one is 45 fragments. */
  largeDatagramsPps: { usual: 50, hard: 50 },
  sessions: { usual: 64, hard: 256 },
  /** Per source address: one machine is one student. Loopback is one machine for everybody, so there the whole server's counts. */
  sessionsPerSource: { usual: 4, hard: 16 },
  /** An opening costs one HMAC. */
  helloPerSource: { usual: 20, hard: 20 },
  helloInAll: { usual: 200, hard: 200 },
  students: { usual: 64, hard: 256 },
  relayClients: { usual: 64, hard: 64 },
} as const satisfies Readonly<Record<string, LabLimit>>;

export type LabLimitName = keyof typeof labLimits;

export const labLimitNames: readonly LabLimitName[] = [
  "sessionPps",
  "serverPps",
  "sessionBitsPerSecond",
  "serverBitsPerSecond",
  "durationSeconds",
  "datagrams",
  "sizeBytes",
  "largeDatagramsPps",
  "sessions",
  "sessionsPerSource",
  "helloPerSource",
  "helloInAll",
  "students",
  "relayClients",
];

/** @example limitOf("sessionPps", "lan") // 2000 */
export function limitOf(name: LabLimitName, scope: LabScope): number {
  const limit: LabLimit = labLimits[name];
  return scope === "loopback" ? limit.hard : limit.usual;
}

/** Which column counts for rates: a person at the server who asks for more than the usual one gets up to the hard one. */
export function rateScope(scope: LabScope, mostPps: number | undefined): LabScope {
  return mostPps !== undefined && mostPps > limitOf("sessionPps", scope) ? "loopback" : scope;
}

/** The port of the lab; never the chat's. */
export const labPort = 2_426;

/** The least size of a datagram: an echoed one carries the reflector's fields, others only the header. */
export function leastSizeOf(mode: "echo" | "up" | "down"): number {
  return mode === "echo" ? 72 : 32;
}

/** A wish for this rate is a flood: as fast as it goes. */
export const floodPps = 1_000_000;

/** On loopback and one way a flood is bound by its length alone: it meets only its own sender. */
export function isFlood(mode: "echo" | "up" | "down", ratePps: number, scope: LabScope): boolean {
  return scope === "loopback" && mode === "up" && ratePps >= floodPps;
}

/** Times of the protocol, in milliseconds. */
export const labTimes = {
  retryMs: 200,
  retryFactor: 1.5,
  retryCapMs: 1_000,
  /** At 50 % loss both ways one try succeeds with 0.25: all of them fail once in a hundred thousand. */
  tries: 40,
  /** A finished session answers late requests this long. */
  finishedSessionMs: 120_000,
  /** A session whose sender went away without a word. */
  silentSessionMs: 30_000,
  heartbeatMs: 500,
  heartbeatLostMs: 1_500,
  /** Echo mode: nobody answers. */
  nobodyAnswersMs: 3_000,
  authPauseMs: 5_000,
  authTries: 5,
  cookieMs: 30_000,
  leastWaitMs: 1_000,
  mostWaitMs: 5_000,
  waitWithoutAnswerMs: 2_000,
  relayIdleMs: 30_000,
} as const;

/** Arrivals are listed one by one only for runs up to this length; longer ones have the map. */
export const listedArrivals = 20_000;

/** What sockets are asked for; the system grants what it likes, and the run says what. */
export const receiveBufferBytes = 4 * 1024 * 1024;
