// Nodes on one network inside the process, with a clock moved by hand. The only place in these tests that knows how nodes are made.
import { createNode } from "../../src/create-node.js";
import type { CreateNodeOptions } from "../../src/create-node.js";
import type { Event } from "../../src/core/event.js";
import type { Message } from "../../src/core/model.js";
import { createMemoryNetwork } from "../../src/net/memory.js";
import { createManualClock } from "../../src/node/clock.js";
import type { ChatNode } from "../../src/create-node.js";
import { createSeededRandom } from "../../src/node/random.js";

export const startMs = 1_800_000_000_000;

export interface Station {
  readonly node: ChatNode;
  readonly events: Event[];
  /** Texts received, in order. */
  texts(): string[];
  /** The state of every receiver of a message. */
  states(message: Message): (string | undefined)[];
}

export interface StationOptions extends CreateNodeOptions {
  readonly address: string;
  /** Broadcast stays within one. */
  readonly segment?: string;
}

/** A network with a millisecond of latency, so that everything happens in order of the clock. */
export function createLan() {
  const clock = createManualClock(startMs);
  const network = createMemoryNetwork({ clock, latencyMs: 1 });
  let made = 0;

  function station({ address, segment, ...options }: StationOptions): Station {
    const node = createNode({
      user: `user-${address.split(".").at(-1)}`,
      host: "pc",
      clock,
      random: createSeededRandom(100 + made++),
      transport: network.transport({
        address,
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(segment === undefined ? {} : { segment }),
      }),
      ...options,
    });
    const events: Event[] = [];
    node.subscribe((event) => events.push(event));
    return {
      node,
      events,
      texts: () =>
        events.flatMap((event) =>
          event.kind === "message" && event.message.direction === "in" ? [event.message.text] : [],
        ),
      states: ({ id }) => node.message(id)?.deliveries.map(({ state }) => state) ?? [],
    };
  }

  return {
    clock,
    network,
    station,
    /** Opens the nodes and lets them find each other. */
    async open(...stations: readonly Station[]): Promise<void> {
      await Promise.all(stations.map(({ node }) => node.start()));
      clock.advance(10_000);
    },
    async close(...stations: readonly Station[]): Promise<void> {
      const closing = Promise.all(stations.map(({ node }) => node.close()));
      clock.advance(1_000);
      await closing;
    },
  };
}
