import { expect, it } from "vitest";
import { createMemoryNetwork } from "../../src/net/memory.js";
import { tapped, type TapRecord } from "../../src/net/tap.js";
import { createManualClock } from "../../src/node/clock.js";
import type { DatagramTransport } from "../../src/ports/transport.js";

async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function open(transport: DatagramTransport): Promise<string[]> {
  const seen: string[] = [];
  await transport.open({
    arrived: (bytes, from) => seen.push(`${bytes.length} from ${from.address}`),
    problem: (error, to) => seen.push(`${error.code} ${to?.address ?? "-"}`),
    networkChanged: (network) => seen.push(`port ${network.port}`),
  });
  return seen;
}

function faulty(): void {
  throw new Error("a fault in a listener");
}

const far = { address: "10.0.0.2", port: 2_425 };

it("shows what goes out and comes in, in order, and changes nothing", async () => {
  const network = createMemoryNetwork();
  const clock = createManualClock(1_000);
  const records: TapRecord[] = [];
  const near = tapped(network.transport({ address: "10.0.0.1" }), (record) => records.push(record), {
    clock,
  });
  const farEnd = network.transport(far);
  const atNear = await open(near);
  const atFar = await open(farEnd);
  near.send(new Uint8Array(3), far);
  await settle();
  clock.advance(5);
  farEnd.send(new Uint8Array(4), { address: "10.0.0.1", port: 2_425 });
  await settle();
  near.broadcast(new Uint8Array(5));
  await settle();
  const short = records.map(({ at, direction, bytes, peer, broadcast }) => [
    at,
    direction,
    bytes.length,
    peer.address,
    peer.port,
    broadcast,
  ]);
  expect(short).toEqual([
    [1_000, "out", 3, "10.0.0.2", 2_425, false],
    [1_005, "in", 4, "10.0.0.2", 2_425, false],
    [1_005, "out", 5, "255.255.255.255", 2_425, true],
    [1_005, "in", 5, "10.0.0.1", 2_425, false],
  ]);
  expect(atNear).toEqual(["4 from 10.0.0.2", "5 from 10.0.0.1"]);
  expect(atFar).toEqual(["3 from 10.0.0.1", "5 from 10.0.0.1"]);
});

it("goes on when the listener throws, and says so to whoever asked", async () => {
  const network = createMemoryNetwork();
  const failures: unknown[] = [];
  const near = tapped(network.transport({ address: "10.0.0.1" }), faulty, {
    failed: (error) => failures.push(error),
  });
  const quiet = tapped(network.transport(far), faulty);
  const atNear = await open(near);
  const atFar = await open(quiet);
  near.send(new Uint8Array(3), far);
  quiet.send(new Uint8Array(4), { address: "10.0.0.1", port: 2_425 });
  await settle();
  expect([atNear, atFar]).toEqual([["4 from 10.0.0.2"], ["3 from 10.0.0.1"]]);
  expect(failures).toMatchObject([
    { message: "a fault in a listener" },
    { message: "a fault in a listener" },
  ]);
});

it("passes problems and changes on; shows nothing before open and after close", async () => {
  const records: TapRecord[] = [];
  let handlers: Parameters<DatagramTransport["open"]>[0] | null = null;
  const inner: DatagramTransport = {
    open: async (given) => {
      handlers = given;
      return { port: 7, addresses: [], mac: null };
    },
    send: () => {},
    broadcast: () => {},
    hearGroups: () => {},
    close: async () => {},
  };
  const line = tapped(inner, (record) => records.push(record));
  line.send(new Uint8Array(1), far);
  const seen = await open(line);
  const { FeiyanError } = await import("../../src/ports/error.js");
  handlers!.problem(new FeiyanError("send-refused", "refused"), far);
  handlers!.problem(new FeiyanError("socket-failed", "failed"));
  handlers!.networkChanged({ port: 7, addresses: [], mac: null });
  expect(seen).toEqual(["send-refused 10.0.0.2", "socket-failed -", "port 7"]);
  line.broadcast(new Uint8Array(1));
  await line.close();
  line.broadcast(new Uint8Array(1));
  line.send(new Uint8Array(1), far);
  expect(records).toMatchObject([{ peer: { address: "255.255.255.255", port: 7 }, broadcast: true }]);
  expect(Math.abs(records[0]!.at - Date.now())).toBeLessThan(60_000);
});
