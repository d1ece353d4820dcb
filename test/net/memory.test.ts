import { describe, expect, it } from "vitest";
import {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryTransportOptions,
} from "../../src/net/memory.js";
import { createManualClock } from "../../src/node/clock.js";
import type { FeiyanError } from "../../src/ports/error.js";
import type { DatagramTransport } from "../../src/ports/transport.js";

interface Machine {
  readonly transport: DatagramTransport;
  readonly got: string[];
  readonly problems: FeiyanError[];
}

async function join(
  network: MemoryNetwork,
  options: MemoryTransportOptions,
  arrived?: (text: string) => void,
): Promise<Machine> {
  const transport = network.transport(options);
  const got: string[] = [];
  const problems: FeiyanError[] = [];
  await transport.open({
    arrived: (data) => {
      const text = new TextDecoder().decode(data);
      got.push(text);
      arrived?.(text);
    },
    problem: (error) => problems.push(error),
    networkChanged: () => {},
  });
  return { transport, got, problems };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("the memory network", () => {
  it("delivers later, never inside the call, and in order", async () => {
    const network = createMemoryNetwork();
    const a = await join(network, { address: "10.0.0.1" });
    const b = await join(network, { address: "10.0.0.2" });
    for (const text of ["1", "2", "3"]) a.transport.send(bytes(text), { address: "10.0.0.2", port: 2_425 });
    expect(b.got).toEqual([]);
    await settle();
    expect(b.got).toEqual(["1", "2", "3"]);
  });

  it("what an arrival causes comes after what was on its way already", async () => {
    const network = createMemoryNetwork();
    const order: string[] = [];
    const a = await join(network, { address: "10.0.0.1" }, (text) => order.push(`a ${text}`));
    const b = await join(network, { address: "10.0.0.2" }, (text) => {
      order.push(`b ${text}`);
      b.transport.send(bytes(`re ${text}`), { address: "10.0.0.1", port: 2_425 });
    });
    a.transport.send(bytes("1"), { address: "10.0.0.2", port: 2_425 });
    a.transport.send(bytes("2"), { address: "10.0.0.2", port: 2_425 });
    await settle();
    expect(order).toEqual(["b 1", "b 2", "a re 1", "a re 2"]);
  });

  it("a broadcast reaches everybody at the same port, the sender too, and nobody else", async () => {
    const network = createMemoryNetwork();
    const a = await join(network, { address: "10.0.0.1" });
    const b = await join(network, { address: "10.0.0.2" });
    const c = await join(network, { address: "10.0.0.3", port: 2_426 });
    const six = await join(network, { address: "fe80::4%memory0" });
    a.transport.broadcast(bytes("all"));
    await settle();
    expect([a.got, b.got, c.got, six.got]).toEqual([["all"], ["all"], [], ["all"]]);
  });

  it("broadcast and group addresses can be sent to", async () => {
    const network = createMemoryNetwork();
    const a = await join(network, { address: "10.0.0.1" });
    const b = await join(network, { address: "10.0.0.2" });
    b.transport.hearGroups(["226.81.9.8"]);
    const far = await join(network, { address: "10.0.1.2" });
    a.transport.send(bytes("limited"), { address: "255.255.255.255", port: 2_425 });
    a.transport.send(bytes("directed"), { address: "10.0.0.255", port: 2_425 });
    a.transport.send(bytes("group"), { address: "226.81.9.8", port: 2_425 });
    a.transport.send(bytes("other port"), { address: "255.255.255.255", port: 9 });
    await settle();
    expect([a.got, b.got, far.got]).toEqual([
      ["limited", "directed"],
      ["limited", "directed", "group"],
      ["limited"],
    ]);
  });

  it("tells what it is and chooses free ports", async () => {
    const network = createMemoryNetwork();
    const first = network.transport({ address: "10.0.0.1", port: 0 });
    const second = network.transport({ address: "10.0.0.1", port: 0 });
    const handlers = { arrived: () => {}, problem: () => {}, networkChanged: () => {} };
    expect(await first.open(handlers)).toEqual({
      port: 49_152,
      addresses: [
        {
          interfaceName: "memory0",
          address: "10.0.0.1",
          family: "IPv4",
          broadcast: "10.0.0.255",
          loopback: false,
        },
      ],
      mac: null,
    });
    expect((await second.open(handlers)).port).toBe(49_153);
    await expect(network.transport({ address: "ming" }).open(handlers)).rejects.toMatchObject({
      code: "address-invalid",
    });
  });

  it("a handler that throws does not stop the others' datagrams", async () => {
    const network = createMemoryNetwork();
    const thrown: unknown[] = [];
    const catcher = (error: unknown): void => {
      thrown.push(error);
    };
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", catcher);
    const a = await join(network, { address: "10.0.0.1" }, () => {
      throw new Error("a fault in a handler");
    });
    const b = await join(network, { address: "10.0.0.2" });
    a.transport.broadcast(bytes("all"));
    a.transport.send(bytes("next"), { address: "10.0.0.2", port: 2_425 });
    await settle();
    process.removeListener("uncaughtException", catcher);
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(thrown).toMatchObject([{ message: "a fault in a handler" }]);
    expect(b.got).toEqual(["all", "next"]);
    a.transport.send(bytes("later"), { address: "10.0.0.2", port: 2_425 });
    await settle();
    expect(b.got.at(-1)).toBe("later");
  });

  it("with a latency arrives by the clock", async () => {
    const clock = createManualClock();
    const network = createMemoryNetwork({ clock, latencyMs: 5 });
    const a = await join(network, { address: "10.0.0.1" });
    a.transport.send(bytes("1"), { address: "10.0.0.1", port: 2_425 });
    clock.advance(3);
    a.transport.send(bytes("2"), { address: "10.0.0.1", port: 2_425 });
    clock.advance(1);
    expect(a.got).toEqual([]);
    clock.advance(1);
    expect(a.got).toEqual(["1"]);
    clock.advance(3);
    expect(a.got).toEqual(["1", "2"]);
    expect(() => createMemoryNetwork({ latencyMs: 5 })).toThrow("clock");
  });

  it("a broadcast that is too long is one problem", async () => {
    const network = createMemoryNetwork();
    const a = await join(network, { address: "10.0.0.1" });
    a.transport.broadcast(new Uint8Array(65_508));
    await settle();
    expect(a.problems).toMatchObject([{ code: "datagram-too-long", fields: { sizeBytes: 65_508 } }]);
  });
});
