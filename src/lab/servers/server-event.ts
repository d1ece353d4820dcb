// What happens at a classroom server, as plain events: for the live view, JSON lines and tests. Bytes are as they came: hostile.
import type { Endpoint } from "../../index.js";

export type CloseReason =
  /** Both sides were done. */
  | "done"
  /** The other side broke it off. */
  | "reset"
  | "idle"
  | "too-long"
  | "too-much"
  /** The server was closed. */
  | "stopped";

export type ServerEvent =
  | { readonly kind: "opened"; readonly connection: number; readonly remote: Endpoint }
  | {
      readonly kind: "bytes";
      readonly direction: "in" | "out";
      /** Null: a datagram. */
      readonly connection: number | null;
      readonly remote: Endpoint;
      readonly bytes: Uint8Array;
    }
  /** The other side said that it will send no more (FIN). */
  | { readonly kind: "half-closed"; readonly connection: number; readonly remote: Endpoint }
  | {
      readonly kind: "closed";
      readonly connection: number;
      readonly remote: Endpoint;
      readonly reason: CloseReason;
      readonly inBytes: number;
      readonly outBytes: number;
    }
  /** Not served: the limit that was met. */
  | {
      readonly kind: "refused";
      readonly remote: Endpoint;
      readonly reason: "full" | "source-full" | "address" | "rate";
    }
  | {
      readonly kind: "answered";
      readonly connection: number;
      readonly remote: Endpoint;
      readonly method: string;
      readonly target: string;
      readonly status: number;
      readonly sizeBytes: number;
    }
  /** A socket error with the system's code; the server goes on. */
  | { readonly kind: "problem"; readonly code: string; readonly remote: Endpoint | null };

export interface LabServer {
  readonly local: Endpoint;
  close(): Promise<void>;
}

export type ServerListener = (event: ServerEvent) => void;
