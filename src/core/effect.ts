// What the machine wants done outside, in order. The shell (`node/perform`) does it; the machine never waits.
import type { Endpoint } from "../ports/transport.js";
import type { TrustRecord } from "./trust.js";
import type { FilesEffect } from "./files/signals.js";
import type { Message, MessageId } from "./model.js";
import type { HistoryWrite } from "../ports/history-store.js";

export type Effect =
  | { readonly kind: "send"; readonly bytes: Uint8Array; readonly to: Endpoint }
  /** To every broadcast address and joined group. */
  | { readonly kind: "broadcast"; readonly bytes: Uint8Array }
  /** Hear these multicast groups, and no others. */
  | { readonly kind: "hear-groups"; readonly groups: readonly string[] }
  /** The FeiQ groups that we belong to changed: keep their numbers. */
  | { readonly kind: "keep-rooms"; readonly numbers: readonly string[] }
  /** Keep a received message; the input `stored` releases its acknowledgement. Only when a store is configured. */
  | { readonly kind: "store"; readonly message: Message; readonly group: string }
  /** Anything else to be kept. `about`: tell by `stored` or `store-failed` under this id. Only when a store is configured. */
  | { readonly kind: "write"; readonly item: HistoryWrite; readonly about: MessageId | null }
  /** Keys and choices changed: keep them. */
  | { readonly kind: "keep-trust"; readonly records: readonly TrustRecord[] }
  /** Send this from a new port and try a TCP connection; the input `probed` tells what it came to. */
  | { readonly kind: "probe"; readonly to: Endpoint; readonly token: string; readonly bytes: Uint8Array }
  /** Packet numbers below this one may be in use: remember it, so that numbers grow across restarts. */
  | { readonly kind: "reserve-packet-numbers"; readonly below: number }
  | { readonly kind: "files"; readonly effect: FilesEffect };
