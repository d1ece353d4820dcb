// Sockets as the lab sees them: whole datagrams, the moment of arrival, and what the system grants and drops. Implemented by real
// sockets (`udp-network`) and inside the process (`memory-lab-network`, for `--simulate` and tests). Types only.
import type { Endpoint } from "../../index.js";

export interface LabSocketRequest {
  /** A literal address of this machine. */
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Default 4 MiB. */
  readonly receiveBufferBytes?: number;
  /** May send to broadcast addresses. */
  readonly broadcast?: boolean;
  /** The only end it will ever talk to; the system then keeps all others away. */
  readonly connectTo?: Endpoint;
  /** `atNs` was read before anything else was done with the datagram; `bytes` may be kept. */
  arrived(bytes: Uint8Array, from: Endpoint, atNs: number): void;
  /** A send or socket error, by the system's code (`ECONNREFUSED`, `EMSGSIZE`, …) or `""`. Never fatal. */
  problem(systemCode: string): void;
}

export interface LabSocket {
  readonly local: Endpoint;
  /** What the system granted; null where there is no buffer. */
  readonly receiveBufferBytes: number | null;
  /**
   * Hands one datagram to the system, now; `bytes` must not change before `settled`, which may never come. It hears null when the
   * system has taken them, else the code of its refusal; without it refusals go to `problem`.
   */
  send(bytes: Uint8Array, to: Endpoint, settled?: (systemCode: string | null) => void): void;
  close(): Promise<void>;
}

export interface LabNetwork {
  /** Rejects with a FeiyanError when the port cannot be had. */
  open(request: LabSocketRequest): Promise<LabSocket>;
  /** Address of this machine for runs with itself. */
  readonly loopback: string;
}
