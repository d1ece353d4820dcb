// The shell around the machine: order of events and effects, subscribers, iterators, waiting for deliveries, starting and closing.
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/event.js";
import type { MessageId, PeerId } from "../../src/core/model.js";
import { limits } from "../../src/core/limits.js";
import { createNode } from "../../src/create-node.js";
import { createEventQueue } from "../../src/node/event-queue.js";
import { FeiyanError } from "../../src/ports/error.js";
import type { DatagramTransport, LocalNetwork, TransportHandlers } from "../../src/ports/transport.js";
import { useSmallLimits } from "../core/small-limits.js";
import { createLan } from "./lan.js";

useSmallLimits();

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const outcome: unknown = await promise.then(
    () => "resolved",
    (error: unknown) => error,
  );
  return outcome instanceof FeiyanError ? outcome.code : String(outcome);
};

/** Two nodes that know each other. */
async function pair(
  options: Parameters<ReturnType<typeof createLan>["station"]>[0] = { address: "10.0.0.2" },
) {
  const lan = createLan();
  const li = lan.station({ address: "10.0.0.1", nick: "Li" });
  const bob = lan.station({ nick: "Bob", ...options });
  await lan.open(li, bob);
  li.events.length = 0;
  bob.events.length = 0;
  return { lan, li, bob };
}

describe("one input at a time", () => {
  it("publishes the events of a step before its effects run", async () => {
    const order: string[] = [];
    const lan = createLan();
    const inner = lan.network.transport({ address: "10.0.0.1" });
    const transport: DatagramTransport = {
      ...inner,
      send: (bytes, to) => {
        order.push("send");
        inner.send(bytes, to);
      },
    };
    const node = createNode({ transport, clock: lan.clock });
    node.subscribe((event) => order.push(event.kind === "delivery" ? event.delivery.state : event.kind));
    await node.start();
    await node.say("10.0.0.2", "hi");
    // Whom it is to comes first: nobody was known at that address.
    expect(order).toEqual(["peer", "message", "sent", "send"]);
  });

  it("lets requests of a subscriber wait until the step is done", async () => {
    const { lan, li, bob } = await pair();
    const seen: string[] = [];
    const answers: Promise<unknown>[] = [];
    li.node.subscribe((event) => {
      if (event.kind === "message") {
        seen.push(event.message.text);
        if (event.message.text === "first")
          answers.push(li.node.say("Bob", "second"), li.node.markRead("bob" as PeerId));
      } else if (event.kind === "delivery") {
        seen.push(`${li.node.message(event.delivery.messageId)?.text} ${event.delivery.state}`);
      }
    });
    await li.node.say("Bob", "first");
    await Promise.all(answers);
    lan.clock.advance(100);
    expect(seen).toEqual([
      "first",
      "first sent",
      "second",
      "second sent",
      "first delivered",
      "second delivered",
    ]);
    expect(bob.texts()).toEqual(["first", "second"]);
  });

  it("goes on when the machine has a fault", async () => {
    let handlers: TransportHandlers | null = null;
    const network: LocalNetwork = { port: 2425, addresses: [], mac: null };
    const lan = createLan();
    const node = createNode({
      clock: lan.clock,
      transport: {
        open: async (given) => {
          handlers = given;
          return network;
        },
        send: () => undefined,
        broadcast: () => {
          throw new Error("a fault below");
        },
        hearGroups: () => undefined,
        close: async () => undefined,
      },
    });
    await expect(node.start()).rejects.toThrow("a fault below");
    expect(() => handlers?.arrived(Buffer.from("hi"), { address: "10.0.0.2", port: 1 })).not.toThrow();
    expect(node.peers()).toHaveLength(1);
  });
});

describe("subscribers", () => {
  it("hear events in order until they stop", async () => {
    const { li } = await pair();
    const heard: string[] = [];
    const stop = li.node.subscribe((event) => heard.push(event.kind));
    await li.node.rename({ nick: "Li Si" });
    stop();
    await li.node.rename({ nick: "Li" });
    expect(heard).toEqual(["self"]);
    expect(li.node.self.nick).toBe("Li");
  });

  it("that throw are reported to the others and disturb nothing", async () => {
    const { li } = await pair();
    li.node.subscribe((event) => {
      throw event.kind === "self" ? new Error("my fault") : "and again";
    });
    const later: Event[] = [];
    li.node.subscribe((event) => later.push(event));
    await li.node.rename({ nick: "x" });
    const notice = { kind: "notice", code: "subscriber-failed", fields: { event: "self", text: "my fault" } };
    expect(li.events).toMatchObject([{ kind: "self" }, notice]);
    expect(later).toEqual(li.events);
  });
});

const read = async (events: AsyncIterable<Event>, most = Infinity): Promise<string[]> => {
  const kinds: string[] = [];
  for await (const event of events) {
    kinds.push(event.kind);
    if (kinds.length >= most) break;
  }
  return kinds;
};

describe("the iterator of events", () => {
  it("gives every event and ends when the node closes", async () => {
    const { lan, li } = await pair();
    const reading = read(li.node.events());
    const late = li.node.events();
    await li.node.rename({ nick: "a" });
    await li.node.say("everyone", "b");
    await lan.close(li);
    expect(await reading).toEqual(["self", "message", "delivery"]);
    // What came before is still read afterwards.
    expect(await read(late)).toEqual(["self", "message", "delivery"]);
    expect(await read(li.node.events())).toEqual([]);
  });

  it("may be left early", async () => {
    const { lan, li } = await pair();
    const events = li.node.events();
    await li.node.rename({ nick: "a" });
    await li.node.rename({ nick: "b" });
    expect(await read(events, 1)).toEqual(["self"]);
    await li.node.rename({ nick: "c" });
    expect(await read(events)).toEqual(["self"]);
    await lan.close(li);
  });

  it("keeps so many for a slow reader, the newest", async () => {
    const queue = createEventQueue(limits.eventBacklog, () => undefined);
    for (let at = 0; at < limits.eventBacklog + 5; at++)
      queue.push({ kind: "read", conversation: "x" as PeerId, at });
    queue.end();
    queue.push({ kind: "read", conversation: "x" as PeerId, at: -1 });
    const times: number[] = [];
    for await (const event of queue) if (event.kind === "read") times.push(event.at);
    expect(times).toHaveLength(limits.eventBacklog);
    expect(times[0]).toBe(5);
    expect(times.at(-1)).toBe(limits.eventBacklog + 4);
  });

  it("waits for what is to come", async () => {
    const queue = createEventQueue(10, () => undefined);
    const reading = read(queue, 2);
    await Promise.resolve();
    queue.push({ kind: "read", conversation: "x" as PeerId, at: 1 });
    await Promise.resolve();
    queue.push({ kind: "read", conversation: "x" as PeerId, at: 2 });
    expect(await reading).toEqual(["read", "read"]);
  });
});

describe("settled", () => {
  it("resolves with what became of the message", async () => {
    const { lan, li } = await pair();
    const [known] = await li.node.say("Bob", "hi");
    const [unknown] = await li.node.say("10.0.0.99", "hi");
    const outcomes = Promise.all([li.node.settled(known!.id), li.node.settled(unknown!.id)]);
    lan.clock.advance(6_000);
    expect(await outcomes).toMatchObject([
      [{ state: "delivered", rttMs: 2 }],
      [{ state: "unconfirmed", attempt: 4 }],
    ]);
    expect(await li.node.settled(known!.id)).toMatchObject([{ state: "delivered" }]);
    const [again] = await li.node.resend(unknown!.id);
    const settled = li.node.settled(again!.id);
    lan.clock.advance(6_000);
    expect(await settled).toMatchObject([{ state: "unconfirmed", attempt: 8 }]);
  });

  it("rejects for what is not known, and when the node closes first", async () => {
    const { lan, li } = await pair();
    expect(await codeOf(li.node.settled("nothing" as MessageId))).toBe("no-such-message");
    const [message] = await li.node.say("10.0.0.99", "hi");
    const settled = codeOf(li.node.settled(message!.id));
    await lan.close(li);
    expect(await settled).toBe("node-closed");
    expect(await codeOf(li.node.settled(message!.id))).toBe("node-closed");
  });

  it("rejects when a flood pushed the message out of memory", async () => {
    const { lan, li, bob } = await pair();
    const [message] = await li.node.say("10.0.0.99", "hi");
    const settled = codeOf(li.node.settled(message!.id));
    const flood = lan.network.transport({ address: "10.0.0.66" });
    await flood.open({ arrived: () => undefined, problem: () => undefined, networkChanged: () => undefined });
    const long = "x".repeat(60_000);
    for (let index = 0; index < 2_200 && li.node.message(message!.id) !== undefined; index++) {
      flood.send(Buffer.from(`1:${index}:u${index}:pc:32:${long}\0`), { address: "10.0.0.1", port: 2425 });
      lan.clock.advance(1);
    }
    expect(await settled).toBe("no-such-message");
    expect(bob.texts()).toEqual([]);
  });
});

describe("start and close", () => {
  it("rejects when the port is taken, and can be tried on another transport", async () => {
    const lan = createLan();
    const first = lan.station({ address: "10.0.0.1" });
    const second = lan.station({ address: "10.0.0.1" });
    expect(first.node.network).toBeNull();
    expect(await first.node.start()).toMatchObject({ port: 2425 });
    expect(first.node.network).toMatchObject({ port: 2425 });
    expect(await codeOf(second.node.start())).toBe("port-in-use");
    await lan.close(second);
    expect(second.events).toEqual([]);
  });

  it("says goodbye twice before the port is free again", async () => {
    const { lan, li, bob } = await pair();
    const closing = li.node.close();
    lan.clock.advance(50);
    expect(await Promise.race([closing, Promise.resolve("still open")])).toBe("still open");
    expect(bob.events).toMatchObject([{ kind: "peer", change: "left", peer: { nick: "Li" } }]);
    lan.clock.advance(50);
    await closing;
    expect(await codeOf(li.node.start())).toBe("node-closed");
    expect(await codeOf(li.node.say("Bob", "hi"))).toBe("node-closed");
    await lan.station({ address: "10.0.0.1" }).node.start();
  });

  it("closes once, before a start too, and during it", async () => {
    const { lan, li } = await pair();
    const closing = li.node.close();
    expect(li.node.close()).toBe(closing);
    lan.clock.advance(100);
    await closing;

    const early = lan.station({ address: "10.0.0.7" });
    const events = early.node.events();
    await early.node.close();
    for await (const event of events) throw new Error(event.kind);
    expect(await codeOf(early.node.start())).toBe("node-closed");

    const between = lan.station({ address: "10.0.0.8" });
    const starting = codeOf(between.node.start());
    await between.node.close();
    expect(await starting).toBe("node-closed");
    await lan.station({ address: "10.0.0.8" }).node.start();
  });

  it("leaves no timer behind", async () => {
    const { lan, li } = await pair();
    await li.node.say("10.0.0.99", "hi");
    const sent = li.node.diagnostics().datagramsOut;
    await lan.close(li);
    lan.clock.advance(60_000);
    expect(li.node.diagnostics().datagramsOut).toBe(sent + 2);
  });
});

describe("the store", () => {
  it("holds the acknowledgement back until it has the message", async () => {
    const waiting: (() => void)[] = [];
    const store = (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      });
    const { lan, li, bob } = await pair({ address: "10.0.0.2", store });
    const [message] = await li.node.say("Bob", "hi");
    lan.clock.advance(1_000);
    expect(bob.texts()).toEqual(["hi"]);
    expect(waiting).toHaveLength(1);
    expect(li.states(message!)).toEqual(["sent"]);
    waiting[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    lan.clock.advance(1);
    expect(li.states(message!)).toEqual(["delivered"]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("disk full"))],
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
  ])("that %s is told as a notice, and tried again with the repeat", async (_, fail) => {
    let calls = 0;
    const store = (): Promise<void> => (calls++ === 0 ? fail() : Promise.resolve());
    const { lan, li, bob } = await pair({ address: "10.0.0.2", store });
    const [message] = await li.node.say("Bob", "hi");
    const turn = async (ms: number): Promise<void> => {
      lan.clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await turn(10);
    expect(bob.events.filter(({ kind }) => kind === "notice")).toMatchObject([{ code: "store-failed" }]);
    await turn(1_500);
    await turn(10);
    expect(calls).toBe(2);
    expect(li.states(message!)).toEqual(["delivered"]);
    expect(bob.texts()).toEqual(["hi"]);
  });
});

describe("requests", () => {
  it("take names, addresses, lists and everyone", async () => {
    const { lan, li, bob } = await pair();
    await li.node.say("Bob", "a");
    await li.node.say({ endpoint: { address: "10.0.0.2", port: 2425 } }, "b");
    await li.node.say(
      [{ peer: bob.node.peers()[0] === undefined ? ("x" as PeerId) : li.node.peers()[0]!.id }],
      "c",
    );
    await li.node.say("everyone", "d");
    lan.clock.advance(100);
    expect(bob.texts()).toEqual(["a", "b", "c", "d"]);
    expect(await codeOf(li.node.say("nobody", "x"))).toBe("no-such-peer");
    expect(await codeOf(li.node.say("Bob", ""))).toBe("text-empty");
  });

  it("reach the machine and show their effect", async () => {
    const { lan, li, bob } = await pair();
    const peer = li.node.peers()[0]!.id;
    await li.node.setAway("午饭");
    await li.node.ask(peer, "version");
    await li.node.setCharset(peer, "big5");
    await li.node.refresh();
    await li.node.refresh({ hostList: true });
    lan.clock.advance(10_000);
    expect(bob.node.peers()[0]).toMatchObject({ nick: "Li[午饭]", state: "away" });
    expect(li.node.peer(peer)).toMatchObject({
      versionText: expect.stringMatching(/^feiyan /u),
      charset: "big5",
      state: "online",
    });
    await bob.node.say("Li[午饭]", "x");
    lan.clock.advance(10);
    expect(li.node.conversation(peer)).toMatchObject({ unread: 1 });
    await li.node.markRead(peer);
    expect(li.node.conversation(peer)).toMatchObject({ unread: 0 });
    expect(li.node.conversations()).toEqual([peer]);
    expect(await codeOf(li.node.ask("nobody" as PeerId, "version"))).toBe("no-such-peer");
  });
});
