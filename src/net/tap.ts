// Every datagram shown to a listener on its way, for recordings, the wire view and tests: by a decorator of its own, or by `impaired`,
// which also knows what it did to each. Changes nothing; a listener that throws disturbs nobody. Knows no packets.
import type { Clock } from "../ports/clock.js";
import type { DatagramTransport, Endpoint } from "../ports/transport.js";

/** What impairment on purpose did to a datagram. */
export interface DatagramFate {
  /** It went no further: the dice said so, or there was no room in the queue. */
  readonly dropped: "loss" | "queue" | null;
  /** How many of it go on. */
  readonly copies: number;
  /** One bit was turned over. */
  readonly isDamaged: boolean;
  /** Kept back until others have overtaken it. */
  readonly isHeld: boolean;
  /** Time it waits, before what order and rate add. */
  readonly delayMs: number;
}

/** One datagram as it passed. `bytes` belong to the traffic: look, or copy. */
export interface TapRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: "in" | "out";
  readonly bytes: Uint8Array;
  /** The other end; 255.255.255.255 for a broadcast going out. */
  readonly peer: Endpoint;
  /** A broadcast going out. What came in does not tell how it was addressed. */
  readonly broadcast: boolean;
  /**
   * Null: nothing was done to it. On the way out it is shown before that, on the way in too, so one that was dropped is shown as well.
   * One that the queue has no room for later, after it was delayed, is shown again then.
   */
  readonly fate: DatagramFate | null;
}

/** Shows a datagram; `peer` null is a broadcast going out. */
export type ShowDatagram = (
  direction: TapRecord["direction"],
  bytes: Uint8Array,
  peer: Endpoint | null,
  port: number,
  fate: DatagramFate | null,
) => void;

export interface TapOptions {
  /** Default: the system's time. */
  readonly clock?: Pick<Clock, "now">;
  /** Gets what the listener threw. */
  readonly failed?: (error: unknown) => void;
}

const systemTime = { now: () => performance.timeOrigin + performance.now() };

/** What shows datagrams to `listener`, for `tapped` and `impaired`. */
export function createTap(listener: (record: TapRecord) => void, options: TapOptions = {}): ShowDatagram {
  const clock = options.clock ?? systemTime;
  return (direction, bytes, peer, port, fate) => {
    const broadcast = peer === null;
    const shown = peer ?? { address: "255.255.255.255", port };
    try {
      listener({ at: clock.now(), direction, bytes, peer: shown, broadcast, fate });
    } catch (error) {
      options.failed?.(error);
    }
  };
}

/**
 * Lets `listener` see what passes through `transport`.
 *
 * @example tapped(transport, (record) => records.push(record))
 */
export function tapped(
  transport: DatagramTransport,
  listener: (record: TapRecord) => void,
  options: TapOptions = {},
): DatagramTransport {
  const show = createTap(listener, options);
  let port = 0;
  let open = false;

  return {
    open: async (handlers) => {
      const network = await transport.open({
        arrived: (bytes, from) => {
          show("in", bytes, from, port, null);
          handlers.arrived(bytes, from);
        },
        problem: (error, to) => {
          if (to === undefined) handlers.problem(error);
          else handlers.problem(error, to);
        },
        networkChanged: (changed) => {
          handlers.networkChanged(changed);
        },
      });
      port = network.port;
      open = true;
      return network;
    },
    send: (bytes, to) => {
      if (open) show("out", bytes, to, port, null);
      transport.send(bytes, to);
    },
    broadcast: (bytes) => {
      if (open) show("out", bytes, null, port, null);
      transport.broadcast(bytes);
    },
    hearGroups: (groups) => {
      transport.hearGroups(groups);
    },
    close: () => {
      open = false;
      return transport.close();
    },
  };
}
