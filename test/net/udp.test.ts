// What only real sockets show: interface changes, broadcast targets, ears, IPv6, the owner of a taken port.
// Loopback only; ports are the system's choice.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type InterfaceInfo, readInterfaces } from "../../src/net/interfaces.js";
import { createUdpTransport, type UdpOptions } from "../../src/net/udp.js";
import { createManualClock } from "../../src/node/clock.js";
import type { FeiyanError } from "../../src/ports/error.js";
import type { DatagramTransport, Endpoint, LocalNetwork } from "../../src/ports/transport.js";
import { loopback4, wired4 } from "./networks.js";

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Opened {
  readonly transport: DatagramTransport;
  readonly network: LocalNetwork;
  readonly problems: FeiyanError[];
  readonly arrivals: { text: string; from: Endpoint }[];
  readonly changes: LocalNetwork[];
  until(ready: () => boolean): Promise<void>;
}

async function open(options: UdpOptions): Promise<Opened> {
  const transport = createUdpTransport(options);
  closers.push(() => transport.close());
  const watchers = new Set<() => void>();
  const state = {
    problems: new Array<FeiyanError>(),
    arrivals: new Array<Opened["arrivals"][0]>(),
    changes: new Array<LocalNetwork>(),
  };
  const note = (): void => {
    for (const watcher of watchers) watcher();
  };
  const network = await transport.open({
    arrived: (bytes, from) => {
      state.arrivals.push({ text: new TextDecoder().decode(bytes), from });
      note();
    },
    problem: (error) => {
      state.problems.push(error);
      note();
    },
    networkChanged: (changed) => {
      state.changes.push(changed);
      note();
    },
  });
  return {
    transport,
    network,
    ...state,
    until: (ready) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!ready()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

async function rawSocket(type: "udp4" | "udp6", port: number, address: string): Promise<Socket> {
  const socket = createSocket(type);
  closers.push(
    () =>
      new Promise((resolve) => {
        socket.close(resolve);
      }),
  );
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

const bytes = new TextEncoder().encode("x");
const hasIPv6 = readInterfaces().some((info) => info.address === "::1");

describe("a taken port", () => {
  it("is refused with its owner's pid and program", async () => {
    const first = await open({ port: 0, binds: ["127.0.0.1"] });
    await expect(open({ port: first.network.port, binds: ["127.0.0.1"] })).rejects.toMatchObject({
      code: "port-in-use",
      fields: { port: first.network.port, ...(process.platform === "linux" ? { pid: process.pid } : {}) },
    });
  });

  it("is refused also when the owner would share it", async () => {
    const first = await open({ port: 0, binds: ["127.0.0.1"] });
    const thief = createSocket({ type: "udp4", reuseAddr: true });
    thief.bind(first.network.port, "127.0.0.1");
    const [error] = await once(thief, "error");
    expect(error).toMatchObject({ code: "EADDRINUSE" });
    thief.close();
  });

  it("leaves no socket behind on the addresses that were free", async () => {
    const other = await open({ port: 0, binds: ["127.0.0.3"] });
    const { port } = other.network;
    await expect(open({ port, binds: ["127.0.0.2", "127.0.0.3"] })).rejects.toMatchObject({
      code: "port-in-use",
    });
    await expect(open({ port, binds: ["127.0.0.2"] })).resolves.toMatchObject({ network: { port } });
  });
});

describe("binds", () => {
  it.each(["eth0", "localhost", ""])("%j is no address", async (address) => {
    await expect(open({ port: 0, binds: [address] })).rejects.toMatchObject({ code: "address-invalid" });
  });

  it("of an address that is not ours are refused", async () => {
    await expect(open({ port: 0, binds: ["192.0.2.250"] })).rejects.toMatchObject({
      code: "address-not-available",
      fields: { address: "192.0.2.250", systemCode: "EADDRNOTAVAIL" },
    });
  });

  it.runIf(process.platform === "linux")("hear their network's broadcast address", async () => {
    const machine = await open({ port: 0, binds: ["127.0.0.1"], interfaces: () => [loopback4] });
    const sender = await rawSocket("udp4", 0, "127.0.0.1");
    sender.setBroadcast(true);
    sender.send("all", machine.network.port, "127.255.255.255");
    await machine.until(() => machine.arrivals.length === 1);
    expect(machine.arrivals[0]?.from).toEqual({ address: "127.0.0.1", port: sender.address().port });
  });

  it("several share one port, and each sends into its own network", async () => {
    const networks = ["127.1.0.1", "127.2.0.1"].map((address) => ({
      ...loopback4,
      address,
      netmask: "255.255.0.0",
    }));
    const machine = await open({ port: 0, binds: ["127.1.0.1", "127.2.0.1"], interfaces: () => networks });
    const receiver = await rawSocket("udp4", 0, "127.2.0.9");
    machine.transport.send(bytes, { address: "127.2.0.9", port: receiver.address().port });
    const [, from] = await once(receiver, "message");
    expect(from).toMatchObject({ address: "127.2.0.1", port: machine.network.port });
  });

  it("send broadcasts from the bound address, once per network", async () => {
    const home = { ...loopback4, address: "127.3.0.1", netmask: "255.255.0.0" };
    const machine = await open({ port: 0, binds: ["127.3.0.1"], interfaces: () => [home] });
    machine.transport.broadcast(bytes);
    await machine.until(() => machine.arrivals.length === 1);
    expect(machine.arrivals[0]?.from).toEqual({ address: "127.3.0.1", port: machine.network.port });
    expect(machine.problems).toEqual([]);
  });
});

it.runIf(process.platform === "linux")("an unreachable receiver is a problem that names it", async () => {
  const machine = await open({ port: 0, binds: ["127.0.0.1"] });
  machine.transport.send(bytes, { address: "192.0.2.250", port: 9 });
  await machine.until(() => machine.problems.length === 1);
  expect(machine.problems[0]).toMatchObject({
    code: "send-unreachable",
    fields: { address: "192.0.2.250", port: 9, systemCode: "EINVAL" },
  });
});

describe("every address", () => {
  it.runIf(hasIPv6)("IPv6 arrives and leaves on the same port", async () => {
    const machine = await open({ port: 0, interfaces: () => [loopback4] });
    const peer = await rawSocket("udp6", 0, "::1");
    machine.transport.send(bytes, { address: "::1", port: peer.address().port });
    const [, from] = await once(peer, "message");
    expect(from).toMatchObject({ address: "::1", port: machine.network.port });
    peer.send("answer", machine.network.port, "::1");
    await machine.until(() => machine.arrivals.length === 1);
    expect(machine.arrivals[0]?.from).toEqual({ address: "::1", port: peer.address().port });
  });

  it.runIf(hasIPv6)("without IPv6 a datagram to an IPv6 address is a problem", async () => {
    const machine = await open({ port: 0, ipv6: false, interfaces: () => [loopback4] });
    machine.transport.send(bytes, { address: "::1", port: 9 });
    await machine.until(() => machine.problems.length === 1);
    expect(machine.problems[0]).toMatchObject({
      code: "send-unreachable",
      fields: { address: "::1", port: 9 },
    });
    // The IPv6 port is really free.
    await rawSocket("udp6", machine.network.port, "::1");
  });

  it.runIf(hasIPv6)("a port taken in IPv6 only is a problem, not the end", async () => {
    const holder = createSocket({ type: "udp6", ipv6Only: true });
    closers.push(
      () =>
        new Promise((resolve) => {
          holder.close(resolve);
        }),
    );
    holder.bind(0, "::");
    await once(holder, "listening");
    const { port } = holder.address();
    const machine = await open({ port, interfaces: () => [loopback4] });
    expect(machine.problems).toMatchObject([{ code: "port-in-use", fields: { address: "::", port } }]);
    expect(machine.network.port).toBe(port);
  });

  it("a group that cannot be joined is told once and harms nothing", async () => {
    const clock = createManualClock();
    let address = "192.0.2.201";
    const machine = await open({
      port: 0,
      ipv6: false,
      interfaces: () => [
        loopback4,
        { ...wired4, name: "eth7", address: "192.0.2.200" },
        { ...wired4, name: "eth8", address },
      ],
      clock,
      pollMs: 1_000,
    });
    machine.transport.hearGroups(["226.81.9.8", "not-a-group"]);
    await machine.until(() => machine.problems.length === 2);
    const refused = machine.problems.map(({ code, fields }) => [code, fields["group"], fields["interface"]]);
    expect(refused).toEqual([
      ["group-not-joined", "226.81.9.8", "192.0.2.200"],
      ["group-not-joined", "226.81.9.8", "192.0.2.201"],
    ]);
    address = "192.0.2.202";
    clock.advance(1_000);
    await machine.until(() => machine.changes.length === 1);
    expect(machine.problems.map(({ fields }) => fields["interface"])).toEqual([
      "192.0.2.200",
      "192.0.2.201",
      "192.0.2.202",
    ]);
  });
});

describe("the watch over interfaces", () => {
  it("tells of a real change only, as often as it happens", async () => {
    const clock = createManualClock();
    let interfaces: InterfaceInfo[] = [loopback4, wired4];
    let looks = 0;
    const machine = await open({
      port: 0,
      binds: ["127.0.0.1"],
      clock,
      interfaces: () => {
        looks += 1;
        return interfaces;
      },
    });
    clock.advance(2_499);
    expect(looks).toBe(1);
    clock.advance(1);
    interfaces = interfaces.toReversed();
    clock.advance(2_500);
    expect([looks, machine.changes]).toEqual([3, []]);
    interfaces = [loopback4];
    clock.advance(2_500);
    await machine.until(() => machine.changes.length === 1);
    expect(machine.changes[0]).toMatchObject({
      port: machine.network.port,
      mac: null,
      addresses: [{ address: "127.0.0.1" }],
    });
    interfaces = [loopback4, wired4];
    clock.advance(2_500);
    await machine.until(() => machine.changes.length === 2);
    expect(machine.changes[1]?.mac).toBe("02005E10AB07");
  });

  it("ends with close", async () => {
    const clock = createManualClock();
    let looks = 0;
    const machine = await open({
      port: 0,
      binds: ["127.0.0.1"],
      clock,
      interfaces: () => {
        looks += 1;
        return [loopback4];
      },
    });
    await machine.transport.close();
    clock.advance(60_000);
    expect(looks).toBe(1);
  });
});

describe("open and close", () => {
  it("a transport opens once", async () => {
    const machine = await open({ port: 0, binds: ["127.0.0.1"] });
    const handlers = { arrived: () => {}, problem: () => {}, networkChanged: () => {} };
    await expect(machine.transport.open(handlers)).rejects.toThrow("opens once");
  });

  it("closing while it opens leaves no socket", async () => {
    const probe = await open({ port: 0, binds: ["127.0.0.1"] });
    const { port } = probe.network;
    await probe.transport.close();
    const transport = createUdpTransport({ port, binds: ["127.0.0.1"] });
    const opening = transport.open({ arrived: () => {}, problem: () => {}, networkChanged: () => {} });
    const closing = transport.close();
    await expect(opening).rejects.toMatchObject({ code: "node-closed" });
    await closing;
    await expect(open({ port, binds: ["127.0.0.1"] })).resolves.toMatchObject({ network: { port } });
  });
});
