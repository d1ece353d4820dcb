// A transport that shows every datagram to a listener on its way: a decorator for recordings, the wire view and tests.
// Changes nothing; a listener that throws disturbs nobody. Knows no packets.
import type { Clock } from "../ports/clock.js";
import type { DatagramTransport, Endpoint } from "../ports/transport.js";

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
}

export interface TapOptions {
  /** Default: the system's time. */
  readonly clock?: Pick<Clock, "now">;
  /** Gets what the listener threw. */
  readonly failed?: (error: unknown) => void;
}

const systemTime = { now: () => performance.timeOrigin + performance.now() };

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
  const clock = options.clock ?? systemTime;
  let port = 0;
  let open = false;

  function show(direction: "in" | "out", bytes: Uint8Array, peer: Endpoint, broadcast: boolean): void {
    try {
      listener({ at: clock.now(), direction, bytes, peer, broadcast });
    } catch (error) {
      options.failed?.(error);
    }
  }

  return {
    open: async (handlers) => {
      const network = await transport.open({
        arrived: (bytes, from) => {
          show("in", bytes, from, false);
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
      if (open) show("out", bytes, to, false);
      transport.send(bytes, to);
    },
    broadcast: (bytes) => {
      if (open) show("out", bytes, { address: "255.255.255.255", port }, true);
      transport.broadcast(bytes);
    },
    close: () => {
      open = false;
      return transport.close();
    },
  };
}
