// What the system itself counts about sockets: the judge of losses that no program can see. Implementations: Linux's tables
// (`linux-counters`), the command `netstat` elsewhere (`netstat-counters`), and none. A number that is not known is null, never 0. Read before and after a run by the runner.

/** Counters of the whole machine (or network namespace) since it was started. */
export interface HostCounters {
  /** Datagrams that found a full receive buffer. */
  readonly receiveBufferErrors: number | null;
  /** Datagrams that found a full send queue; their send call said ok. */
  readonly sendBufferErrors: number | null;
  readonly checksumErrors: number | null;
  /** Datagrams for a port where nobody listens. */
  readonly noPorts: number | null;
  readonly fragmentsFailed: number | null;
}

/** One TCP socket as the kernel sees it. */
export interface TcpEntry {
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** `LISTEN`, `ESTABLISHED`, `FIN_WAIT2`, … */
  readonly state: string;
}

export interface SystemCounters {
  readonly source: "linux" | "netstat" | "none";
  /** Datagrams the kernel dropped at the UDP sockets bound to this local port since they were opened. */
  socketDrops(port: number): number | null;
  host(): HostCounters | null;
  /** All TCP sockets that have this port at either end; null where there is no table. */
  tcpSockets(port: number): readonly TcpEntry[] | null;
  /** A short mark of this boot of this machine; equal marks mean one host and one monotonic clock. Null when unknown. */
  bootMark(): string | null;
}

/** For systems without tables. */
export const noCounters: SystemCounters = {
  source: "none",
  socketDrops: () => null,
  host: () => null,
  tcpSockets: () => null,
  bootMark: () => null,
};

/** The difference of two readings of a counter; null when one is missing or it was started anew. */
export function counted(before: number | null | undefined, after: number | null | undefined): number | null {
  if (before === null || before === undefined || after === null || after === undefined) return null;
  return after >= before ? after - before : null;
}
