// What every datagram transport keeps: sockets on loopback, the network inside the process, and both behind the decorators
// with nothing to do. Addresses are of each rig; ports are chosen by the system.
import { afterEach, describe, expect, it } from "vitest";
import { impaired } from "../../src/net/impaired.js";
import { createMemoryNetwork } from "../../src/net/memory.js";
import { tapped } from "../../src/net/tap.js";
import { createUdpTransport } from "../../src/net/udp.js";
import { createSystemClock } from "../../src/node/clock.js";
import type { FeiyanError } from "../../src/ports/error.js";
import type { DatagramTransport, Endpoint, LocalNetwork } from "../../src/ports/transport.js";

interface Rig {
  /** Two machines of one network. */
  readonly addresses: readonly [string, string];
  create(address: string, port: number): DatagramTransport;
}

function udpRig(): Rig {
  return {
    addresses: ["127.0.0.1", "127.0.0.2"],
    create: (address, port) => createUdpTransport({ port, binds: [address] }),
  };
}

function memoryRig(): Rig {
  const network = createMemoryNetwork();
  return {
    addresses: ["10.0.0.1", "10.0.0.2"],
    create: (address, port) => network.transport({ address, port }),
  };
}

function wrapped(rig: Rig, wrap: (transport: DatagramTransport) => DatagramTransport): Rig {
  return { addresses: rig.addresses, create: (address, port) => wrap(rig.create(address, port)) };
}

interface Machine {
  readonly transport: DatagramTransport;
  readonly network: LocalNetwork;
  readonly at: Endpoint;
  readonly arrivals: { text: string; from: Endpoint }[];
  readonly problems: { error: FeiyanError; to: Endpoint | undefined }[];
  /** Resolves when `ready` holds; asked after every arrival and problem. */
  until(ready: (machine: Machine) => boolean): Promise<void>;
}

const opened: DatagramTransport[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((transport) => transport.close()));
});

async function open(rig: Rig, address: string, port: number): Promise<Machine> {
  const transport = rig.create(address, port);
  opened.push(transport);
  const watchers = new Set<() => void>();
  const arrivals: Machine["arrivals"] = [];
  const problems: Machine["problems"] = [];
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const network = await transport.open({
    arrived: (data, from) => {
      arrivals.push({ text: new TextDecoder().decode(data), from });
      changed();
    },
    problem: (error, to) => {
      problems.push({ error, to });
      changed();
    },
    networkChanged: () => {},
  });
  const machine: Machine = {
    transport,
    network,
    at: { address, port: network.port },
    arrivals,
    problems,
    until: (ready) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!ready(machine)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
  return machine;
}

async function openPair(rig: Rig, triesLeft = 5): Promise<[Machine, Machine]> {
  const first = await open(rig, rig.addresses[0], 0);
  try {
    return [first, await open(rig, rig.addresses[1], first.network.port)];
  } catch (error) {
    // The system chose the port for the first address; somebody else may have it on the second.
    if (triesLeft === 0) throw error;
    await first.transport.close();
    return openPair(rig, triesLeft - 1);
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function texts(machine: Machine): string[] {
  return machine.arrivals.map((arrival) => arrival.text);
}

const got = (machine: Machine): boolean => machine.arrivals.length > 0;

const throughImpairment = (transport: DatagramTransport): DatagramTransport =>
  impaired(transport, { spec: {}, clock: createSystemClock() });
const throughTap = (transport: DatagramTransport): DatagramTransport => tapped(transport, () => {});

describe.each([
  { name: "udp", createRig: udpRig },
  { name: "memory", createRig: memoryRig },
  { name: "memory behind an empty impairment", createRig: () => wrapped(memoryRig(), throughImpairment) },
  { name: "udp behind a tap", createRig: () => wrapped(udpRig(), throughTap) },
])("$name", ({ createRig }) => {
  it("open reports the port and this machine's addresses", async () => {
    const rig = createRig();
    const machine = await open(rig, rig.addresses[0], 0);
    expect(machine.network.port).toBeGreaterThan(0);
    expect(machine.network.addresses.map((one) => one.address)).toContain(rig.addresses[0]);
  });

  it("a datagram arrives whole, with its sender, and the answer finds back", async () => {
    const [ming, hong] = await openPair(createRig());
    ming.transport.send(bytes("1:1:ming:pc:32:hello"), hong.at);
    await hong.until((machine) => machine.arrivals.length === 1);
    expect(hong.arrivals).toEqual([{ text: "1:1:ming:pc:32:hello", from: ming.at }]);
    hong.transport.send(bytes("answer"), hong.arrivals[0]!.from);
    await ming.until((machine) => machine.arrivals.length === 1);
    expect(ming.arrivals).toEqual([{ text: "answer", from: hong.at }]);
  });

  it("empty and large datagrams arrive, in order", async () => {
    const [ming, hong] = await openPair(createRig());
    const large = "x".repeat(60_000);
    for (const text of ["first", "", large, "last"]) ming.transport.send(bytes(text), hong.at);
    await hong.until((machine) => machine.arrivals.length === 4);
    expect(texts(hong)).toEqual(["first", "", large, "last"]);
  });

  it("bytes are the receiver's own: the sender may use its buffer again", async () => {
    const [ming, hong] = await openPair(createRig());
    const buffer = bytes("before");
    ming.transport.send(buffer, hong.at);
    buffer.fill(0);
    await hong.until((machine) => machine.arrivals.length === 1);
    expect(texts(hong)).toEqual(["before"]);
  });

  it("an IPv4 address written as IPv6 is the same address", async () => {
    const [ming, hong] = await openPair(createRig());
    ming.transport.send(bytes("mapped"), { address: `::ffff:${hong.at.address}`, port: hong.at.port });
    await hong.until((machine) => machine.arrivals.length === 1);
    expect(hong.arrivals[0]?.from).toEqual(ming.at);
  });

  it("a broadcast reaches others at the same port and is no error", async () => {
    const [ming, hong] = await openPair(createRig());
    hong.transport.broadcast(bytes("who is there"));
    await ming.until((machine) => machine.arrivals.length === 1);
    expect(ming.arrivals).toEqual([{ text: "who is there", from: hong.at }]);
    hong.transport.send(bytes("fence"), ming.at);
    await ming.until((machine) => machine.arrivals.length === 2);
    expect(hong.problems).toEqual([]);
  });

  it("what is sent to a multicast group reaches all who hear it, the sender too, and nobody after that", async () => {
    const [ming, hong] = await openPair(createRig());
    const group = { address: "226.81.9.8", port: ming.at.port };
    for (const machine of [ming, hong]) machine.transport.hearGroups([group.address]);
    // The system joins in its own time: until then it is sent again.
    for (let round = 0; round < 200 && !(got(ming) && got(hong)); round += 1) {
      hong.transport.send(bytes("to the group"), group);
      await Promise.race([
        Promise.all([ming.until(got), hong.until(got)]),
        new Promise((resolve) => setTimeout(resolve, 10)),
      ]);
    }
    expect([ming.arrivals[0], hong.arrivals[0]]).toEqual([
      { text: "to the group", from: hong.at },
      { text: "to the group", from: hong.at },
    ]);
    for (const machine of [ming, hong]) machine.transport.hearGroups([]);
    hong.transport.send(bytes("fence"), ming.at);
    await ming.until(({ arrivals }) => arrivals.at(-1)?.text === "fence");
    hong.transport.send(bytes("to nobody"), group);
    hong.transport.send(bytes("second fence"), ming.at);
    await ming.until(({ arrivals }) => arrivals.at(-1)?.text === "second fence");
    expect(texts(ming)).not.toContain("to nobody");
    expect(hong.problems).toEqual([]);
  });

  it("nobody at an address is no problem", async () => {
    const [ming, hong] = await openPair(createRig());
    ming.transport.send(bytes("lost"), { address: hong.at.address, port: ming.at.port === 9 ? 10 : 9 });
    ming.transport.send(bytes("fence"), hong.at);
    await hong.until((machine) => machine.arrivals.length === 1);
    expect(ming.problems).toEqual([]);
    expect(texts(hong)).toEqual(["fence"]);
  });

  it("a second one at the same address and port is refused, and the first goes on", async () => {
    const rig = createRig();
    const [ming, hong] = await openPair(rig);
    await expect(open(rig, hong.at.address, hong.at.port)).rejects.toMatchObject({
      name: "FeiyanError",
      code: "port-in-use",
      fields: { address: hong.at.address, port: hong.at.port, systemCode: "EADDRINUSE" },
    });
    ming.transport.send(bytes("still here"), hong.at);
    await hong.until((machine) => machine.arrivals.length === 1);
  });

  it("a refused one opens once the port is free", async () => {
    const rig = createRig();
    const first = await open(rig, rig.addresses[0], 0);
    const second = rig.create(rig.addresses[0], first.network.port);
    opened.push(second);
    const handlers = { arrived: () => {}, problem: () => {}, networkChanged: () => {} };
    await expect(second.open(handlers)).rejects.toMatchObject({ code: "port-in-use" });
    await first.transport.close();
    expect((await second.open(handlers)).port).toBe(first.network.port);
  });

  it.each([
    ["a name", { address: "localhost", port: 2425 }],
    ["no address", { address: "", port: 2425 }],
    ["port 0", { address: "127.0.0.1", port: 0 }],
    ["a port too high", { address: "127.0.0.1", port: 70_000 }],
    ["half a port", { address: "127.0.0.1", port: 2_425.5 }],
  ])("%s is a problem, told after the call and never thrown", async (_name, to) => {
    const rig = createRig();
    const machine = await open(rig, rig.addresses[0], 0);
    machine.transport.send(bytes("x"), to);
    expect(machine.problems).toEqual([]);
    await machine.until(({ problems }) => problems.length === 1);
    expect(machine.problems[0]).toMatchObject({ error: { code: "address-invalid" }, to });
  });

  it("a datagram beyond what UDP carries is a problem", async () => {
    const [ming, hong] = await openPair(createRig());
    ming.transport.send(new Uint8Array(65_508), hong.at);
    await ming.until(({ problems }) => problems.length === 1);
    expect(ming.problems[0]).toMatchObject({ error: { code: "datagram-too-long" }, to: hong.at });
    ming.transport.send(new Uint8Array(65_507), hong.at);
    await hong.until(({ arrivals }) => arrivals.length === 1);
  });

  it("close is idempotent and frees the port", async () => {
    const rig = createRig();
    const machine = await open(rig, rig.addresses[0], 0);
    await Promise.all([machine.transport.close(), machine.transport.close()]);
    await machine.transport.close();
    const next = await open(rig, rig.addresses[0], machine.network.port);
    expect(next.network.port).toBe(machine.network.port);
  });

  it("after close nothing arrives, nothing is sent, nothing is thrown", async () => {
    const rig = createRig();
    const [ming, hong] = await openPair(rig);
    ming.transport.send(bytes("on its way"), hong.at);
    await hong.transport.close();
    hong.transport.send(bytes("too late"), ming.at);
    hong.transport.broadcast(bytes("too late"));
    const again = await open(rig, hong.at.address, hong.at.port);
    again.transport.send(bytes("fence"), ming.at);
    await ming.until((machine) => machine.arrivals.length === 1);
    expect(texts(ming)).toEqual(["fence"]);
    expect(hong.arrivals).toEqual([]);
    expect(hong.problems).toEqual([]);
  });

  it("closing what was never opened is fine", async () => {
    const rig = createRig();
    await expect(rig.create(rig.addresses[0], 0).close()).resolves.toBeUndefined();
  });

  it("what is sent just before close still leaves", async () => {
    const [ming, hong] = await openPair(createRig());
    ming.transport.send(bytes("goodbye"), hong.at);
    await ming.transport.close();
    await hong.until((machine) => machine.arrivals.length === 1);
    expect(texts(hong)).toEqual(["goodbye"]);
  });
});
